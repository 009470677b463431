//! What a fact is, and which each kind of record tells.

use sync_protocol::calendar::{china_date, day_of};

use super::{hours, leads, people, service};
use crate::derived::{Law, Story};

/// One thing that figures count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    /// What is counted.
    pub code: String,
    /// The day in China, since 1970-01-01, on which it happened.
    pub day: i64,
    /// Of which sort, words joined by `|`.
    pub dim: String,
    /// The member or person that it is about.
    pub who: Option<[u8; 16]>,
    /// How much; 1 where things are counted.
    pub value: i64,
}

impl Fact {
    /// One of a thing, of no sort and about nobody.
    pub fn new(code: &str, day: i64) -> Fact {
        Fact {
            code: code.to_owned(),
            day,
            dim: String::new(),
            who: None,
            value: 1,
        }
    }

    /// The same, of a sort.
    pub fn of(mut self, sorts: &[&str]) -> Fact {
        self.dim = sorts.join("|");
        self
    }

    /// The same, about somebody.
    pub fn about(mut self, who: Option<[u8; 16]>) -> Fact {
        self.who = who;
        self
    }

    /// The same, so much of it.
    pub fn worth(mut self, value: i64) -> Fact {
        self.value = value;
        self
    }
}

/// Minutes of a day: a record that takes longer to reach the server is slow.
const DAY_MINUTES: i64 = 24 * 60;

/// Tells the facts of a record.
pub fn tell(law: &Law, story: &Story<'_>) -> Vec<Fact> {
    let mut facts = vec![written(story)];
    facts.extend(match story.kind.kind.as_str() {
        "supervision_visit" => people::visit(story),
        "subject" => people::subject(story),
        "service_order" => service::order(story),
        "service_session" => service::session(story),
        "evaluation_form" => service::evaluation(story),
        "volunteer_session" => hours::session(law, story),
        "photo_report" => leads::lead(story),
        "procuratorial_suggestion" => leads::suggestion(law, story),
        _ => Vec::new(),
    });
    facts
}

/// The record itself: who wrote it when, and after how many minutes it reached the server.
fn written(story: &Story<'_>) -> Fact {
    let delay = (story.arrived_ms - story.begun_ms).max(0) / 60_000;
    let speed = if delay <= DAY_MINUTES { "prompt" } else { "slow" };
    Fact::new("record", day_of(china_date(story.begun_ms)))
        .of(&[&story.kind.kind, speed])
        .about(Some(story.row.creator.0))
        .worth(delay)
}
