//! Rules of who reads and writes: nobody writes what he cannot read, and no right contradicts another.

use std::collections::{BTreeMap, BTreeSet};

use super::{once, rule};
use crate::catalog::CatalogError;
use crate::catalog::kind::{FieldType, Kind, Policy, Sensitivity};
use crate::role::Role;

/// Holds the kind's rights, and those of its fields, to the rules.
pub(super) fn check(kind: &Kind, kinds: &BTreeMap<String, Kind>) -> Result<(), CatalogError> {
    roles(kind)?;
    assigned(kind)?;
    via(kind, kinds)?;
    fields(kind)
}

/// Roles that read some record of the kind.
pub(super) fn readers(kind: &Kind) -> BTreeSet<Role> {
    kind.read.unit.union(&kind.read.own).copied().collect()
}

/// Roles that write some record of the kind.
pub(super) fn writers(kind: &Kind) -> BTreeSet<Role> {
    kind.write.create.union(&kind.write.edit).copied().collect()
}

fn roles(kind: &Kind) -> Result<(), CatalogError> {
    if let Some(role) = kind.read.unit.intersection(&kind.read.own).next() {
        return Err(rule(
            kind,
            "read.own",
            format!("{role} reads the whole unit already; leave it out of one"),
        ));
    }
    if kind.write.create.is_empty() {
        return Err(rule(
            kind,
            "write.create",
            "nobody could ever create a record; name at least one role",
        ));
    }
    let readers = readers(kind);
    for (place, roles) in [("write.create", &kind.write.create), ("write.edit", &kind.write.edit)] {
        if let Some(role) = roles.difference(&readers).next() {
            return Err(rule(
                kind,
                place,
                format!("{role} would write what it cannot read; add it to read"),
            ));
        }
    }
    let outside = |role: &&Role| !kind.write.create.contains(role) && !kind.write.edit.contains(role);
    if let Some(role) = kind.write.own.iter().find(outside) {
        return Err(rule(
            kind,
            "write.own",
            format!("{role} neither creates nor edits; leave it out"),
        ));
    }
    Ok(())
}

fn assigned(kind: &Kind) -> Result<(), CatalogError> {
    once(kind, "read.assigned", &kind.read.assigned)?;
    for name in &kind.read.assigned {
        if !kind.fields.get(name).is_some_and(|f| f.kind == FieldType::Member) {
            return Err(rule(
                kind,
                "read.assigned",
                format!("{name} must be a field of type member"),
            ));
        }
    }
    Ok(())
}

/// A link through which people read is one register, so that a record is always in reach of one other, and
/// the linked kind assigns somebody itself: the way is one step long.
fn via(kind: &Kind, kinds: &BTreeMap<String, Kind>) -> Result<(), CatalogError> {
    once(kind, "read.via", &kind.read.via)?;
    for name in &kind.read.via {
        let link = kind
            .fields
            .get(name)
            .filter(|f| f.kind == FieldType::Record && f.policy != Policy::Set);
        let Some(link) = link else {
            return Err(rule(
                kind,
                "read.via",
                format!("{name} must be a field of type record and no set"),
            ));
        };
        if !link.required {
            return Err(rule(
                kind,
                "read.via",
                format!("{name} must be required, or who reads hangs in the air"),
            ));
        }
        let target = link.target.as_ref().and_then(|code| kinds.get(code));
        if target.is_none_or(|linked| linked.read.assigned.is_empty()) {
            return Err(rule(
                kind,
                "read.via",
                format!("the kind that {name} links to assigns nobody"),
            ));
        }
    }
    Ok(())
}

fn fields(kind: &Kind) -> Result<(), CatalogError> {
    let (readers, writers) = (readers(kind), writers(kind));
    for (name, field) in &kind.fields {
        let refuse = |part: &str, message: String| Err(rule(kind, format!("fields.{name}{part}"), message));
        if let Some(role) = field.read.iter().flatten().find(|role| !readers.contains(role)) {
            return refuse(".read", format!("{role} does not read this kind; leave it out"));
        }
        if field.write.as_ref().is_some_and(BTreeSet::is_empty) {
            return refuse(
                ".write",
                "nobody could ever write it; name at least one role".to_owned(),
            );
        }
        if let Some(role) = field.write.iter().flatten().find(|role| !writers.contains(role)) {
            return refuse(
                ".write",
                format!("{role} neither creates nor edits this kind; leave it out"),
            );
        }
        // Who edits only his own records always reads them; others would write over what they never saw.
        let blind = |role: &&Role| kind.touches_others(**role) && !kind.may_read_field(**role, field);
        let mut editors = kind
            .write
            .edit
            .iter()
            .filter(|role| kind.may_write_field(**role, field, false));
        if field.sensitivity != Sensitivity::Sealed
            && let Some(role) = editors.find(blind)
        {
            return refuse(
                ".write",
                format!("{role} would edit what it cannot read; name the writers or add it to read"),
            );
        }
        if field.required
            && let Some(role) = kind
                .write
                .create
                .iter()
                .find(|role| !kind.may_write_field(**role, field, true))
        {
            return refuse(
                ".write",
                format!("{role} creates the kind but may not write this required field"),
            );
        }
    }
    Ok(())
}
