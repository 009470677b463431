//! A photo looks much like one of another record. The later record finds the earliest.

use sync_protocol::rules::RuleCode;

use super::super::found::Found;
use super::super::near::{Alike, Facts, Near};
use super::{Examined, Lens};

pub(super) fn find(lens: &Lens<'_>, facts: &Facts, near: &Near, out: &mut Examined) {
    if !facts.counts {
        return;
    }
    let most = lens.rules.limit(RuleCode::SimilarPhoto, "bits", facts.happened_ms);
    // The very same photo is another rule's.
    let same = |alike: &Alike| near.same.values().any(|record| *record == alike.record);
    let fits = |alike: &&Alike| i64::from(alike.bits) <= most && !same(alike);
    let Some(earliest) = near.alike.iter().filter(fits).min() else {
        return;
    };
    let mut photos: Vec<_> = near
        .alike
        .iter()
        .filter(fits)
        .filter(|a| a.record == earliest.record)
        .collect();
    photos.sort_unstable();
    let photos: Vec<_> = photos
        .iter()
        .map(|a| serde_json::json!({ "own": hex::encode(a.own), "other": hex::encode(a.other), "bits": a.bits }))
        .collect();
    let found = Found::between(RuleCode::SimilarPhoto, facts.record, earliest.record)
        .figure("photos", photos)
        .under(lens.rules, facts.happened_ms);
    out.found.push(found);
}

#[cfg(test)]
mod tests {
    use super::super::cases::{NOW, codes, examined, id, record};
    use super::*;

    #[test]
    fn the_earliest_record_within_ten_bits_is_found() {
        let alike = |n, bits| Alike {
            record: id(n),
            bits,
            own: [1; 32],
            other: [n; 32],
        };
        let mut near = Near {
            alike: vec![alike(4, 2), alike(3, 10), alike(2, 11)],
            ..Near::default()
        };
        let found = examined(NOW, &record(5), &near).found;
        assert_eq!(found.iter().map(|f| f.neighbour).collect::<Vec<_>>(), [Some(id(3))]);
        near.same.insert([1; 32], id(3));
        assert_eq!(codes(NOW, &record(5), &near), ["same_photo", "similar_photo"]);
        assert_eq!(examined(NOW, &record(5), &near).found[1].neighbour, Some(id(4)));
    }
}
