//! A session was entered more working days after its end than is allowed.

use serde_json::json;
use sync_protocol::calendar::china_date;
use sync_protocol::rules::RuleCode;

use super::super::found::Found;
use super::super::near::{Facts, Near};
use super::{Examined, Lens};

pub(super) fn find(lens: &Lens<'_>, facts: &Facts, _: &Near, out: &mut Examined) {
    let Some((from_ms, until_ms)) = facts.session.filter(|_| facts.counts) else {
        return;
    };
    let (Some(over_ms), Some(entered_ms)) = (until_ms.or(from_ms), facts.entered_ms) else {
        return;
    };
    let (over, entered) = (china_date(over_ms), china_date(entered_ms));
    let days = i64::from(lens.calendar.working_days_between(over, entered).value);
    if days <= lens.rules.limit(RuleCode::LateEntry, "working_days", over_ms) {
        return;
    }
    let found = Found::about(RuleCode::LateEntry, facts.record)
        .side(
            facts.record,
            json!({ "over": over.to_string(), "entered": entered.to_string() }),
        )
        .figure("working_days", days)
        .under(lens.rules, over_ms);
    out.found.push(found);
}

#[cfg(test)]
mod tests {
    use super::super::super::near::Part;
    use super::super::cases::{at, codes, session};
    use super::*;

    #[test]
    fn the_eleventh_working_day_is_late() {
        // 10 November 2026 is a Tuesday; the tenth working day after it is Tuesday the 24th.
        let mut facts = session(
            1,
            9,
            Part::Volunteers,
            "2026-11-10T08:00:00+08:00",
            "2026-11-10T09:00:00+08:00",
        );
        let now = "2026-12-24T08:00:00+08:00";
        for (entered, late) in [("24T23:59:00", false), ("25T00:00:00", true)] {
            facts.entered_ms = Some(at(&format!("2026-11-{entered}+08:00")));
            assert_eq!(
                codes(now, &facts, &Near::default()).contains(&"late_entry"),
                late,
                "{entered}"
            );
        }
        facts.entered_ms = None;
        assert!(codes(now, &facts, &Near::default()).is_empty());
    }
}
