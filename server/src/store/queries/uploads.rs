//! Uploads on their way, and who writes to them.

use diesel::prelude::*;
use sync_protocol::id::MemberId;

use super::Conn;
use crate::store::StoreResult;
use crate::store::rows::{PieceRow, UploadRow, UploadStep};
use crate::store::schema::{upload, upload_piece};

/// Begins an upload.
pub fn insert(conn: &mut Conn, row: &UploadRow) -> StoreResult<()> {
    diesel::insert_into(upload::table).values(row.clone()).execute(conn)?;
    Ok(())
}

/// An upload.
pub fn by_id(conn: &mut Conn, id: &[u8; 16]) -> StoreResult<Option<UploadRow>> {
    Ok(upload::table
        .find(id.as_slice())
        .select(UploadRow::as_select())
        .first(conn)
        .optional()?)
}

/// How many uploads of a member are unfinished: open ones, and parts that nothing was made of. Once a part has been put
/// to use it expires by `spent_ms`.
pub fn open_count(conn: &mut Conn, member: MemberId, now_ms: i64, spent_ms: i64) -> StoreResult<i64> {
    let open = upload::state.eq(0).and(upload::expires_ms.gt(now_ms));
    let part = upload::state.eq(1).and(upload::concat.eq("partial"));
    Ok(upload::table
        .filter(upload::member.eq(member.0.as_slice()))
        .filter(open.or(part.and(upload::expires_ms.gt(spent_ms))))
        .count()
        .get_result(conn)?)
}

/// How many bytes each open upload of a member has.
pub fn open_bytes(conn: &mut Conn, member: MemberId) -> StoreResult<Vec<i64>> {
    Ok(upload::table
        .filter(upload::member.eq(member.0.as_slice()).and(upload::state.eq(0)))
        .select(upload::reached)
        .load(conn)?)
}

/// How many pieces an upload has.
pub fn piece_count(conn: &mut Conn, id: &[u8; 16]) -> StoreResult<i64> {
    Ok(upload_piece::table
        .filter(upload_piece::upload.eq(id.as_slice()))
        .count()
        .get_result(conn)?)
}

/// The pieces of an upload in their order.
pub fn pieces(conn: &mut Conn, id: &[u8; 16]) -> StoreResult<Vec<PieceRow>> {
    Ok(upload_piece::table
        .filter(upload_piece::upload.eq(id.as_slice()))
        .order(upload_piece::start)
        .select(PieceRow::as_select())
        .load(conn)?)
}

/// Makes `holder` the one who writes, unless another one's lease runs. Answers whether it did.
pub fn take(conn: &mut Conn, id: &[u8; 16], holder: &[u8; 16], now_ms: i64, lease_ms: i64) -> StoreResult<bool> {
    let free = upload::table
        .find(id.as_slice())
        .filter(upload::state.eq(0))
        .filter(upload::holder.is_null().or(upload::lease_ms.le(now_ms)));
    let taken = diesel::update(free)
        .set((
            upload::holder.eq(Some(holder.as_slice())),
            upload::lease_ms.eq(lease_ms),
        ))
        .execute(conn)?;
    Ok(taken == 1)
}

/// Lengthens the holder's lease.
pub fn renew(conn: &mut Conn, id: &[u8; 16], holder: &[u8; 16], lease_ms: i64) -> StoreResult<bool> {
    let own = upload::table
        .find(id.as_slice())
        .filter(upload::holder.eq(holder.as_slice()));
    Ok(diesel::update(own).set(upload::lease_ms.eq(lease_ms)).execute(conn)? == 1)
}

/// Ends the holder's lease. Answers false when it is not his any more.
pub fn release(conn: &mut Conn, id: &[u8; 16], holder: &[u8; 16]) -> StoreResult<bool> {
    let own = upload::table
        .find(id.as_slice())
        .filter(upload::holder.eq(holder.as_slice()));
    let released = diesel::update(own)
        .set((upload::holder.eq(None::<&[u8]>), upload::lease_ms.eq(0)))
        .execute(conn)?;
    Ok(released == 1)
}

/// Says how long the upload will be, if that is not known yet.
pub fn set_length(conn: &mut Conn, id: &[u8; 16], holder: &[u8; 16], length: i64) -> StoreResult<bool> {
    let own = upload::table
        .find(id.as_slice())
        .filter(upload::holder.eq(holder.as_slice()).and(upload::length.is_null()));
    Ok(diesel::update(own).set(upload::length.eq(Some(length))).execute(conn)? == 1)
}

/// Moves the upload on, and unless it goes on ends the lease, so that whoever sees the new place may write. Answers false
/// when `holder` no longer is the one who writes.
pub fn advance(conn: &mut Conn, step: UploadStep<'_>) -> StoreResult<bool> {
    let own = upload::table
        .find(step.id.as_slice())
        .filter(upload::holder.eq(step.holder.as_slice()))
        .filter(upload::reached.eq(step.from).and(upload::state.eq(0)));
    let holder = step.goes_on.then_some(step.holder.as_slice());
    let moved = diesel::update(own)
        .set((
            upload::reached.eq(step.to),
            upload::state.eq(step.state),
            upload::holder.eq(holder),
        ))
        .execute(conn)?;
    Ok(moved == 1)
}

/// Puts a piece down.
pub fn add_piece(conn: &mut Conn, row: &PieceRow) -> StoreResult<()> {
    diesel::insert_into(upload_piece::table)
        .values(row.clone())
        .execute(conn)?;
    Ok(())
}

/// Forgets the pieces of an upload.
pub fn remove_pieces(conn: &mut Conn, id: &[u8; 16]) -> StoreResult<()> {
    diesel::delete(upload_piece::table.filter(upload_piece::upload.eq(id.as_slice()))).execute(conn)?;
    Ok(())
}

/// Throws an upload away; its row stays until it expires, to say so.
pub fn end(conn: &mut Conn, id: &[u8; 16]) -> StoreResult<()> {
    diesel::update(upload::table.find(id.as_slice()))
        .set((
            upload::state.eq(2),
            upload::holder.eq(None::<&[u8]>),
            upload::lease_ms.eq(0),
        ))
        .execute(conn)?;
    Ok(())
}

/// Lets uploads expire at `expires_ms` if they would later.
pub fn shorten(conn: &mut Conn, ids: &[&[u8]], expires_ms: i64) -> StoreResult<()> {
    let later = upload::table
        .filter(upload::id.eq_any(ids))
        .filter(upload::expires_ms.gt(expires_ms));
    diesel::update(later)
        .set(upload::expires_ms.eq(expires_ms))
        .execute(conn)?;
    Ok(())
}
