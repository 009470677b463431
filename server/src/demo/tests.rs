use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::role::Role;

use super::*;
use crate::accounts::unit::Level;
use crate::query;
use crate::store::StoreError;
use crate::store::rows::UnitRow;
use crate::testing;

fn made() -> District {
    district(SEED).unwrap()
}

#[test]
fn the_published_figures_are_met() {
    let made = made();
    let mut people: BTreeMap<Role, usize> = BTreeMap::new();
    for member in &made.members {
        let roles: BTreeSet<Role> = member.appointments.iter().map(|a| a.role).collect();
        assert_eq!(roles.len(), 1, "{}", member.number);
        *people.entry(member.appointments[0].role).or_default() += 1;
    }
    let five = [
        Role::Supervisor,
        Role::InfoOfficer,
        Role::LiaisonOfficer,
        Role::Volunteer,
        Role::Counsellor,
    ];
    assert_eq!(five.iter().map(|role| people[role]).sum::<usize>(), 641);
    assert_eq!(people[&Role::Counsellor], 5);
    assert_eq!(people[&Role::GroupLeader], 188);
    assert_eq!(people[&Role::AreaManager], 9);
    assert_eq!(people.len(), Role::ALL.len(), "every role has somebody");
}

#[test]
fn every_community_has_a_leader_a_supervisor_and_two_observers_to_draw() {
    let made = made();
    for unit in made.units.iter().filter(|u| u.level == Level::Community) {
        let holders = |role: Role| {
            let all = made.members.iter().flat_map(|m| &m.appointments);
            all.filter(|a| a.role == role && a.unit == unit.code).count()
        };
        assert_eq!(holders(Role::GroupLeader), 1, "{}", unit.code);
        assert_eq!(holders(Role::Supervisor), 1, "{}", unit.code);
        assert!(holders(Role::Volunteer) >= 2, "{}", unit.code);
    }
}

#[test]
fn everybody_is_told_apart_and_plainly_made_up() {
    let made = made();
    let numbers: BTreeSet<&str> = made.members.iter().map(|m| m.number.as_str()).collect();
    let ids: BTreeSet<_> = made.members.iter().map(|m| m.id).collect();
    let appointments: Vec<_> = made
        .members
        .iter()
        .flat_map(|m| &m.appointments)
        .map(|a| a.id)
        .collect();
    assert_eq!((numbers.len(), ids.len()), (made.members.len(), made.members.len()));
    assert_eq!(appointments.iter().collect::<BTreeSet<_>>().len(), appointments.len());
    assert!(
        made.members
            .iter()
            .all(|m| m.name.starts_with("演示·") && m.name.contains('某'))
    );
}

#[test]
fn a_seed_makes_one_district_and_another_seed_another() {
    assert_eq!(made(), made());
    let other = district(SEED + 1).unwrap();
    assert_eq!(other.units, made().units);
    assert_ne!(other.members[0].id, made().members[0].id);
}

#[test]
fn it_is_written_once_and_only_into_an_empty_database() {
    let (_folder, store) = testing::sqlite();
    assert!(!is_installed(&store).unwrap());
    assert_eq!(install(&store, &made(), "hash", 5).unwrap(), Installed::Now);
    assert!(is_installed(&store).unwrap());
    assert_eq!(install(&store, &made(), "hash", 6).unwrap(), Installed::Before);
    let (units, members) = store
        .read(|db| {
            Ok::<_, StoreError>((
                query!(db, units::all())?.len(),
                query!(db, members::page("", 1_000))?.len(),
            ))
        })
        .unwrap();
    assert_eq!((units, members), (222, 641 + 188 + 9 + 9));
}

#[test]
fn a_database_with_anything_else_is_left_alone() {
    let (_folder, store) = testing::sqlite();
    let unit = UnitRow {
        code: "350111000000".parse().unwrap(),
        name: "another".to_owned(),
        level: Level::District,
        parent: None,
        successor: None,
        head: 0,
    };
    store.write(|db| query!(db, units::insert(unit.clone()))).unwrap();
    assert!(matches!(
        install(&store, &made(), "hash", 5),
        Err(InstallError::NotEmpty)
    ));
    assert!(!is_installed(&store).unwrap());
}
