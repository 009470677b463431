//! What a member's appointments cover.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sync_protocol::id::UnitCode;
use sync_protocol::role::Role;

use crate::store::rows::{AppointmentRow, UnitRow};

/// The units below each unit.
#[derive(Debug, Clone, Default)]
pub struct Grid {
    children: HashMap<String, Vec<UnitCode>>,
    parents: HashMap<UnitCode, String>,
    known: BTreeSet<UnitCode>,
}

/// More levels than any grid has; it ends a cycle in a hand-edited database.
const DEEPEST: usize = 16;

impl Grid {
    /// Builds the tree.
    pub fn new(units: &[UnitRow]) -> Grid {
        let mut grid = Grid::default();
        for unit in units {
            grid.known.insert(unit.code.clone());
            if let Some(parent) = &unit.parent {
                grid.children.entry(parent.clone()).or_default().push(unit.code.clone());
                grid.parents.insert(unit.code.clone(), parent.clone());
            }
        }
        grid
    }

    /// Whether the grid has the unit.
    pub fn knows(&self, unit: &UnitCode) -> bool {
        self.known.contains(unit)
    }

    /// Whether `unit` is `above` or a known unit below it.
    pub fn covers(&self, above: &UnitCode, unit: &UnitCode) -> bool {
        if !self.known.contains(unit) {
            return false;
        }
        let mut at = unit.as_str();
        for _ in 0..DEEPEST {
            if at == above.as_str() {
                return true;
            }
            match at.parse::<UnitCode>().ok().and_then(|code| self.parents.get(&code)) {
                Some(parent) => at = parent,
                None => return false,
            }
        }
        false
    }

    /// `unit` and every unit below it; nothing if the grid does not know it.
    pub fn covered(&self, unit: &UnitCode) -> BTreeSet<UnitCode> {
        let mut covered = BTreeSet::new();
        let mut open: Vec<UnitCode> = self.known.get(unit).cloned().into_iter().collect();
        while let Some(next) = open.pop() {
            // `insert` also ends a cycle, which the import refuses but a hand-edited database may hold.
            if covered.insert(next.clone()) {
                open.extend(self.children.get(next.as_str()).into_iter().flatten().cloned());
            }
        }
        covered
    }
}

/// The roles in force in each unit.
pub type Scope = BTreeMap<UnitCode, BTreeSet<Role>>;

/// The roles that `appointments` give at `at_ms`, unit by unit: an appointment covers its unit and all below.
pub fn scope(grid: &Grid, appointments: &[AppointmentRow], at_ms: i64) -> Scope {
    let mut scope = Scope::new();
    for appointment in appointments.iter().filter(|a| a.is_active(at_ms)) {
        for unit in grid.covered(&appointment.unit) {
            scope.entry(unit).or_default().insert(appointment.role);
        }
    }
    scope
}

#[cfg(test)]
mod tests {
    use sync_protocol::id::{AppointmentId, MemberId};

    use super::*;
    use crate::accounts::unit::Level;

    fn code(text: &str) -> UnitCode {
        text.parse().unwrap()
    }

    fn unit(own: &str, level: Level, parent: Option<&str>) -> UnitRow {
        UnitRow {
            code: code(own),
            name: own.to_owned(),
            level,
            parent: parent.map(str::to_owned),
            successor: None,
            head: 0,
        }
    }

    fn appointment(role: Role, at: &str, starts_ms: i64, ends_ms: Option<i64>) -> AppointmentRow {
        AppointmentRow {
            id: AppointmentId([1; 16]),
            member: MemberId([2; 16]),
            role,
            unit: code(at),
            starts_ms,
            ends_ms,
            created_ms: 0,
        }
    }

    fn grid() -> Grid {
        Grid::new(&[
            unit("350111000000", Level::District, None),
            unit("350111001000", Level::Area, Some("350111000000")),
            unit("350111001001", Level::Community, Some("350111001000")),
            unit("350111001003", Level::Community, Some("350111001000")),
            unit("350111002000", Level::Area, Some("350111000000")),
        ])
    }

    #[test]
    fn an_appointment_covers_its_unit_and_all_below() {
        let scope = scope(&grid(), &[appointment(Role::AreaManager, "350111001000", 0, None)], 5);
        let units: Vec<_> = scope.keys().map(|u| u.as_str()).collect();
        assert_eq!(units, ["350111001000", "350111001001", "350111001003"]);
    }

    #[test]
    fn roles_of_several_appointments_meet_in_a_unit() {
        let held = [
            appointment(Role::Volunteer, "350111001001", 0, None),
            appointment(Role::AreaManager, "350111001000", 0, None),
        ];
        let scope = scope(&grid(), &held, 5);
        assert_eq!(
            scope[&code("350111001001")],
            BTreeSet::from([Role::Volunteer, Role::AreaManager])
        );
        assert_eq!(scope[&code("350111001003")], BTreeSet::from([Role::AreaManager]));
    }

    #[test]
    fn the_end_is_exclusive_and_the_start_inclusive() {
        let held = [appointment(Role::Volunteer, "350111001001", 10, Some(20))];
        for (at, active) in [(9, false), (10, true), (19, true), (20, false)] {
            assert_eq!(!scope(&grid(), &held, at).is_empty(), active, "{at}");
        }
    }

    #[test]
    fn an_unknown_unit_gives_nothing_and_a_cycle_ends() {
        assert!(scope(&grid(), &[appointment(Role::Volunteer, "999999999999", 0, None)], 5).is_empty());
        let cycle = Grid::new(&[
            unit("350111001000", Level::Area, Some("350111002000")),
            unit("350111002000", Level::Area, Some("350111001000")),
        ]);
        assert_eq!(cycle.covered(&code("350111001000")).len(), 2);
    }
}
