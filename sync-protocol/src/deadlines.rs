//! Statutory deadlines: what the law gives somebody how much time for, as dated data (`deadlines/`), and what of it a
//! record's fields and states set going. Due days are computed and never entered, so a law or a holiday table that
//! changes changes them.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use crate::calendar::{Calendar, add_days, add_months, china_date};
use crate::catalog::{Catalog, Kind, STATE_FIELD};
use crate::record::Record;
use crate::value::Value;

mod rule;
#[cfg(test)]
mod tests;

pub use rule::{Bands, Deadline, DeadlineError, Met, Unit, When};

/// When a record came into a state of its workflow, in China.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The state.
    pub state: String,
    /// The day on which it reached the server.
    pub day: NaiveDate,
}

/// A deadline that a record has set going.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The deadline's code.
    pub code: String,
    /// The day that does not count; where the due day is entered, that one.
    pub start: NaiveDate,
    /// The last day.
    pub due: NaiveDate,
    /// When it was met, in time or late.
    pub met: Option<NaiveDate>,
    /// A year without a holiday table took part.
    pub provisional: bool,
}

/// All deadlines.
#[derive(Debug, Clone)]
pub struct Deadlines {
    all: Vec<Deadline>,
    bands: Bands,
    hash: [u8; 32],
}

const FILE: &str = include_str!("../deadlines/statutory.toml");

impl Deadlines {
    /// The deadlines that this build ships, held against its catalogue.
    pub fn builtin(catalog: &Catalog) -> Result<Deadlines, DeadlineError> {
        Deadlines::read(FILE, catalog)
    }

    /// Reads deadlines from TOML and holds them to the rules and to the catalogue.
    pub fn read(text: &str, catalog: &Catalog) -> Result<Deadlines, DeadlineError> {
        let (all, bands) = rule::read(text, catalog)?;
        Ok(Deadlines {
            all,
            bands,
            hash: Sha256::digest(text.as_bytes()).into(),
        })
    }

    /// All of them, in the order of the file. Several versions of one deadline have one code.
    pub fn all(&self) -> &[Deadline] {
        &self.all
    }

    /// When a deadline shows in which colour.
    pub fn bands(&self) -> Bands {
        self.bands
    }

    /// SHA-256 of the text they were read from.
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// The fields from which a deadline of this code can be told: who reads them all may know of it.
    pub fn fields(&self, code: &str) -> BTreeSet<&str> {
        self.all
            .iter()
            .filter(|d| d.code == code)
            .flat_map(Deadline::fields)
            .collect()
    }

    /// What a record of `kind` has set going, by code. Where a field is contested, its value latest in the log counts,
    /// which is what readers see first; `steps` are its states in the order in which it came to them.
    pub fn of(&self, calendar: &Calendar, kind: &Kind, record: &Record, steps: &[Step]) -> Vec<Due> {
        let mut found: Vec<Due> = Vec::new();
        for deadline in self.all.iter().filter(|d| d.kind == kind.kind) {
            if let Some(due) = one(deadline, calendar, record, steps)
                && !found.iter().any(|other| other.code == due.code)
            {
                found.push(due);
            }
        }
        found.sort_by(|a, b| a.code.cmp(&b.code));
        found
    }
}

fn one(deadline: &Deadline, calendar: &Calendar, record: &Record, steps: &[Step]) -> Option<Due> {
    let state = text(record, STATE_FIELD);
    if state.is_some_and(|state| deadline.except.iter().any(|s| s == state)) {
        return None;
    }
    if deadline
        .unless_set
        .as_ref()
        .is_some_and(|field| shown(record, field) == Some(&Value::Bool(true)))
    {
        return None;
    }
    if deadline
        .when
        .as_ref()
        .is_some_and(|when| !when.is.contains(&word(record, &when.field)))
    {
        return None;
    }
    let (start, due, provisional) = match (&deadline.from, &deadline.due) {
        (Some(from), _) => {
            let start = date(record, from)?;
            let (due, provisional) = last_day(deadline, calendar, start);
            (start, due, provisional)
        }
        (None, Some(due)) => {
            let due = date(record, due)?;
            (due, due, false)
        }
        (None, None) => return None,
    };
    if start < deadline.valid_from || deadline.valid_to.is_some_and(|to| start > to) {
        return None;
    }
    let met = match &deadline.met {
        Met::Field { field } => date(record, field),
        Met::States { states } => steps
            .iter()
            .find(|step| states.contains(&step.state))
            .map(|step| step.day),
    };
    Some(Due {
        code: deadline.code.clone(),
        start,
        due,
        met,
        provisional,
    })
}

fn last_day(deadline: &Deadline, calendar: &Calendar, start: NaiveDate) -> (NaiveDate, bool) {
    let due = match deadline.unit {
        Unit::WorkingDays => {
            let counted = calendar.add_working_days(start, deadline.count);
            return (counted.value, counted.provisional);
        }
        Unit::Days => add_days(start, deadline.count),
        Unit::Months => add_months(start, deadline.count),
    };
    if !deadline.rolls {
        return (due, false);
    }
    let rolled = calendar.roll(due);
    (rolled.value, rolled.provisional)
}

fn shown<'r>(record: &'r Record, field: &str) -> Option<&'r Value> {
    record.latest(field).map(|entry| &entry.value)
}

fn text<'r>(record: &'r Record, field: &str) -> Option<&'r str> {
    match shown(record, field) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// A code or a truth value as text; what was never set is `false`.
fn word(record: &Record, field: &str) -> String {
    match shown(record, field) {
        Some(Value::Text(text)) => text.clone(),
        Some(Value::Bool(true)) => "true".to_owned(),
        _ => "false".to_owned(),
    }
}

/// A date, or the date in China of a moment.
fn date(record: &Record, field: &str) -> Option<NaiveDate> {
    match shown(record, field)? {
        Value::Text(text) => text.parse().ok(),
        Value::Instant(instant) => Some(china_date(instant.ms)),
        _ => None,
    }
}
