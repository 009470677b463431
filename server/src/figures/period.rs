//! The time that a report is about.

use sync_protocol::calendar::{china_midnight_ms, date_of, day_of};

use chrono::{Datelike, NaiveDate};

/// A month or a year, in China.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// `YYYY-MM` or `YYYY`.
    pub name: String,
    /// Its first day, since 1970-01-01.
    pub first: i64,
    /// Its last day.
    pub last: i64,
    /// Whether it is a month.
    pub month: bool,
}

impl Period {
    /// Reads `YYYY-MM` or `YYYY`, of the years 2000 to 2999.
    pub fn parse(name: &str) -> Option<Period> {
        let digits = |text: &str, length: usize| {
            (text.len() == length && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse::<u32>().ok())?
        };
        let (year, month) = match name.split_once('-') {
            None => (digits(name, 4)?, None),
            Some((year, month)) => (digits(year, 4)?, Some(digits(month, 2)?)),
        };
        if !(2000..3000).contains(&year) {
            return None;
        }
        let year = year as i32;
        let first = NaiveDate::from_ymd_opt(year, month.unwrap_or(1), 1)?;
        let next = match month {
            None | Some(12) => NaiveDate::from_ymd_opt(year + 1, 1, 1)?,
            Some(month) => NaiveDate::from_ymd_opt(year, month + 1, 1)?,
        };
        Some(Period {
            name: name.to_owned(),
            first: day_of(first),
            last: day_of(next) - 1,
            month: month.is_some(),
        })
    }

    /// The month in which a day lies.
    pub fn month_of(day: i64) -> Option<Period> {
        let date = date_of(day);
        Period::parse(&format!("{:04}-{:02}", date.year(), date.month()))
    }

    /// Its first moment and the first after it, ms.
    pub fn moments(&self) -> (i64, i64) {
        (
            china_midnight_ms(date_of(self.first)),
            china_midnight_ms(date_of(self.last + 1)),
        )
    }

    /// Its last second, as it is written in reports.
    pub fn cut_off(&self) -> String {
        format!("{}T23:59:59+08:00", date_of(self.last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_and_a_year_end_where_the_next_begins() {
        for (name, first, last) in [
            ("2026-02", "2026-02-01", "2026-02-28"),
            ("2024-02", "2024-02-01", "2024-02-29"),
            ("2026-12", "2026-12-01", "2026-12-31"),
            ("2026", "2026-01-01", "2026-12-31"),
        ] {
            let period = Period::parse(name).unwrap();
            assert_eq!(date_of(period.first).to_string(), first);
            assert_eq!(date_of(period.last).to_string(), last);
        }
        for name in [
            "",
            "26-02",
            "2026-13",
            "2026-00",
            "2026-1",
            "1999",
            "3000-01",
            "2026-01-01",
            "٢٠٢٦",
            "+026",
        ] {
            assert_eq!(Period::parse(name), None, "{name}");
        }
        let (from, to) = Period::parse("2026-10").unwrap().moments();
        assert_eq!((to - from) / 86_400_000, 31);
    }
}
