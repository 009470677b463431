//! Two successive places of one member are too far apart for the time between them.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sync_protocol::rules::RuleCode;

use super::super::found::Found;
use super::super::near::{Facts, Near, Standing};
use super::{Examined, Lens, successive};

pub(super) fn find(lens: &Lens<'_>, facts: &Facts, near: &Near, out: &mut Examined) {
    let mut by_records: BTreeMap<_, Vec<(Value, i64)>> = BTreeMap::new();
    for (one, two) in successive::pairs(facts, near, |stand| stand.moves, |stand| stand.member) {
        let Some((metres, kmh)) = too_fast(lens, &one, &two) else {
            continue;
        };
        let seen = json!({
            "from": one.stand.at_ms, "until": two.stand.at_ms, "metres": metres, "kmh": kmh,
        });
        let records = (one.record.min(two.record), one.record.max(two.record));
        by_records.entry(records).or_default().push((seen, two.stand.at_ms));
    }
    for ((one, two), ways) in by_records {
        let found = match one == two {
            true => Found::about(RuleCode::TravelSpeed, one),
            false => Found::between(RuleCode::TravelSpeed, one, two),
        };
        let at_ms = ways.iter().map(|way| way.1).max().unwrap_or(facts.happened_ms);
        let seen: Vec<Value> = ways.into_iter().map(|way| way.0).collect();
        out.found.push(found.figure("ways", seen).under(lens.rules, at_ms));
    }
}

/// Metres at least travelled, and at what speed, if that is over the limit.
fn too_fast(lens: &Lens<'_>, one: &Standing, two: &Standing) -> Option<(i64, i64)> {
    let limit = |name| lens.rules.limit(RuleCode::TravelSpeed, name, two.stand.at_ms);
    let accuracy_m = |s: &Standing| match s.stand.accuracy_m {
        unknown if unknown < 0 => limit("unknown_accuracy_m"),
        known => known,
    };
    let metres = one.stand.spot.distance_m(two.stand.spot) as i64 - accuracy_m(one) - accuracy_m(two);
    if metres < limit("at_least_m") {
        return None;
    }
    // A clock of seconds: less than one is one.
    let ms = (two.stand.at_ms - one.stand.at_ms).max(1_000);
    let kmh = metres.saturating_mul(3_600) / ms;
    (kmh > limit("kmh")).then_some((metres, kmh))
}

#[cfg(test)]
mod tests {
    use super::super::super::near::Stand;
    use super::super::cases::{NOW, examined, id, record, stand, standing};
    use super::*;

    fn fast(own: Stand, others: &[Standing]) -> Vec<Found> {
        let mut facts = record(5);
        facts.stands.insert("point".to_owned(), own);
        let near = Near {
            stands: others.to_vec(),
            ..Near::default()
        };
        let mut found = examined(NOW, &facts, &near).found;
        found.retain(|found| found.code == RuleCode::TravelSpeed);
        found
    }

    #[test]
    fn thirty_kilometres_in_a_quarter_of_an_hour_are_found_and_in_half_an_hour_not() {
        let here = |when| stand(1, when, 119.30, 26.08);
        // 0.3 degrees to the north: some 33 km.
        let there = |when| stand(1, when, 119.30, 26.38);
        let own = there("2026-11-24T08:15:00+08:00");
        let found = fast(own, &[standing(1, here("2026-11-24T08:00:00+08:00"))]);
        assert_eq!((found[0].record, found[0].neighbour), (id(5), Some(id(1))));
        assert_eq!(found[0].figures["ways"][0]["kmh"], 133);
        assert!(fast(own, &[standing(1, here("2026-11-24T07:45:00+08:00"))]).is_empty());
        // Somebody else, or a point that was set by hand.
        let mut other = here("2026-11-24T08:00:00+08:00");
        other.moves = false;
        assert!(fast(own, &[standing(1, other)]).is_empty());
        assert!(fast(own, &[standing(1, stand(2, "2026-11-24T08:00:00+08:00", 119.3, 26.08))]).is_empty());
    }

    #[test]
    fn a_point_between_makes_two_ways_of_one() {
        let own = stand(1, "2026-11-24T09:00:00+08:00", 119.30, 26.38);
        let between = standing(2, stand(1, "2026-11-24T08:59:00+08:00", 119.30, 26.37));
        let before = standing(1, stand(1, "2026-11-24T08:50:00+08:00", 119.30, 26.08));
        assert!(
            fast(own, &[before, between]).is_empty(),
            "from the point between it is a kilometre in a minute"
        );
    }

    #[test]
    fn jitter_in_one_second_is_no_travel() {
        let own = stand(1, "2026-11-24T08:00:01+08:00", 119.305, 26.08);
        assert!(
            fast(
                own,
                &[standing(1, stand(1, "2026-11-24T08:00:01+08:00", 119.30, 26.08))]
            )
            .is_empty()
        );
    }
}
