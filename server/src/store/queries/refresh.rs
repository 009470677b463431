//! Refresh tokens.

use diesel::prelude::*;
use sync_protocol::id::MemberId;

use super::Conn;
use crate::store::StoreResult;
use crate::store::rows::RefreshRow;
use crate::store::schema::refresh_token as t;

/// The token with this hash.
pub fn by_hash(conn: &mut Conn, hash: &[u8; 32]) -> StoreResult<Option<RefreshRow>> {
    Ok(t::table
        .find(hash.as_slice())
        .select(RefreshRow::as_select())
        .first(conn)
        .optional()?)
}

/// Keeps a token.
pub fn insert(conn: &mut Conn, row: RefreshRow) -> StoreResult<()> {
    diesel::insert_into(t::table).values(row).execute(conn)?;
    Ok(())
}

/// Marks a token exchanged. False: it was already, or it is revoked.
pub fn take(conn: &mut Conn, hash: &[u8; 32], now_ms: i64) -> StoreResult<bool> {
    let open = t::table
        .find(hash.as_slice())
        .filter(t::used_ms.is_null())
        .filter(t::revoked_ms.is_null());
    Ok(diesel::update(open).set(t::used_ms.eq(Some(now_ms))).execute(conn)? == 1)
}

/// Revokes every token of a sign-in.
pub fn revoke_family(conn: &mut Conn, family: &[u8; 16], now_ms: i64) -> StoreResult<()> {
    diesel::update(
        t::table
            .filter(t::family.eq(family.as_slice()))
            .filter(t::revoked_ms.is_null()),
    )
    .set(t::revoked_ms.eq(Some(now_ms)))
    .execute(conn)?;
    Ok(())
}

/// Revokes every token of a member.
pub fn revoke_member(conn: &mut Conn, member: MemberId, now_ms: i64) -> StoreResult<()> {
    diesel::update(
        t::table
            .filter(t::member.eq(member.0.as_slice()))
            .filter(t::revoked_ms.is_null()),
    )
    .set(t::revoked_ms.eq(Some(now_ms)))
    .execute(conn)?;
    Ok(())
}

/// Forgets a member's tokens that expired before `before_ms`.
pub fn forget_expired(conn: &mut Conn, member: MemberId, before_ms: i64) -> StoreResult<()> {
    diesel::delete(
        t::table
            .filter(t::member.eq(member.0.as_slice()))
            .filter(t::expires_ms.lt(before_ms)),
    )
    .execute(conn)?;
    Ok(())
}

/// The tokens of a sign-in issued at or after `since_ms`.
pub fn issued_since(conn: &mut Conn, family: &[u8; 16], since_ms: i64) -> StoreResult<Vec<RefreshRow>> {
    Ok(t::table
        .filter(t::family.eq(family.as_slice()))
        .filter(t::issued_ms.ge(since_ms))
        .select(RefreshRow::as_select())
        .load(conn)?)
}

/// Whether a sign-in has a token that still serves.
pub fn has_open(conn: &mut Conn, family: &[u8; 16]) -> StoreResult<bool> {
    let open = t::table
        .filter(t::family.eq(family.as_slice()))
        .filter(t::used_ms.is_null())
        .filter(t::revoked_ms.is_null());
    Ok(diesel::select(diesel::dsl::exists(open)).get_result(conn)?)
}

/// Revokes one token.
pub fn revoke(conn: &mut Conn, hash: &[u8; 32], now_ms: i64) -> StoreResult<()> {
    diesel::update(t::table.find(hash.as_slice()))
        .set(t::revoked_ms.eq(Some(now_ms)))
        .execute(conn)?;
    Ok(())
}
