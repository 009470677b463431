//! One person's sessions of one week, Monday to Sunday, are more than the week's limit.

use chrono::{Datelike, Days, NaiveDate};
use sync_protocol::calendar::china_date;
use sync_protocol::rules::RuleCode;

use super::super::near::{Facts, Near};
use super::{Examined, Lens, day_hours};

pub(super) fn find(lens: &Lens<'_>, facts: &Facts, near: &Near, out: &mut Examined) {
    day_hours::within(lens, RuleCode::WeekHours, monday, facts, near, out);
}

/// The Monday of the week in which a moment lies, by China's calendar.
pub(crate) fn monday(at_ms: i64) -> NaiveDate {
    let day = china_date(at_ms);
    let since = Days::new(u64::from(day.weekday().num_days_from_monday()));
    day.checked_sub_days(since).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::super::super::near::Part::Volunteers;
    use super::super::cases::{NOW, codes, presence, session};
    use super::*;

    #[test]
    fn more_than_forty_hours_from_monday_on_are_found() {
        let day = |n: u8, d: u8| {
            let when = |hour: u8| format!("2026-11-{d:02}T{hour:02}:00:00+08:00");
            presence(n, 9, Volunteers, &when(8), &when(16))
        };
        let mut near = Near {
            presences: (16..21).map(|d| day(d, d)).collect(),
            ..Near::default()
        };
        let saturday = session(
            90,
            9,
            Volunteers,
            "2026-11-21T08:00:00+08:00",
            "2026-11-21T08:01:00+08:00",
        );
        assert_eq!(codes(NOW, &saturday, &near), ["week_hours"]);
        // Sunday of the week before instead of Friday.
        near.presences.pop();
        near.presences.push(day(15, 15));
        assert!(codes(NOW, &saturday, &near).is_empty());
        assert_eq!(
            monday(super::super::cases::at("2026-11-22T16:00:00Z")).to_string(),
            "2026-11-23"
        );
    }
}
