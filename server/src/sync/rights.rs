//! Who may read and write what: the catalogue's rules applied to the appointments in force.

use std::collections::BTreeSet;

use sync_protocol::catalog::{Field, Kind};
use sync_protocol::id::{AppointmentId, MemberId, UnitCode};
use sync_protocol::role::Role;
use sync_protocol::verdict::Code;

use crate::accounts::scope::Grid;
use crate::store::rows::AppointmentRow;

/// Whether the role sits at the desk.
pub fn is_desk(role: Role) -> bool {
    role.is_desk()
}

/// The roles that a member holds in `unit` at `at_ms`.
pub fn roles_in(grid: &Grid, appointments: &[AppointmentRow], unit: &UnitCode, at_ms: i64) -> BTreeSet<Role> {
    let active = appointments.iter().filter(|a| a.is_active(at_ms));
    active.filter(|a| grid.covers(&a.unit, unit)).map(|a| a.role).collect()
}

/// The roles that a member held in `unit` at any moment from `first_ms` until `last_ms`, both counting.
pub fn roles_between(
    grid: &Grid,
    appointments: &[AppointmentRow],
    unit: &UnitCode,
    (first_ms, last_ms): (i64, i64),
) -> BTreeSet<Role> {
    let held = |a: &&AppointmentRow| a.starts_ms <= last_ms && a.ends_ms.is_none_or(|end| first_ms < end);
    let covering = appointments.iter().filter(held).filter(|a| grid.covers(&a.unit, unit));
    covering.map(|a| a.role).collect()
}

/// The role in which an operation may be written: its appointment must be in force at arrival and, where the
/// time of writing is known, then too, and must cover the operation's unit.
pub fn role_of(
    grid: &Grid,
    appointments: &[AppointmentRow],
    named: AppointmentId,
    unit: &UnitCode,
    arrival_ms: i64,
    written_ms: Option<i64>,
) -> Result<Role, Code> {
    let appointment = appointments
        .iter()
        .find(|a| a.id == named)
        .ok_or(Code::AppointmentUnknown)?;
    for at in [Some(arrival_ms), written_ms].into_iter().flatten() {
        if at < appointment.starts_ms {
            return Err(Code::AppointmentNotStarted);
        }
        if appointment.ends_ms.is_some_and(|end| at >= end) {
            return Err(Code::AppointmentEnded);
        }
    }
    if !grid.covers(&appointment.unit, unit) {
        return Err(Code::UnitForbidden);
    }
    Ok(appointment.role)
}

/// Whether holders of `roles` in the record's unit read it, `assigned` being true for its creator and those
/// assigned to it.
pub fn reads_record(kind: &Kind, roles: &BTreeSet<Role>, assigned: bool) -> bool {
    !kind.read.unit.is_disjoint(roles) || (assigned && !kind.read.own.is_disjoint(roles))
}

/// Whether a reader of the record reads one of its fields.
pub fn reads_field(kind: &Kind, field: &Field, roles: &BTreeSet<Role>, reader: MemberId, creator: MemberId) -> bool {
    reader == creator || reads_field_as(kind, field, roles)
}

/// Whether holders of `roles` who read a record of somebody else read one of its fields.
pub fn reads_field_as(kind: &Kind, field: &Field, roles: &BTreeSet<Role>) -> bool {
    roles.iter().any(|role| kind.may_read_field(*role, field))
}
