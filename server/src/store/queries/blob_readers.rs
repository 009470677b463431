//! Blobs as those who read them find them: what arrived, who delivered it, which records refer to it; and what has not
//! been examined.

use diesel::prelude::*;
use sync_protocol::feed::Hash;
use sync_protocol::id::{MemberId, RecordId};

use super::Conn;
use crate::store::StoreResult;
use crate::store::column::Fixed;
use crate::store::rows::{BlobRow, CollectionRow, OpRow, RecordRow};
use crate::store::schema::{blob, blob_ref, collection, op, record};

/// Those of the blobs that are there. One that is about to go is not.
pub fn blobs(conn: &mut Conn, hashes: &[&[u8]]) -> StoreResult<Vec<BlobRow>> {
    Ok(blob::table
        .filter(blob::sha256.eq_any(hashes).and(blob::condemned_ms.is_null()))
        .select(BlobRow::as_select())
        .load(conn)?)
}

/// The deliveries of blobs, the earliest first.
pub fn deliveries(conn: &mut Conn, hashes: &[&[u8]]) -> StoreResult<Vec<CollectionRow>> {
    Ok(collection::table
        .filter(collection::sha256.eq_any(hashes))
        .order((collection::received_ms, collection::member))
        .select(CollectionRow::as_select())
        .load(conn)?)
}

/// The records that refer to a blob and on which one of the members has written, the oldest first.
pub fn records(conn: &mut Conn, hash: Hash, members: &[&[u8]]) -> StoreResult<Vec<RecordRow>> {
    let written = op::table.filter(op::record.eq(record::id.nullable()).and(op::member.eq_any(members)));
    Ok(blob_ref::table
        .inner_join(record::table.on(record::id.eq(blob_ref::record)))
        .filter(blob_ref::sha256.eq(hash.as_slice()))
        .filter(diesel::dsl::exists(written))
        .order(record::id)
        .select(RecordRow::as_select())
        .load(conn)?)
}

/// What the members have written on a record.
pub fn written(conn: &mut Conn, record: RecordId, members: &[&[u8]]) -> StoreResult<Vec<OpRow>> {
    Ok(op::table
        .filter(op::record.eq(record.0.as_slice()).and(op::member.eq_any(members)))
        .select(OpRow::as_select())
        .load(conn)?)
}

/// Names and numbers of members.
pub fn people(conn: &mut Conn, ids: &[&[u8]]) -> StoreResult<Vec<(MemberId, String, String)>> {
    use crate::store::schema::member;
    let rows: Vec<(Fixed<16>, String, String)> = member::table
        .filter(member::id.eq_any(ids))
        .select((member::id, member::name, member::number))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, name, number)| (MemberId(id.0), name, number))
        .collect())
}

/// Blobs that have not been examined, from a hash on.
pub fn unexamined(conn: &mut Conn, from: &[u8], limit: i64) -> StoreResult<Vec<Hash>> {
    let rows: Vec<Fixed<32>> = blob::table
        .filter(blob::examined.eq(false).and(blob::sha256.ge(from)))
        .filter(blob::condemned_ms.is_null())
        .order(blob::sha256)
        .limit(limit)
        .select(blob::sha256)
        .load(conn)?;
    Ok(rows.into_iter().map(|hash| hash.0).collect())
}

/// Writes down what an examination found.
pub fn examined(conn: &mut Conn, hash: Hash, likeness: Option<&[u8]>, exif: Option<&str>) -> StoreResult<()> {
    diesel::update(blob::table.filter(blob::sha256.eq(hash.as_slice())))
        .set((
            blob::examined.eq(true),
            blob::likeness.eq(likeness),
            blob::exif.eq(exif),
        ))
        .execute(conn)?;
    Ok(())
}
