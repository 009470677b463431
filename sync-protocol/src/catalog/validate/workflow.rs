//! Rules of the workflow: every state can be reached, and every way can be taken by somebody.

use std::collections::BTreeSet;

use super::access::{readers, writers};
use super::{code, distinct, label, once, rule};
use crate::catalog::CatalogError;
use crate::catalog::kind::{Kind, Transition};
use crate::decision::Conclusion;
use crate::role::Role;

/// Holds the workflow to the rules.
pub(super) fn check(kind: &Kind) -> Result<(), CatalogError> {
    states(kind)?;
    for (name, transition) in &kind.workflow.transitions {
        let place = format!("workflow.transitions.{name}");
        code(kind, &place, name)?;
        label(kind, &place, &transition.label)?;
        one(kind, &place, transition)?;
    }
    reachable(kind)
}

fn states(kind: &Kind) -> Result<(), CatalogError> {
    let flow = &kind.workflow;
    if !flow.states.contains_key(&flow.initial) {
        return Err(rule(
            kind,
            "workflow.initial",
            format!("there is no state {}", flow.initial),
        ));
    }
    let writers = writers(kind);
    for (name, state) in &flow.states {
        let place = format!("workflow.states.{name}");
        code(kind, &place, name)?;
        label(kind, &place, &state.label)?;
        if let Some(role) = state.edit.iter().flatten().find(|role| !writers.contains(role)) {
            return Err(rule(
                kind,
                place,
                format!("{role} neither creates nor edits this kind; leave it out of edit"),
            ));
        }
    }
    distinct(
        kind,
        "workflow.states",
        flow.states.iter().map(|(name, state)| (name, &state.label)),
    )
}

fn one(kind: &Kind, place: &str, transition: &Transition) -> Result<(), CatalogError> {
    let refuse = |message: String| Err(rule(kind, place, message));
    let mut ends = transition.from.iter().chain([&transition.to]);
    if let Some(unknown) = ends.find(|state| !kind.workflow.states.contains_key(*state)) {
        return refuse(format!("there is no state {unknown}"));
    }
    if transition.from.is_empty() && !transition.creates {
        return refuse("leads from nowhere; name a state in from, or let it create".to_owned());
    }
    if transition.roles.is_empty() {
        return refuse("nobody may take it; name at least one role".to_owned());
    }
    let readers = readers(kind);
    if let Some(role) = transition.roles.iter().find(|role| !readers.contains(role)) {
        return refuse(format!("{role} would move what it cannot read; add it to read"));
    }
    let creator = |role: &Role| kind.write.create.contains(role);
    if transition.approves && (kind.ledger.is_none() || transition.creates) {
        return refuse("it approves hours, so the kind names its ledger and the transition creates nothing".to_owned());
    }
    if transition.second && transition.creates {
        return refuse("a new record cannot wait for a second person; let it create nothing".to_owned());
    }
    let seconded = |state: &String| kind.workflow.states.get(state).is_some_and(|state| state.second);
    if transition.from.iter().any(seconded) && !seconded(&transition.to) && !transition.second {
        return refuse("one person alone would undo what two must change; make it second".to_owned());
    }
    if transition.from.iter().any(seconded)
        && !seconded(&transition.to)
        && kind.ledger.is_some()
        && !transition.reverses
    {
        return refuse("hours may stand posted where it begins; make it reverse them".to_owned());
    }
    let moves = [Conclusion::Link, Conclusion::Return, Conclusion::Void];
    if transition
        .concludes
        .is_some_and(|conclusion| !moves.contains(&conclusion))
    {
        return refuse("no such conclusion takes a transition; it is link, return or void".to_owned());
    }
    if transition.creates && !transition.roles.iter().any(creator) {
        return refuse("it creates, but none of its roles creates this kind".to_owned());
    }
    once(kind, place, &transition.needs)?;
    if let Some(unknown) = transition.needs.iter().find(|name| !kind.fields.contains_key(*name)) {
        return refuse(format!("needs {unknown}, which is no field of this kind"));
    }
    Ok(())
}

/// From the initial state and what creating transitions lead to, every state must be in reach.
fn reachable(kind: &Kind) -> Result<(), CatalogError> {
    let flow = &kind.workflow;
    let mut reached = BTreeSet::from([&flow.initial]);
    loop {
        let next: Vec<&String> = flow
            .transitions
            .values()
            .filter(|t| t.creates || t.from.iter().any(|from| reached.contains(from)))
            .map(|t| &t.to)
            .filter(|to| !reached.contains(to))
            .collect();
        if next.is_empty() {
            break;
        }
        reached.extend(next);
    }
    match flow.states.keys().find(|state| !reached.contains(state)) {
        Some(lost) => Err(rule(
            kind,
            format!("workflow.states.{lost}"),
            "no way leads here; add one or drop the state",
        )),
        None => Ok(()),
    }
}
