//! Two reports of one category, near in place and time. The later one finds the earliest that it is not linked to.

use serde_json::json;
use sync_protocol::rules::RuleCode;

use super::super::found::Found;
use super::super::near::{Facts, Near, Place};
use super::{Examined, Lens};

const DAY: i64 = 86_400_000;

pub(super) fn find(lens: &Lens<'_>, facts: &Facts, near: &Near, out: &mut Examined) {
    let Some(own) = facts.place.as_ref().filter(|_| facts.counts) else {
        return;
    };
    let linked = |other: &Place| facts.links.contains(&other.record) || near.linked.contains(&other.record);
    let fits = |other: &&Place| !linked(other) && is_near(lens, own, other);
    let Some(earliest) = near.places.iter().filter(fits).min_by_key(|other| other.record) else {
        return;
    };
    let found = Found::between(RuleCode::DuplicateReport, facts.record, earliest.record)
        .side(own.record, json!({ "at": own.at_ms }))
        .side(earliest.record, json!({ "at": earliest.at_ms }))
        .figure("metres", own.spot.distance_m(earliest.spot).round() as i64)
        .under(lens.rules, own.at_ms.max(earliest.at_ms));
    out.found.push(found);
}

fn is_near(lens: &Lens<'_>, one: &Place, other: &Place) -> bool {
    let limit = |name| {
        lens.rules
            .limit(RuleCode::DuplicateReport, name, one.at_ms.max(other.at_ms))
    };
    let accuracy_m = |place: &Place| match place.accuracy_m {
        unknown if unknown < 0 => limit("unknown_accuracy_m"),
        known => known.min(limit("most_accuracy_m")),
    };
    let within_m = limit("metres") + accuracy_m(one) + accuracy_m(other);
    one.interest == other.interest
        && (one.at_ms - other.at_ms).abs() <= limit("days") * DAY
        && one.spot.distance_m(other.spot) <= within_m as f64
}

#[cfg(test)]
mod tests {
    use super::super::super::geo::degrees;
    use super::super::cases::{NOW, at, codes, examined, id, record};
    use super::*;

    fn place(n: u8, metres_north: f64, when: &str, accuracy_m: i64) -> Place {
        Place {
            record: id(n),
            interest: "work_safety".to_owned(),
            at_ms: at(when),
            spot: degrees(119.32, 26.08 + metres_north / 111_320.0),
            accuracy_m,
        }
    }

    #[test]
    fn place_time_and_category_decide() {
        let mut facts = record(5);
        facts.place = Some(place(5, 0.0, "2026-11-24T08:00:00+08:00", 10));
        let found = |other: Place| {
            let near = Near {
                places: vec![other],
                ..Near::default()
            };
            !codes(NOW, &facts, &near).is_empty()
        };
        let on = "2026-11-20T08:00:00+08:00";
        assert!(found(place(1, 69.0, on, 10)));
        assert!(!found(place(1, 71.0, on, 10)));
        // However inexact, no more than the limit is granted.
        assert!(found(place(1, 159.0, on, 5_000)));
        assert!(!found(place(1, 161.0, on, 5_000)));
        assert!(found(place(1, 109.0, on, -1)));
        assert!(found(place(1, 0.0, "2026-10-25T08:00:00+08:00", 10)));
        assert!(!found(place(1, 0.0, "2026-10-25T07:59:59+08:00", 10)));
        let mut other = place(1, 0.0, on, 10);
        other.interest = "women".to_owned();
        assert!(!found(other));
    }

    #[test]
    fn the_earliest_that_is_not_linked_is_found() {
        let mut facts = record(5);
        facts.place = Some(place(5, 0.0, "2026-11-24T08:00:00+08:00", 10));
        let mut near = Near {
            places: (1..4).map(|n| place(n, 1.0, "2026-11-23T08:00:00+08:00", 10)).collect(),
            ..Near::default()
        };
        let neighbour = |facts: &Facts, near: &Near| examined(NOW, facts, near).found.first().and_then(|f| f.neighbour);
        assert_eq!(neighbour(&facts, &near), Some(id(1)));
        facts.links.insert(id(1));
        assert_eq!(neighbour(&facts, &near), Some(id(2)));
        near.linked.insert(id(2));
        assert_eq!(neighbour(&facts, &near), Some(id(3)));
        facts.counts = false;
        assert_eq!(neighbour(&facts, &near), None);
    }
}
