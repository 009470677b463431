//! Chinese working days. Which days are holidays and which weekends are worked instead (调休) is announced year by
//! year, so it is data: one TOML file a year under `calendar/`. In a year without a table weekends are the only days
//! off, and what was counted through it is [provisional](Counted::provisional).
//!
//! The day on which something happens does not count: ten working days after a Monday end on the Monday two weeks on.
//!
//! ```
//! use sync_protocol::calendar::Calendar;
//!
//! let calendar = Calendar::builtin().unwrap();
//! let date = |text: &str| text.parse().unwrap();
//! // Ten working days across National Day of 2026, whose last Saturday is worked.
//! let due = calendar.add_working_days(date("2026-09-28"), 10);
//! assert_eq!((due.value, due.provisional), (date("2026-10-16"), false));
//! ```

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use sha2::{Digest, Sha256};

mod table;
#[cfg(test)]
mod tests;

pub use table::{CalendarError, Holiday, Table};

/// Milliseconds by which China's clocks are ahead of UTC. There is one zone and no summer time.
pub const CHINA_MS: i64 = 8 * 3_600_000;
const DAY_MS: i64 = 86_400_000;

/// The last year of a date as it is written in four digits; nothing is counted beyond.
const LAST_YEAR: i32 = 9_999;

/// A result, and whether a year without a table took part in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted<T> {
    /// The result.
    pub value: T,
    /// It rests on weekends alone for some year, and may change when that year's table is known.
    pub provisional: bool,
}

/// The tables of all known years.
#[derive(Debug, Clone)]
pub struct Calendar {
    tables: BTreeMap<i32, Table>,
    off: BTreeSet<NaiveDate>,
    on: BTreeSet<NaiveDate>,
    years: BTreeMap<i32, Year>,
    hash: [u8; 32],
}

/// Working days of one year: how many there are up to and with each of its days.
#[derive(Debug, Clone)]
struct Year {
    upto: Vec<u16>,
}

impl Year {
    fn total(&self) -> i64 {
        self.upto.last().map_or(0, |n| i64::from(*n))
    }
}

/// The tables that this build ships.
const FILES: &[(&str, &str)] = &[
    ("2024.toml", include_str!("../calendar/2024.toml")),
    ("2025.toml", include_str!("../calendar/2025.toml")),
    ("2026.toml", include_str!("../calendar/2026.toml")),
];

impl Calendar {
    /// The calendar that this build ships.
    pub fn builtin() -> Result<Calendar, CalendarError> {
        Calendar::from_files(FILES.iter().copied())
    }

    /// The calendar of `(file name, TOML text)` pairs, each one year.
    pub fn from_files<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Calendar, CalendarError> {
        let mut tables = BTreeMap::new();
        for (file, text) in files {
            let table = Table::read(file, text)?;
            let year = table.year;
            if tables.insert(year, table).is_some() {
                return Err(CalendarError::Twice(year));
            }
        }
        Ok(Calendar::new(tables))
    }

