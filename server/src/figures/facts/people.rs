//! Supervised persons and the visits to them.

use sync_protocol::calendar::{china_date, day_of};

use super::Fact;
use crate::derived::Story;

/// States in which a visit was reported.
const VISITED: [&str; 5] = ["submitted", "acknowledged", "escalated", "handled", "closed"];

/// A visit, and whether the person was seen.
pub(super) fn visit(story: &Story<'_>) -> Vec<Fact> {
    let Some(day) = story.day("visited_at").filter(|_| VISITED.contains(&story.state())) else {
        return Vec::new();
    };
    let who = story.id("subject");
    let mut facts = vec![
        Fact::new("visit", day)
            .of(&[story.text("concern").unwrap_or_default()])
            .about(who),
    ];
    if story.is("seen_in_person") {
        facts.push(Fact::new("visit.seen", day).about(who));
    }
    facts
}

/// A person: since when he has been in charge, until when, and what went wrong meanwhile.
pub(super) fn subject(story: &Story<'_>) -> Vec<Fact> {
    let Some(category) = story.text("category") else {
        return Vec::new();
    };
    let who = Some(story.row.id.0);
    let from = story
        .day("period_from")
        .unwrap_or_else(|| day_of(china_date(story.begun_ms)));
    let over = ["ended", "sealed"];
    let until = story
        .last(&over)
        .filter(|_| over.contains(&story.state()))
        .map(|passed| passed.day().max(from));
    let charge = |day, value| Fact::new("charge", day).of(&[category]).about(who).worth(value);
    let mut facts = vec![charge(from, 1)];
    facts.extend(until.map(|day| charge(day, -1)));
    if category != "correction" {
        return facts;
    }
    facts.push(Fact::new("correction.new", from).about(who));
    facts.extend(until.map(|day| Fact::new("correction.ended", day).about(who)));
    for passed in &story.passed {
        let code = match passed.state.as_str() {
            "missed_handover" => "correction.missed_handover",
            "lost_contact" => "correction.lost_contact",
            _ => continue,
        };
        facts.push(Fact::new(code, passed.day()).about(who));
    }
    if let Some(due) = story.day("report_due_on")
        && story.day("reported_on").is_none_or(|on| on > due)
    {
        // Late from the day after, which may lie ahead.
        facts.push(Fact::new("correction.late_report", due + 1).about(who));
    }
    facts
}
