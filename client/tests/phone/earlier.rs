//! What a phone was before: earlier devices, and files of an earlier schema.

use serde_json::json;
use sync_protocol::op::{self, Parsed};
use sync_protocol::verdict::{Code, Verdict};
use wuyuan_client::sync::Trouble;
use wuyuan_client::{Outcome, Phone};

use crate::{Rig, password, record, save};

fn generation(text: &str) -> String {
    match op::read(text).0 {
        Parsed::Op(op) => op.generation,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_waited_of_an_earlier_device_waits_again_on_a_server_of_before() {
    let mut rig = Rig::enrolled();
    rig.server
        .with(|s| s.verdicts.insert("waits".into(), Verdict::Refused(Code::LinkMissing)));
    let saved = rig.record("waits");
    rig.sync();
    let copy = rig.backup();
    rig.record("elsewhere");
    rig.sync();
    let mut clone = Phone::open(&copy, rig.world.env()).unwrap();
    record(&mut clone, "mine");
    assert_eq!(clone.sync_once(&rig.server).unwrap(), Outcome::SignIn(Trouble::Forked));
    clone.sign_in(&password(), &rig.server).unwrap();
    assert_eq!(clone.sync_once(&rig.server).unwrap(), Outcome::UpToDate);
    let before = rig.server.with(|s| s.data.clone());
    rig.server.with(|s| {
        let Parsed::Op(op) = op::read(&s.data.feeds[&saved.device].ops[0].text.clone()).0 else {
            panic!("it can be read");
        };
        s.accept(&saved.device, &op);
        s.data.feeds.get_mut(&saved.device).unwrap().ops[0].verdict = Verdict::Accepted;
    });
    assert_eq!(clone.sync_once(&rig.server).unwrap(), Outcome::UpToDate);
    let counts = clone.status().unwrap().counts;
    assert_eq!((counts.accepted, counts.held), (2, 0));
    rig.server.restore(&before, "generation-2");
    assert_eq!(clone.sync_once(&rig.server).unwrap(), Outcome::UpToDate);
    let counts = clone.status().unwrap().counts;
    assert_eq!((counts.accepted, counts.held), (1, 1));
    assert!(clone.view(&saved.record).unwrap().is_some(), "it is shown all the time");
}

#[test]
fn however_few_numbers_one_request_may_ask_for_all_that_waits_is_asked_for() {
    let mut rig = Rig::enrolled();
    let mut waits = Vec::new();
    for n in 0..5 {
        let name = format!("waits {n}");
        rig.server
            .with(|s| s.verdicts.insert(name.clone(), Verdict::Refused(Code::LinkMissing)));
        waits.push(rig.record(&name));
    }
    rig.sync();
    let copy = rig.backup();
    let release = |rig: &Rig, n: usize| {
        rig.server.with(|s| {
            let feed = s.data.feeds.get_mut(&waits[n].device).unwrap();
            feed.ops[n].verdict = Verdict::Accepted;
        });
    };
    // The present device's.
    rig.server.with(|s| s.limits.push_ops = 2);
    release(&rig, 4);
    assert_eq!(rig.sync(), Outcome::UpToDate);
    let counts = rig.phone.status().unwrap().counts;
    assert_eq!((counts.accepted, counts.held), (1, 4));

    // An earlier one's.
    rig.server.with(|s| s.limits.push_ops = 500);
    rig.record("elsewhere");
    rig.sync();
    let mut clone = Phone::open(&copy, rig.world.env()).unwrap();
    record(&mut clone, "mine");
    assert_eq!(clone.sync_once(&rig.server).unwrap(), Outcome::SignIn(Trouble::Forked));
    clone.sign_in(&password(), &rig.server).unwrap();
    assert_eq!(clone.sync_once(&rig.server).unwrap(), Outcome::UpToDate);
    rig.server.with(|s| s.limits.push_ops = 2);
    release(&rig, 3);
    assert_eq!(clone.sync_once(&rig.server).unwrap(), Outcome::UpToDate);
    let counts = clone.status().unwrap().counts;
    assert_eq!((counts.accepted, counts.held), (3, 3));
}

#[test]
fn a_file_of_the_first_schema_says_under_which_history_its_records_were_pulled() {
    let mut rig = Rig::enrolled();
    let (shown, remembered) = (rig.record("shown"), rig.record("remembered"));
    rig.sync();
    let form = rig.phone.open_form(&remembered.record).unwrap().unwrap();
    rig.phone.remember_form(&form).unwrap();
    let conn = rusqlite::Connection::open(rig.path()).unwrap();
    conn.execute_batch(crate::TO_SCHEMA_2).unwrap();
    conn.execute_batch(
        "ALTER TABLE unit DROP COLUMN generation; UPDATE form SET form = json_remove(form, '$.generation'); \
         PRAGMA user_version = 1",
    )
    .unwrap();
    drop(conn);
    rig.restart();
    let shown_form = rig.phone.open_form(&shown.record).unwrap().unwrap();
    rig.server.with(|s| s.generation = "generation-2".into());
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert_eq!(
        rig.phone.remembered_form(&remembered.record).unwrap(),
        Some(form.clone())
    );
    for form in [&shown_form, &form] {
        save(&mut rig.phone, form, crate::set(&[("content", json!("x"))])).unwrap();
    }
    assert_eq!(rig.sync(), Outcome::UpToDate);
    let texts = rig.server.texts(&shown.device);
    let generations: Vec<String> = texts.iter().map(|text| generation(text)).collect();
    assert_eq!(generations, ["generation-1"; 4]);
}

#[test]
fn an_earlier_device_whose_key_the_first_schema_threw_away_stops_nothing() {
    let mut rig = Rig::enrolled();
    let empty = rig.server.with(|s| s.data.clone());
    let saved = rig.record("common");
    rig.sync();
    let copy = rig.backup();
    rig.record("elsewhere");
    rig.sync();
    let mut clone = Phone::open(&copy, rig.world.env()).unwrap();
    let mine = record(&mut clone, "mine");
    assert_eq!(clone.sync_once(&rig.server).unwrap(), Outcome::SignIn(Trouble::Forked));
    clone.sign_in(&password(), &rig.server).unwrap();
    assert_eq!(clone.sync_once(&rig.server).unwrap(), Outcome::UpToDate);
    drop(clone);
    let conn = rusqlite::Connection::open(&copy).unwrap();
    conn.execute_batch(crate::TO_SCHEMA_2).unwrap();
    conn.execute_batch(
        "UPDATE feed SET seed = NULL, server_seq = 1 WHERE role = 'closed'; \
         ALTER TABLE unit DROP COLUMN generation; PRAGMA user_version = 1",
    )
    .unwrap();
    drop(conn);
    let mut clone = Phone::open(&copy, rig.world.env()).unwrap();
    assert!(clone.view(&saved.record).unwrap().is_some());
    let device = clone.status().unwrap().device;
    rig.server.restore(&empty, "generation-2");
    assert_eq!(clone.sync_once(&rig.server).unwrap(), Outcome::UpToDate);
    assert_eq!(rig.server.texts(&device).len(), 1);
    assert!(clone.view(&mine.record).unwrap().is_some());
    assert_eq!(clone.sync_once(&rig.server).unwrap(), Outcome::UpToDate);
}

#[test]
fn a_push_of_an_earlier_device_that_is_too_much_goes_in_parts() {
    let mut rig = Rig::enrolled();
    let before = rig.server.with(|s| s.data.clone());
    let first = rig.record("first");
    rig.record("second");
    rig.sync();
    let texts = rig.server.texts(&first.device);
    let copy = rig.backup();
    rig.record("elsewhere");
    rig.sync();
    let mut clone = Phone::open(&copy, rig.world.env()).unwrap();
    record(&mut clone, "mine");
    assert_eq!(clone.sync_once(&rig.server).unwrap(), Outcome::SignIn(Trouble::Forked));
    clone.sign_in(&password(), &rig.server).unwrap();
    assert_eq!(clone.sync_once(&rig.server).unwrap(), Outcome::UpToDate);
    rig.server.restore(&before, "generation-2");
    let both: usize = texts.iter().map(String::len).sum();
    rig.server.with(|s| {
        s.limits.body_bytes = both as u64 - 1;
        s.log.clear();
    });
    assert_eq!(clone.sync_once(&rig.server).unwrap(), Outcome::UpToDate);
    assert_eq!(rig.server.texts(&first.device), texts, "none of them became a stub");
    assert_eq!(rig.server.pushes()[..3], [2, 1, 1]);
    assert_eq!(clone.status().unwrap().counts.accepted, 3);
}
