//! Two observers who record somebody's service and attest it, each on his own phone, and a supervisor who approves.

use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::json;
use sync_protocol::id::{RecordId, UnitCode};
use wuyuan_client::Entry;
use wuyuan_tests::crew::Hand;
use wuyuan_tests::office::at;

use super::books::Books;
use super::own::{DAYS, entry};

/// When sessions begin, each an hour.
const HOURS: [u32; 3] = [9, 11, 14];

/// The team.
pub struct Serving {
    /// Their community.
    pub unit: UnitCode,
    /// Who were drawn. The first records the sessions.
    pub observers: [Hand; 2],
    /// Who approves.
    pub supervisor: Hand,
}

impl Serving {
    /// Works for a day after another as long as they should. Answers what the ledger must say of it.
    pub fn work(mut self, order: RecordId, go_on: impl Fn() -> bool, mut dice: StdRng) -> Books {
        let mut books = Books::new();
        for day in DAYS.take_while(|_| go_on()) {
            self.day(order, day, &mut books, &mut dice);
        }
        books
    }

    fn day(&mut self, order: RecordId, day: u32, books: &mut Books, dice: &mut StdRng) {
        let mut hours = HOURS.to_vec();
        // Nobody serves twice at the same time: two such sessions wait for a person.
        if dice.random_ratio(1, 3) {
            hours.push(HOURS[2]);
        }
        let overlap = hours.len() > HOURS.len();
        let mut sessions = Vec::new();
        for hour in hours {
            sessions.push((self.session(order, day, hour), hour));
        }
        self.observers[0].sync();
        // Of one session there is one attestation only: its hours wait.
        let unseen = dice.random_ratio(1, 3).then_some(0);
        for nth in 0..2 {
            for (which, (session, hour)) in sessions.iter().enumerate() {
                if nth == 0 || Some(which) != unseen {
                    self.attest(nth, session, day, *hour);
                }
            }
            self.observers[nth].sync();
        }
        self.supervisor.sync();
        for (which, (session, hour)) in sessions.iter().enumerate() {
            let approval = Entry {
                act: Some("approve".to_owned()),
                ..Entry::default()
            };
            self.supervisor.enter(session, &approval);
            let waits = Some(which) == unseen || (overlap && *hour == HOURS[2]);
            books.insert(*session, if waits { Vec::new() } else { vec![60] });
        }
        self.supervisor.sync();
    }

    fn session(&mut self, order: RecordId, day: u32, hour: u32) -> RecordId {
        let recorder = &mut self.observers[0];
        let mut entry = entry(
            &[
                ("order", json!(order)),
                ("service_kind", json!("environment")),
                ("started_at", json!(at(day, hour, 0))),
                ("ended_at", json!(at(day, hour, 60))),
                ("claimed_minutes", json!(60)),
                ("site", json!("演示公园")),
                ("subject_confirmed", json!("confirmed")),
            ],
            "submit",
        );
        entry
            .add
            .insert("observers".to_owned(), vec![json!(recorder.member.id)]);
        recorder.begin("service_session", &self.unit, &entry)
    }

    fn attest(&mut self, nth: usize, session: &RecordId, day: u32, hour: u32) {
        let seen = entry(
            &[
                ("session", json!(session)),
                ("present_from", json!(at(day, hour, 0))),
                ("present_until", json!(at(day, hour, 60))),
                ("minutes_seen", json!(60)),
                ("attitude", json!("earnest")),
                ("punctuality", json!("on_time")),
                ("effort", json!("steady")),
            ],
            "submit",
        );
        self.observers[nth].begin("attestation", &self.unit, &seen);
    }
}
