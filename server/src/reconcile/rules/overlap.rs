//! One person is in two sessions at the same time, wherever they are: by what sessions say, or by what he attests.

use std::collections::BTreeMap;

use serde_json::json;
use sync_protocol::id::RecordId;
use sync_protocol::rules::RuleCode;

use super::super::found::Found;
use super::super::near::{Facts, Near, Presence};
use super::{Examined, Lens};

const MINUTE: i64 = 60_000;

pub(super) fn find(lens: &Lens<'_>, facts: &Facts, near: &Near, out: &mut Examined) {
    let mut longest: BTreeMap<RecordId, (i64, Presence, Presence)> = BTreeMap::new();
    for own in &facts.presences {
        for other in near.presences.iter().filter(|other| other.person == own.person) {
            let ms = own.until_ms.min(other.until_ms) - own.from_ms.max(other.from_ms);
            if own.part.goes_with(other.part) || ms < limit_ms(lens, own, other) {
                continue;
            }
            // Two people may meet twice in the same two sessions: the longer time counts, and then one order of them.
            let seen = (ms, *own.min(other), *own.max(other));
            let known = longest.entry(other.record).or_insert(seen);
            *known = (*known).max(seen);
        }
    }
    for (other, (ms, one, two)) in longest {
        let mut found = Found::between(RuleCode::Overlap, facts.record, other)
            .figure("minutes", ms / MINUTE)
            .under(lens.rules, one.from_ms.max(two.from_ms));
        for side in [one, two] {
            found = found.side(side.record, json!({ "from": side.from_ms, "until": side.until_ms }));
        }
        out.found.push(found);
    }
}

/// The shortest overlap that counts; the later session's day decides which limit is in force.
fn limit_ms(lens: &Lens<'_>, one: &Presence, other: &Presence) -> i64 {
    let at = one.from_ms.max(other.from_ms);
    lens.rules.limit(RuleCode::Overlap, "minutes", at) * MINUTE
}

#[cfg(test)]
mod tests {
    use super::super::super::near::Part::{Attests, Observes, Serves, Volunteers, VolunteersObserving};
    use super::super::cases::{NOW, examined, presence, session};
    use super::*;

    fn overlaps(facts: &Facts, other: Presence) -> Vec<Found> {
        let near = Near {
            presences: vec![other],
            ..Near::default()
        };
        let mut found = examined(NOW, facts, &near).found;
        found.retain(|found| found.code == RuleCode::Overlap);
        found
    }

    #[test]
    fn a_minute_of_one_person_counts_and_less_does_not() {
        let own = session(
            2,
            9,
            Volunteers,
            "2026-11-24T08:00:00+08:00",
            "2026-11-24T10:00:00+08:00",
        );
        for (from, many) in [("09:59:00", 1), ("09:59:01", 0), ("10:00:00", 0)] {
            let other = presence(
                1,
                9,
                Volunteers,
                &format!("2026-11-24T{from}+08:00"),
                "2026-11-24T11:00:00+08:00",
            );
            assert_eq!(overlaps(&own, other).len(), many, "{from}");
        }
        let other = presence(
            1,
            8,
            Volunteers,
            "2026-11-24T08:00:00+08:00",
            "2026-11-24T10:00:00+08:00",
        );
        assert!(overlaps(&own, other).is_empty(), "another person");
    }

    #[test]
    fn who_observes_may_claim_that_time_as_his_own_and_no_other() {
        let own = session(
            2,
            9,
            VolunteersObserving,
            "2026-11-24T08:00:00+08:00",
            "2026-11-24T10:00:00+08:00",
        );
        for (part, many) in [(Observes, 0), (Volunteers, 1), (VolunteersObserving, 1), (Serves, 1)] {
            let other = presence(1, 9, part, "2026-11-24T08:30:00+08:00", "2026-11-24T09:00:00+08:00");
            assert_eq!(overlaps(&own, other).len(), many, "{part:?}");
        }
    }

    #[test]
    fn what_an_observer_states_is_held_against_what_else_he_states_and_claims() {
        let (from, until) = ("2026-11-24T08:00:00+08:00", "2026-11-24T10:00:00+08:00");
        let own = session(2, 9, Attests, from, until);
        let parts = [(Attests, 1), (Volunteers, 1), (VolunteersObserving, 0), (Observes, 0)];
        for (part, many) in parts {
            let found = overlaps(&own, presence(1, 9, part, from, until));
            assert_eq!(found.len(), many, "{part:?}");
        }
    }

    #[test]
    fn both_sides_find_the_same() {
        let (from, until) = ("2026-11-24T08:00:00+08:00", "2026-11-24T10:00:00+08:00");
        let one = session(1, 9, Observes, from, until);
        let two = session(2, 9, Volunteers, "2026-11-24T09:00:00+08:00", until);
        let found = (overlaps(&one, two.presences[0]), overlaps(&two, one.presences[0]));
        assert_eq!(found.0, found.1);
        assert_eq!(found.0[0].figures["minutes"], 60);
    }
}
