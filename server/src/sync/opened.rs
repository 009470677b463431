//! A record that a reader may open, and what of it he may see: the ground of its history and of its photos.

use std::collections::BTreeSet;

use sync_protocol::catalog::{Field, Kind, Sensitivity};
use sync_protocol::id::{MemberId, RecordId, UnitCode};
use sync_protocol::role::Role;

use super::SyncError;
use super::desk::Looker;
use super::rights::{is_desk, reads_field, reads_record};
use super::rows::ACCEPTED;
use crate::query;
use crate::store::rows::{OpRow, RecordRow};
use crate::store::{Db, StoreError};

/// An opened record.
#[derive(Debug)]
pub(crate) struct Opened<'l> {
    /// Its row.
    pub row: RecordRow,
    /// Its kind.
    pub kind: &'l Kind,
    /// The reader's roles in its unit.
    pub roles: BTreeSet<Role>,
    reader: MemberId,
}

/// Opens a record. An unreadable record and a missing one answer alike.
pub(crate) fn open<'l>(db: &mut Db<'_>, looker: Looker<'l>, record: RecordId) -> Result<Opened<'l>, SyncError> {
    let row = query!(db, records::by_ids(&[record.0.as_slice()]))?
        .pop()
        .ok_or(SyncError::NotFound)?;
    open_row(db, looker, row)
}

/// Opens a record whose row is at hand.
pub(crate) fn open_row<'l>(db: &mut Db<'_>, looker: Looker<'l>, row: RecordRow) -> Result<Opened<'l>, SyncError> {
    let unit: UnitCode = row.unit.parse().map_err(|_| StoreError::Corrupt)?;
    let roles = looker.scope.get(&unit).cloned().unwrap_or_default();
    let kind = looker.catalog.kinds().get(&row.kind).ok_or(SyncError::NotFound)?;
    let assigned = query!(db, records::is_viewer(looker.member, row.id))?;
    if !reads_record(kind, &roles, assigned) {
        return Err(SyncError::NotFound);
    }
    Ok(Opened {
        row,
        kind,
        roles,
        reader: looker.member,
    })
}

impl Opened<'_> {
    /// Whether the reader sees an operation on the record: it was accepted, it is his own, or he sits at the desk.
    pub fn shows(&self, op: &OpRow) -> bool {
        op.state == ACCEPTED || op.member == self.reader || self.roles.iter().any(|role| is_desk(*role))
    }

    /// Whether he reads a field of it.
    pub fn reads(&self, field: &Field) -> bool {
        reads_field(self.kind, field, &self.roles, self.reader, self.row.creator)
    }

    /// Whether his reading the field is written down: it is sensitive, and the record somebody else's.
    pub fn notes(&self, field: &Field) -> bool {
        field.sensitivity >= Sensitivity::Sensitive && self.reader != self.row.creator
    }
}
