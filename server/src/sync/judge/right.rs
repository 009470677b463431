//! The second question: may the author write this, there, then.

use std::collections::BTreeSet;
use std::sync::Arc;

use sync_protocol::catalog::{Field, Kind, Policy};
use sync_protocol::id::{MemberId, RecordId};
use sync_protocol::op::{Op, OpName};
use sync_protocol::role::Role;
use sync_protocol::shape::Typed;
use sync_protocol::value::{MAX_INTEGER, Value};
use sync_protocol::verdict::Code;

use super::{Case, Stop};
use crate::query;
use crate::store::rows::OpRow;
use crate::store::{StoreError, StoreResult};
use crate::sync::merged::Merged;
use crate::sync::time::Written;
use crate::sync::{rights, rows};

/// What the rights of the author say about an operation.
pub(super) struct Right<'k> {
    pub kind: &'k Kind,
    pub role: Role,
    /// The record before the operation, if there is one.
    pub old: Option<Arc<Merged>>,
    /// Fields that the author may write but not read.
    pub blind: BTreeSet<String>,
    /// Whose record it is when the operation creates it.
    pub creator: MemberId,
    /// It issues again, unchanged in record and kind, what the server keeps in quarantine: the right to edit is
    /// enough to create.
    pub elevated: bool,
}

