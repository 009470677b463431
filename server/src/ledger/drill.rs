//! From a figure to its postings, and from a posting to the operations that it stands on.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sync_protocol::feed::Hash;
use sync_protocol::id::{DeviceId, RecordId};
use uuid::Uuid;

use super::gather::attesting;
use crate::query;
use crate::store::hours::HoursFilter;
use crate::store::rows::{AccessRow, ClaimRow, PostingRow};
use crate::store::{Db, StoreResult};
use crate::sync::desk::Looker;
use crate::sync::{ACCEPTED, SyncError, opened, sealed};

/// Most postings or claims of one page.
pub const PAGE: i64 = 200;

/// What readings of hours are called in the access log.
pub(super) const FIELD: &str = "hours";

/// An operation that a posting stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// The record.
    pub record: RecordId,
    /// The record's kind.
    pub kind: String,
    /// The device.
    pub device: DeviceId,
    /// Its number in the device's feed.
    pub seq: i64,
    /// SHA-256 of its bytes.
    pub hash: Hash,
}

/// A posting and what it stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grounded {
    /// The posting.
    pub row: PostingRow,
    /// The number of the reversal that took it back.
    pub reversed_by: Option<i64>,
    /// The accepted operations on the session and on its attestations, as far as the reader may read these.
    pub grounds: Vec<Ground>,
}

/// A page of postings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The number of the last posting that the reader may see.
    pub position: i64,
    /// What is on it; sealed persons stand in no list, and are left out unless one is asked for.
    pub rows: Vec<T>,
    /// After what the next page begins, unless this is the last.
    pub next: Option<String>,
    /// What it discloses of somebody else: to be written down before it is sent.
    pub readings: Vec<AccessRow>,
}

/// Postings after a number, each with its grounds. `db` is one snapshot.
pub fn postings(
    db: &mut Db<'_>,
    looker: Looker<'_>,
    filter: &HoursFilter,
    (after, limit): (i64, i64),
    now_ms: i64,
) -> Result<Page<Grounded>, SyncError> {
    let limit = limit.clamp(1, PAGE);
    let mut rows = query!(db, hours::postings(filter, after, limit))?;
    let last = rows.last().filter(|_| rows.len() as i64 == limit);
    let next = last.map(|last| last.number.to_string());
    leave_out_sealed(db, filter, &mut rows, |row| row.subject.as_ref().map(|id| id.0))?;
    let numbers: Vec<i64> = rows.iter().map(|row| row.number).collect();
    let reversals: HashMap<i64, i64> = query!(db, hours::reversals(&numbers))?.into_iter().collect();
    let mut sessions: BTreeMap<RecordId, Vec<Ground>> = BTreeMap::new();
    for session in rows.iter().map(|row| row.session).collect::<BTreeSet<_>>() {
        sessions.insert(session, grounds(db, looker, session)?);
    }
    let readings = readings(
        looker,
        rows.iter().map(|row| (&row.unit, &row.kind, row.subject.is_some())),
        now_ms,
    );
    let grounded = |row: PostingRow| Grounded {
        reversed_by: reversals.get(&row.number).copied(),
        grounds: sessions.get(&row.session).cloned().unwrap_or_default(),
        row,
    };
    Ok(Page {
        position: query!(db, hours::last(&filter.seen()))?,
        next,
        rows: rows.into_iter().map(grounded).collect(),
        readings,
    })
}

/// Claims of sessions after an id, with what they wait for. `db` is one snapshot.
pub fn claims(
    db: &mut Db<'_>,
    looker: Looker<'_>,
    filter: &HoursFilter,
    (after, limit): (&[u8], i64),
    now_ms: i64,
) -> StoreResult<Page<ClaimRow>> {
    let limit = limit.clamp(1, PAGE);
    let mut rows = query!(db, hours::claims(filter, after, limit))?;
    let last = rows.last().filter(|_| rows.len() as i64 == limit);
    let next = last.map(|last| last.session.to_string());
    leave_out_sealed(db, filter, &mut rows, |row| row.subject.as_ref().map(|id| id.0))?;
    let readings = readings(
        looker,
        rows.iter().map(|row| (&row.unit, &row.kind, row.subject.is_some())),
        now_ms,
    );
    Ok(Page {
        position: query!(db, hours::last(&filter.seen()))?,
        next,
        rows,
        readings,
    })
}

/// Takes sealed persons out of a list, unless it is that of one of them.
fn leave_out_sealed<T>(
    db: &mut Db<'_>,
    filter: &HoursFilter,
    rows: &mut Vec<T>,
    whose: impl Fn(&T) -> Option<[u8; 16]>,
) -> StoreResult<()> {
    if filter.subject.is_none() {
        let sealed = sealed::among(db, rows.iter().filter_map(&whose))?;
        rows.retain(|row| whose(row).is_none_or(|person| !sealed.contains(&person)));
    }
    Ok(())
}

/// The accepted operations on a session and its attestations, of those of these records that the looker may read.
fn grounds(db: &mut Db<'_>, looker: Looker<'_>, session: RecordId) -> Result<Vec<Ground>, SyncError> {
    let mut records = vec![session];
    let kind = query!(db, records::by_ids(&[session.0.as_slice()]))?
        .pop()
        .map(|row| row.kind);
    if kind.is_some_and(|kind| attesting(looker.catalog, &kind).is_some()) {
        records.extend(query!(db, ledger::attestations_of(session))?);
    }
    let mut all = Vec::new();
    for record in records {
        let opened = match opened::open(db, looker, record) {
            Err(SyncError::NotFound) => continue,
            opened => opened?,
        };
        let ops = query!(db, feeds::of_record(record))?;
        all.extend(ops.into_iter().filter(|op| op.state == ACCEPTED).map(|op| Ground {
            record,
            kind: opened.row.kind.clone(),
            device: op.device,
            seq: op.seq,
            hash: op.hash,
        }));
    }
    Ok(all)
}

/// The entries of the access log for what was read of those who serve, a line for each unit and kind.
fn readings<'r>(
    looker: Looker<'_>,
    rows: impl Iterator<Item = (&'r String, &'r String, bool)>,
    now_ms: i64,
) -> Vec<AccessRow> {
    let mut read: BTreeMap<(&String, &String), i64> = BTreeMap::new();
    for (unit, kind, _) in rows.filter(|row| row.2) {
        *read.entry((unit, kind)).or_default() += 1;
    }
    let entry = |((unit, kind), records): ((&String, &String), i64)| AccessRow {
        id: *Uuid::now_v7().as_bytes(),
        at_ms: now_ms,
        member: looker.member,
        device: None,
        unit: unit.clone(),
        kind: kind.clone(),
        fields: FIELD.to_owned(),
        records,
    };
    read.into_iter().map(entry).collect()
}
