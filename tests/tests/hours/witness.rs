//! Observers in two places at once, by what they state themselves.

use serde_json::json;
use sync_protocol::id::RecordId;
use sync_protocol::op::OpDraft;
use wuyuan_server::inbox::{self, Asked, Standing};
use wuyuan_tests::backend::Backend;
use wuyuan_tests::office::{Office, Person, at, put, take};
use wuyuan_tests::on_both_backends;

use Person::{Leader, Officer, Prosecutor, Supervisor, Volunteer};

/// A submitted hour from nine on the twentieth, entered by a volunteer who names himself as the one who was there.
fn session(office: &mut Office, order: RecordId, nth: usize) -> RecordId {
    let who = json!(office.member(Volunteer(nth)));
    office.create(Volunteer(nth), "service_session", |draft| {
        let said = [
            ("order", json!(order)),
            ("service_kind", json!("environment")),
            ("started_at", json!(at(20, 9, 0))),
            ("ended_at", json!(at(20, 9, 60))),
            ("claimed_minutes", json!(60)),
            ("site", json!(format!("演示公园 {nth}"))),
            ("subject_confirmed", json!("confirmed")),
        ];
        put(draft, &said);
        draft.add.insert("observers".to_owned(), vec![who]);
        take(draft, "submit");
    })
}

/// How many open overlaps somebody sees in the list.
fn overlaps(office: &Office, person: Person) -> usize {
    let (rules, now_ms) = (office.engine.app.rules.clone(), office.engine.app.now_ms());
    let asked = Asked {
        standing: Standing::Open,
        rule: sync_protocol::rules::RuleCode::parse("overlap"),
        severity: None,
        units: None,
        kind: None,
        record: None,
        days: None,
        mine: false,
        after: None,
        limit: 100,
    };
    let page = office.look(person, |db, looker| inbox::list(db, &rules, looker, &asked, now_ms));
    page.expect("the list").lines.len()
}

/// Two approved sessions of the same hour under two arrangements. Volunteer 1 attests both, and one of the others each.
struct Twice {
    office: Office,
    sessions: [RecordId; 2],
    /// Volunteer 1's statements.
    stated: [RecordId; 2],
}

impl Twice {
    fn meet(backend: Backend) -> Twice {
        let mut office = Office::open(backend);
        // Volunteer 1 is drawn for both before either names him.
        let orders = [[0, 1], [1, 2]].map(|drawn| {
            let subject = office.subject();
            let order = office.arrange(subject);
            office.draw_among(order, 1, &drawn);
            order
        });
        for order in orders {
            office.name_observers(order);
            assert_eq!(office.pledge(order, "2026-11-02"), "accepted");
        }
        let sessions = [(0, orders[0]), (2, orders[1])].map(|(nth, order)| {
            let session = session(&mut office, order, nth);
            office.attest(nth, session);
            session
        });
        let stated = sessions.map(|session| office.attest(1, session));
        for session in sessions {
            assert_eq!(office.approve(Supervisor, session), "accepted");
        }
        office.follow();
        Twice {
            office,
            sessions,
            stated,
        }
    }

    fn waits(&self) -> [String; 2] {
        self.sessions.map(|session| self.office.waits(session))
    }

    fn posted(&self) -> [i64; 2] {
        self.sessions.map(|session| self.office.posted(session))
    }

    /// The record that the finding stands on.
    fn found(&self) -> RecordId {
        self.stated[0].max(self.stated[1])
    }
}

on_both_backends! {
    fn who_attests_two_sessions_of_one_hour_is_found_and_neither_posts(backend) {
        let mut both = Twice::meet(backend);
        assert_eq!(both.waits(), ["finding.overlap", "finding.overlap"]);
        // Who reads the statements sees it; the other observers learn nothing of what he stated.
        let seen = [Prosecutor, Supervisor, Volunteer(1), Volunteer(0), Volunteer(2)].map(|who| overlaps(&both.office, who));
        assert_eq!(seen, [1, 1, 1, 0, 0]);
        // The cause goes: one of them is made void, and it closes by itself.
        assert_eq!(both.office.act(Officer, both.stated[1], "void"), "accepted");
        both.office.follow();
        assert_eq!(overlaps(&both.office, Prosecutor), 0);
        assert_eq!((both.posted(), both.waits()), ([60, 0], [String::new(), "attestations_missing".to_owned()]));
        // Another statement for the same hour, and it is there again; what is posted stays, the other waits.
        both.office.attest(1, both.sessions[1]);
        both.office.follow();
        assert_eq!((overlaps(&both.office, Prosecutor), both.waits()[1].as_str()), (1, "finding.overlap"));
        assert_eq!(both.posted(), [60, 0]);
    }

    fn a_statement_that_is_put_right_frees_both(backend) {
        let mut both = Twice::meet(backend);
        assert_eq!(both.office.act(Supervisor, both.stated[0], "return"), "accepted");
        both.office.follow();
        assert_eq!(overlaps(&both.office, Prosecutor), 0, "what is not handed in states nothing");
        let later = |draft: &mut OpDraft| {
            put(draft, &[("present_from", json!(at(20, 10, 0))), ("present_until", json!(at(20, 11, 0)))]);
            take(draft, "submit");
        };
        assert_eq!(both.office.write(Volunteer(1), both.stated[0], later), "accepted");
        both.office.follow();
        assert_eq!(overlaps(&both.office, Prosecutor), 0, "the one ends where the other begins");
        assert_eq!(both.posted()[1], 60);
    }

    fn a_person_decides_that_both_may_be(backend) {
        let mut both = Twice::meet(backend);
        assert_eq!(both.office.dismiss(Leader, both.found(), "overlap"), "decision_forbidden");
        assert_eq!(both.office.dismiss(Prosecutor, both.found(), "overlap"), "accepted");
        both.office.follow();
        assert_eq!(both.posted(), [60, 60]);
    }

    fn an_observer_has_no_hours_of_his_own_meanwhile(backend) {
        let mut office = Office::open(backend);
        let order = office.order();
        let session = session(&mut office, order, 0);
        let own = office.volunteering(1, 20, 9, 60);
        office.attest(0, session);
        office.attest(1, session);
        assert_eq!(office.approve(Supervisor, session), "accepted");
        assert_eq!(office.approve(Leader, own), "accepted");
        office.follow();
        assert_eq!([session, own].map(|id| office.waits(id)), ["finding.overlap", "finding.overlap"]);
        // He says what those hours were: he observed.
        assert_eq!(office.agree(Leader, Officer, own, "correct"), "accepted");
        assert_eq!(office.set(Volunteer(1), own, "service_kind", json!("observation")), "accepted");
        assert_eq!(office.act(Volunteer(1), own, "submit"), "accepted");
        assert_eq!(office.approve(Leader, own), "accepted");
        office.follow();
        assert_eq!([session, own].map(|id| office.posted(id)), [60, 60]);
        // That he has attested one session twice is no overlap.
        office.attest(1, session);
        office.follow();
        assert_eq!(overlaps(&office, Prosecutor), 0);
        assert!(office.engine.findings().iter().any(|code| code == "attested_twice"));
    }
}
