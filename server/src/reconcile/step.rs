//! What is done with a record behind the push path.

use sync_protocol::catalog::Catalog;
use sync_protocol::id::RecordId;

use crate::query;
use crate::store::bulk::{Bulk, Column, Verb};
use crate::store::rows::RecordRow;
use crate::store::{Db, StoreResult};

/// One thing that is derived from records.
///
/// A step runs in the follower's transaction, and no other follower runs meanwhile, on any server. It must be able to
/// run again on a record that has not changed, and then change nothing: a record also comes by when a neighbour
/// changed or its time has come, and after a restore. What it derives must follow from what is stored, never from
/// having seen a change. A push may go on at the same time; what it changes comes by afterwards.
pub trait Step: Send + Sync {
    /// What it is called in logs.
    fn name(&self) -> &'static str;

    /// Derives from some records, which may be of several units.
    ///
    /// # Errors
    /// When one record cannot be worked on, the others are tried without it and it is tried again later.
    fn derive(&self, db: &mut Db<'_>, turn: &Turn<'_>, records: &[RecordRow]) -> StoreResult<()>;
}

/// What all steps of one turn of the follower work with.
#[derive(Clone, Copy)]
pub struct Turn<'t> {
    /// The catalogue in force.
    pub catalog: &'t Catalog,
    /// The time, ms.
    pub now_ms: i64,
}

/// Asks for records to be looked at from `due_ms` on, or earlier where that was asked for already; 0: at once.
///
/// Serves in any transaction: what changes something that a record's findings depend on, without moving its unit's
/// log, says so in the same transaction.
pub fn look_at(db: &mut Db<'_>, records: &[(RecordId, i64)]) -> StoreResult<()> {
    // In one order, so that two transactions never wait for each other.
    let mut sorted = records.to_vec();
    sorted.sort_unstable();
    sorted.dedup_by_key(|(record, _)| *record);
    let column = |rows: &[(RecordId, i64)]| Column::Long(rows.iter().map(|(_, due)| Some(*due)).collect());
    let keys = Column::Bytes(sorted.iter().map(|(record, _)| Some(record.0.as_slice())).collect());
    let columns = vec![("record", keys), ("due_ms", column(&sorted))];
    query!(db, locks::write(&Bulk::new(Verb::Lower, "reconcile_due", 1, columns)))
}

/// Asks at once for all records that refer to a file: it has arrived, or something was found out of it.
pub fn look_at_file(db: &mut Db<'_>, sha256: &[u8]) -> StoreResult<()> {
    let records = query!(db, reconciling::referring(sha256))?;
    look_at(db, &records.into_iter().map(|record| (record, 0)).collect::<Vec<_>>())
}
