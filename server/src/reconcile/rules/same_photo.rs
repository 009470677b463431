//! The same photo or file is in two records. The later record finds the earliest that shows it.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::rules::RuleCode;

use super::super::found::Found;
use super::super::near::{Facts, Near};
use super::{Examined, Lens};

pub(super) fn find(_: &Lens<'_>, facts: &Facts, near: &Near, out: &mut Examined) {
    if !facts.counts {
        return;
    }
    let mut by_record: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for (hash, earliest) in &near.same {
        by_record.entry(*earliest).or_default().insert(hex::encode(hash));
    }
    for (earliest, photos) in by_record {
        let photos: Vec<String> = photos.into_iter().collect();
        out.found
            .push(Found::between(RuleCode::SamePhoto, facts.record, earliest).figure("photos", photos));
    }
}

#[cfg(test)]
mod tests {
    use super::super::cases::{NOW, examined, id, record};
    use super::*;

    #[test]
    fn photos_shown_before_are_found_record_by_record() {
        let near = Near {
            same: [([1; 32], id(1)), ([2; 32], id(2)), ([3; 32], id(1))].into(),
            ..Near::default()
        };
        let mut facts = record(5);
        let found = examined(NOW, &facts, &near).found;
        let seen: Vec<_> = found.iter().map(|f| (f.record, f.neighbour)).collect();
        assert_eq!(seen, [(id(5), Some(id(1))), (id(5), Some(id(2)))]);
        assert_eq!(found[0].figures["photos"].as_array().unwrap().len(), 2);
        facts.counts = false;
        assert!(examined(NOW, &facts, &near).found.is_empty());
    }
}
