//! Whether an operation that was accepted may have been: the author's right and the workflow, at its arrival.

use std::collections::BTreeMap;

use sync_protocol::catalog::{Catalog, Kind};

use super::log::{Fate, Log, Said, Stored};
use super::record::{Field, Worked};
use crate::cast::Book;

/// Answers what speaks against it. `old`: the record before the operation, `before`: what had been accepted on it.
pub fn allowed(
    catalog: &Catalog,
    book: &Book,
    op: &Stored,
    said: &Said,
    old: Option<&Worked>,
    before: &[&Stored],
    log: &Log,
) -> Result<(), String> {
    let kind = catalog.kinds().get(&said.kind).ok_or("there is no such kind")?;
    let appointment = book
        .0
        .iter()
        .find(|a| a.id.to_string() == said.appointment && a.member == op.member);
    let appointment = appointment.ok_or("no such appointment")?;
    if said.by != op.member {
        return Err("it is not its author's device".into());
    }
    if !appointment.is_active(op.arrival_ms) {
        return Err("the appointment is not in force".into());
    }
    if !appointment.covers(&said.unit) {
        return Err("the appointment does not cover the unit".into());
    }
    let role = appointment.role;
    let Some(old) = old else {
        let quarantined = said.reissues.as_ref().is_some_and(|named| {
            log.get(&named.device, named.seq)
                .is_some_and(|original| original.fate == Fate::Quarantined)
        });
        let may = kind.write.create.contains(&role) || (quarantined && kind.write.edit.contains(&role));
        if !may {
            return Err(format!("{role} may not create"));
        }
        let missing = kind.fields.iter().find(|(name, field)| {
            field.required && said.set.get(*name).is_none_or(|v| v.is_null()) && !said.add.contains_key(*name)
        });
        return missing.map_or(Ok(()), |(name, _)| Err(format!("{name} is missing")));
    };
    if old.kind != said.kind {
        return Err("the record is of another kind".into());
    }
    let edits = !(said.set.is_empty() && said.add.is_empty() && said.remove.is_empty());
    if edits && !kind.write.edit.contains(&role) {
        return Err(format!("{role} may not edit"));
    }
    let only_decides = said.decides.is_some() && !edits && said.act.is_none();
    if !only_decides && kind.write.own.contains(&role) && old.creator != op.member {
        return Err(format!("{role} may touch only what is his own"));
    }
    let names = said.set.keys().chain(said.add.keys()).chain(said.remove.keys());
    for name in names {
        let field = kind.field(name).ok_or_else(|| format!("there is no {name}"))?;
        if !field.write.as_ref().unwrap_or(&kind.write.edit).contains(&role) {
            return Err(format!("{role} may not write {name}"));
        }
    }
    step(kind, op, said, old, role)?;
    let roles = book.roles(&op.member, &said.unit, op.arrival_ms);
    let any = roles
        .iter()
        .any(|role| kind.read.unit.contains(role) || kind.read.own.contains(role));
    if !any || before.is_empty() {
        return Err("its author may not read the record".into());
    }
    Ok(())
}

/// What an operation says to have seen and is not on its record.
pub fn unseen(said: &Said, log: &Log) -> Option<String> {
    let on_record = |seen: &Stored| seen.said.as_ref().is_none_or(|s| s.record == said.record);
    let missing = said
        .seen
        .iter()
        .find(|(device, seq)| !log.get(device, **seq).is_some_and(on_record));
    missing.map(|(device, seq)| format!("it saw {device} {seq}, which is not on the record"))
}

/// Where an operation says to have seen more or less of other members than its author was shown. Of his own devices it
/// may say something else: a feed that is rewritten gives his operations new places.
pub fn saw_else(op: &Stored, shown: &BTreeMap<String, u64>, log: &Log) -> Option<String> {
    let said = op.said.as_ref()?;
    let of_others = |seen: &BTreeMap<String, u64>| -> BTreeMap<String, u64> {
        let another = |(device, seq): &(&String, &u64)| log.get(device, **seq).is_some_and(|o| o.member != op.member);
        seen.iter()
            .filter(another)
            .map(|(device, seq)| (device.clone(), *seq))
            .collect()
    };
    let (saw, should) = (of_others(&said.seen), of_others(shown));
    (saw != should).then(|| format!("{:?} saw {saw:?}, and {should:?} was shown", op.dot))
}

/// What is said of an operation by its own text and its device, whatever it follows.
const BY_ITSELF: &[&str] = &[
    "malformed",
    "duplicate_key",
    "bad_text",
    "unknown_member",
    "seq_mismatch",
    "too_large",
    "not_author",
    "unknown_kind",
    "unknown_field",
    "wrong_type",
    "device_revoked",
    "reissue_taken",
];

/// What a decided operation should have waited for: an earlier one of the same phone on the same record that is held.
/// What is held once was held from its arrival on.
pub fn overtakes(op: &Stored, log: &Log) -> Option<String> {
    let said = op.said.as_ref()?;
    if op.fate == Fate::Held || BY_ITSELF.contains(&op.verdict.as_str()) {
        return None;
    }
    let first = log.ops().find(|other| {
        let same = other.said.as_ref().is_some_and(|s| s.record == said.record);
        same && other.fate == Fate::Held && other.dot.0 == op.dot.0 && other.dot.1 < op.dot.1
    })?;
    Some(format!("{:?} is {} and {:?} is held", op.dot, op.verdict, first.dot))
}

/// The workflow, where the author had seen the state that the record was in.
fn step(kind: &Kind, op: &Stored, said: &Said, old: &Worked, role: sync_protocol::role::Role) -> Result<(), String> {
    let Some(Field::Register(states)) = old.fields.get("state") else {
        return Err("the record has no state".into());
    };
    let saw = |dot: &super::Dot| {
        said.seen.get(&dot.0).is_some_and(|seq| *seq >= dot.1) || (dot.0 == op.dot.0 && dot.1 < op.dot.1)
    };
    if !states.iter().all(|w| saw(&w.dot)) {
        return Ok(());
    }
    let names: Vec<&str> = states.iter().filter_map(|w| w.value.as_str()).collect();
    let edits = !(said.set.is_empty() && said.add.is_empty() && said.remove.is_empty());
    let locked = names.iter().any(|name| {
        let edit = kind.workflow.states.get(*name).and_then(|s| s.edit.as_ref());
        edit.is_some_and(|roles| !roles.contains(&role))
    });
    if edits && locked {
        return Err(format!("{role} may not edit in {names:?}"));
    }
    let Some(act) = &said.act else { return Ok(()) };
    let transition = kind
        .workflow
        .transitions
        .get(&act.name)
        .ok_or("there is no such transition")?;
    if !transition.roles.contains(&role) {
        return Err(format!("{role} may not {}", act.name));
    }
    match names.iter().any(|name| transition.from.contains(*name)) {
        true => Ok(()),
        false => Err(format!("{} does not lead out of {names:?}", act.name)),
    }
}
