//! Decisions of the desk: by whom, on which findings as they stand now, and whether the operation does what its
//! conclusion says. What was decided on a screen that no longer showed the present is refused, never applied blindly.

use sync_protocol::catalog::Kind;
use sync_protocol::op::Op;
use sync_protocol::record::{Change, Record};
use sync_protocol::shape::Typed;
use sync_protocol::verdict::Code;

use super::conclusion::{self, Case as Concluded};
use super::right::Right;
use super::second::Touches;
use super::{Case, Stop};
use crate::query;
use crate::store::{StoreError, StoreResult};
use crate::sync::findings::{self, OF_THE_WRITE_PATH};
use crate::sync::rows::{DecisionRow, FindingRow};
use crate::sync::workflow::Step;

/// The kind on whose records findings are decided that are on no record themselves.
pub(super) const DESK_NOTE: &str = "desk_note";

/// A finding that is decided, and what it stands on.
pub(super) struct Decided {
    pub row: FindingRow,
    pub basis: [u8; 32],
}

impl Case<'_, '_, '_, '_> {
    /// Judges what an operation decides; `proposal`: the one that it carries out.
    #[expect(
        clippy::too_many_arguments,
        reason = "one judgement and everything that it depends on"
    )]
    pub(super) fn decision(
        &mut self,
        op: &Op,
        kind: &Kind,
        typed: &Typed,
        right: &Right<'_>,
        step: &Step,
        change: &Change,
        proposal: Option<&Op>,
    ) -> Result<Vec<Decided>, Stop> {
        let Some(decides) = &op.decides else {
            return Ok(Vec::new());
        };
        if !kind.may_decide(right.role) {
            return Err(Code::DecisionForbidden.into());
        }
        if op.reason.as_ref().is_none_or(|reason| reason.trim().is_empty()) {
            return Err(Code::ReasonRequired.into());
        }
        let old = right.old.as_deref().map(|old| &old.state);
        if step.stale || old.is_some_and(|old| !Touches::of(op).are_covered(old, &change.seen)) {
            return Err(Code::DecisionStale.into());
        }
        let nothing = Record::default();
        let mut decided = Vec::with_capacity(decides.findings.len());
        let mut others = Vec::new();
        for (id, named) in &decides.findings {
            let id = hex::decode(id).ok().and_then(|id| <[u8; 16]>::try_from(id).ok());
            let row = match id {
                Some(id) => self.draft.finding(self.db, &id)?,
                None => None,
            };
            let Some(row) = row.filter(|row| row.closed_ms.is_none()) else {
                return Err(Code::DecisionStale.into());
            };
            if row.unit.as_ref().is_some_and(|unit| !self.draft.is_locked(unit)) {
                return Err(Code::DecisionStale.into());
            }
            let fact = query!(self.db, findings::fact(&row.id))?;
            let neighbour = fact.as_ref().and_then(|fact| fact.neighbour).map(|id| id.0);
            let other = self.concerned(op, &row, neighbour)?;
            others.extend(other);
            let basis = match fact {
                Some(fact) if !OF_THE_WRITE_PATH.contains(&row.code.as_ref()) => fact.basis,
                _ => {
                    let record = row.record.map(|_| (kind, old.unwrap_or(&nothing)));
                    findings::basis(&row.code, &row.id, row.opened_ms, record)
                }
            };
            if hex::encode(basis) != *named {
                return Err(Code::DecisionStale.into());
            }
            self.by_others(&row, neighbour, proposal)?;
            decided.push(Decided { row, basis });
        }
        let case = Concluded {
            kind,
            op,
            typed,
            state: step.to.as_deref(),
            old,
            change,
            reissues: op.reissues.is_some() || proposal.is_some_and(|proposal| proposal.reissues.is_some()),
            codes: decided.iter().map(|decided| decided.row.code.as_ref()).collect(),
            others: &others,
        };
        if !conclusion::is_carried_out(decides.conclusion, &case) {
            return Err(Code::DecisionUnfit.into());
        }
        Ok(decided)
    }

    /// Whether a finding is decided by an operation on this record; answers the other record that it is about. What is
    /// on no record is decided on a note of the desk in its unit.
    fn concerned(&mut self, op: &Op, row: &FindingRow, neighbour: Option<[u8; 16]>) -> Result<Option<[u8; 16]>, Stop> {
        let here = op.record.0;
        let fits = match row.record.map(|record| record.0) {
            Some(record) if record == here => return Ok(neighbour),
            Some(record) if neighbour == Some(here) => return Ok(Some(record)),
            Some(_) => false,
            None => op.kind == DESK_NOTE && self.unit_of(row)?.as_deref() == Some(op.unit.as_str()),
        };
        match fits {
            true => Ok(None),
            false => Err(Code::DecisionUnfit.into()),
        }
    }

    /// The unit in which a finding without record is decided: its own, or the uppermost above the first appointment of
    /// the member whose device it is about.
    fn unit_of(&mut self, row: &FindingRow) -> StoreResult<Option<String>> {
        if row.unit.is_some() {
            return Ok(row.unit.clone());
        }
        let Some(device) = row.device else { return Ok(None) };
        let Some(device) = query!(self.db, devices::by_id(device))? else {
            return Ok(None);
        };
        let appointments = query!(self.db, feeds::appointments(&[device.member.0.as_slice()]))?;
        let Some(first) = appointments.iter().min_by_key(|a| (a.starts_ms, a.id)) else {
            return Ok(None);
        };
        let above = self.rules.grid.above(&first.unit);
        let top = above.last().unwrap_or(&first.unit);
        Ok(Some(top.as_str().to_owned()))
    }

    /// Writes down what was decided and closes it.
    pub(super) fn close_decided(&mut self, op: &Op, decided: Vec<Decided>) -> StoreResult<()> {
        let conclusion = op.decides.as_ref().ok_or(StoreError::Internal)?.conclusion;
        for Decided { row, basis } in decided {
            self.draft.rows.decisions.push(DecisionRow {
                finding: row.id,
                device: self.author.device,
                seq: op.seq,
                basis,
                conclusion: conclusion.code(),
                at_ms: self.author.arrival_ms,
            });
            self.draft.close(row, self.author.arrival_ms, true);
        }
        Ok(())
    }
}
