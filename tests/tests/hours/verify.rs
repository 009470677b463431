//! `wuyuan verify` derives each posting again: whatever somebody with the database's password changes is named.

use serde_json::json;
use wuyuan_server::verify;
use wuyuan_tests::backend::{Backend, Place};
use wuyuan_tests::office::{Office, Person};
use wuyuan_tests::on_both_backends;

use Person::{Leader, Officer, Supervisor};

/// What is wrong, a line each.
fn faults(office: &Office) -> Vec<String> {
    let app = &office.engine.app;
    let mut said = Vec::new();
    let mut tell = |fault: &verify::Fault| said.push(format!("{} {}", fault.kind.code(), fault.place));
    let report = verify::verify(&app.store, &app.law, &mut tell).expect("everything can be read");
    assert_eq!(report.checked["postings"] as usize, office.ledger().len());
    said
}

/// Changes what the database would not let anybody change.
fn force(place: &Place, backend: Backend, statement: &str) {
    match backend {
        Backend::Sqlite => place.change(&format!(
            "DROP TRIGGER IF EXISTS posting_stays; DROP TRIGGER IF EXISTS posting_kept; {statement}"
        )),
        Backend::Postgres => place.change(&format!(
            "ALTER TABLE posting DISABLE TRIGGER ALL; {statement}; ALTER TABLE posting ENABLE TRIGGER ALL"
        )),
    }
}

on_both_backends! {
    fn a_changed_posting_is_named(backend) {
        let mut office = Office::open(backend);
        let order = office.order();
        let session = office.session(order, 20, 9, 60);
        office.attest(0, session);
        office.attest(1, session);
        assert_eq!(office.approve(Supervisor, session), "accepted");
        let own = office.volunteering(1, 19, 8, 90);
        assert_eq!(office.approve(Leader, own), "accepted");
        office.follow();
        assert_eq!(office.act(Leader, own, "question"), "accepted");
        assert_eq!(office.agree(Leader, Officer, own, "void"), "accepted");
        office.follow();
        assert_eq!(office.ledger().len(), 3);
        assert!(faults(&office).is_empty(), "{:?}", faults(&office));
        // An edit that leaves the hours alone changes nothing of that.
        assert_eq!(office.set(Supervisor, session, "weather", json!("fine")), "accepted");
        office.follow();
        assert!(faults(&office).is_empty());

        let place = office.engine.place();
        let of = |sql: &str, back: &str, expected: &[&str]| {
            force(place, backend, sql);
            let said = faults(&office);
            for line in expected {
                assert!(said.iter().any(|fault| fault == line), "{sql}: no {line} in {said:?}");
            }
            force(place, backend, back);
            assert!(faults(&office).is_empty(), "{back}: {:?}", faults(&office));
        };
        let entry = &office.ledger()[0];
        let (device, subject) = (place.literal(&entry.approved_device.0), place.literal(&entry.subject.expect("a subject").0));
        let other = place.literal(&[9; 16]);
        let set = |change: &str| format!("UPDATE posting SET {change} WHERE number = 1");
        of(&set("minutes = 61"), &set("minutes = 60"), &["posting_value posting 1"]);
        of(&set("day = '2026-11-21'"), &set("day = '2026-11-20'"), &["posting_value posting 1"]);
        of(&set("round = 2"), &set("round = 1"), &["posting_value posting 1"]);
        of(&set(&format!("subject = {other}")), &set(&format!("subject = {subject}")), &["posting_value posting 1"]);
        of(&set(&format!("approved_device = {other}")), &set(&format!("approved_device = {device}")), &["posting_op posting 1"]);
        of(&set("kind = 'volunteer_session'"), &set("kind = 'service_session'"), &["posting_ledger posting 1"]);
        of(&set("number = 7"), "UPDATE posting SET number = 1 WHERE number = 7", &["posting_number posting 1"]);
        let digest = || place.flip("posting", "digest", "number = 1");
        if backend == Backend::Sqlite {
            digest();
            assert_eq!(faults(&office), ["posting_digest posting 1"]);
            digest();
        }
        // A reversal of other minutes, and one of another entry.
        let third = |change: &str| format!("UPDATE posting SET {change} WHERE number = 3");
        of(&third("minutes = -80"), &third("minutes = -90"), &["posting_reversal posting 3"]);
        of(&third("reverses = 1"), &third("reverses = 2"), &["posting_reversal posting 3"]);
        // What was approved is gone from the ledger.
        force(place, backend, "DELETE FROM posting WHERE number = 1");
        let said = faults(&office);
        let missing = format!("posting_missing record {session}");
        assert!(said.contains(&missing) && said.contains(&"posting_number posting 1".to_owned()), "{said:?}");
    }
}
