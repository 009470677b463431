//! The country: as many districts as it takes, each in the shape of the demonstration's, and the way they are
//! written into a database.

use std::ops::Range;

use sync_protocol::id::{AppointmentId, MemberId, UnitCode};
use wuyuan_server::demo::{DemoAppointment, DemoMember, DemoUnit, District};
use wuyuan_server::directory::grid;
use wuyuan_server::query;
use wuyuan_server::store::portable::{PortableRow, Table, Value};
use wuyuan_server::store::{Db, Store, StoreResult};

use crate::cast;

/// Districts in the shape of the demonstration's (212 communities, 641 members) that make 620,000 communities and
/// 1.9 million members.
pub const DISTRICTS: u32 = 2_925;

/// Members of the five roles in one district.
pub const MEMBERS: usize = 641;

/// When everybody was appointed, ms.
const STARTS_MS: i64 = 1_603_296_000_000;

/// Districts written in one transaction.
const TOGETHER: usize = 20;

/// Rows written by one statement.
const ROWS: usize = 5_000;

/// The shape that every district has.
pub struct Country {
    shape: District,
}

impl Country {
    /// Every district like the demonstration's.
    pub fn new() -> Country {
        Country {
            shape: cast::district(),
        }
    }

    /// The `nth` district: units and people of its own, the five roles' members first.
    pub fn district(&self, nth: u32) -> District {
        let code = |code: &UnitCode| here(nth, code);
        let unit = |unit: &DemoUnit| DemoUnit {
            code: code(&unit.code),
            parent: unit.parent.as_ref().map(code),
            name: unit.name.clone(),
            level: unit.level,
        };
        let mut appointments = 0;
        let mut member = |(place, member): (usize, &DemoMember)| {
            let appointment = |appointment: &DemoAppointment| {
                appointments += 1;
                DemoAppointment {
                    id: AppointmentId(id(2, nth, appointments)),
                    role: appointment.role,
                    unit: code(&appointment.unit),
                }
            };
            DemoMember {
                id: member_id(nth, place as u32),
                number: format!("{nth:04}-{}", member.number),
                name: member.name.clone(),
                appointments: member.appointments.iter().map(appointment).collect(),
            }
        };
        District {
            units: self.shape.units.iter().map(unit).collect(),
            members: self.shape.members.iter().enumerate().map(&mut member).collect(),
        }
    }

    /// Writes districts into a database in which they are not yet, everybody with the same password.
    pub fn write(&self, store: &Store, districts: Range<u32>, password_hash: &str) {
        let all: Vec<u32> = districts.collect();
        for some in all.chunks(TOGETHER) {
            let some: Vec<District> = some.iter().map(|nth| self.district(*nth)).collect();
            let written: StoreResult<()> = store.write(|db| {
                rows(db, "unit", some.iter().flat_map(|d| &d.units).map(unit_row).collect())?;
                write_members(db, some.iter().flat_map(|d| &d.members), password_hash)?;
                grid::changed(db)
            });
            written.expect("the districts are new");
        }
    }
}

/// The id of the member at a place of district `nth`.
pub fn member_id(nth: u32, place: u32) -> MemberId {
    MemberId(id(1, nth, place))
}

/// The code of a unit of the shape in district `nth`.
fn here(nth: u32, code: &UnitCode) -> UnitCode {
    let code = format!("{:06}{}", 100_000 + nth, &code.as_str()[6..]);
    code.parse().expect("twelve digits")
}

/// A UUID of version 8 that rises with the district and the place in it, as those do that an import makes.
fn id(kind: u8, nth: u32, place: u32) -> [u8; 16] {
    let mut id = [0; 16];
    id[0] = kind;
    id[1..5].copy_from_slice(&nth.to_be_bytes());
    id[6] = 0x80;
    id[8] = 0x80;
    id[12..].copy_from_slice(&place.to_be_bytes());
    id
}

/// Writes people with their appointments.
pub fn write_members<'m>(
    db: &mut Db<'_>,
    members: impl Iterator<Item = &'m DemoMember> + Clone,
    password_hash: &str,
) -> StoreResult<()> {
    rows(
        db,
        "member",
        members.clone().map(|m| member_row(m, password_hash)).collect(),
    )?;
    rows(db, "appointment", members.flat_map(appointment_rows).collect())
}

/// Writes rows of a table, as a restore does.
pub fn rows(db: &mut Db<'_>, table: &str, rows: Vec<PortableRow>) -> StoreResult<()> {
    let table = Table::named(table).expect("a table of the schema");
    for some in rows.chunks(ROWS) {
        let bulk = table.insertion(some);
        query!(db, locks::write(&bulk))?;
    }
    Ok(())
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn unit_row(unit: &DemoUnit) -> PortableRow {
    PortableRow(vec![
        text(unit.code.as_str()),
        text(&unit.name),
        text(unit.level.code()),
        unit.parent.as_ref().map_or(Value::Null, |code| text(code.as_str())),
        Value::Null,
        Value::Long(0),
    ])
}

fn member_row(member: &DemoMember, password_hash: &str) -> PortableRow {
    PortableRow(vec![
        Value::Bytes(member.id.0.to_vec()),
        text(&member.number),
        text(&member.name),
        Value::Long(STARTS_MS),
        text(password_hash),
        Value::Null,
        Value::Null,
        Value::Null,
        Value::Null,
        Value::Long(0),
        Value::Null,
    ])
}

fn appointment_rows(member: &DemoMember) -> impl Iterator<Item = PortableRow> {
    let row = |appointment: &DemoAppointment| {
        PortableRow(vec![
            Value::Bytes(appointment.id.0.to_vec()),
            Value::Bytes(member.id.0.to_vec()),
            text(appointment.role.code()),
            text(appointment.unit.as_str()),
            Value::Long(STARTS_MS),
            Value::Null,
            Value::Long(STARTS_MS),
        ])
    };
    member.appointments.iter().map(row)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn so_many_districts_make_the_country_and_each_has_its_own_units_and_people() {
        let country = Country::new();
        let (one, other) = (country.district(0), country.district(1));
        let communities = one.units.iter().filter(|u| u.parent.is_some()).count() - 9;
        assert_eq!((communities, one.members.len()), (212, 847));
        assert_eq!(communities * DISTRICTS as usize / 1_000, 620);
        assert_eq!(MEMBERS * DISTRICTS as usize / 100_000, 18);
        let codes: BTreeSet<_> = one.units.iter().chain(&other.units).map(|u| &u.code).collect();
        assert_eq!(codes.len(), 2 * one.units.len());
        let people = || one.members.iter().chain(&other.members);
        let ids: BTreeSet<_> = people().map(|m| m.id).collect();
        assert_eq!(ids.len(), 2 * 847);
        let appointments: BTreeSet<_> = people().flat_map(|m| &m.appointments).map(|a| a.id).collect();
        assert_eq!(
            appointments.len(),
            people().map(|m| m.appointments.len()).sum::<usize>()
        );
        assert!(people().flat_map(|m| &m.appointments).all(|a| codes.contains(&a.unit)));
    }
}
