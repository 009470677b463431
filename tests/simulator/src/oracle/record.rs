//! A record worked out from its operations the naive way: a value is there unless a later accepted operation that
//! wrote the same field had seen it. No state is kept from one operation to the next.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use sync_protocol::catalog::{Catalog, Kind};
use sync_protocol::id::MemberId;
use sync_protocol::role::Role;

use super::log::{Dot, Said, Stored};
use super::reader;
use crate::cast::Book;

/// A value and the operation that wrote it.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The value.
    pub value: Json,
    /// The operation.
    pub dot: Dot,
    /// Its place in the log.
    pub pos: u64,
}

/// A field.
#[derive(Debug, Clone, PartialEq)]
pub enum Field {
    /// Values, the latest in the log first.
    Register(Vec<Written>),
    /// Elements as JSON text, each with the operations that keep it.
    Set(BTreeMap<String, Vec<Dot>>),
}

/// A record as of some place in its unit's log.
#[derive(Debug, Clone, PartialEq)]
pub struct Worked {
    /// Its kind.
    pub kind: String,
    /// Its unit.
    pub unit: String,
    /// Whose it is.
    pub creator: MemberId,
    /// The place of its last operation.
    pub pos: u64,
    /// The last operation of each device on it.
    pub clock: BTreeMap<String, u64>,
    /// All its fields.
    pub fields: BTreeMap<String, Field>,
}

/// One accepted operation with what it wrote, its transition included.
struct Effective<'o> {
    stored: &'o Stored,
    said: &'o Said,
    pos: u64,
    /// The state that it wrote.
    state: Option<String>,
    /// Fields in which it removes nothing.
    blind: Vec<&'o str>,
}

/// By what records are worked out.
#[derive(Clone, Copy)]
pub struct Rules<'r> {
    /// The catalogue.
    pub catalog: &'r Catalog,
    /// Who was appointed when.
    pub book: &'r Book,
}

/// Works out a record from its accepted operations, in the order of their places. `creator`: see
/// [`Stored`]'s first one, or whose operation that one stands for.
pub fn work_out(rules: Rules<'_>, ops: &[&Stored], creator: MemberId) -> Option<Worked> {
    let first = ops.first()?.said.as_ref()?;
    let kind = rules.catalog.kinds().get(&first.kind)?;
    let mut effective: Vec<Effective<'_>> = Vec::new();
    for stored in ops {
        let said = stored.said.as_ref()?;
        let state = state_of(kind, said, effective.is_empty()).filter(|_| !said.proposes);
        let blind = blind(rules, kind, stored, said, creator, &effective);
        effective.push(Effective {
            stored,
            said,
            pos: stored.pos?,
            state,
            blind,
        });
    }
    let mut names: Vec<&str> = effective.iter().flat_map(|op| fields(op.said)).collect();
    names.push("state");
    names.sort_unstable();
    names.dedup();
    let mut worked = Worked {
        kind: first.kind.clone(),
        unit: first.unit.clone(),
        creator,
        pos: effective.last()?.pos,
        clock: BTreeMap::new(),
        fields: BTreeMap::new(),
    };
    for op in &effective {
        let (device, seq) = &op.stored.dot;
        let known = worked.clock.entry(device.clone()).or_default();
        *known = (*known).max(*seq);
    }
    for name in names {
        let values = register(&effective, name);
        if !values.is_empty() {
            worked.fields.insert(name.to_owned(), Field::Register(values));
        }
        let elements = set(&effective, name);
        if !elements.is_empty() {
            worked.fields.insert(name.to_owned(), Field::Set(elements));
        }
    }
    Some(worked)
}

fn fields(said: &Said) -> impl Iterator<Item = &str> {
    let names = said.set.keys().chain(said.add.keys()).chain(said.remove.keys());
    names.map(String::as_str)
}

fn state_of(kind: &Kind, said: &Said, creates: bool) -> Option<String> {
    match &said.act {
        Some(act) => kind.workflow.transitions.get(&act.name).map(|t| t.to.clone()),
        None => creates.then(|| kind.workflow.initial.clone()),
    }
}

/// Whether an operation's `seen` covers another.
fn saw(said: &Said, dot: &Dot) -> bool {
    said.seen.get(&dot.0).is_some_and(|seq| *seq >= dot.1)
}

