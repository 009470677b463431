//! The rules that a catalogue must keep. The first one broken is reported, with its kind and place.

mod access;
mod fields;
mod hours;
mod workflow;

use std::collections::{BTreeMap, BTreeSet};

use super::kind::{Kind, Label};
use super::load::CatalogError;

/// Most characters of a code.
const MAX_CODE: usize = 64;

/// Holds one catalogue to the rules within and between its kinds.
pub(super) fn whole(kinds: &BTreeMap<String, Kind>) -> Result<(), CatalogError> {
    for (key, kind) in kinds {
        if *key != kind.kind {
            return Err(rule(
                kind,
                "kind",
                format!("stands under the key {key}; both must be the same"),
            ));
        }
        itself(kind)?;
        fields::check(kind, kinds)?;
        access::check(kind, kinds)?;
        workflow::check(kind)?;
        hours::check(kind, kinds)?;
    }
    Ok(())
}

/// What concerns the kind as a whole.
fn itself(kind: &Kind) -> Result<(), CatalogError> {
    code(kind, "kind", &kind.kind)?;
    if kind.since == 0 {
        return Err(rule(kind, "since", "versions count from 1"));
    }
    label(kind, "name", &kind.name)?;
    label(kind, "about", &kind.about)?;
    once(kind, "form", &kind.form)?;
    let shown: BTreeSet<&String> = kind.form.iter().collect();
    let fields: BTreeSet<&String> = kind.fields.keys().collect();
    if let Some(missing) = fields.difference(&shown).next() {
        return Err(rule(
            kind,
            "form",
            format!("does not list the field {missing}; every field has its place"),
        ));
    }
    if let Some(unknown) = shown.difference(&fields).next() {
        return Err(rule(
            kind,
            "form",
            format!("lists {unknown}, which is no field of this kind"),
        ));
    }
    once(kind, "figures", &kind.figures)?;
    for figure in &kind.figures {
        code(kind, "figures", figure)?;
    }
    Ok(())
}

/// A broken rule.
pub(super) fn rule(kind: &Kind, place: impl Into<String>, message: impl Into<String>) -> CatalogError {
    CatalogError::Rule {
        kind: kind.kind.clone(),
        place: place.into(),
        message: message.into(),
    }
}

/// Holds a code to `[a-z][a-z0-9_]*`.
fn code(kind: &Kind, place: &str, code: &str) -> Result<(), CatalogError> {
    let plain = code
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if plain && code.len() <= MAX_CODE && code.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Ok(());
    }
    let message = format!("{code:?} is no code; write [a-z][a-z0-9_]*, at most {MAX_CODE} characters");
    Err(rule(kind, place, message))
}

/// Holds wording to being there in both languages.
fn label(kind: &Kind, place: &str, label: &Label) -> Result<(), CatalogError> {
    for (language, text) in [("zh-Hans", &label.zh_hans), ("en", &label.en)] {
        if text.trim().is_empty() || text.chars().any(char::is_control) {
            return Err(rule(
                kind,
                place,
                format!("the wording in {language} is empty or holds a control character"),
            ));
        }
    }
    Ok(())
}

/// Refuses two things side by side that people could not tell apart.
fn distinct<'a>(
    kind: &Kind,
    place: &str,
    labels: impl IntoIterator<Item = (&'a String, &'a Label)>,
) -> Result<(), CatalogError> {
    let (mut zh, mut en) = (BTreeMap::new(), BTreeMap::new());
    for (code, label) in labels {
        let same = zh
            .insert(label.zh_hans.trim(), code)
            .or(en.insert(label.en.trim(), code));
        if let Some(other) = same {
            return Err(rule(
                kind,
                place,
                format!("{other} and {code} have the same wording; people must tell them apart"),
            ));
        }
    }
    Ok(())
}

/// Refuses a name that a list holds twice.
fn once(kind: &Kind, place: &str, names: &[String]) -> Result<(), CatalogError> {
    let mut seen = BTreeSet::new();
    match names.iter().find(|name| !seen.insert(*name)) {
        Some(twice) => Err(rule(kind, place, format!("lists {twice} twice; once is enough"))),
        None => Ok(()),
    }
}
