//! What a member's appointments cover.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::id::UnitCode;
use sync_protocol::role::Role;

use crate::store::rows::AppointmentRow;

/// The tree of units, packed: a whole country's 650,000 units take some 13 MB, and every server holds one.
#[derive(Debug, Clone, Default)]
pub struct Grid {
    /// The codes as numbers, in order. A unit's place here names it in the lists below.
    codes: Vec<u64>,
    /// The place of the unit above; [`NOBODY`] where there is none.
    parents: Vec<u32>,
    /// Where in `below` the units directly below a unit begin; they end where the next unit's begin.
    firsts: Vec<u32>,
    /// Places of the units below, unit by unit.
    below: Vec<u32>,
}

/// No unit's place.
const NOBODY: u32 = u32::MAX;

/// More levels than any grid has; it ends a cycle in a hand-edited database.
const DEEPEST: usize = 16;

impl Grid {
    /// Builds the tree from the units' codes and those of the units above them. A parent that is no unit is none.
    pub fn new(units: &[(String, Option<String>)]) -> Grid {
        let mut pairs: Vec<(u64, Option<u64>)> = units
            .iter()
            .filter_map(|(code, parent)| Some((code.parse().ok()?, parent.as_ref().and_then(|p| p.parse().ok()))))
            .collect();
        pairs.sort_unstable();
        let codes: Vec<u64> = pairs.iter().map(|(code, _)| *code).collect();
        let place = |code: u64| codes.binary_search(&code).map_or(NOBODY, |at| at as u32);
        let parents: Vec<u32> = pairs.iter().map(|(_, parent)| parent.map_or(NOBODY, place)).collect();
        let mut firsts = vec![0; codes.len() + 1];
        for parent in parents.iter().filter(|parent| **parent != NOBODY) {
            firsts[*parent as usize + 1] += 1;
        }
        for at in 1..firsts.len() {
            firsts[at] += firsts[at - 1];
        }
        let mut free = firsts.clone();
        let mut below = vec![0; firsts[codes.len()] as usize];
        for (at, parent) in parents.iter().enumerate().filter(|(_, parent)| **parent != NOBODY) {
            below[free[*parent as usize] as usize] = at as u32;
            free[*parent as usize] += 1;
        }
        Grid {
            codes,
            parents,
            firsts,
            below,
        }
    }

    /// Whether the grid has the unit.
    pub fn knows(&self, unit: &UnitCode) -> bool {
        self.place(unit).is_some()
    }

    /// Whether `unit` is `above` or a known unit below it.
    pub fn covers(&self, above: &UnitCode, unit: &UnitCode) -> bool {
        let (Some(above), Some(unit)) = (self.place(above), self.place(unit)) else {
            return false;
        };
        self.upwards(unit).any(|at| at == above)
    }

    /// `unit` and every unit below it; nothing if the grid does not know it.
    pub fn covered(&self, unit: &UnitCode) -> BTreeSet<UnitCode> {
        let mut covered = BTreeSet::new();
        let mut open: Vec<u32> = self.place(unit).into_iter().collect();
        while let Some(next) = open.pop() {
            // `insert` also ends a cycle, which the import refuses but a hand-edited database may hold.
            if self.code(next).is_some_and(|code| covered.insert(code)) {
                let (from, to) = (self.firsts[next as usize], self.firsts[next as usize + 1]);
                open.extend(&self.below[from as usize..to as usize]);
            }
        }
        covered
    }

    /// The units above `unit`, the nearest first.
    pub fn above(&self, unit: &UnitCode) -> Vec<UnitCode> {
        let ways = self.place(unit).into_iter().flat_map(|at| self.upwards(at).skip(1));
        ways.filter_map(|at| self.code(at)).collect()
    }

    /// A unit's place and those of the units above it.
    fn upwards(&self, from: u32) -> impl Iterator<Item = u32> {
        let up = |at: &u32| Some(self.parents[*at as usize]).filter(|parent| *parent != NOBODY);
        std::iter::successors(Some(from), up).take(DEEPEST)
    }

    fn place(&self, unit: &UnitCode) -> Option<u32> {
        let code: u64 = unit.as_str().parse().ok()?;
        self.codes.binary_search(&code).ok().map(|at| at as u32)
    }

    fn code(&self, place: u32) -> Option<UnitCode> {
        format!("{:012}", self.codes[place as usize]).parse().ok()
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

    fn code(text: &str) -> UnitCode {
        text.parse().unwrap()
    }

    fn unit(own: &str, parent: Option<&str>) -> (String, Option<String>) {
        (own.to_owned(), parent.map(str::to_owned))
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
            unit("350111000000", None),
            unit("350111001000", Some("350111000000")),
            unit("350111001001", Some("350111001000")),
            unit("350111001003", Some("350111001000")),
            unit("350111002000", Some("350111000000")),
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
            unit("350111001000", Some("350111002000")),
            unit("350111002000", Some("350111001000")),
        ]);
        assert_eq!(cycle.covered(&code("350111001000")).len(), 2);
        assert!(!cycle.covers(&code("350111000000"), &code("350111001000")));
    }

    #[test]
    fn what_is_above_is_told_from_the_nearest_on_and_covers_all_below() {
        let grid = grid();
        let community = code("350111001003");
        assert_eq!(grid.above(&community), [code("350111001000"), code("350111000000")]);
        assert!(grid.above(&code("350111000000")).is_empty());
        assert!(grid.covers(&code("350111000000"), &community) && grid.covers(&community, &community));
        assert!(!grid.covers(&code("350111002000"), &community) && !grid.covers(&community, &code("350111001000")));
        assert!(!grid.covers(&community, &code("999999999999")) && !grid.knows(&code("999999999999")));
    }

    #[test]
    fn the_order_in_which_units_are_read_and_a_parent_that_is_no_unit_change_nothing() {
        let stray = Grid::new(&[
            unit("350111001001", Some("350111001000")),
            unit("350111001000", Some("350100000000")),
        ]);
        assert_eq!(stray.covered(&code("350111001000")).len(), 2);
        assert_eq!(stray.above(&code("350111001001")), [code("350111001000")]);
        assert!(!stray.knows(&code("350100000000")));
    }
}