fn written(op: &Effective<'_>, field: &str) -> Option<Json> {
    match (field, &op.state) {
        // What is only proposed is written nowhere.
        _ if op.said.proposes => None,
        ("state", Some(state)) => Some(json!(state)),
        _ => op.said.set.get(field).cloned(),
    }
}

/// The values of a register: each that no later writer of it had seen.
fn register(ops: &[Effective<'_>], field: &str) -> Vec<Written> {
    let mut values = Vec::new();
    for (n, op) in ops.iter().enumerate() {
        let Some(value) = written(op, field) else { continue };
        let gone = ops[n + 1..].iter().any(|later| {
            written(later, field).is_some() && !later.blind.contains(&field) && saw(later.said, &op.stored.dot)
        });
        if !gone {
            values.push(Written {
                value,
                dot: op.stored.dot.clone(),
                pos: op.pos,
            });
        }
    }
    values.sort_by(|a, b| (b.pos, b.dot.1, &b.dot.0).cmp(&(a.pos, a.dot.1, &a.dot.0)));
    values
}

/// The elements of a set: each addition that no later operation on the same element had seen.
fn set(ops: &[Effective<'_>], field: &str) -> BTreeMap<String, Vec<Dot>> {
    let mut elements: BTreeMap<String, Vec<Dot>> = BTreeMap::new();
    let touches = |said: &Said, element: &Json| {
        let lists = [said.add.get(field), said.remove.get(field)];
        let lists = lists.map(|list| list.filter(|_| !said.proposes));
        lists.into_iter().flatten().any(|list| list.contains(element))
    };
    for (n, op) in ops.iter().enumerate() {
        for element in op
            .said
            .add
            .get(field)
            .filter(|_| !op.said.proposes)
            .into_iter()
            .flatten()
        {
            let gone = ops[n + 1..].iter().any(|later| {
                touches(later.said, element) && !later.blind.contains(&field) && saw(later.said, &op.stored.dot)
            });
            if !gone {
                elements
                    .entry(element.to_string())
                    .or_default()
                    .push(op.stored.dot.clone());
            }
        }
    }
    for dots in elements.values_mut() {
        dots.sort();
        dots.dedup();
    }
    elements
}

/// The fields in which an operation removes nothing: those that its author may not read, and all of them where he
/// had not seen the state that the record is in and that state matters.
fn blind<'o>(
    rules: Rules<'_>,
    kind: &Kind,
    stored: &Stored,
    said: &'o Said,
    creator: MemberId,
    before: &[Effective<'_>],
) -> Vec<&'o str> {
    if before.is_empty() {
        return Vec::new();
    }
    let roles = rules.book.roles(&stored.member, &said.unit, stored.arrival_ms);
    if is_stale(rules, kind, stored, said, before) {
        return fields(said).collect();
    }
    let hidden = |name: &&str| {
        let field = kind.field(name);
        field.is_some_and(|field| !reader::reads_field(field, &roles, stored.member == creator))
    };
    fields(said).filter(hidden).collect()
}

fn is_stale(rules: Rules<'_>, kind: &Kind, stored: &Stored, said: &Said, before: &[Effective<'_>]) -> bool {
    let own = (stored.dot.0.clone(), stored.dot.1);
    let states = register(before, "state");
    let covered = states
        .iter()
        .all(|w| saw(said, &w.dot) || (w.dot.0 == own.0 && w.dot.1 < own.1));
    let role = role_of(rules.book, &said.appointment);
    let locked = states.iter().any(|w| {
        let state = w.value.as_str().and_then(|s| kind.workflow.states.get(s));
        let edit = state.and_then(|s| s.edit.as_ref());
        edit.is_some_and(|roles| role.is_none_or(|role| !roles.contains(&role)))
    });
    let seconded = |w: &Written| {
        let state = w.value.as_str().and_then(|s| kind.workflow.states.get(s));
        state.is_some_and(|state| state.second)
    };
    let alone = !said.proposes && said.confirms.is_none();
    let unseconded = alone && states.iter().any(seconded) && super::desk::changes_hours(kind, said);
    !covered && (said.act.is_some() || unseconded || (locked && fields(said).next().is_some()))
}

/// The role of an appointment.
pub fn role_of(book: &Book, appointment: &str) -> Option<Role> {
    book.0.iter().find(|a| a.id.to_string() == appointment).map(|a| a.role)
}
