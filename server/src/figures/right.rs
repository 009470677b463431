//! Who sees which figures of which units.

use std::collections::BTreeSet;

use sync_protocol::id::UnitCode;
use sync_protocol::role::Role;

use super::definitions::Definitions;
use crate::accounts::scope::Scope;

/// Who sees everything of his unit and those below it.
const ALL: [Role; 7] = [
    Role::CaseAdmin,
    Role::Prosecutor,
    Role::ProsecutorAssistant,
    Role::DepartmentHead,
    Role::ChiefProcurator,
    Role::AreaManager,
    Role::GroupLeader,
];

/// Who sees one table only.
const SOME: [(Role, &str); 2] = [(Role::ConflictAdmin, "quality"), (Role::Auditor, "audit")];

/// Who issues the report of the whole.
pub const ISSUERS: [Role; 3] = [Role::CaseAdmin, Role::DepartmentHead, Role::ChiefProcurator];

/// The tables that holders of `roles` in a unit see of it.
pub fn tables<'d>(definitions: &'d Definitions, roles: &BTreeSet<Role>) -> BTreeSet<&'d str> {
    let all = ALL.iter().any(|role| roles.contains(role));
    let sees = |code: &str| all || SOME.iter().any(|(role, table)| roles.contains(role) && *table == code);
    definitions
        .tables
        .iter()
        .map(|table| table.code.as_str())
        .filter(|code| sees(code))
        .collect()
}

/// The unit of which somebody sees figures, the highest first where he names none, with his roles there.
pub fn unit<'s>(
    definitions: &Definitions,
    scope: &'s Scope,
    named: Option<&UnitCode>,
) -> Option<(&'s UnitCode, &'s BTreeSet<Role>)> {
    let sees = |(_, roles): &(&UnitCode, &BTreeSet<Role>)| !tables(definitions, roles).is_empty();
    match named {
        Some(unit) => scope.get_key_value(unit).filter(sees),
        // A code begins with that of the unit above and ends in zeros where that one stands.
        None => scope.iter().find(sees),
    }
}
