//! Devices as accounts see them; their feeds are the sync module's.

use diesel::prelude::*;
use sync_protocol::id::{DeviceId, MemberId};

use super::Conn;
use crate::store::StoreResult;
use crate::store::rows::DeviceRow;
use crate::store::schema::device as t;

/// The device `id`.
pub fn by_id(conn: &mut Conn, id: DeviceId) -> StoreResult<Option<DeviceRow>> {
    Ok(t::table
        .find(id.0.as_slice())
        .select(DeviceRow::as_select())
        .first(conn)
        .optional()?)
}

/// A member's devices, the oldest first.
pub fn of_member(conn: &mut Conn, member: MemberId) -> StoreResult<Vec<DeviceRow>> {
    Ok(t::table
        .filter(t::member.eq(member.0.as_slice()))
        .order((t::enrolled_ms, t::id))
        .select(DeviceRow::as_select())
        .load(conn)?)
}

/// Adds a device. False: its id is taken.
pub fn insert(conn: &mut Conn, row: DeviceRow) -> StoreResult<bool> {
    Ok(diesel::insert_into(t::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn)?
        == 1)
}

/// Revokes a device. False: it was already.
pub fn revoke(conn: &mut Conn, id: DeviceId, now_ms: i64) -> StoreResult<bool> {
    Ok(
        diesel::update(t::table.find(id.0.as_slice()).filter(t::revoked_ms.is_null()))
            .set(t::revoked_ms.eq(Some(now_ms)))
            .execute(conn)?
            == 1,
    )
}
