//! Social service: arrangements, sessions and evaluations.

use sync_protocol::calendar::{china_date, day_of};

use super::Fact;
use crate::derived::Story;

/// An arrangement on its way. It stands for the person who serves.
pub(super) fn order(story: &Story<'_>) -> Vec<Fact> {
    let who = story.id("subject");
    let mut facts = Vec::new();
    if story.state() != "revoked" {
        let begun = day_of(china_date(story.begun_ms));
        let class = story.text("offence_class").unwrap_or("other");
        facts.push(Fact::new("order.arranged", begun).of(&[class]).about(who));
    }
    let mut under_way = false;
    for passed in &story.passed {
        let now = ["active", "suspended"].contains(&passed.state.as_str());
        if now != under_way {
            let value = if now { 1 } else { -1 };
            facts.push(Fact::new("order.under_way", passed.day()).about(who).worth(value));
            under_way = now;
        }
    }
    let done = ["awaiting_evaluation", "evaluated", "archived"];
    let Some(over) = story
        .first(&["awaiting_evaluation"])
        .filter(|_| done.contains(&story.state()))
    else {
        return facts;
    };
    facts.push(Fact::new("order.completed", over.day()).about(who));
    if let Some(evaluated) = story
        .last(&["evaluated"])
        .filter(|_| story.state() != "awaiting_evaluation")
    {
        let days = (evaluated.day() - over.day()).max(0);
        facts.push(Fact::new("order.evaluated", evaluated.day()).about(who).worth(days));
    }
    facts
}

/// A session whose hours were approved.
pub(super) fn session(story: &Story<'_>) -> Vec<Fact> {
    let Some(day) = story.day("started_at").filter(|_| story.state() == "approved") else {
        return Vec::new();
    };
    let kind = story.text("service_kind").unwrap_or("other");
    vec![Fact::new("service", day).of(&[kind]).about(story.id("order"))]
}

/// An evaluation that was issued and not taken back.
pub(super) fn evaluation(story: &Story<'_>) -> Vec<Fact> {
    let before = ["draft", "reviewed", "taken_back"];
    let (Some(day), Some(grade)) = (story.day("issued_on"), story.text("grade")) else {
        return Vec::new();
    };
    if before.contains(&story.state()) {
        return Vec::new();
    }
    vec![Fact::new("evaluation", day).of(&[grade]).about(story.id("subject"))]
}
