//! A photo or another file that the record names has not arrived.

use sync_protocol::rules::RuleCode;

use super::super::found::Found;
use super::super::near::{Facts, Near};
use super::{Examined, Lens};

pub(super) fn find(lens: &Lens<'_>, facts: &Facts, near: &Near, out: &mut Examined) {
    if !facts.counts {
        return;
    }
    let mut missing = Vec::new();
    for (hash, named_ms) in facts.files.iter().filter(|(hash, _)| !near.files.contains_key(*hash)) {
        let hours = lens.rules.limit(RuleCode::PhotoMissing, "hours", *named_ms);
        let over_ms = named_ms + hours * 3_600_000;
        if lens.now_ms < over_ms {
            out.again(over_ms);
        } else {
            missing.push(hex::encode(hash));
        }
    }
    if missing.is_empty() {
        return;
    }
    let found = Found::about(RuleCode::PhotoMissing, facts.record)
        .figure("missing", missing)
        .under(lens.rules, facts.happened_ms);
    out.found.push(found);
}

#[cfg(test)]
mod tests {
    use super::super::super::near::File;
    use super::super::cases::{NOW, at, examined, record};
    use super::*;

    #[test]
    fn what_has_not_come_after_three_days_is_found_and_closes_when_it_comes() {
        let mut facts = record(1);
        facts.files = [([1; 32], at(NOW) - 72 * 3_600_000), ([2; 32], at(NOW) - 1)].into();
        let seen = examined(NOW, &facts, &Near::default());
        assert_eq!(seen.found[0].figures["missing"].as_array().unwrap().len(), 1);
        assert_eq!(seen.due_ms, Some(at(NOW) - 1 + 72 * 3_600_000));
        let file = File {
            likeness: None,
            spot: None,
        };
        let near = Near {
            files: [([1; 32], file), ([2; 32], file)].into(),
            ..Near::default()
        };
        assert_eq!(examined(NOW, &facts, &near), Examined::default());
    }
}
