//! One deadline as it stands in its file, and the rules that it must keep.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::catalog::{Catalog, FieldType, Kind, Label, Policy};

/// Why deadlines are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeadlineError {
    /// The TOML does not parse.
    #[error("deadlines: {0}")]
    Toml(String),
    /// One contradicts itself or the catalogue.
    #[error("deadline {code}: {message}")]
    Rule {
        /// Which.
        code: String,
        /// What is wrong.
        message: String,
    },
}

/// In what time is counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Working days.
    WorkingDays,
    /// Calendar days.
    #[default]
    Days,
    /// Calendar months.
    Months,
}

/// What meets a deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Met {
    /// The day that a field holds.
    Field {
        /// The field.
        field: String,
    },
    /// The day on which the record first came into one of the states.
    States {
        /// The states.
        states: Vec<String>,
    },
}

/// A condition on a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// An enum, or a truth value, which is false until it is set.
    pub field: String,
    /// What it may be.
    pub is: Vec<String>,
}

/// A statutory deadline, as it holds from one date to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// Stable code, the same in all versions.
    pub code: String,
    /// The kind of record.
    pub kind: String,
    /// What people call it.
    pub name: Label,
    /// The law that gives it.
    pub law: Label,
    /// It holds for what began on this day or later.
    pub valid_from: NaiveDate,
    /// ... and not after this one.
    #[serde(default)]
    pub valid_to: Option<NaiveDate>,
    /// The field that holds the day which sets it going.
    #[serde(default)]
    pub from: Option<String>,
    /// The field that holds the due day itself, where people enter it.
    #[serde(default)]
    pub due: Option<String>,
    /// How much time, in `unit`.
    #[serde(default)]
    pub count: u32,
    /// In what it is counted.
    #[serde(default)]
    pub unit: Unit,
    /// A last day on which nobody works moves to the next working day.
    #[serde(default)]
    pub rolls: bool,
    /// What meets it.
    pub met: Met,
    /// It is set going only then.
    #[serde(default)]
    pub when: Option<When>,
    /// States in which there is no such deadline.
    #[serde(default)]
    pub except: Vec<String>,
    /// A truth value that, once true, keeps the record out of every list.
    #[serde(default)]
    pub unless_set: Option<String>,
}

impl Deadline {
    /// The fields that it reads.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        let met = match &self.met {
            Met::Field { field } => Some(field),
            Met::States { .. } => None,
        };
        let when = self.when.as_ref().map(|when| &when.field);
        self.from
            .iter()
            .chain(&self.due)
            .chain(met)
            .chain(when)
            .map(String::as_str)
    }
}

/// With fewer days left than these a deadline shows in the colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bands {
    /// Red, as everything that is over.
    pub red: i64,
    /// Amber.
    pub amber: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    bands: Bands,
    deadline: Vec<Deadline>,
}

pub(super) fn read(text: &str, catalog: &Catalog) -> Result<(Vec<Deadline>, Bands), DeadlineError> {
    let file: File = toml::from_str(text).map_err(|e| DeadlineError::Toml(e.to_string()))?;
    for (at, deadline) in file.deadline.iter().enumerate() {
        check(deadline, catalog).map_err(|message| DeadlineError::Rule {
            code: deadline.code.clone(),
            message,
        })?;
        for other in &file.deadline[..at] {
            versions(other, deadline).map_err(|message| DeadlineError::Rule {
                code: deadline.code.clone(),
                message,
            })?;
        }
    }
    Ok((file.deadline, file.bands))
}

/// Of one code there is at most one version for any record: they are of one kind, and of two that hold at the same
/// time the conditions exclude each other.
fn versions(one: &Deadline, other: &Deadline) -> Result<(), String> {
    if one.code != other.code {
        return Ok(());
    }
    if one.kind != other.kind {
        return Err("all versions are of one kind".to_owned());
    }
    let ends = |d: &Deadline| d.valid_to.unwrap_or(NaiveDate::MAX);
    let apart = ends(one) < other.valid_from || ends(other) < one.valid_from;
    let excluded = match (&one.when, &other.when) {
        (Some(a), Some(b)) => a.field == b.field && !a.is.iter().any(|value| b.is.contains(value)),
        _ => false,
    };
    if apart || excluded {
        return Ok(());
    }
    Err("two versions hold at the same time".to_owned())
}

fn check(deadline: &Deadline, catalog: &Catalog) -> Result<(), String> {
    let kind = catalog
        .kinds()
        .get(&deadline.kind)
        .ok_or_else(|| format!("there is no kind {}", deadline.kind))?;
    let dated = deadline.valid_to.is_none_or(|to| deadline.valid_from <= to);
    if !dated {
        return Err("it ends before it begins".to_owned());
    }
    match (&deadline.from, &deadline.due) {
        (Some(from), None) if deadline.count > 0 => day(kind, from)?,
        (None, Some(due)) if deadline.count == 0 && !deadline.rolls => day(kind, due)?,
        _ => return Err("either it counts from a field, or a field holds the due day".to_owned()),
    }
    let states: BTreeSet<&String> = kind.workflow.states.keys().collect();
    let known = |state: &String| states.contains(state);
    match &deadline.met {
        Met::Field { field } => day(kind, field)?,
        Met::States { states } if !states.is_empty() && states.iter().all(known) => {}
        Met::States { .. } => return Err("it is met in states of the kind".to_owned()),
    }
    if !deadline.except.iter().all(known) {
        return Err("it excepts states of the kind".to_owned());
    }
    if let Some(when) = &deadline.when {
        let field = kind
            .field(&when.field)
            .ok_or_else(|| format!("there is no field {}", when.field))?;
        let may_be = |value: &String| match field.kind {
            FieldType::Bool => value == "true" || value == "false",
            _ => field.values.iter().any(|choice| choice.code == *value),
        };
        if when.is.is_empty() || !when.is.iter().all(may_be) {
            return Err(format!("{} is never one of these", when.field));
        }
    }
    if let Some(name) = &deadline.unless_set
        && kind.field(name).is_none_or(|field| field.kind != FieldType::Bool)
    {
        return Err(format!("{name} is no truth value of the kind"));
    }
    Ok(())
}

fn day(kind: &Kind, name: &str) -> Result<(), String> {
    let holds = |field: &crate::catalog::Field| {
        matches!(field.kind, FieldType::Date | FieldType::Instant) && field.policy != Policy::Set
    };
    if kind.field(name).is_some_and(holds) {
        return Ok(());
    }
    Err(format!("{name} is no date or moment of the kind"))
}
