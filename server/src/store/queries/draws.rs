//! Draws of observers, and who might be drawn.

use diesel::prelude::*;
use sync_protocol::id::{MemberId, RecordId};
use sync_protocol::role::Role;

use super::Conn;
use crate::store::StoreResult;
use crate::store::rows::{AppointmentRow, DrawRow, RecordRow};
use crate::store::schema::{appointment, draw as t, record, viewer};

/// The draw that a record asked for.
pub fn by_record(conn: &mut Conn, id: RecordId) -> StoreResult<Option<DrawRow>> {
    Ok(t::table
        .find(id.0.as_slice())
        .select(DrawRow::as_select())
        .first(conn)
        .optional()?)
}

/// Draws in the order of their records, those after `record`; empty bytes come before all.
pub fn after(conn: &mut Conn, record: &[u8], limit: i64) -> StoreResult<Vec<DrawRow>> {
    Ok(t::table
        .filter(t::record.gt(record))
        .order(t::record)
        .limit(limit)
        .select(DrawRow::as_select())
        .load(conn)?)
}

/// The draws for an arrangement, the first one first.
pub fn of_order(conn: &mut Conn, order: RecordId) -> StoreResult<Vec<DrawRow>> {
    Ok(t::table
        .filter(t::service_order.eq(order.0.as_slice()))
        .order(t::number)
        .select(DrawRow::as_select())
        .load(conn)?)
}

/// Keeps a draw.
pub fn insert(conn: &mut Conn, row: DrawRow) -> StoreResult<()> {
    diesel::insert_into(t::table).values(row).execute(conn)?;
    Ok(())
}

/// Every appointment of a role in some units that had begun at `at_ms`, those that have ended too.
pub fn appointed(conn: &mut Conn, role: Role, units: &[&str], at_ms: i64) -> StoreResult<Vec<AppointmentRow>> {
    Ok(appointment::table
        .filter(appointment::role.eq(role.code()).and(appointment::unit.eq_any(units)))
        .filter(appointment::starts_ms.le(at_ms))
        .order(appointment::id)
        .select(AppointmentRow::as_select())
        .load(conn)?)
}

/// The records of a kind that a member created or is assigned to.
pub fn assigned(conn: &mut Conn, member: MemberId, kind: &str) -> StoreResult<Vec<RecordRow>> {
    Ok(viewer::table
        .inner_join(record::table.on(record::id.eq(viewer::record)))
        .filter(viewer::member.eq(member.0.as_slice()).and(record::kind.eq(kind)))
        .select(RecordRow::as_select())
        .load(conn)?)
}
