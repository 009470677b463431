//! Whose hours a reader may see.
//!
//! Everybody reads his own volunteer hours. A group leader and the procuratorate read their units'; an area manager and
//! the case-management officer read their figures, and nobody's in particular. The hours of somebody who serves, as
//! that person's, are read by those who may read the person's record.

use std::collections::BTreeSet;

use sync_protocol::id::UnitCode;
use sync_protocol::role::Role;

use crate::query;
use crate::store::hours::HoursSight;
use crate::store::{Db, StoreResult};
use crate::sync::desk::Looker;

/// Roles that read a unit's figures.
const FIGURES: [Role; 8] = [
    Role::GroupLeader,
    Role::AreaManager,
    Role::Prosecutor,
    Role::ProsecutorAssistant,
    Role::DepartmentHead,
    Role::ChiefProcurator,
    Role::CaseAdmin,
    Role::ConflictAdmin,
];

/// Those of them that read them person by person.
const PERSONS: [Role; 6] = [
    Role::GroupLeader,
    Role::Prosecutor,
    Role::ProsecutorAssistant,
    Role::DepartmentHead,
    Role::ChiefProcurator,
    Role::ConflictAdmin,
];

/// The kind of those who serve.
const SUBJECT: &str = "subject";

/// What the looker sees as figures.
pub fn figures(db: &mut Db<'_>, looker: Looker<'_>) -> StoreResult<HoursSight> {
    let units = units(looker, |roles| FIGURES.iter().any(|role| roles.contains(role)));
    Ok(HoursSight {
        volunteer: units.clone(),
        service: units,
        ..own(db, looker)?
    })
}

/// What the looker sees of persons.
pub fn persons(db: &mut Db<'_>, looker: Looker<'_>) -> StoreResult<HoursSight> {
    let readers = looker.catalog.kinds().get(SUBJECT).map(|kind| &kind.read.unit);
    Ok(HoursSight {
        volunteer: units(looker, |roles| PERSONS.iter().any(|role| roles.contains(role))),
        service: units(looker, |roles| {
            readers.is_some_and(|readers| !readers.is_disjoint(roles))
        }),
        ..own(db, looker)?
    })
}

fn units(looker: Looker<'_>, may: impl Fn(&BTreeSet<Role>) -> bool) -> Vec<String> {
    let seen = looker.scope.iter().filter(|(_, roles)| may(roles));
    seen.map(|(unit, _)| unit.as_str().to_owned()).collect()
}

/// His own account, and those of the subjects that he is assigned to.
fn own(db: &mut Db<'_>, looker: Looker<'_>) -> StoreResult<HoursSight> {
    let mut sight = HoursSight {
        members: vec![looker.member.0],
        ..HoursSight::default()
    };
    let Some(kind) = looker.catalog.kinds().get(SUBJECT) else {
        return Ok(sight);
    };
    for (subject, unit) in query!(db, hours::viewed(looker.member.0.as_slice(), SUBJECT))? {
        let roles = unit.parse::<UnitCode>().ok().and_then(|unit| looker.scope.get(&unit));
        if roles.is_some_and(|roles| !kind.read.own.is_disjoint(roles)) {
            sight.subjects.push(subject.0);
        }
    }
    Ok(sight)
}
