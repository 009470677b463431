//! The lists from which a phone offers choices while it is offline: units and members in the caller's scope.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sync_protocol::id::{MemberId, UnitCode};
use sync_protocol::role::Role;
use utoipa::ToSchema;

use crate::accounts::AccountError;
use crate::accounts::scope::{self, Grid};
use crate::accounts::standing::{APART, Standing};
use crate::accounts::unit::Level;
use crate::app::App;
use crate::query;
use crate::store::column::Fixed;
use crate::store::rows::{AppointmentRow, UnitRow};

/// What a caller may choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Directory {
    /// Units in scope, and those above them for orientation.
    pub units: Vec<UnitEntry>,
    /// Members appointed in these units at the moment, by number.
    pub members: Vec<MemberEntry>,
}

/// A unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnitEntry {
    /// 12-digit code.
    #[schema(value_type = String)]
    pub code: UnitCode,
    /// Name.
    pub name: String,
    /// Level.
    pub level: Level,
    /// The unit above.
    pub parent: Option<String>,
    /// The unit that took its place.
    pub successor: Option<String>,
    /// The caller's roles here; empty for a unit that is only above the scope.
    #[schema(value_type = Vec<String>)]
    pub roles: BTreeSet<Role>,
}

/// A member with the roles held in one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MemberEntry {
    /// Id.
    #[schema(value_type = String, format = Uuid)]
    pub id: MemberId,
    /// Number.
    pub number: String,
    /// Name.
    pub name: String,
    /// Unit; a member appointed in several has an entry for each.
    #[schema(value_type = String)]
    pub unit: UnitCode,
    /// Roles there.
    #[schema(value_type = Vec<String>)]
    pub roles: BTreeSet<Role>,
}

/// Most units or members that one query names.
const READ_AT_ONCE: usize = 1_000;

/// The directory of `caller`.
pub fn directory(app: &App, caller: MemberId) -> Result<Directory, AccountError> {
    let now_ms = app.now_ms();
    app.store.read(|db| {
        let standing = Standing::of(db, caller, now_ms)?;
        let grid = app.grid.get(db, now_ms)?;
        let scope = scope::scope(&grid, &standing.active, now_ms);
        // Only what is shown is read: a country has three thousand times as many.
        let shown = shown(&grid, &scope);
        let codes: Vec<&str> = shown.iter().map(UnitCode::as_str).collect();
        let (mut units, mut appointments) = (Vec::new(), Vec::new());
        for some in codes.chunks(READ_AT_ONCE) {
            units.extend(query!(db, units::by_codes(some))?);
            appointments.extend(query!(db, appointments::active_in(some, now_ms))?);
        }
        // Who administers is no choice on a form; only system administrators see it.
        if !standing.is_any(&[Role::SysAdmin]) {
            appointments.retain(|a| !APART.contains(&a.role));
        }
        let people: BTreeSet<MemberId> = appointments.iter().map(|a| a.member).collect();
        let ids: Vec<&[u8]> = people.iter().map(|id| id.0.as_slice()).collect();
        let mut names = Vec::new();
        for some in ids.chunks(READ_AT_ONCE) {
            names.extend(query!(db, members::names(some))?);
        }
        Ok(Directory {
            members: members(&appointments, names),
            units: listed(&scope, units),
        })
    })
}

/// The codes of the units in scope and of all above them.
fn shown(grid: &Grid, scope: &scope::Scope) -> BTreeSet<UnitCode> {
    let mut shown: BTreeSet<UnitCode> = scope.keys().cloned().collect();
    for unit in scope.keys() {
        for above in grid.above(unit) {
            // Whatever is above a shown unit is shown already.
            if !shown.insert(above) {
                break;
            }
        }
    }
    shown
}

/// The shown units, with the caller's roles there.
fn listed(scope: &scope::Scope, units: Vec<UnitRow>) -> Vec<UnitEntry> {
    let entry = |unit: UnitRow| UnitEntry {
        roles: scope.get(&unit.code).cloned().unwrap_or_default(),
        code: unit.code,
        name: unit.name,
        level: unit.level,
        parent: unit.parent,
        successor: unit.successor,
    };
    units.into_iter().map(entry).collect()
}

fn members(appointments: &[AppointmentRow], names: Vec<(Fixed<16>, String, String)>) -> Vec<MemberEntry> {
    let mut posts: BTreeMap<(MemberId, &UnitCode), BTreeSet<Role>> = BTreeMap::new();
    for appointment in appointments {
        posts
            .entry((appointment.member, &appointment.unit))
            .or_default()
            .insert(appointment.role);
    }
    let names: BTreeMap<MemberId, (String, String)> = names
        .into_iter()
        .map(|(id, number, name)| (id.into(), (number, name)))
        .collect();
    let entry = |((id, unit), roles): ((MemberId, &UnitCode), BTreeSet<Role>)| {
        let (number, name) = names.get(&id)?.clone();
        Some(MemberEntry {
            id,
            number,
            name,
            unit: unit.clone(),
            roles,
        })
    };
    let mut entries: Vec<MemberEntry> = posts.into_iter().filter_map(entry).collect();
    entries.sort_by(|a, b| (&a.number, &a.unit).cmp(&(&b.number, &b.unit)));
    entries
}
