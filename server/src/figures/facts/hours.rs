//! Volunteers' sessions.

use sync_protocol::calendar::day_of;

use super::Fact;
use crate::derived::{Law, Story};

/// States in which a session stands.
const STANDS: [&str; 3] = ["submitted", "approved", "questioned"];

/// A session, whether it was entered in time, and its corrections after it had been decided.
pub(super) fn session(law: &Law, story: &Story<'_>) -> Vec<Fact> {
    let who = story.id("volunteer");
    let mut facts = Vec::new();
    if let Some(day) = story.day("started_at").filter(|_| STANDS.contains(&story.state())) {
        let due = law
            .deadlines
            .of(&law.calendar, story.kind, &story.record, &story.steps());
        let entry = due.iter().find(|due| due.code == "volunteer_entry");
        let in_time = entry.is_none_or(|due| due.met.is_some_and(|met| day_of(met) <= day_of(due.due)));
        let kind = story.text("service_kind").unwrap_or("other");
        let speed = if in_time { "in_time" } else { "late" };
        facts.push(Fact::new("volunteer", day).of(&[kind, speed]).about(who));
    }
    let pairs = story.passed.windows(2);
    let corrected =
        pairs.filter(|pair| pair[1].state == "returned" && ["approved", "declined"].contains(&pair[0].state.as_str()));
    facts.extend(corrected.map(|pair| Fact::new("volunteer.corrected", pair[1].day()).about(who)));
    facts
}
