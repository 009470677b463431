//! A session began long ago and has no end.

use serde_json::json;
use sync_protocol::rules::RuleCode;

use super::super::found::Found;
use super::super::near::{Facts, Near};
use super::{Examined, Lens};

pub(super) fn find(lens: &Lens<'_>, facts: &Facts, _: &Near, out: &mut Examined) {
    let Some((Some(from_ms), None)) = facts.session.filter(|_| facts.counts) else {
        return;
    };
    let hours = lens.rules.limit(RuleCode::OpenSession, "hours", from_ms);
    let over_ms = from_ms + hours * 3_600_000 + 1;
    if lens.now_ms < over_ms {
        out.again(over_ms);
        return;
    }
    let found = Found::about(RuleCode::OpenSession, facts.record)
        .side(facts.record, json!({ "from": from_ms }))
        .under(lens.rules, from_ms);
    out.found.push(found);
}

#[cfg(test)]
mod tests {
    use super::super::super::near::Part;
    use super::super::cases::{at, codes, examined, session};
    use super::*;

    #[test]
    fn after_twelve_hours_an_open_session_is_found() {
        let began = "2026-11-24T08:00:00+08:00";
        let mut facts = session(1, 9, Part::Volunteers, began, "2026-11-24T09:00:00+08:00");
        let night = "2026-11-24T20:00:00+08:00";
        assert!(codes("2026-11-25T20:00:01+08:00", &facts, &Near::default()).is_empty());
        facts.session = Some((Some(at(began)), None));
        facts.presences.clear();
        let early = examined(night, &facts, &Near::default());
        assert_eq!((early.found.len(), early.due_ms), (0, Some(at(night) + 1)));
        assert_eq!(
            codes("2026-11-24T20:00:01+08:00", &facts, &Near::default()),
            ["open_session"]
        );
        facts.counts = false;
        assert!(codes("2026-11-24T20:00:01+08:00", &facts, &Near::default()).is_empty());
    }
}
