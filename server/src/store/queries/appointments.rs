//! Who is what, where and when.

use diesel::prelude::*;
use sync_protocol::id::{AppointmentId, MemberId};

use super::Conn;
use crate::store::StoreResult;
use crate::store::rows::AppointmentRow;
use crate::store::schema::appointment as t;

/// The appointment `id`.
pub fn by_id(conn: &mut Conn, id: AppointmentId) -> StoreResult<Option<AppointmentRow>> {
    Ok(t::table
        .find(id.0.as_slice())
        .select(AppointmentRow::as_select())
        .first(conn)
        .optional()?)
}

/// All appointments of a member, past and future ones too, in the order of their start.
pub fn of_member(conn: &mut Conn, member: MemberId) -> StoreResult<Vec<AppointmentRow>> {
    Ok(t::table
        .filter(t::member.eq(member.0.as_slice()))
        .order((t::starts_ms, t::id))
        .select(AppointmentRow::as_select())
        .load(conn)?)
}

/// The appointments to one of `units` in force at `at_ms`.
pub fn active_in(conn: &mut Conn, units: &[&str], at_ms: i64) -> StoreResult<Vec<AppointmentRow>> {
    Ok(t::table
        .filter(t::unit.eq_any(units))
        .filter(t::starts_ms.le(at_ms))
        .filter(t::ends_ms.is_null().or(t::ends_ms.assume_not_null().gt(at_ms)))
        .order(t::id)
        .select(AppointmentRow::as_select())
        .load(conn)?)
}

/// Every appointment in force at `at_ms`.
pub fn active(conn: &mut Conn, at_ms: i64) -> StoreResult<Vec<AppointmentRow>> {
    Ok(t::table
        .filter(t::starts_ms.le(at_ms))
        .filter(t::ends_ms.is_null().or(t::ends_ms.assume_not_null().gt(at_ms)))
        .order(t::id)
        .select(AppointmentRow::as_select())
        .load(conn)?)
}

/// Adds an appointment.
pub fn insert(conn: &mut Conn, row: AppointmentRow) -> StoreResult<()> {
    diesel::insert_into(t::table).values(row).execute(conn)?;
    Ok(())
}

/// Ends an appointment at `ends_ms`.
pub fn end(conn: &mut Conn, id: AppointmentId, ends_ms: i64) -> StoreResult<()> {
    diesel::update(t::table.find(id.0.as_slice()))
        .set(t::ends_ms.eq(Some(ends_ms)))
        .execute(conn)?;
    Ok(())
}
