//! What an accepted operation does: to its record, to who sees it, and to what people must look at.

use std::collections::BTreeSet;
use std::sync::Arc;

use crdts::CmRDT as _;
use sync_protocol::catalog::{Kind, STATE_FIELD};
use sync_protocol::clock::Clock;
use sync_protocol::id::{DeviceId, Seq};
use sync_protocol::op::Op;
use sync_protocol::record::{Change, Record};
use sync_protocol::value::Value;
use sync_protocol::verdict::Verdict;

use super::Case;
use super::decision::Decided;
use super::right::Right;
use crate::store::StoreResult;
use crate::sync::effect::Effect;
use crate::sync::findings::{self, About, basis, finding, is_contested};
use crate::sync::merged::Merged;
use crate::sync::rows::{DeskOp, FindingRow, Outcome};
use crate::sync::time::Written;
use crate::sync::visibility;
use crate::sync::workflow::Step;

/// An operation that passed every question, with the answers.
pub(super) struct Accepted<'k> {
    pub right: Right<'k>,
    pub change: Change,
    pub step: Step,
    /// What it had seen, where the desk had to cut that.
    pub cut: Option<Clock>,
    pub written: Written,
    /// The findings that it decides.
    pub decided: Vec<Decided>,
}

impl Case<'_, '_, '_, '_> {
    pub(super) fn accept(&mut self, op: &Op, accepted: Accepted<'_>) -> StoreResult<Outcome> {
        let Accepted {
            right,
            mut change,
            step,
            cut,
            written,
            decided,
        } = accepted;
        let mut effect = Effect {
            seen: cut.map(|clock| clock.iter().map(|d| (*d.actor, d.counter)).collect()),
            proposal: op.proposes,
            ..Effect::default()
        };
        if op.proposes {
            change = Change::new(change.dot, change.seen);
        } else {
            effect.blind = right.blind.clone();
            effect.state = step.to.clone();
            if let Some(state) = step.to {
                change.set.insert(STATE_FIELD.to_owned(), Value::Text(state));
            }
        }
        let pos = self.draft.next_pos(op.unit.as_str())?;
        change.pos = pos as u64;
        let old = right.old;
        let mut merged = old.as_deref().cloned().unwrap_or_else(|| Merged {
            kind: op.kind.clone(),
            unit: op.unit.as_str().to_owned(),
            creator: right.creator,
            pos,
            state: Record::default(),
            viewers: BTreeSet::new(),
            links: BTreeSet::new(),
        });
        merged.state.apply(change);
        merged.pos = pos;
        self.draft.move_in_sum(op.record, &merged, old.as_ref().map(|o| o.pos));
        self.draft.own.records.insert(op.record, Arc::new(merged));
        visibility::refresh(self.db, self.rules.catalog, self.draft, op.record, old.as_deref())?;
        if let Some(reissues) = &op.reissues {
            let key = (reissues.device, reissues.seq, reissues.hash);
            self.draft.own.reissued.insert(key);
            self.draft
                .rows
                .reissues
                .push((key.0, key.1, key.2, self.author.device, op.seq));
            self.issued_again(op, (reissues.device, reissues.seq));
        }
        self.contested(op, right.kind, old.as_deref())?;
        if step.stale {
            self.find(op, findings::STALE, true);
        }
        if written.clock_doubtful {
            self.find(op, findings::CLOCK, true);
        }
        self.waiting_proposals(op)?;
        let confirms = op.confirms.as_ref().map(|named| (named.device, named.seq));
        if op.proposes || confirms.is_some() || op.decides.is_some() {
            self.draft.rows.desk_ops.push(DeskOp {
                record: op.record,
                device: self.author.device,
                seq: op.seq,
                pos,
                confirms,
            });
        }
        if op.decides.is_some() && !op.proposes {
            self.close_decided(op, decided)?;
        }
        Ok(Outcome {
            verdict: Verdict::Accepted,
            pos: Some(pos),
            effect: effect.to_text()?,
        })
    }

    /// Opens or closes the finding that values differ. Where people had decided to leave them so, other values are
    /// another matter.
    fn contested(&mut self, op: &Op, kind: &Kind, old: Option<&Merged>) -> StoreResult<()> {
        let before = old.map(|old| &old.state).filter(|state| is_contested(kind, state));
        let Some(record) = self.draft.record(&op.record).cloned() else {
            return Ok(());
        };
        let now = Some(&record.state).filter(|state| is_contested(kind, state));
        let found = self.finding_of(op, findings::CONTESTED, false);
        match (before, now) {
            (None, Some(_)) => self.open(found),
            (Some(_), None) => self
                .draft
                .close(FindingRow { known: true, ..found }, self.author.arrival_ms, false),
            (Some(before), Some(now)) => {
                let stands_on = |state| basis(findings::CONTESTED, &found.id, 0, Some((kind, state)));
                if stands_on(before) != stands_on(now)
                    && let Some(row) = self.draft.finding(self.db, &found.id)?
                    && row.closed_ms.is_some()
                {
                    self.open(found);
                }
            }
            (None, None) => {}
        }
        Ok(())
    }

    /// What was quarantined stands again in the operation that was issued for it. It may have been unreadable: then
    /// nobody knew of which record it was.
    fn issued_again(&mut self, op: &Op, (device, seq): (DeviceId, Seq)) {
        for record in [Some(op.record), None] {
            let about = About {
                record,
                device: Some(device),
                seq: Some(seq),
                ..About::default()
            };
            let found = finding(findings::REFUSED, about, self.author.arrival_ms, None);
            self.draft
                .close(FindingRow { known: true, ..found }, self.author.arrival_ms, false);
        }
    }

    pub(super) fn find(&mut self, op: &Op, code: &'static str, of_this_op: bool) {
        let row = self.finding_of(op, code, of_this_op);
        self.open(row);
    }

    fn open(&mut self, row: FindingRow) {
        self.draft.rows.findings.insert(row.id, row);
    }

    fn finding_of(&self, op: &Op, code: &'static str, of_this_op: bool) -> FindingRow {
        let about = About {
            unit: Some(op.unit.as_str().to_owned()),
            record: Some(op.record),
            neighbour: None,
            device: of_this_op.then_some(self.author.device),
            seq: of_this_op.then_some(op.seq),
        };
        finding(code, about, self.author.arrival_ms, None)
    }
}
