//! `wuyuan verify` derives each posting again: whatever somebody with the database's password changes is named.

use serde_json::json;
use sync_protocol::role::Role;
use wuyuan_server::accounts::founding;
use wuyuan_server::ledger::settle::posting_id;
use wuyuan_server::query;
use wuyuan_server::store::rows::{JournalRow, PostingRow};
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
        // What was taken back is not posted again by the approval that it was taken back from.
        let taken_back = office.ledger()[1].clone();
        let session = taken_back.session;
        let again = PostingRow {
            number: 4,
            round: 2,
            id: posting_id(session, 2, false),
            ..taken_back
        };
        let forged = office.engine.app.store.write(|db| query!(db, ledger::post(again)));
        forged.expect("the database takes it");
        assert!(faults(&office).contains(&"posting_op posting 4".to_owned()), "{:?}", faults(&office));
        force(place, backend, "DELETE FROM posting WHERE number = 4");
        force(place, backend, "DELETE FROM unsealed WHERE first = 4");
        let session = office.ledger()[0].session;
        // What was approved is gone from the ledger.
        force(place, backend, "DELETE FROM posting WHERE number = 1");
        let said = faults(&office);
        let missing = format!("posting_missing record {session}");
        assert!(said.contains(&missing) && said.contains(&"posting_number posting 1".to_owned()), "{said:?}");
    }

    fn a_posting_that_stands_on_nothing_is_named(backend) {
        let mut office = Office::open(backend);
        let order = office.order();
        let good = office.session(order, 19, 9, 60);
        office.attest(0, good);
        let withdrawn = office.attest(1, good);
        assert_eq!(office.approve(Supervisor, good), "accepted");
        // Approved, and only one has seen it.
        let bare = office.session(order, 20, 9, 60);
        office.attest(0, bare);
        assert_eq!(office.approve(Supervisor, bare), "accepted");
        office.follow();
        assert_eq!((office.posted(good), office.posted(bare)), (60, 0));
        // What goes away afterwards was there when it was posted.
        assert_eq!(office.act(Officer, withdrawn, "void"), "accepted");
        office.follow();
        assert!(faults(&office).is_empty(), "{:?}", faults(&office));

        // Somebody with the database's password posts it, under the right id, and takes the claim away.
        let steps = office.engine.read(|db| query!(db, feeds::of_record(bare)));
        let approved = steps.last().expect("it was approved");
        let row = PostingRow {
            number: 2,
            id: posting_id(bare, 1, false),
            session: bare,
            day: "2026-11-20".to_owned(),
            digest: office.digest(bare).expect("the hours are settled"),
            approved_device: approved.device,
            approved_seq: approved.seq,
            ..office.ledger()[0].clone()
        };
        let app = &office.engine.app;
        let forged = app.store.write(|db| {
            query!(db, ledger::post(row))?;
            query!(db, ledger::drop_claim(bare))
        });
        forged.expect("the database takes it");
        office.engine.seal();
        assert_eq!(faults(&office), ["posting_ground posting 2"]);
    }

    fn an_appointment_that_the_journal_does_not_know_is_named(backend) {
        let office = Office::open(backend);
        let unit = office.unit.clone();
        let leader = office.member(Leader);
        let made = office.engine.appoint(leader, Role::Supervisor, &unit);
        assert!(faults(&office).is_empty(), "{:?}", faults(&office));
        let place = office.engine.place();
        let columns = "id, member, role, unit, starts_ms, ends_ms, created_ms";
        let other = place.literal(&[9; 16]);
        let forged = format!(
            "INSERT INTO appointment ({columns}) SELECT {other}, member, role, unit, starts_ms, ends_ms, created_ms \
             FROM appointment WHERE id = {}",
            place.literal(&made.0)
        );
        place.change(&forged);
        // It is taken for one of those that came with the demonstration, of which the journal has the digest.
        let said = faults(&office);
        assert!(said.len() == 1 && said[0].starts_with("appointment_journal journal "), "{said:?}");
        place.change(&format!("DELETE FROM appointment WHERE id = {other}"));
        assert!(faults(&office).is_empty());
        place.change(&format!("DELETE FROM appointment WHERE id = {}", place.literal(&made.0)));
        assert_eq!(faults(&office), [format!("appointment_journal appointment {made}")]);
        place.change(&format!("UPDATE appointment SET role = 'prosecutor' WHERE member = {} AND role = 'group_leader'", place.literal(&leader.0)));
        let said = faults(&office);
        assert!(said.iter().any(|fault| fault.starts_with("appointment_journal journal ")), "{said:?}");
        // An entry that would stand for everything comes too late.
        let entry = JournalRow {
            id: [1; 16],
            at_ms: 0,
            actor: None,
            event: founding::EVENT.to_owned(),
            subject: String::new(),
            detail: founding::unheld(),
        };
        office.engine.seal();
        office.engine.app.store.write(|db| query!(db, journal::insert(entry))).expect("the database takes it");
        let said = faults(&office);
        assert!(said.iter().any(|fault| fault.starts_with("journal_founding journal ")), "{said:?}");
    }
}
