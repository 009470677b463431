//! Restored servers, restored and cloned phones.

use serde_json::json;
use sync_protocol::op::{self, Op, Parsed};
use sync_protocol::verdict::{Code, Verdict};
use wuyuan_client::sync::Trouble;
use wuyuan_client::{Outcome, Phone, SaveError};

use crate::{Rig, password, record, save, session, values};

fn parse(text: &str) -> Op {
    match op::read(text).0 {
        Parsed::Op(op) => *op,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_restored_server_gets_the_same_bytes_again() {
    let mut rig = Rig::enrolled();
    let saved = rig.record("one");
    rig.sync();
    let backup = rig.server.with(|s| s.data.clone());
    rig.record("two");
    rig.edit(&saved.record, "content", json!("later"));
    rig.sync();
    let texts = rig.server.texts(&saved.device);
    rig.server.restore(&backup, "generation-2");
    let first_arrival = rig
        .server
        .with(|s| std::mem::replace(&mut s.now_ms, crate::world::START_MS + 86_400_000));
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert_eq!(rig.server.texts(&saved.device), texts);
    // With the first receipts, so that nothing counts as written or delivered late.
    let proven = [(saved.device, 2, first_arrival), (saved.device, 3, first_arrival)];
    rig.server
        .with(|s| assert_eq!(std::mem::take(&mut s.arrivals_heard), proven));
    assert_eq!(rig.phone.list(None).unwrap().len(), 2);
    assert_eq!(rig.phone.status().unwrap().counts.accepted, 3);

    // Once more, with something pending: the push meets a gap.
    rig.server.restore(&backup, "generation-3");
    rig.record("three");
    assert_eq!(rig.sync(), Outcome::UpToDate);
    rig.server
        .with(|s| assert_eq!(s.arrivals_heard, proven, "still those of the first arrival"));
    let again = rig.server.texts(&saved.device);
    assert_eq!((&again[..3], again.len()), (&texts[..], 4));
    assert_eq!(rig.phone.status().unwrap().generation.as_deref(), Some("generation-3"));
}

#[test]
fn a_server_that_has_forgotten_the_device_learns_it_again() {
    let mut rig = Rig::enrolled();
    let empty = rig.server.with(|s| {
        let mut data = s.data.clone();
        data.feeds.clear();
        data
    });
    let saved = rig.record("one");
    rig.sync();
    rig.server.restore(&empty, "generation-2");
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert_eq!(rig.server.texts(&saved.device).len(), 1);
    assert!(rig.view(&saved.record).pulled);
}

#[test]
fn bytes_are_kept_until_they_are_durable_and_a_loss_goes_on_under_a_new_device() {
    let mut rig = Rig::enrolled();
    let saved = rig.record("one");
    rig.record("two");
    rig.sync();
    rig.server
        .with(|s| s.data.feeds.get_mut(&saved.device).unwrap().durable = 1);
    let third = rig.edit(&saved.record, "content", json!("three"));
    rig.sync();
    // The backup that the server called verified does not exist after all.
    let mut empty = rig.server.with(|s| s.data.clone());
    empty.feeds.get_mut(&saved.device).unwrap().ops.clear();
    rig.server.restore(&empty, "generation-2");
    assert_eq!(rig.sync(), Outcome::UpToDate);
    let status = rig.phone.status().unwrap();
    assert_ne!(status.device, saved.device);
    assert_eq!((status.earlier_devices, status.counts.lost), (1, 1));
    let texts = rig.server.texts(&status.device);
    assert_eq!(texts.len(), 2, "what this phone still has is delivered");
    let op = parse(&texts[1]);
    let stands_for = op.reissues.unwrap();
    assert_eq!((stands_for.device, stands_for.seq), (third.device, 3));
    assert!(
        op.seen.iter().all(|dot| *dot.actor != saved.device),
        "nothing that the server lacks is named"
    );
    rig.server.with(|s| {
        let continues = s.data.feeds[&status.device].continues.clone().unwrap();
        assert_eq!(continues["device"], json!(saved.device.to_string()));
    });
}

#[test]
fn what_waited_once_waits_again_on_a_server_of_before() {
    let mut rig = Rig::enrolled();
    rig.server
        .with(|s| s.verdicts.insert("waits".into(), Verdict::Refused(Code::LinkMissing)));
    let saved = rig.record("waits");
    rig.sync();
    let backup = rig.server.with(|s| s.data.clone());
    rig.server.with(|s| {
        let op = parse(&s.data.feeds[&saved.device].ops[0].text.clone());
        s.accept(&saved.device, &op);
        s.data.feeds.get_mut(&saved.device).unwrap().ops[0].verdict = Verdict::Accepted;
    });
    rig.sync();
    assert_eq!(rig.phone.status().unwrap().counts.accepted, 1);
    rig.server.restore(&backup, "generation-2");
    assert_eq!(rig.sync(), Outcome::UpToDate);
    let counts = rig.phone.status().unwrap().counts;
    assert_eq!((counts.accepted, counts.held), (0, 1));
    assert_eq!(
        values(&rig.view(&saved.record), "activity_name"),
        ["waits"],
        "it is shown all the time"
    );
}

#[test]
fn a_device_whose_id_another_bears_after_a_restore_gives_way_to_a_new_one() {
    for refusal in [
        ("/v1/sync", 403, "device_not_yours"),
        ("/v1/devices", 409, "device_taken"),
    ] {
        let mut rig = Rig::enrolled();
        let empty = rig.server.with(|s| s.data.clone());
        let saved = rig.record("one");
        rig.edit(&saved.record, "content", json!("more"));
        rig.sync();
        let mut empty = empty;
        empty.feeds.remove(&saved.device);
        rig.server.restore(&empty, "generation-2");
        let (path, status, code) = refusal;
        rig.server
            .fault(path, crate::server::Fault::Refuse(status, code, json!({}), None));
        assert_eq!(rig.sync(), Outcome::UpToDate);
        let status = rig.phone.status().unwrap();
        assert_ne!(status.device, saved.device);
        assert!(status.trouble.is_none());
        let texts = rig.server.texts(&status.device);
        let ops: Vec<Op> = texts.iter().map(|t| parse(t)).collect();
        assert_eq!(ops.len(), 2, "everything is written again");
        assert!(
            ops.iter().all(|op| op.reissues.is_none()),
            "another's operations are nothing to claim"
        );
        assert_eq!(
            (ops[1].seen.get(&status.device), ops[1].seen.get(&saved.device)),
            (1, 0)
        );
        assert_eq!(values(&rig.view(&saved.record), "content"), ["more"]);
    }
}

#[test]
fn an_edit_names_the_history_under_which_its_form_was_pulled() {
    let mut rig = Rig::enrolled();
    let saved = rig.record("one");
    rig.sync();
    let form = rig.phone.open_form(&saved.record).unwrap().unwrap();
    rig.phone.remember_form(&form).unwrap();
    rig.server.with(|s| s.generation = "generation-2".into());
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert_eq!(rig.phone.remembered_form(&saved.record).unwrap(), Some(form.clone()));
    save(&mut rig.phone, &form, crate::set(&[("content", json!("x"))])).unwrap();
    rig.edit(&saved.record, "activity_name", json!("opened again"));
    rig.record("new");
    rig.sync();
    let texts = rig.server.texts(&saved.device);
    let generations: Vec<String> = texts.iter().map(|text| parse(text).generation).collect();
    assert_eq!(
        generations,
        ["generation-1", "generation-1", "generation-2", "generation-2"]
    );
}

#[test]
fn a_file_of_the_first_schema_is_brought_up_to_date() {
    let mut rig = Rig::enrolled();
    let saved = rig.record("one");
    rig.sync();
    let conn = rusqlite::Connection::open(rig.path()).unwrap();
    conn.execute_batch(crate::TO_SCHEMA_2).unwrap();
    conn.execute_batch("ALTER TABLE unit DROP COLUMN generation; PRAGMA user_version = 1")
        .unwrap();
    drop(conn);
    rig.restart();
    rig.edit(&saved.record, "content", json!("x"));
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert_eq!(parse(&rig.server.texts(&saved.device)[1]).generation, "generation-1");
}

#[test]
fn a_restored_phone_goes_on_under_a_new_device_with_what_it_wrote_since() {
    let mut rig = Rig::enrolled();
    let first = rig.record("one");
    rig.sync();
    let backup = rig.backup();
    let lost = rig.edit(&first.record, "content", json!("before the phone broke"));
    rig.sync();
    let old_texts = rig.server.texts(&first.device);

    // The backup goes into a new phone, which writes before it hears of anything.
    let mut clone = Phone::open(&backup, rig.world.env()).unwrap();
    let form = clone.open_form(&first.record).unwrap().unwrap();
    save(
        &mut clone,
        &form,
        crate::set(&[("content", json!("after the restore"))]),
    )
    .unwrap();
    let second = record(&mut clone, "two");
    let form = clone.open_form(&second.record).unwrap().unwrap();
    save(&mut clone, &form, crate::set(&[("content", json!("on two"))])).unwrap();
    assert_eq!(clone.sync_once(&rig.server).unwrap(), Outcome::SignIn(Trouble::Forked));
    let form = clone.new_form(crate::KIND, crate::UNIT.parse().unwrap()).unwrap();
    assert!(matches!(save(&mut clone, &form, session("x")), Err(SaveError::Forked)));
    assert_eq!(
        clone.sync_once(&rig.server).unwrap(),
        Outcome::SignIn(Trouble::Forked),
        "nothing without a sign-in"
    );

    clone.sign_in(&password(), &rig.server).unwrap();
    assert_eq!(clone.sync_once(&rig.server).unwrap(), Outcome::UpToDate);
    assert_eq!(rig.server.texts(&first.device), old_texts, "the old feed is untouched");
    let status = clone.status().unwrap();
    assert!(status.device != first.device && status.trouble.is_none());
    let texts = rig.server.texts(&status.device);
    let ops: Vec<Op> = texts.iter().map(|t| parse(t)).collect();
    let stands_for: Vec<u64> = ops.iter().map(|op| op.reissues.unwrap().seq).collect();
    assert_eq!(stands_for, [2, 3, 4]);
    assert!(ops.iter().all(|op| op.reissues.unwrap().device == first.device));
    // Up to the common part the old numbers hold, above it the new ones.
    assert_eq!(
        (ops[0].seen.get(&first.device), ops[0].seen.get(&status.device)),
        (1, 0)
    );
    assert_eq!(
        (ops[2].seen.get(&first.device), ops[2].seen.get(&status.device)),
        (0, 2)
    );
    // What the broken phone wrote was not seen by what the clone wrote: both are kept.
    let view = clone.view(&first.record).unwrap().unwrap();
    assert_eq!(
        values(&view, "content"),
        ["after the restore", "before the phone broke"]
    );
    assert_eq!(
        values(&clone.view(&second.record).unwrap().unwrap(), "content"),
        ["on two"]
    );
    assert_eq!(lost.seq, 2);

    // The phone that was thought broken finds its feed closed and goes on as a third device.
    let third = rig.record("three");
    assert_eq!(third.device, first.device);
    assert_eq!(rig.sync(), Outcome::SignIn(Trouble::Forked));
    rig.phone.sign_in(&password(), &rig.server).unwrap();
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert_eq!(rig.phone.list(None).unwrap().len(), 3);
}

#[test]
fn a_restored_phone_notices_before_it_writes_again() {
    let mut rig = Rig::enrolled();
    rig.record("one");
    rig.sync();
    let backup = rig.backup();
    rig.record("two");
    rig.sync();
    let mut clone = Phone::open(&backup, rig.world.env()).unwrap();
    assert_eq!(clone.sync_once(&rig.server).unwrap(), Outcome::SignIn(Trouble::Forked));
    assert_eq!(clone.list(None).unwrap().len(), 1, "nothing of that answer was taken");
    clone.sign_in(&password(), &rig.server).unwrap();
    assert_eq!(clone.sync_once(&rig.server).unwrap(), Outcome::UpToDate);
    assert_eq!(clone.list(None).unwrap().len(), 2);
}

#[test]
fn a_form_opened_before_the_fork_names_the_new_numbers() {
    let mut rig = Rig::enrolled();
    rig.record("one");
    rig.sync();
    let backup = rig.backup();
    rig.record("elsewhere");
    rig.sync();
    let mut clone = Phone::open(&backup, rig.world.env()).unwrap();
    let mine = record(&mut clone, "mine");
    let form = clone.open_form(&mine.record).unwrap().unwrap();
    assert_eq!(clone.sync_once(&rig.server).unwrap(), Outcome::SignIn(Trouble::Forked));
    clone.sign_in(&password(), &rig.server).unwrap();
    assert_eq!(clone.sync_once(&rig.server).unwrap(), Outcome::UpToDate);
    let saved = save(&mut clone, &form, crate::set(&[("content", json!("x"))])).unwrap();
    clone.sync_once(&rig.server).unwrap();
    let op = parse(&rig.server.texts(&saved.device)[1]);
    let seen: Vec<_> = op.seen.iter().map(|dot| (*dot.actor, dot.counter)).collect();
    assert_eq!(seen, [(saved.device, 1)]);
}

#[test]
fn power_lost_in_the_middle_of_a_recovery_repeats_it_with_the_same_device() {
    let mut rig = Rig::enrolled();
    rig.record("one");
    rig.sync();
    let backup = rig.backup();
    rig.record("two");
    rig.sync();
    let mut clone = Phone::open(&backup, rig.world.env()).unwrap();
    record(&mut clone, "mine");
    clone.sync_once(&rig.server).unwrap();
    clone.sign_in(&password(), &rig.server).unwrap();
    rig.server.fault("/v1/devices", crate::server::Fault::LoseAnswer);
    assert!(matches!(clone.sync_once(&rig.server).unwrap(), Outcome::Wait { .. }));
    let mut clone = Phone::open(&backup, rig.world.env()).unwrap();
    assert_eq!(clone.sync_once(&rig.server).unwrap(), Outcome::UpToDate);
    rig.server.with(|s| assert_eq!(s.data.feeds.len(), 2));
    assert_eq!(clone.list(None).unwrap().len(), 3);
}