impl<'c> Case<'c, '_, '_, '_> {
    pub(super) fn right(
        &mut self,
        op: &Op,
        kind: &'c Kind,
        typed: &Typed,
        written: Written,
    ) -> Result<Right<'c>, Stop> {
        let (author, grid) = (self.author, self.rules.grid);
        let role = rights::role_of(
            grid,
            author.appointments,
            op.appointment,
            &op.unit,
            author.arrival_ms,
            written.ms,
        )?;
        let old = self.draft.fetch(self.db, &op.record)?.cloned();
        let original = match &op.reissues {
            Some(reissues) => self.reissue(op, reissues)?,
            None => None,
        };
        let elevated = original.is_some();
        let mut right = Right {
            kind,
            role,
            old,
            blind: BTreeSet::new(),
            creator: original.unwrap_or(author.member),
            elevated,
        };
        match &right.old {
            Some(old) if self.reads(old)? => right.blind = self.edits(op, kind, role, old)?,
            unreadable => {
                // A record that is not there and one that is not for the author answer alike.
                self.creates(op, kind, typed, role, elevated)?;
                if unreadable.is_some() {
                    return Err(Code::RecordUnavailable.into());
                }
            }
        }
        Ok(right)
    }

    /// The right to change an existing record; answers the fields that the author writes blindly.
    fn edits(&self, op: &Op, kind: &Kind, role: Role, old: &Merged) -> Result<BTreeSet<String>, Stop> {
        if old.kind != op.kind {
            return Err(Code::KindMismatch.into());
        }
        if old.unit != op.unit.as_str() {
            return Err(Code::UnitMismatch.into());
        }
        // Whether a role may take a transition is the workflow's question, whether it may decide is the decision's.
        let edits = op.fields().next().is_some();
        let only_moves = op.act.is_some() && !edits;
        let only_decides = op.decides.is_some() && op.act.is_none() && !edits;
        if !only_moves && !only_decides && !kind.write.edit.contains(&role) {
            return Err(Code::RoleForbidden.into());
        }
        if !only_decides && !kind.touches_others(role) && old.creator != self.author.member {
            return Err(Code::RoleForbidden.into());
        }
        let roles = rights::roles_in(
            self.rules.grid,
            self.author.appointments,
            &op.unit,
            self.author.arrival_ms,
        );
        let mut blind = BTreeSet::new();
        for (name, field) in op.fields().filter_map(|name| Some((name, kind.field(name)?))) {
            if !kind.may_write_field(role, field, false) {
                return Err(Code::FieldForbidden.into());
            }
            if !rights::reads_field(kind, field, &roles, self.author.member, old.creator) {
                blind.insert(name.to_owned());
            }
        }
        Ok(blind)
    }

    /// The right to create a record.
    fn creates(&mut self, op: &Op, kind: &Kind, typed: &Typed, role: Role, elevated: bool) -> Result<(), Stop> {
        let may = kind.write.create.contains(&role) || (elevated && kind.write.edit.contains(&role));
        let has = |(name, field): (&String, &Field)| {
            !field.required
                || typed.set.get(name).is_some_and(|v| *v != Value::Null)
                || (field.policy == Policy::Set && typed.add.contains_key(name))
        };
        let complete = kind.fields.iter().filter(|(_, f)| f.since <= op.cat).all(has);
        // What one proposes and another confirms is about a record that is there.
        let alone = !op.proposes && op.confirms.is_none();
        if may && complete && alone {
            let writable = |field: &Field| kind.may_write_field(role, field, !elevated);
            let all = op.fields().filter_map(|name| kind.field(name)).all(writable);
            return if all { Ok(()) } else { Err(Code::FieldForbidden.into()) };
        }
        if self.has_quarantined(op.record)? {
            return Err(Code::DependsOnQuarantined.into());
        }
        if !self.cut && self.rules.generations.has_ended(&op.generation) {
            return Err(Stop::Refused(Code::SeenEarlierGeneration, Some(op.record)));
        }
        if !op.seen.is_empty() || !alone {
            return Err(Code::RecordUnavailable.into());
        }
        Err(if may {
            Code::MissingRequired
        } else {
            Code::RoleForbidden
        }
        .into())
    }

    fn has_quarantined(&mut self, record: RecordId) -> StoreResult<bool> {
        Ok(self.draft.is_quarantined(&record) || query!(self.db, feeds::record_has(record, rows::QUARANTINED))?)
    }

    /// Whether the author may read a record now, before his operation.
    pub(super) fn reads(&self, record: &Merged) -> StoreResult<bool> {
        let Some(kind) = self.rules.catalog.kinds().get(&record.kind) else {
            return Ok(false);
        };
        let unit = record.unit.parse().map_err(|_| StoreError::Corrupt)?;
        let roles = rights::roles_in(self.rules.grid, self.author.appointments, &unit, self.author.arrival_ms);
        Ok(rights::reads_record(
            kind,
            &roles,
            record.viewers.contains(&self.author.member),
        ))
    }

    /// Whether the named operation may be issued again. Answers the original's author where the server keeps it in
    /// quarantine and this one is about the same record: then the record is to be his. An operation of an own
    /// former device that the server never took in may be issued again too; that gives no right beyond one's own.
    fn reissue(&mut self, op: &Op, named: &OpName) -> Result<Option<MemberId>, Stop> {
        let key = (named.device, named.seq, named.hash);
        let own_device = named.device == self.author.device;
        if named.seq > MAX_INTEGER as u64 || (own_device && named.seq >= op.seq) {
            return Err(Code::ReissueInvalid.into());
        }
        let granted = query!(self.db, feeds::reissues_of(named.device, named.seq as i64))?;
        if self.draft.is_reissued(&key) || granted.iter().any(|r| r.hash == named.hash) {
            return Err(Code::ReissueTaken.into());
        }
        if self.draft.is_new(&key) {
            // It came in this very batch, and its verdict is not settled before the commit.
            return Err(Code::ReissueInvalid.into());
        }
        let stored = query!(self.db, feeds::op(named.device, named.seq as i64))?;
        match stored.filter(|row| row.hash == named.hash) {
            Some(row) => quarantined(op, &row),
            None => {
                let device = query!(self.db, devices::by_id(named.device))?;
                let own = !own_device && device.is_some_and(|d| d.member == self.author.member);
                if own {
                    Ok(None)
                } else {
                    Err(Code::ReissueInvalid.into())
                }
            }
        }
    }
}

/// Only what is in quarantine is issued again; the original's author keeps his record.
fn quarantined(op: &Op, row: &OpRow) -> Result<Option<MemberId>, Stop> {
    if row.state != rows::QUARANTINED {
        return Err(Code::ReissueInvalid.into());
    }
    let same = row.record.is_some_and(|id| id.0 == op.record.0) && row.kind.as_deref() == Some(op.kind.as_str());
    Ok(same.then_some(row.member))
}
