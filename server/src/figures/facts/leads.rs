//! Leads of harm to the public interest, and the suggestions that come of them.

use sync_protocol::calendar::day_of;

use super::Fact;
use crate::derived::{Law, Story};

/// The steps of a lead, in their order.
const STEPS: [&str; 5] = ["received", "registered", "assessing", "investigating", "filed"];

/// A lead and how far it has come.
pub(super) fn lead(story: &Story<'_>) -> Vec<Fact> {
    let Some(received) = story.first(&["received"]) else {
        return Vec::new();
    };
    if ["draft", "returned", "void"].contains(&story.state()) {
        return Vec::new();
    }
    let sorts = [
        story.text("channel").unwrap_or("other"),
        story.text("interest").unwrap_or("other"),
    ];
    let mut facts = vec![Fact::new("lead", received.day()).of(&sorts)];
    if story.value("feedback").is_some() {
        facts.push(Fact::new("lead.fed_back", received.day()));
    }
    if let Some(merged) = story.last(&["merged"]).filter(|_| story.state() == "merged") {
        facts.push(Fact::new("lead.merged", merged.day()));
    }
    let mut before = None;
    for step in STEPS {
        let Some(passed) = story.first(&[step]) else { continue };
        let day = passed.day();
        facts.push(Fact::new("lead.step", day).of(&[step]));
        if let Some(before) = before.replace(day) {
            facts.push(Fact::new("lead.days", day).of(&[step]).worth((day - before).max(0)));
        }
    }
    if let Some(filed) = story.last(&["filed"]).filter(|_| story.state() == "filed") {
        facts.push(Fact::new("lead.filed", story.day("filed_on").unwrap_or(filed.day())));
    }
    facts
}

/// A suggestion: when it was sent, when its reply was due, and what came of it.
pub(super) fn suggestion(law: &Law, story: &Story<'_>) -> Vec<Fact> {
    if ["drafting", "reviewing", "endorsed", "withdrawn"].contains(&story.state()) {
        return Vec::new();
    }
    let mut facts = Vec::new();
    let issued = story.first(&["issued"]).map(|passed| passed.day());
    facts.extend(
        story
            .day("decided_on")
            .or(issued)
            .map(|day| Fact::new("suggestion.sent", day)),
    );
    let replied = story.day("replied_on");
    let due = law
        .deadlines
        .of(&law.calendar, story.kind, &story.record, &story.steps());
    if let Some(due) = due
        .iter()
        .find(|due| due.code == "suggestion_reply")
        .map(|due| day_of(due.due))
    {
        facts.push(Fact::new("suggestion.due", due));
        if replied.is_some() {
            facts.push(Fact::new("suggestion.due_replied", due));
        }
        if replied.is_some_and(|day| day <= due) {
            facts.push(Fact::new("suggestion.due_in_time", due));
        } else {
            facts.push(Fact::new("suggestion.overdue", due + 1));
            facts.extend(replied.map(|day| Fact::new("suggestion.overdue", day).worth(-1)));
        }
    }
    if let (Some(delivered), Some(replied)) = (story.day("delivered_on"), replied) {
        facts.push(Fact::new("suggestion.days", replied).worth((replied - delivered).max(0)));
    }
    if let (Some(how), Some(day)) = (story.text("rectified"), story.day("rectified_on").or(replied)) {
        facts.push(Fact::new("suggestion.rectified", day).of(&[how]));
    }
    facts
}
