//! The rule that a later catalogue only adds to an earlier one: what a phone wrote under the earlier one
//! must still have its meaning and still be within the limits.

use std::collections::BTreeMap;

use super::kind::{Field, Kind};
use super::load::CatalogError;
use super::validate::rule;

/// Holds `later` to what `earlier`, of version `version`, already promised.
pub(super) fn kinds(
    later: &BTreeMap<String, Kind>,
    earlier: &BTreeMap<String, Kind>,
    version: u32,
) -> Result<(), CatalogError> {
    for (code, old) in earlier {
        match later.get(code) {
            None => return Err(rule(old, "kind", "is gone; a kind stays in every later version")),
            Some(new) => one(new, old, version)?,
        }
    }
    let added = later.iter().filter(|(code, _)| !earlier.contains_key(*code));
    for (_, new) in added {
        newer(new, "since", new.since, version)?;
    }
    Ok(())
}

fn one(new: &Kind, old: &Kind, version: u32) -> Result<(), CatalogError> {
    same(new, "since", new.since == old.since)?;
    same(new, "ledger", new.ledger == old.ledger)?;
    let link = |kind: &Kind| kind.attests.as_ref().map(|attests| attests.link.clone());
    same(new, "attests", link(new) == link(old))?;
    for (name, before) in &old.fields {
        let place = format!("fields.{name}");
        match new.fields.get(name) {
            None => return Err(rule(new, place, "is gone; a field stays in every later version")),
            Some(after) => field(new, &place, after, before, version)?,
        }
    }
    for (name, added) in new.fields.iter().filter(|(name, _)| !old.fields.contains_key(*name)) {
        let place = format!("fields.{name}");
        if added.required {
            return Err(rule(new, place, "is new and required; phones of before do not know it"));
        }
        newer(new, &place, added.since, version)?;
    }
    let (now, before) = (&new.workflow, &old.workflow);
    if let Some(state) = before.states.keys().find(|state| !now.states.contains_key(*state)) {
        return Err(rule(
            new,
            format!("workflow.states.{state}"),
            "is gone; records may still be in it",
        ));
    }
    if let Some(name) = before
        .transitions
        .keys()
        .find(|name| !now.transitions.contains_key(*name))
    {
        return Err(rule(
            new,
            format!("workflow.transitions.{name}"),
            "is gone; phones may still send it",
        ));
    }
    Ok(())
}

fn field(kind: &Kind, place: &str, new: &Field, old: &Field, version: u32) -> Result<(), CatalogError> {
    same(kind, &format!("{place}.type"), new.kind == old.kind)?;
    same(kind, &format!("{place}.policy"), new.policy == old.policy)?;
    same(kind, &format!("{place}.target"), new.target == old.target)?;
    same(kind, &format!("{place}.hours"), new.hours == old.hours)?;
    same(kind, &format!("{place}.since"), new.since == old.since)?;
    if new.required && !old.required {
        return Err(rule(kind, place, "becomes required; phones of before may leave it out"));
    }
    upper(kind, place, "max_chars", new.max_chars, old.max_chars)?;
    upper(kind, place, "max_items", new.max_items, old.max_items)?;
    upper(kind, place, "max", new.max, old.max)?;
    // A least value is a greatest value of the negated number; the validator keeps both within 2^53 - 1.
    upper(kind, place, "min", new.min.map(|n| -n), old.min.map(|n| -n))?;
    let place = format!("{place}.values");
    for before in &old.values {
        match new.values.iter().find(|v| v.code == before.code) {
            None => {
                return Err(rule(
                    kind,
                    place,
                    format!("{} is gone; records may hold it", before.code),
                ));
            }
            Some(after) => same(kind, &place, after.since == before.since)?,
        }
    }
    let held = |code: &String| old.values.iter().any(|v| v.code == *code);
    for added in new.values.iter().filter(|v| !held(&v.code)) {
        newer(kind, &place, added.since, version)?;
    }
    Ok(())
}

fn same(kind: &Kind, place: &str, same: bool) -> Result<(), CatalogError> {
    if same {
        Ok(())
    } else {
        Err(rule(
            kind,
            place,
            "may not change; records were written under the earlier one",
        ))
    }
}

/// What is added bears a version that no phone has yet.
fn newer(kind: &Kind, place: &str, since: u32, version: u32) -> Result<(), CatalogError> {
    if since > version {
        return Ok(());
    }
    Err(rule(
        kind,
        place,
        format!("is new, so its since must be above {version}, the earlier catalogue's version"),
    ))
}

/// A limit may be raised or lifted, never lowered or set anew.
fn upper<T: PartialOrd>(
    kind: &Kind,
    place: &str,
    name: &str,
    new: Option<T>,
    old: Option<T>,
) -> Result<(), CatalogError> {
    let tighter = match (new, old) {
        (Some(new), Some(old)) => new < old,
        (Some(_), None) => true,
        (None, _) => false,
    };
    if tighter {
        return Err(rule(
            kind,
            format!("{place}.{name}"),
            "is tighter than before; limits only widen",
        ));
    }
    Ok(())
}
