//! Writing the demonstration into a database.

use super::{DemoMember, DemoUnit, District, GridError};
use crate::accounts::founding::{self, Founding};
use crate::directory::grid;
use crate::query;
use crate::random::{self, NoRandomness};
use crate::store::rows::{AppointmentRow, JournalRow, MemberRow, UnitRow};
use crate::store::{Store, StoreError};

/// The fact that marks a database as holding the demonstration.
const FACT: &str = "demonstration";

/// The day on which the programme was published, 2020-10-22 in Fuzhou: since then everybody is appointed, ms.
const STARTS_MS: i64 = 1_603_296_000_000;

/// What [`install`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Installed {
    /// The database was empty; now it holds the demonstration.
    Now,
    /// It held the demonstration already; nothing was changed.
    Before,
}

/// Why there is no demonstration.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// The database holds something else. Nothing was changed.
    #[error(
        "the database holds units or members that are no demonstration: start without --demo, or name an empty database"
    )]
    NotEmpty,
    /// The grid that comes with the program.
    #[error(transparent)]
    Grid(#[from] GridError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No random bytes.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

/// Writes `district` into an empty database, all or nothing; everybody gets `password_hash`. The demonstration
/// stays as it is where it was written before.
///
/// # Errors
/// [`InstallError::NotEmpty`] when the database holds anything else.
pub fn install(
    store: &Store,
    district: &District,
    password_hash: &str,
    now_ms: i64,
) -> Result<Installed, InstallError> {
    store.write(|db| {
        if query!(db, meta::get(FACT))?.is_some() {
            return Ok(Installed::Before);
        }
        if !query!(db, units::all())?.is_empty() || !query!(db, members::page("", 1))?.is_empty() {
            return Err(InstallError::NotEmpty);
        }
        query!(db, meta::put(FACT, "1"))?;
        for unit in &district.units {
            query!(db, units::insert(unit_row(unit)))?;
        }
        grid::changed(db)?;
        for member in &district.members {
            query!(db, members::insert(member_row(member, password_hash, now_ms)))?;
        }
        let mut rows: Vec<AppointmentRow> = district
            .members
            .iter()
            .flat_map(|m| appointment_rows(m, now_ms))
            .collect();
        rows.sort_by_key(|row| row.id);
        let mut founding = Founding::default();
        for row in rows {
            founding.add(&row);
            query!(db, appointments::insert(row))?;
        }
        let entry = JournalRow {
            id: random::uuid_at(now_ms)?.into_bytes(),
            at_ms: now_ms,
            actor: None,
            event: founding::EVENT.to_owned(),
            subject: String::new(),
            detail: founding.detail(district.units.len(), district.members.len()),
        };
        query!(db, journal::insert(entry))?;
        Ok(Installed::Now)
    })
}

/// Whether the database holds the demonstration, where everybody has the same, published password.
pub fn is_installed(store: &Store) -> Result<bool, StoreError> {
    store.read(|db| Ok(query!(db, meta::get(FACT))?.is_some()))
}

fn unit_row(unit: &DemoUnit) -> UnitRow {
    UnitRow {
        code: unit.code.clone(),
        name: unit.name.clone(),
        level: unit.level,
        parent: unit.parent.as_ref().map(|code| code.as_str().to_owned()),
        successor: None,
        head: 0,
    }
}

fn member_row(member: &DemoMember, password_hash: &str, now_ms: i64) -> MemberRow {
    MemberRow {
        id: member.id,
        number: member.number.clone(),
        name: member.name.clone(),
        created_ms: now_ms,
        password_hash: Some(password_hash.to_owned()),
        activation_hash: None,
        activation_expires_ms: None,
        totp_secret: None,
        totp_step: None,
        failed_sign_ins: 0,
        locked_until_ms: None,
    }
}

fn appointment_rows(member: &DemoMember, now_ms: i64) -> impl Iterator<Item = AppointmentRow> {
    member.appointments.iter().map(move |appointment| AppointmentRow {
        id: appointment.id,
        member: member.id,
        role: appointment.role,
        unit: appointment.unit.clone(),
        starts_ms: STARTS_MS,
        ends_ms: None,
        created_ms: now_ms,
    })
}
