//! A volunteer who writes down his own hours and reports what he sees on two phones, a leader who approves and takes back, and
//! an officer who confirms and decides.

use std::ops::RangeInclusive;

use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use sync_protocol::decision::{Conclusion, Decides};
use sync_protocol::id::{RecordId, UnitCode};
use wuyuan_client::Entry;
use wuyuan_tests::crew::Hand;
use wuyuan_tests::office::at;

use super::books::Books;

/// The days of November 2026 on which somebody serves.
pub const DAYS: RangeInclusive<u32> = 3..=22;

/// When sessions begin, each an hour.
const HOURS: [u32; 3] = [8, 10, 13];
/// Minutes of a session that is longer than a day may be.
const LONG: i64 = 540;
/// Every so many days there is one.
const OFTEN: u32 = 3;
/// What he reports of one day, two of each matter.
const REPORTS: usize = 10;

/// The team.
pub struct Own {
    /// Their community.
    pub unit: UnitCode,
    /// Who serves.
    pub volunteer: Hand,
    /// His other phone.
    pub other: Hand,
    /// Who approves.
    pub leader: Hand,
    /// Who confirms and decides.
    pub officer: Hand,
}

/// An entry that sets registers and takes a transition.
pub fn entry(set: &[(&str, Value)], act: &str) -> Entry {
    Entry {
        set: set
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
        act: Some(act.to_owned()),
        ..Entry::default()
    }
}

fn with_reason(entry: Entry) -> Entry {
    Entry {
        reason: Some("演示".to_owned()),
        ..entry
    }
}

impl Own {
    /// Works for a day after another as long as they should. Answers what the ledger must say of it.
    pub fn work(mut self, go_on: impl Fn() -> bool, mut dice: StdRng) -> (Books, Own) {
        let mut books = Books::new();
        for day in DAYS.take_while(|_| go_on()) {
            if day % OFTEN == 0 {
                self.too_long(day, &mut books);
            } else {
                self.day(day, &mut books, &mut dice);
            }
            self.contest(dice.random_ratio(1, 2));
        }
        (books, self)
    }

    fn day(&mut self, day: u32, books: &mut Books, dice: &mut StdRng) {
        let sessions = HOURS.map(|hour| self.session(day, hour, 60));
        self.report(day);
        self.volunteer.sync();
        self.approve(&sessions);
        books.extend(sessions.map(|session| (session, vec![60])));
        self.posted(day, 180);
        let back = sessions[dice.random_range(0..sessions.len())];
        if dice.random_ratio(1, 2) {
            books.insert(back, vec![60, -60, 50]);
            self.agree(&back, "correct");
            self.volunteer.sync();
            self.volunteer
                .enter(&back, &entry(&[("claimed_minutes", json!(50))], "submit"));
            self.volunteer.sync();
            self.approve(&[back]);
        } else {
            books.insert(back, vec![60, -60]);
            self.leader.enter(&back, &with_reason(entry(&[], "question")));
            self.agree(&back, "void");
        }
    }

    /// More than a day may have: it waits until a person decides.
    fn too_long(&mut self, day: u32, books: &mut Books) {
        let session = self.session(day, 8, LONG);
        self.volunteer.sync();
        self.approve(&[session]);
        books.insert(session, vec![LONG]);
        self.decide(&session, "day_hours", Conclusion::KeepBoth, &[]);
        self.posted(day, LONG);
    }

    /// Both phones change the same; now and then somebody decides.
    fn contest(&mut self, decided: bool) {
        let unit = self.unit.clone();
        let report = self.volunteer.report(&unit, "演示");
        self.volunteer.sync();
        self.other.sync();
        for (hand, interest) in [(&mut self.volunteer, "women"), (&mut self.other, "heritage")] {
            let form = hand.open(&report);
            hand.fill(&form, &[("interest", interest)]);
        }
        self.volunteer.sync();
        self.other.sync();
        if decided {
            self.decide(
                &report,
                "contested_field",
                Conclusion::KeepOne,
                &[("interest", json!("women"))],
            );
        }
    }

    fn session(&mut self, day: u32, hour: u32, minutes: i64) -> RecordId {
        let text = || json!("演示");
        let claim = entry(
            &[
                ("volunteer", json!(self.volunteer.member.id)),
                ("service_kind", json!("home_repair")),
                ("started_at", json!(at(day, hour, 0))),
                ("ended_at", json!(at(day, hour, minutes))),
                ("claimed_minutes", json!(minutes)),
                ("activity_name", text()),
                ("place_text", text()),
                ("content", text()),
                ("organising_unit", text()),
                ("person_in_charge", text()),
            ],
            "submit",
        );
        self.volunteer.begin("volunteer_session", &self.unit, &claim)
    }

    /// What he saw of a day: each matter twice, some metres apart, and a kilometre from the next.
    fn report(&mut self, day: u32) {
        for nth in 0..REPORTS {
            let lat = 26.0 + f64::from(day) * 0.1 + (nth / 2) as f64 * 0.01 + (nth % 2) as f64 * 0.0001;
            let point = json!({"lng": 119.4, "lat": lat, "datum": "wgs84", "accuracy_m": 10.0, "source": "gps"});
            let seen = Entry {
                act: None,
                ..entry(
                    &[
                        ("channel", json!("app")),
                        ("interest", json!("accessibility")),
                        ("title", json!("演示")),
                        ("point", point),
                    ],
                    "",
                )
            };
            self.volunteer.begin("photo_report", &self.unit, &seen);
        }
    }

    fn approve(&mut self, sessions: &[RecordId]) {
        self.leader.sync();
        for session in sessions {
            self.leader.enter(session, &entry(&[], "approve"));
        }
        self.leader.sync();
    }

    /// Waits until so much of a day is in the ledger: what is taken back has been posted before.
    fn posted(&mut self, day: u32, minutes: i64) {
        let day = format!("2026-11-{day:02}");
        self.volunteer.await_answer(
            |phone, net| phone.hours(net, Some(&day), Some(&day)),
            |account| account.totals.iter().any(|of| of.confirmed.minutes == minutes),
        );
    }

    /// The leader proposes a transition and the officer confirms it.
    fn agree(&mut self, session: &RecordId, act: &str) {
        // What he did before is shown to him as done.
        self.leader.sync();
        let proposal = Entry {
            proposes: true,
            ..with_reason(entry(&[], act))
        };
        self.leader.enter(session, &proposal);
        self.leader.sync();
        self.officer.sync();
        self.officer.confirm(session);
        self.officer.sync();
    }

    /// The officer waits for a finding about a record and decides it.
    fn decide(&mut self, record: &RecordId, rule: &str, conclusion: Conclusion, set: &[(&str, Value)]) {
        let id = record.to_string();
        let of = |finding: &wuyuan_client::findings::Finding| finding.record.as_deref() == Some(id.as_str());
        let found = self.officer.await_answer(
            |phone, net| phone.findings(net, &[("rule", rule), ("limit", "200")]),
            |found| found.findings.iter().any(of),
        );
        let findings = found.findings.into_iter().filter(of);
        let decision = Entry {
            act: None,
            decides: Some(Decides {
                conclusion,
                findings: findings.map(|finding| (finding.id, finding.basis)).collect(),
            }),
            ..with_reason(entry(set, ""))
        };
        self.officer.sync();
        self.officer.enter(record, &decision);
        self.officer.sync();
    }
}
