//! Blobs and who delivered them.

use diesel::prelude::*;
use sync_protocol::feed::Hash;
use sync_protocol::id::MemberId;

use super::Conn;
use crate::store::StoreResult;
use crate::store::column::Fixed;
use crate::store::rows::{BlobRow, CollectionRow};
use crate::store::schema::{blob, blob_ref, collection};

/// A blob.
pub fn by_hash(conn: &mut Conn, sha256: &Hash) -> StoreResult<Option<BlobRow>> {
    Ok(blob::table
        .find(sha256.as_slice())
        .select(BlobRow::as_select())
        .first(conn)
        .optional()?)
}

/// Admits a blob; answers false when it is there already.
pub fn admit(conn: &mut Conn, row: &BlobRow) -> StoreResult<bool> {
    let added = diesel::insert_into(blob::table)
        .values(row.clone())
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(added == 1)
}

/// Keeps a blob that was about to go. Answers false when it is gone.
pub fn spare(conn: &mut Conn, sha256: &Hash) -> StoreResult<bool> {
    let kept = diesel::update(blob::table.find(sha256.as_slice()))
        .set(blob::condemned_ms.eq(None::<i64>))
        .execute(conn)?;
    Ok(kept == 1)
}

/// The blob was delivered again: it is kept as long as if it were new. Answers false when it is gone.
pub fn arrived_again(conn: &mut Conn, sha256: &Hash, now_ms: i64) -> StoreResult<bool> {
    let kept = diesel::update(blob::table.find(sha256.as_slice()))
        .set((blob::condemned_ms.eq(None::<i64>), blob::received_ms.eq(now_ms)))
        .execute(conn)?;
    Ok(kept == 1)
}

/// Gives a blob another object in place of `lost`.
pub fn replace_object(conn: &mut Conn, sha256: &Hash, lost: &str, object: &str) -> StoreResult<bool> {
    let lost = blob::table.find(sha256.as_slice()).filter(blob::object.eq(lost));
    Ok(diesel::update(lost).set(blob::object.eq(object)).execute(conn)? == 1)
}

/// Writes down that a member delivered a blob, unless he has before.
pub fn deliver(conn: &mut Conn, row: &CollectionRow) -> StoreResult<()> {
    diesel::insert_into(collection::table)
        .values(row.clone())
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(())
}

/// Which of the blobs a member has delivered, and whether a verified backup contains them. Those about to go count as
/// not delivered.
pub fn delivered(conn: &mut Conn, member: MemberId, hashes: &[&[u8]]) -> StoreResult<Vec<(Fixed<32>, bool)>> {
    Ok(collection::table
        .inner_join(blob::table.on(blob::sha256.eq(collection::sha256)))
        .filter(collection::member.eq(member.0.as_slice()))
        .filter(collection::sha256.eq_any(hashes))
        .filter(blob::condemned_ms.is_null())
        .select((blob::sha256, blob::durable))
        .load(conn)?)
}

/// How many bytes each blob has that a member delivered and that nothing refers to.
pub fn unreferred_bytes(conn: &mut Conn, member: MemberId) -> StoreResult<Vec<i64>> {
    let referred = blob_ref::table.filter(blob_ref::sha256.eq(blob::sha256));
    Ok(collection::table
        .inner_join(blob::table.on(blob::sha256.eq(collection::sha256)))
        .filter(collection::member.eq(member.0.as_slice()))
        .filter(diesel::dsl::not(diesel::dsl::exists(referred)))
        .select(blob::bytes)
        .load(conn)?)
}
