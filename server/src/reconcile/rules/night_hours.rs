//! Part of a session lies in the night, by China's clocks.

use serde_json::json;
use sync_protocol::calendar::CHINA_MS;
use sync_protocol::rules::RuleCode;

use super::super::found::Found;
use super::super::near::{Facts, Near};
use super::{Examined, Lens};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

pub(super) fn find(lens: &Lens<'_>, facts: &Facts, _: &Near, out: &mut Examined) {
    let Some((Some(from_ms), Some(until_ms))) = facts.session.filter(|_| facts.counts) else {
        return;
    };
    let limit = |name| lens.rules.limit(RuleCode::NightHours, name, from_ms);
    let dusk = limit("from_hour") * HOUR;
    let night = (limit("until_hour") * HOUR - dusk).rem_euclid(DAY);
    // How much night there was from a dusk far back until a moment.
    let dark = |at_ms: i64| {
        let since = at_ms + CHINA_MS - dusk;
        since.div_euclid(DAY) * night + since.rem_euclid(DAY).min(night)
    };
    let minutes = (dark(until_ms.max(from_ms)) - dark(from_ms)) / 60_000;
    if minutes < limit("minutes") {
        return;
    }
    let found = Found::about(RuleCode::NightHours, facts.record)
        .side(facts.record, json!({ "from": from_ms, "until": until_ms }))
        .figure("minutes", minutes)
        .under(lens.rules, from_ms);
    out.found.push(found);
}

#[cfg(test)]
mod tests {
    use super::super::super::near::Part;
    use super::super::cases::{NOW, examined, session};
    use super::*;

    #[test]
    fn minutes_between_ten_and_six_are_the_night() {
        for (from, until, minutes) in [
            ("24T08:00:00", "24T22:00:59", None),
            ("24T08:00:00", "24T22:01:00", Some(1)),
            ("24T05:59:00", "24T08:00:00", Some(1)),
            ("24T06:00:00", "24T08:00:00", None),
            ("24T23:00:00", "25T07:00:00", Some(420)),
            ("23T20:00:00", "25T20:00:00", Some(960)),
        ] {
            let moment = |text: &str| format!("2026-11-{text}+08:00");
            let facts = session(1, 9, Part::Serves, &moment(from), &moment(until));
            let mut found = examined(NOW, &facts, &Near::default()).found;
            found.retain(|found| found.code == RuleCode::NightHours);
            let seen = found.first().map(|found| found.figures["minutes"].as_i64().unwrap());
            assert_eq!(seen, minutes, "{from} {until}");
        }
    }
}
