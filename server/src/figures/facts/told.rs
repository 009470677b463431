//! The facts of one record.

use sync_protocol::calendar::{china_date, day_of};

use crate::derived::Story;

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
    pub fn of(mut self, dim: &str) -> Fact {
        dim.clone_into(&mut self.dim);
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

/// Tells the facts of a record.
pub fn tell(story: &Story<'_>) -> Vec<Fact> {
    vec![written(story)]
}

/// The record itself: who wrote it when, and after how many minutes it reached the server.
fn written(story: &Story<'_>) -> Fact {
    let delay = (story.arrived_ms - story.begun_ms).max(0) / 60_000;
    Fact::new("record", day_of(china_date(story.begun_ms)))
        .of(&story.kind.kind)
        .about(Some(story.row.creator.0))
        .worth(delay)
}