    /// The same calendar with further years; a year that it has already is replaced.
    pub fn with<'a>(&self, files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Calendar, CalendarError> {
        let mut tables = self.tables.clone();
        tables.extend(Calendar::from_files(files)?.tables);
        Ok(Calendar::new(tables))
    }

    fn new(tables: BTreeMap<i32, Table>) -> Calendar {
        let mut calendar = Calendar {
            off: tables.values().flat_map(Table::off).collect(),
            on: tables.values().flat_map(Table::on).collect(),
            years: BTreeMap::new(),
            hash: [0; 32],
            tables,
        };
        calendar.years = calendar
            .tables
            .keys()
            .map(|year| (*year, calendar.year(*year)))
            .collect();
        let mut hash = Sha256::new();
        calendar.tables.keys().for_each(|year| hash.update(year.to_be_bytes()));
        for (sign, days) in [(b'-', &calendar.off), (b'+', &calendar.on)] {
            days.iter()
                .for_each(|day| hash.update(format!("{}{day};", char::from(sign))));
        }
        calendar.hash = hash.finalize().into();
        calendar
    }

    /// The tables, by year.
    pub fn tables(&self) -> &BTreeMap<i32, Table> {
        &self.tables
    }

    /// SHA-256 over everything that a count depends on: what was derived under another one is to be derived anew.
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// Whether the year has a table.
    pub fn knows(&self, year: i32) -> bool {
        self.tables.contains_key(&year)
    }

    /// Whether people work on `day`.
    pub fn is_working(&self, day: NaiveDate) -> bool {
        self.on.contains(&day) || (!self.off.contains(&day) && !matches!(day.weekday(), Weekday::Sat | Weekday::Sun))
    }

    /// The working day that is the `days`th after `from`. `from` itself does not count.
    pub fn add_working_days(&self, from: NaiveDate, days: u32) -> Counted<NaiveDate> {
        let mut year = from.year();
        let mut left = i64::from(days);
        let mut table = self.taken(year);
        let mut behind = i64::from(table.upto[from.ordinal0() as usize]);
        while left > table.total() - behind && year < LAST_YEAR {
            left -= table.total() - behind;
            year += 1;
            table = self.taken(year);
            behind = 0;
        }
        let value = if days == 0 {
            from
        } else {
            let ordinal = table.upto.partition_point(|n| i64::from(*n) < behind + left);
            NaiveDate::from_yo_opt(year, ordinal as u32 + 1).unwrap_or(from)
        };
        self.counted(value, from, value)
    }

    /// How many working days lie after `from` up to and with `to`; none if `to` is no later.
    pub fn working_days_between(&self, from: NaiveDate, to: NaiveDate) -> Counted<u32> {
        if to <= from {
            return self.counted(0, from, from);
        }
        let upto = |day: NaiveDate| i64::from(self.taken(day.year()).upto[day.ordinal0() as usize]);
        let whole: i64 = (from.year()..to.year()).map(|year| self.taken(year).total()).sum();
        let days = whole + upto(to) - upto(from);
        self.counted(u32::try_from(days).unwrap_or(0), from, to)
    }

    /// `day`, or the next working day if nobody works on it: a period does not end on a day off.
    pub fn roll(&self, day: NaiveDate) -> Counted<NaiveDate> {
        let value = day.iter_days().find(|day| self.is_working(*day)).unwrap_or(day);
        self.counted(value, day, value)
    }

    fn counted<T>(&self, value: T, from: NaiveDate, to: NaiveDate) -> Counted<T> {
        Counted {
            value,
            provisional: (from.year()..=to.year()).any(|year| !self.knows(year)),
        }
    }

    fn taken(&self, year: i32) -> std::borrow::Cow<'_, Year> {
        match self.years.get(&year) {
            Some(known) => std::borrow::Cow::Borrowed(known),
            None => std::borrow::Cow::Owned(self.year(year)),
        }
    }

    fn year(&self, year: i32) -> Year {
        let first = NaiveDate::from_yo_opt(year, 1);
        let days = first
            .into_iter()
            .flat_map(|day| day.iter_days())
            .take_while(|day| day.year() == year);
        let mut sum = 0;
        let upto = days.map(|day| {
            sum += u16::from(self.is_working(day));
            sum
        });
        Year { upto: upto.collect() }
    }
}

/// `from` and so many calendar days on.
pub fn add_days(from: NaiveDate, days: u32) -> NaiveDate {
    from.checked_add_days(Days::new(days.into())).unwrap_or(NaiveDate::MAX)
}

/// The same day so many months on; where that month has no such day, its last: 31 December and two months is the last
/// of February.
pub fn add_months(from: NaiveDate, months: u32) -> NaiveDate {
    from.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
}

/// The date in China at a moment, ms since 1970-01-01T00:00:00Z.
pub fn china_date(ms: i64) -> NaiveDate {
    date_of(ms.saturating_add(CHINA_MS).div_euclid(DAY_MS))
}

/// A date as days since 1970-01-01.
pub fn day_of(date: NaiveDate) -> i64 {
    i64::from(date.to_epoch_days())
}

/// The date that is `day` days after 1970-01-01; the earliest or latest there is when it lies beyond.
pub fn date_of(day: i64) -> NaiveDate {
    let end = if day < 0 { NaiveDate::MIN } else { NaiveDate::MAX };
    i32::try_from(day)
        .ok()
        .and_then(NaiveDate::from_epoch_days)
        .unwrap_or(end)
}

/// The first moment of a date in China, ms since 1970-01-01T00:00:00Z.
pub fn china_midnight_ms(date: NaiveDate) -> i64 {
    day_of(date) * DAY_MS - CHINA_MS
}
