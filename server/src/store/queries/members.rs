//! People and what they sign in with.

use diesel::prelude::*;
use sync_protocol::id::MemberId;

use super::Conn;
use crate::store::StoreResult;
use crate::store::column::Fixed;
use crate::store::rows::MemberRow;
use crate::store::schema::member as t;

/// The member `id`.
pub fn by_id(conn: &mut Conn, id: MemberId) -> StoreResult<Option<MemberRow>> {
    Ok(t::table
        .find(id.0.as_slice())
        .select(MemberRow::as_select())
        .first(conn)
        .optional()?)
}

/// The member who signs in with `number`.
pub fn by_number(conn: &mut Conn, number: &str) -> StoreResult<Option<MemberRow>> {
    Ok(t::table
        .filter(t::number.eq(number))
        .select(MemberRow::as_select())
        .first(conn)
        .optional()?)
}

/// Members in the order of their numbers, those after `after`.
pub fn page(conn: &mut Conn, after: &str, limit: i64) -> StoreResult<Vec<MemberRow>> {
    Ok(t::table
        .filter(t::number.gt(after))
        .order(t::number)
        .limit(limit)
        .select(MemberRow::as_select())
        .load(conn)?)
}

/// Id, number and name of these members, by number.
pub fn names(conn: &mut Conn, ids: &[&[u8]]) -> StoreResult<Vec<(Fixed<16>, String, String)>> {
    Ok(t::table
        .filter(t::id.eq_any(ids))
        .order(t::number)
        .select((t::id, t::number, t::name))
        .load(conn)?)
}

/// Adds a member; a number that is taken is a conflict.
pub fn insert(conn: &mut Conn, row: MemberRow) -> StoreResult<()> {
    diesel::insert_into(t::table).values(row).execute(conn)?;
    Ok(())
}

/// Gives a member another name.
pub fn rename(conn: &mut Conn, id: MemberId, name: &str) -> StoreResult<()> {
    diesel::update(t::table.find(id.0.as_slice()))
        .set(t::name.eq(name))
        .execute(conn)?;
    Ok(())
}

/// Opens an activation code.
pub fn set_activation(conn: &mut Conn, id: MemberId, hash: &str, expires_ms: i64) -> StoreResult<()> {
    diesel::update(t::table.find(id.0.as_slice()))
        .set((
            t::activation_hash.eq(Some(hash)),
            t::activation_expires_ms.eq(Some(expires_ms)),
            t::failed_sign_ins.eq(0),
            t::locked_until_ms.eq(None::<i64>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Sets the password and spends the activation code, if it is still `spent`. Returns whether it was.
pub fn activate(conn: &mut Conn, id: MemberId, spent: &str, password_hash: &str) -> StoreResult<bool> {
    let changed = diesel::update(t::table.find(id.0.as_slice()).filter(t::activation_hash.eq(spent)))
        .set((
            t::password_hash.eq(Some(password_hash)),
            t::activation_hash.eq(None::<String>),
            t::activation_expires_ms.eq(None::<i64>),
            t::failed_sign_ins.eq(0),
            t::locked_until_ms.eq(None::<i64>),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Counts a failed attempt and returns how many there are now.
pub fn count_failure(conn: &mut Conn, id: MemberId) -> StoreResult<i32> {
    Ok(diesel::update(t::table.find(id.0.as_slice()))
        .set(t::failed_sign_ins.eq(t::failed_sign_ins + 1))
        .returning(t::failed_sign_ins)
        .get_result(conn)?)
}

/// Judges no attempt before `until_ms`.
pub fn lock(conn: &mut Conn, id: MemberId, until_ms: i64) -> StoreResult<()> {
    diesel::update(t::table.find(id.0.as_slice()))
        .set(t::locked_until_ms.eq(Some(until_ms)))
        .execute(conn)?;
    Ok(())
}

/// Forgets failed attempts.
pub fn clear_failures(conn: &mut Conn, id: MemberId) -> StoreResult<()> {
    diesel::update(t::table.find(id.0.as_slice()))
        .set((t::failed_sign_ins.eq(0), t::locked_until_ms.eq(None::<i64>)))
        .execute(conn)?;
    Ok(())
}

/// Sets the TOTP secret and the last used step; both none: no TOTP.
pub fn set_totp(conn: &mut Conn, id: MemberId, secret: Option<&[u8]>) -> StoreResult<()> {
    diesel::update(t::table.find(id.0.as_slice()))
        .set((t::totp_secret.eq(secret), t::totp_step.eq(None::<i64>)))
        .execute(conn)?;
    Ok(())
}

/// Takes the TOTP step `step` unless it or a later one was used. Returns whether it was taken.
pub fn take_totp_step(conn: &mut Conn, id: MemberId, step: i64) -> StoreResult<bool> {
    let unused = t::totp_step.is_null().or(t::totp_step.lt(Some(step)));
    let changed = diesel::update(t::table.find(id.0.as_slice()).filter(unused.assume_not_null()))
        .set(t::totp_step.eq(Some(step)))
        .execute(conn)?;
    Ok(changed == 1)
}
