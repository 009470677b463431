//! It tells of a time that cannot be: before there was anything to tell, or after it arrived.
//!
//! A finding and no refusal: a phone that was off for a winter may believe that it is 1970, and a day's records that were
//! refused one after the other would be harder to put right, for its holder and the desk, than records that are there and
//! are edited. What a refusal would keep out, hours and forms, this keeps out as well.

use chrono::NaiveDate;
use serde_json::{Map, Value};
use sync_protocol::calendar::china_midnight_ms;
use sync_protocol::rules::RuleCode;

use super::super::found::Found;
use super::super::near::{Facts, Near};
use super::{Examined, Lens};

const HOUR: i64 = 3_600_000;

pub(super) fn find(lens: &Lens<'_>, facts: &Facts, _: &Near, out: &mut Examined) {
    let cannot_be = |at_ms: i64, arrival_ms: i64| {
        // Such a day has no limits of its own: those of the arrival apply.
        let limit = |name| lens.rules.limit(RuleCode::DateImpossible, name, arrival_ms);
        let year = i32::try_from(limit("from_year")).unwrap_or(i32::MAX);
        let first_ms = NaiveDate::from_ymd_opt(year, 1, 1).map_or(i64::MIN, china_midnight_ms);
        at_ms < first_ms || at_ms > arrival_ms.saturating_add(limit("ahead_hours") * HOUR)
    };
    let told = facts.past.iter().filter(|(_, (at, arrived))| cannot_be(*at, *arrived));
    let told: Vec<(&String, &(i64, i64))> = told.collect();
    let Some(arrival_ms) = told.iter().map(|(_, (_, arrived))| *arrived).max() else {
        return;
    };
    let saw: Map<String, Value> = told
        .into_iter()
        .map(|(name, (at, _))| (name.clone(), (*at).into()))
        .collect();
    let found = Found::about(RuleCode::DateImpossible, facts.record)
        .side(facts.record, saw.into())
        .under(lens.rules, arrival_ms);
    out.found.push(found);
}

#[cfg(test)]
mod tests {
    use super::super::cases::{NOW, at, codes, examined, id, record};
    use super::*;

    fn found(told: &str, arrived: &str) -> bool {
        let mut facts = record(1);
        facts.past = [("visited_at".to_owned(), (at(told), at(arrived)))].into();
        codes(NOW, &facts, &Near::default()).contains(&"date_impossible")
    }

    #[test]
    fn from_the_year_2000_until_a_day_after_the_arrival_anything_may_have_happened() {
        let arrived = "2026-11-20T12:00:00+08:00";
        for (told, is_found) in [
            ("0000-01-01T00:00:00+08:00", true),
            ("1970-01-01T08:00:00+08:00", true),
            ("1999-12-31T23:59:59+08:00", true),
            ("2000-01-01T00:00:00+08:00", false),
            ("2026-11-21T12:00:00+08:00", false),
            ("2026-11-21T12:00:01+08:00", true),
            ("9999-12-31T23:59:59+08:00", true),
        ] {
            assert_eq!(found(told, arrived), is_found, "{told}");
        }
    }

    #[test]
    fn what_it_saw_is_told_by_field() {
        let mut facts = record(1);
        let arrived = at("2026-11-20T12:00:00+08:00");
        facts.past = [
            ("ended_at".to_owned(), (at("2030-01-01T00:00:00+08:00"), arrived)),
            ("started_at".to_owned(), (arrived, arrived)),
        ]
        .into();
        let found = examined(NOW, &facts, &Near::default()).found;
        let expected = serde_json::json!({ id(1).to_string(): { "ended_at": at("2030-01-01T00:00:00+08:00") } });
        assert_eq!(Value::Object(found[0].sides.clone()), expected);
        assert!(examined(NOW, &record(1), &Near::default()).found.is_empty());
    }
}
