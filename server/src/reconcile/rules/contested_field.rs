//! Differing values of a field under review stand beside each other.

use serde_json::{Map, Value};
use sync_protocol::rules::RuleCode;

use super::super::found::Found;
use super::super::near::{Facts, Near};
use super::{Examined, Lens};

pub(super) fn find(_: &Lens<'_>, facts: &Facts, _: &Near, out: &mut Examined) {
    if facts.contested.is_empty() {
        return;
    }
    let fields = facts.contested.iter().map(|(field, dots)| {
        let dots = dots
            .iter()
            .map(|dot| Value::from(format!("{}:{}", dot.actor, dot.counter)));
        (field.clone(), Value::Array(dots.collect()))
    });
    let fields = Value::Object(fields.collect::<Map<String, Value>>());
    out.found
        .push(Found::about(RuleCode::ContestedField, facts.record).figure("fields", fields));
}

#[cfg(test)]
mod tests {
    use crdts::Dot;
    use sync_protocol::id::DeviceId;

    use super::super::cases::{NOW, codes, examined, record};
    use super::*;

    #[test]
    fn differing_values_are_found_whatever_became_of_the_record() {
        let mut facts = record(1);
        assert!(codes(NOW, &facts, &Near::default()).is_empty());
        facts.counts = false;
        let dot = |device, seq| Dot::new(DeviceId([device; 16]), seq);
        facts
            .contested
            .insert("interest".to_owned(), vec![dot(1, 4), dot(2, 9)]);
        let first = examined(NOW, &facts, &Near::default()).found.remove(0);
        assert_eq!(first.code, RuleCode::ContestedField);
        facts
            .contested
            .insert("interest".to_owned(), vec![dot(1, 4), dot(2, 9), dot(3, 1)]);
        let more = examined(NOW, &facts, &Near::default()).found.remove(0);
        assert_eq!(first.id(), more.id());
        assert_ne!(first.basis(), more.basis(), "a third value is another question");
    }
}
