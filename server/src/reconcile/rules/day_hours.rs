//! One person's sessions of one day are more than the day's limit. All of them are found: in whichever order they are
//! entered and posted, people decide before the day's hours go over the limit.

use chrono::NaiveDate;
use serde_json::json;
use sync_protocol::calendar::china_date;
use sync_protocol::rules::RuleCode;

use super::super::found::Found;
use super::super::near::{Facts, Near, Presence};
use super::{Examined, Lens};

pub(super) fn find(lens: &Lens<'_>, facts: &Facts, near: &Near, out: &mut Examined) {
    within(lens, RuleCode::DayHours, china_date, facts, near, out);
}

/// Sums up the hours that a person earns in one period, and finds the record if they are over the limit. A session belongs
/// to the period in which it begins.
pub(super) fn within(
    lens: &Lens<'_>,
    code: RuleCode,
    period: impl Fn(i64) -> NaiveDate,
    facts: &Facts,
    near: &Near,
    out: &mut Examined,
) {
    for own in facts.presences.iter().filter(|own| own.part.earns()) {
        let begins = period(own.from_ms);
        let order = |p: &Presence| (p.from_ms, p.record, p.part);
        let counts = |p: &&Presence| p.person == own.person && p.part.earns() && period(p.from_ms) == begins;
        let mut sessions: Vec<&Presence> = near.presences.iter().filter(counts).chain([own]).collect();
        sessions.sort_unstable_by_key(|p| order(p));
        let minutes: i64 = sessions.iter().map(|p| p.minutes).sum();
        if minutes <= lens.rules.limit(code, "minutes", own.from_ms) {
            continue;
        }
        let mut found = Found::about(code, facts.record)
            .figure("begins", begins.to_string())
            .figure("minutes", minutes)
            .under(lens.rules, own.from_ms);
        for session in sessions {
            found = found.side(
                session.record,
                json!({ "from": session.from_ms, "minutes": session.minutes }),
            );
        }
        out.found.push(found);
        // Somebody has one part that earns in a session; two would be two persons' findings about one record.
        return;
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::near::Part::{self, Observes, Volunteers};
    use super::super::cases::{NOW, codes, presence, session};
    use super::*;

    fn on(n: u8, part: Part, from: &str, until: &str) -> Presence {
        presence(
            n,
            9,
            part,
            &format!("2026-11-{from}:00+08:00"),
            &format!("2026-11-{until}:00+08:00"),
        )
    }

    fn over(own: Presence, others: &[Presence]) -> bool {
        let mut facts = session(9, 9, own.part, "2026-11-24T08:00:00+08:00", "2026-11-24T09:00:00+08:00");
        facts.presences = vec![own];
        let near = Near {
            presences: others.to_vec(),
            ..Near::default()
        };
        codes(NOW, &facts, &near).contains(&"day_hours")
    }

    #[test]
    fn every_session_of_a_day_over_eight_hours_is_found() {
        let morning = on(1, Volunteers, "24T08:00", "24T12:00");
        let noon = on(9, Volunteers, "24T12:00", "24T16:00");
        let evening = on(9, Volunteers, "24T12:00", "24T16:01");
        assert!(!over(noon, &[morning]));
        assert!(over(evening, &[morning]));
        let late = on(10, Volunteers, "24T18:00", "24T20:00");
        assert!(over(noon, &[morning, late]), "whichever came first");
        assert!(over(on(9, Volunteers, "24T08:00", "24T16:01"), &[]), "one alone");
    }

    #[test]
    fn another_day_another_person_and_observing_do_not_count() {
        let own = on(9, Volunteers, "24T08:00", "24T16:00");
        assert!(!over(own, &[on(1, Volunteers, "23T08:00", "23T12:00")]));
        assert!(!over(own, &[on(1, Observes, "24T06:00", "24T07:00")]));
        let stranger = presence(
            1,
            8,
            Volunteers,
            "2026-11-24T07:00:00+08:00",
            "2026-11-24T08:00:00+08:00",
        );
        assert!(!over(own, &[stranger]));
        // The day is China's: an hour before its midnight is yesterday.
        assert!(!over(own, &[on(1, Volunteers, "23T23:00", "24T01:00")]));
        assert!(over(own, &[on(1, Volunteers, "24T00:00", "24T01:00")]));
    }
}
