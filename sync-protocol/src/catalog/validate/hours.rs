//! Rules of hours: what posts them counts minutes, and who attests them names what he saw and when.

use std::collections::BTreeMap;

use super::rule;
use crate::catalog::CatalogError;
use crate::catalog::kind::{FieldType, Kind, Policy};

/// Holds what the kind says about hours to the rules.
pub(super) fn check(kind: &Kind, kinds: &BTreeMap<String, Kind>) -> Result<(), CatalogError> {
    let counts = |kind: &Kind| kind.fields.values().any(|f| f.hours && f.kind == FieldType::Minutes);
    if kind.ledger.is_some() && !counts(kind) {
        return Err(rule(
            kind,
            "ledger",
            "a kind that posts hours needs a field of type minutes with hours = true",
        ));
    }
    for (name, transition) in &kind.workflow.transitions {
        if transition.reverses && (kind.ledger.is_none() || transition.creates) {
            return Err(rule(
                kind,
                format!("workflow.transitions.{name}"),
                "it takes posted hours back, so the kind names its ledger and the transition creates nothing",
            ));
        }
    }
    attests(kind, kinds)
}

fn attests(kind: &Kind, kinds: &BTreeMap<String, Kind>) -> Result<(), CatalogError> {
    let Some(attests) = &kind.attests else { return Ok(()) };
    let refuse = |message: String| Err(rule(kind, "attests", message));
    let link = kind.fields.get(&attests.link);
    let session = link
        .filter(|f| f.kind == FieldType::Record && f.required && f.policy == Policy::Review)
        .and_then(|f| f.target.as_ref())
        .and_then(|code| kinds.get(code));
    if session.is_none_or(|session| session.ledger.is_none()) {
        let link = &attests.link;
        return refuse(format!(
            "{link} must be a required field of type record, under review, whose target posts hours"
        ));
    }
    // Through a link whose target assigns people, each observer would read the other.
    if kind.read.via.contains(&attests.link) || !kind.read.assigned.is_empty() {
        return refuse("observers state what they saw blind to each other; leave out via and assigned".to_owned());
    }
    for name in [&attests.from, &attests.until] {
        let field = kind.fields.get(name);
        if !field.is_some_and(|f| f.kind == FieldType::Instant && f.policy == Policy::Review) {
            return refuse(format!("{name} must be a field of type instant, under review"));
        }
    }
    if attests.observers == 0 {
        return refuse("observers must be at least 1".to_owned());
    }
    Ok(())
}
