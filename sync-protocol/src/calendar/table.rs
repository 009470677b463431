//! One year's table, read and held to what a table must be.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use crate::catalog::Label;

/// Why a table is refused. Each message names the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The TOML does not parse.
    #[error("{file}: {message}")]
    Toml {
        /// The file.
        file: String,
        /// What the parser says.
        message: String,
    },
    /// It contradicts itself.
    #[error("{file}: {day}: {message}")]
    Rule {
        /// The file.
        file: String,
        /// The day.
        day: NaiveDate,
        /// What is wrong.
        message: &'static str,
    },
    /// Two files are of one year.
    #[error("the year {0} has two tables; remove one of them")]
    Twice(i32),
}

/// One year's holidays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The year.
    pub year: i32,
    /// The announcement.
    pub document: String,
    /// Its date.
    pub issued_on: NaiveDate,
    /// Where its text was read.
    pub source: String,
    /// The holidays, in their order.
    #[serde(rename = "holiday")]
    pub holidays: Vec<Holiday>,
}

/// A holiday and the weekends that are worked for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// What it is.
    pub name: Label,
    /// Its first day off.
    pub from: NaiveDate,
    /// Its last day off.
    pub to: NaiveDate,
    /// Saturdays and Sundays that are worked instead.
    #[serde(default)]
    pub working: Vec<NaiveDate>,
}

impl Table {
    /// Reads a table and holds it to the rules.
    pub fn read(file: &str, text: &str) -> Result<Table, CalendarError> {
        let table: Table = toml::from_str(text).map_err(|e| CalendarError::Toml {
            file: file.to_owned(),
            message: e.to_string(),
        })?;
        table.check(file)?;
        Ok(table)
    }

    /// The days off that it names.
    pub fn off(&self) -> impl Iterator<Item = NaiveDate> {
        self.holidays
            .iter()
            .flat_map(|h| h.from.iter_days().take_while(|day| *day <= h.to))
    }

    /// The weekends that are worked.
    pub fn on(&self) -> impl Iterator<Item = NaiveDate> {
        self.holidays.iter().flat_map(|h| h.working.iter().copied())
    }

    fn check(&self, file: &str) -> Result<(), CalendarError> {
        let refuse = |day, message| {
            Err(CalendarError::Rule {
                file: file.to_owned(),
                day,
                message,
            })
        };
        let mut last = None;
        for holiday in &self.holidays {
            if holiday.to < holiday.from || (holiday.to - holiday.from).num_days() > 30 {
                return refuse(
                    holiday.from,
                    "a holiday ends on or after its first day and within a month",
                );
            }
            if last.is_some_and(|last| holiday.from <= last) {
                return refuse(holiday.from, "holidays stand in their order and do not overlap");
            }
            last = Some(holiday.to);
        }
        let off: BTreeSet<NaiveDate> = self.off().collect();
        let mut on = BTreeSet::new();
        for day in self.on() {
            if !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
                return refuse(day, "only a Saturday or a Sunday can be worked instead");
            }
            if off.contains(&day) || !on.insert(day) {
                return refuse(day, "a day stands in the table once");
            }
        }
        // New Year may reach back into the December before, with the weekend that is worked for it.
        let of_year = |day: &NaiveDate| day.year() == self.year || (day.year() == self.year - 1 && day.month() == 12);
        match off.iter().chain(&on).find(|day| !of_year(day)) {
            Some(day) => refuse(*day, "the day lies outside the year"),
            None if off.is_empty() => refuse(self.issued_on, "a table without a single holiday is no table"),
            None => Ok(()),
        }
    }
}
