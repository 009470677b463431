//! Two places that should be near each other differ by just the shift between two datums: one of them names the wrong
//! one. Compared are the points of one record, successive points about one matter, and what photos say of themselves.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sync_protocol::rules::RuleCode;

use super::super::found::Found;
use super::super::geo::Spot;
use super::super::near::{Facts, Near};
use super::{Examined, Lens, successive};

pub(super) fn find(lens: &Lens<'_>, facts: &Facts, near: &Near, out: &mut Examined) {
    let mut by_records: BTreeMap<_, Vec<(Value, i64)>> = BTreeMap::new();
    for (one, two) in successive::pairs(facts, near, |_| true, |stand| stand.matter) {
        if let Some((east, north)) = shifted(lens, one.stand.spot, two.stand.spot, two.stand.at_ms) {
            let seen = json!({ "at": [one.stand.at_ms, two.stand.at_ms], "east_m": east, "north_m": north });
            let records = (one.record.min(two.record), one.record.max(two.record));
            by_records.entry(records).or_default().push((seen, two.stand.at_ms));
        }
    }
    for (field, stand) in &facts.stands {
        for hash in facts.files.keys() {
            let Some(spot) = near.files.get(hash).and_then(|file| file.spot) else {
                continue;
            };
            if let Some((east, north)) = shifted(lens, stand.spot, spot, stand.at_ms) {
                let seen = json!({ "field": field, "photo": hex::encode(hash), "east_m": east, "north_m": north });
                by_records
                    .entry((facts.record, facts.record))
                    .or_default()
                    .push((seen, stand.at_ms));
            }
        }
    }
    for ((one, two), ways) in by_records {
        let found = match one == two {
            true => Found::about(RuleCode::DatumMixup, one),
            false => Found::between(RuleCode::DatumMixup, one, two),
        };
        let at_ms = ways.iter().map(|way| way.1).max().unwrap_or(facts.happened_ms);
        let seen: Vec<Value> = ways.into_iter().map(|way| way.0).collect();
        out.found.push(found.figure("ways", seen).under(lens.rules, at_ms));
    }
}

/// The way from one place to another in whole metres, if it is the shift or its opposite.
fn shifted(lens: &Lens<'_>, one: Spot, two: Spot, at_ms: i64) -> Option<(i64, i64)> {
    let limit = |name| lens.rules.limit(RuleCode::DatumMixup, name, at_ms) as f64;
    let (east, north) = one.way(two);
    let (by_east, by_north) = (limit("east_m"), limit("north_m"));
    let near = |sign: f64| (east - sign * by_east).hypot(north - sign * by_north) <= limit("within_m");
    (near(1.0) || near(-1.0)).then_some((east.round() as i64, north.round() as i64))
}

#[cfg(test)]
mod tests {
    use super::super::super::geo::{degrees, to_gcj};
    use super::super::super::near::File;
    use super::super::cases::{NOW, codes, id, record, stand, standing};
    use super::*;

    const PLACE: (f64, f64) = (119.32, 26.08);

    #[test]
    fn the_shift_itself_is_found_in_either_direction_and_nothing_else_is() {
        let (lng, lat) = to_gcj(PLACE.0, PLACE.1);
        let other = |lng, lat| standing(1, stand(2, "2026-11-24T07:00:00+08:00", lng, lat));
        for ((own, before), mixed) in [
            (((lng, lat), other(PLACE.0, PLACE.1)), true),
            ((PLACE, other(lng, lat)), true),
            ((PLACE, other(PLACE.0 + 0.000_3, PLACE.1)), false),
            // As far away, in another direction.
            ((PLACE, other(PLACE.0, PLACE.1 + 0.005_3)), false),
        ] {
            let mut facts = record(5);
            facts
                .stands
                .insert("point".to_owned(), stand(1, "2026-11-24T09:00:00+08:00", own.0, own.1));
            let mut near = Near {
                stands: vec![before],
                ..Near::default()
            };
            assert_eq!(codes(NOW, &facts, &near) == ["datum_mixup"], mixed);
            // Of another matter.
            near.stands[0].stand.matter = id(201);
            assert!(codes(NOW, &facts, &near).is_empty());
        }
    }

    #[test]
    fn a_photo_that_says_another_place_by_just_the_shift_is_found() {
        let (lng, lat) = to_gcj(PLACE.0, PLACE.1);
        let mut facts = record(5);
        facts.stands.insert(
            "point".to_owned(),
            stand(1, "2026-11-24T09:00:00+08:00", PLACE.0, PLACE.1),
        );
        facts.files.insert([7; 32], 0);
        let file = |lng, lat| File {
            likeness: None,
            spot: Some(degrees(lng, lat)),
        };
        let near = |file| Near {
            files: [([7; 32], file)].into(),
            ..Near::default()
        };
        assert_eq!(codes(NOW, &facts, &near(file(lng, lat))), ["datum_mixup"]);
        assert!(codes(NOW, &facts, &near(file(PLACE.0, PLACE.1))).is_empty());
    }
}
