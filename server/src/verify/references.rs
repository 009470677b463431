//! What operations refer to is written down, and nothing else is; who delivered a blob fits the blobs.

use std::collections::{BTreeSet, HashMap};

use sync_protocol::feed::Hash;
use sync_protocol::id::{DeviceId, RecordId, Seq};
use sync_protocol::op::{self, Op, Parsed};
use sync_protocol::shape;

use super::{Kind, PAGE, Place, Run};
use crate::query;
use crate::store::{Db, StoreResult};
use crate::sync::ACCEPTED;
use crate::sync::mention::{COMPLETE, mentioned, referred};

/// Whether the rows of operations that were not accepted are complete.
pub(super) fn complete(db: &mut Db<'_>) -> StoreResult<bool> {
    Ok(query!(db, meta::get(COMPLETE))?.is_some())
}

/// What an operation refers to must be written down.
pub(super) fn of_op(
    db: &mut Db<'_>,
    run: &mut Run<'_>,
    (device, seq): (DeviceId, Seq),
    op: &Op,
    state: i32,
) -> StoreResult<()> {
    if state != ACCEPTED && !run.references_complete {
        return Ok(());
    }
    let typed = shape::check(run.catalog, op).map(|(_, typed)| typed);
    let hashes = referred(op, typed.as_ref());
    if hashes.is_empty() {
        return Ok(());
    }
    let named: Vec<&[u8]> = hashes.iter().map(Hash::as_slice).collect();
    let stored: BTreeSet<Hash> = query!(db, keeping::refs_of(op.record, &named))?
        .into_iter()
        .map(|hash| hash.0)
        .collect();
    for hash in hashes.difference(&stored) {
        run.fault(Kind::BlobRefMissing, Place::Reference(*hash, device, seq as i64));
    }
    Ok(())
}

/// What is written down must be in an operation on that record.
pub(super) fn check(db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
    let mut after: (Vec<u8>, Vec<u8>) = (Vec::new(), Vec::new());
    loop {
        let rows = query!(db, keeping::refs_after(&after.0, &after.1, PAGE as i64))?;
        let Some((hash, record)) = rows.last() else { break };
        after = (hash.0.to_vec(), record.0.to_vec());
        let records: BTreeSet<[u8; 16]> = rows.iter().map(|(_, record)| record.0).collect();
        let ids: Vec<&[u8]> = records.iter().map(<[u8; 16]>::as_slice).collect();
        let mut named: HashMap<[u8; 16], BTreeSet<Hash>> = HashMap::new();
        for (record, text) in query!(db, keeping::texts_on(&ids))? {
            if let Some(record) = record
                && let Ok(text) = std::str::from_utf8(&text)
                && let Parsed::Op(op) = op::read(text).0
            {
                named.entry(record.0).or_default().extend(mentioned(&op));
            }
        }
        for (hash, record) in &rows {
            if !named.get(&record.0).is_some_and(|hashes| hashes.contains(&hash.0)) {
                run.fault(Kind::BlobRefStray, Place::BlobOf(hash.0, RecordId(record.0)));
            }
        }
        run.count("references to blobs", rows.len() as u64);
    }
    for hash in query!(db, keeping::undelivered())? {
        run.fault(Kind::BlobUndelivered, Place::Blob(hash.0));
    }
    for hash in query!(db, keeping::stray_collections())? {
        run.fault(Kind::CollectionStray, Place::Blob(hash.0));
    }
    run.report.awaited = query!(db, keeping::awaited())? as u64;
    Ok(())
}
