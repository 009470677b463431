//! Two persons: what one member proposes has no effect until another confirms it, and only while nothing that it
//! touches has moved.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::catalog::{Catalog, STATE_FIELD};
use sync_protocol::clock::{Clock, clock_of, covers};
use sync_protocol::op::{Op, OpName};
use sync_protocol::record::{Change, Record};
use sync_protocol::shape::{self, Typed};
use sync_protocol::value::Value;
use sync_protocol::verdict::{Code, Fate};

use super::{Case, Stop};
use crate::store::StoreResult;
use crate::sync::findings::{self, About, finding};
use crate::sync::known::OtherOp;
use crate::sync::merged::Merged;

/// What an operation touches of its record.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Touches<'o> {
    registers: Vec<&'o str>,
    sets: Vec<&'o str>,
}

impl<'o> Touches<'o> {
    /// The fields of an operation, and the state where it takes a transition or decides.
    pub fn of(op: &'o Op) -> Touches<'o> {
        let state = (op.act.is_some() || op.decides.is_some()).then_some(STATE_FIELD);
        Touches {
            registers: op.set.keys().map(String::as_str).chain(state).collect(),
            sets: op.add.keys().chain(op.remove.keys()).map(String::as_str).collect(),
        }
    }

    /// Whether `seen` covers everything that the record holds in them.
    pub fn are_covered(&self, record: &Record, seen: &Clock) -> bool {
        let known = |field: &&str| {
            let dots = record.elements(field).flat_map(|(_, dots)| dots);
            dots.into_iter().all(|(dot, _)| covers(seen, &dot.actor, dot.counter))
        };
        self.registers.iter().all(|field| record.is_covered(field, seen)) && self.sets.iter().all(known)
    }
}

/// What a proposal had seen.
fn seen_by(op: &Op, other: &OtherOp) -> Clock {
    match &other.effect.seen {
        Some(cut) => clock_of(cut.iter().map(|(device, seq)| (*device, *seq))),
        None => op.seen.clone(),
    }
}

/// Whether a confirmation says what the proposal says: the same moment under another offset is the same.
pub(crate) fn says_the_same(catalog: &Catalog, proposal: &Op, op: &Op, typed: &Typed) -> bool {
    let Ok((_, proposed)) = shape::check(catalog, proposal) else {
        return false;
    };
    let as_sets = |lists: &BTreeMap<String, Vec<Value>>| -> BTreeMap<String, BTreeSet<Value>> {
        let set = |(field, list): (&String, &Vec<Value>)| (field.clone(), list.iter().cloned().collect());
        lists.iter().map(set).collect()
    };
    proposed.set == typed.set
        && as_sets(&proposed.add) == as_sets(&typed.add)
        && as_sets(&proposed.remove) == as_sets(&typed.remove)
        && (&proposal.act, &proposal.approves, &proposal.decides) == (&op.act, &op.approves, &op.decides)
}

impl Case<'_, '_, '_, '_> {
    /// Judges a proposal or a confirmation; answers the proposal that is confirmed.
    pub(super) fn second(
        &mut self,
        op: &Op,
        typed: &Typed,
        old: Option<&Merged>,
        stale: bool,
        change: &Change,
    ) -> Result<Option<Box<Op>>, Stop> {
        if !op.proposes && op.confirms.is_none() {
            return Ok(None);
        }
        let old = old.ok_or(Code::RecordUnavailable)?;
        let covered = !stale && Touches::of(op).are_covered(&old.state, &change.seen);
        let Some(named) = &op.confirms else {
            return match (covered, &op.decides) {
                (true, _) => Ok(None),
                (false, None) => Err(Code::ProposalStale.into()),
                (false, Some(_)) => Err(Code::DecisionStale.into()),
            };
        };
        let other = self.proposal(op, named)?;
        if other.member == self.author.member {
            return Err(Code::ProposalSamePerson.into());
        }
        let seen = other.op.as_ref().map(|proposal| seen_by(proposal, &other));
        let (Some(proposal), Some(seen)) = (other.op, seen) else {
            return Err(Code::ProposalUnknown.into());
        };
        if !says_the_same(self.rules.catalog, &proposal, op, typed) {
            return Err(Code::ProposalDiffers.into());
        }
        let waits = self.draft.finding(self.db, &awaits(op, named).id)?;
        let waits = waits.is_some_and(|row| row.closed_ms.is_none());
        if !waits || !covered || !Touches::of(op).are_covered(&old.state, &seen) {
            return Err(Code::ProposalStale.into());
        }
        Ok(Some(proposal))
    }

    /// The proposal that is confirmed. One that may still come, or waits itself, is waited for.
    fn proposal(&mut self, op: &Op, named: &OpName) -> Result<OtherOp, Stop> {
        let found = match i64::try_from(named.seq) {
            Ok(_) => self.draft.op(self.db, named.device, named.seq)?,
            Err(_) => None,
        };
        let Some(other) = found else {
            return match self.rules.generations.has_ended(&op.generation) && !self.cut {
                true => Err(Stop::Refused(Code::SeenEarlierGeneration, Some(op.record))),
                false => Err(Code::ProposalUnknown.into()),
            };
        };
        if other.hash != named.hash || other.record != Some(op.record) {
            return Err(Code::ProposalUnknown.into());
        }
        match other.fate {
            Fate::Accepted if other.effect.proposal => Ok(other),
            Fate::Held if !self.cut => Err(Stop::Refused(Code::AfterHeld, Some(op.record))),
            Fate::Accepted | Fate::Held | Fate::Quarantined => Err(Code::ProposalUnknown.into()),
        }
    }

    /// Opens the finding of a proposal, closes that of the one which is confirmed, and those of proposals on the record
    /// whose ground has moved.
    pub(super) fn waiting_proposals(&mut self, op: &Op) -> StoreResult<()> {
        if op.proposes {
            self.find(op, findings::AWAITS, true);
            return Ok(());
        }
        let Some(now) = self.draft.record(&op.record).cloned() else {
            return Ok(());
        };
        let confirmed = op.confirms.as_ref().map(|named| (named.device, named.seq));
        for row in self.draft.awaiting(&op.record) {
            let (Some(device), Some(seq)) = (row.device, row.seq) else {
                continue;
            };
            let ends = match self.draft.op(self.db, device, seq)? {
                _ if confirmed == Some((device, seq)) => true,
                Some(other) => other
                    .op
                    .as_ref()
                    .is_some_and(|proposal| !Touches::of(proposal).are_covered(&now.state, &seen_by(proposal, &other))),
                None => false,
            };
            if ends {
                self.draft.close(row, self.author.arrival_ms, false);
            }
        }
        Ok(())
    }
}

/// The finding of a proposal on the record of `op`.
fn awaits(op: &Op, named: &OpName) -> crate::sync::rows::FindingRow {
    let about = About {
        unit: Some(op.unit.as_str().to_owned()),
        record: Some(op.record),
        neighbour: None,
        device: Some(named.device),
        seq: Some(named.seq),
    };
    finding(findings::AWAITS, about, 0, None)
}
