//! What keeps blobs: what refers to them, where their bytes are, and which of them a backup has.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use sync_protocol::feed::Hash;
use sync_protocol::id::{DeviceId, RecordId};

use super::Conn;
use crate::store::StoreResult;
use crate::store::column::Fixed;
use crate::store::rows::{BlobRow, OpRow};
use crate::store::schema::{blob, blob_ref, collection, op};

/// Most rows that contradict each other named by one verification.
const NAMED: i64 = 100;

/// Operations that were not accepted, after `(device, seq)`, in this order.
pub fn refused_after(conn: &mut Conn, device: DeviceId, seq: i64, limit: i64) -> StoreResult<Vec<OpRow>> {
    let device = device.0.as_slice();
    let later = op::device.gt(device).or(op::device.eq(device).and(op::seq.gt(seq)));
    Ok(op::table
        .filter(op::device.ge(device).and(later).and(op::state.ne(0)))
        .order((op::device, op::seq))
        .limit(limit)
        .select(OpRow::as_select())
        .load(conn)?)
}

/// Which of `hashes` the record is written down to refer to.
pub fn refs_of(conn: &mut Conn, record: RecordId, hashes: &[&[u8]]) -> StoreResult<Vec<Fixed<32>>> {
    Ok(blob_ref::table
        .filter(
            blob_ref::sha256
                .eq_any(hashes)
                .and(blob_ref::record.eq(record.0.as_slice())),
        )
        .select(blob_ref::sha256)
        .load(conn)?)
}

/// References in the order of blob and record, those after `(sha256, record)`; empty bytes come before all.
pub fn refs_after(
    conn: &mut Conn,
    sha256: &[u8],
    record: &[u8],
    limit: i64,
) -> StoreResult<Vec<(Fixed<32>, Fixed<16>)>> {
    let later = blob_ref::sha256
        .gt(sha256)
        .or(blob_ref::sha256.eq(sha256).and(blob_ref::record.gt(record)));
    Ok(blob_ref::table
        .filter(blob_ref::sha256.ge(sha256).and(later))
        .order((blob_ref::sha256, blob_ref::record))
        .limit(limit)
        .select((blob_ref::sha256, blob_ref::record))
        .load(conn)?)
}

/// Record and text of every operation on the records, whatever became of it.
pub fn texts_on(conn: &mut Conn, records: &[&[u8]]) -> StoreResult<Vec<(Option<Fixed<16>>, Vec<u8>)>> {
    Ok(op::table
        .filter(op::record.eq_any(records))
        .select((op::record, op::body))
        .load(conn)?)
}

/// Blobs in the order of their hashes, those after `sha256`; empty bytes come before all.
pub fn blobs_after(conn: &mut Conn, sha256: &[u8], limit: i64) -> StoreResult<Vec<BlobRow>> {
    Ok(blob::table
        .filter(blob::sha256.gt(sha256))
        .order(blob::sha256)
        .limit(limit)
        .select(BlobRow::as_select())
        .load(conn)?)
}

/// Whether something refers to the blob.
pub fn is_referred(conn: &mut Conn, sha256: &Hash) -> StoreResult<bool> {
    let rows = blob_ref::table.filter(blob_ref::sha256.eq(sha256.as_slice()));
    Ok(diesel::select(exists(rows)).get_result(conn)?)
}

/// How many references there are to blobs that have not arrived.
pub fn awaited(conn: &mut Conn) -> StoreResult<i64> {
    let arrived = blob::table.filter(blob::sha256.eq(blob_ref::sha256));
    Ok(blob_ref::table.filter(not(exists(arrived))).count().get_result(conn)?)
}

/// Blobs that nobody is written down to have delivered.
pub fn undelivered(conn: &mut Conn) -> StoreResult<Vec<Fixed<32>>> {
    let delivered = collection::table.filter(collection::sha256.eq(blob::sha256));
    Ok(blob::table
        .filter(not(exists(delivered)))
        .select(blob::sha256)
        .limit(NAMED)
        .load(conn)?)
}

/// Deliveries of blobs that are not stored.
pub fn stray_collections(conn: &mut Conn) -> StoreResult<Vec<Fixed<32>>> {
    let stored = blob::table.filter(blob::sha256.eq(collection::sha256));
    Ok(collection::table
        .filter(not(exists(stored)))
        .select(collection::sha256)
        .distinct()
        .limit(NAMED)
        .load(conn)?)
}

/// A verified backup contains these blobs. Answers for how many that is new.
pub fn mark_durable(conn: &mut Conn, hashes: &[&[u8]]) -> StoreResult<usize> {
    let rows = blob::table.filter(blob::sha256.eq_any(hashes).and(not(blob::durable)));
    Ok(diesel::update(rows).set(blob::durable.eq(true)).execute(conn)?)
}
