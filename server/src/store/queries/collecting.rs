//! What the collector removes: uploads that expired, blobs that nothing refers to, objects that no row names.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use sync_protocol::feed::Hash;

use super::Conn;
use crate::store::StoreResult;
use crate::store::column::Fixed;
use crate::store::schema::{blob, blob_ref, collection, upload, upload_piece};

/// Uploads that expired before `expired_ms` and that nobody writes to at `now_ms`.
pub fn expired(conn: &mut Conn, expired_ms: i64, now_ms: i64, limit: i64) -> StoreResult<Vec<Fixed<16>>> {
    Ok(upload::table
        .filter(upload::expires_ms.lt(expired_ms).and(upload::lease_ms.le(now_ms)))
        .order(upload::expires_ms)
        .limit(limit)
        .select(upload::id)
        .load(conn)?)
}

/// Removes an upload if it is still one of those. Its row is locked then, and no piece is added any more.
pub fn remove_expired(conn: &mut Conn, id: &[u8; 16], expired_ms: i64, now_ms: i64) -> StoreResult<bool> {
    let expired = upload::table
        .find(id.as_slice())
        .filter(upload::expires_ms.lt(expired_ms).and(upload::lease_ms.le(now_ms)));
    Ok(diesel::delete(expired).execute(conn)? == 1)
}

/// Which of `objects` a blob or a piece of an upload has.
pub fn named(conn: &mut Conn, objects: &[&str]) -> StoreResult<Vec<String>> {
    let mut named: Vec<String> = blob::table
        .filter(blob::object.eq_any(objects))
        .select(blob::object)
        .load(conn)?;
    let pieces = upload_piece::table.filter(upload_piece::object.eq_any(objects));
    named.extend(pieces.select(upload_piece::object).load::<String>(conn)?);
    Ok(named)
}

/// Blobs that nobody delivered since `before_ms`, that nothing refers to and that are not condemned yet: those after
/// `sha256`.
pub fn orphans(conn: &mut Conn, sha256: &[u8], before_ms: i64, limit: i64) -> StoreResult<Vec<Fixed<32>>> {
    let delivered = collection::table.filter(
        collection::sha256
            .eq(blob::sha256)
            .and(collection::received_ms.ge(before_ms)),
    );
    Ok(blob::table
        .filter(blob::sha256.gt(sha256))
        .filter(blob::condemned_ms.is_null().and(blob::received_ms.lt(before_ms)))
        .filter(not(exists(blob_ref::table.filter(blob_ref::sha256.eq(blob::sha256)))))
        .filter(not(exists(delivered)))
        .order(blob::sha256)
        .limit(limit)
        .select(blob::sha256)
        .load(conn)?)
}

/// From now on the blobs count as absent, but for those that something refers to or that were delivered since `before_ms`.
/// Answers how many.
pub fn condemn(conn: &mut Conn, hashes: &[&[u8]], before_ms: i64, now_ms: i64) -> StoreResult<usize> {
    let orphans = blob::table
        .filter(blob::sha256.eq_any(hashes).and(blob::condemned_ms.is_null()))
        .filter(blob::received_ms.lt(before_ms))
        .filter(not(exists(blob_ref::table.filter(blob_ref::sha256.eq(blob::sha256)))));
    Ok(diesel::update(orphans)
        .set(blob::condemned_ms.eq(Some(now_ms)))
        .execute(conn)?)
}

/// Blobs condemned by `until_ms`, with their objects.
pub fn condemned(conn: &mut Conn, until_ms: i64, limit: i64) -> StoreResult<Vec<(Fixed<32>, String)>> {
    Ok(blob::table
        .filter(blob::condemned_ms.le(until_ms))
        .order(blob::condemned_ms)
        .limit(limit)
        .select((blob::sha256, blob::object))
        .load(conn)?)
}

/// Removes a blob and who delivered it, if it is condemned still and has this object. Answers whether it did.
pub fn remove(conn: &mut Conn, sha256: &Hash, object: &str, until_ms: i64) -> StoreResult<bool> {
    let condemned = blob::table
        .find(sha256.as_slice())
        .filter(blob::object.eq(object).and(blob::condemned_ms.le(until_ms)));
    if diesel::delete(condemned).execute(conn)? == 0 {
        return Ok(false);
    }
    diesel::delete(collection::table.filter(collection::sha256.eq(sha256.as_slice()))).execute(conn)?;
    Ok(true)
}
