//! A server that is not sound, with which a sync would never come to an end: it ends, nothing is lost, and a later one
//! goes on.

use serde_json::json;
use sync_protocol::feed;
use sync_protocol::wire::SyncAnswer;
use wuyuan_client::Outcome;

use crate::server::Refusal;
use crate::{Rig, session, values};

/// More than two syncs that come to nothing ask for.
const MANY: u32 = 40;

/// Every exchange is spoilt until [`sound`] is called.
fn twist(rig: &Rig, mut spoilt: impl FnMut(Option<&mut SyncAnswer>) -> Result<(), Refusal> + Send + 'static) {
    let mut calls = 0;
    rig.server.with(|s| {
        s.twist = Some(Box::new(move |answer| {
            calls += 1;
            assert!(calls < MANY, "the sync does not end");
            spoilt(answer)
        }));
    });
}

/// Every answer is spoilt.
fn spoil(rig: &Rig, mut spoilt: impl FnMut(&mut SyncAnswer) + Send + 'static) {
    twist(rig, move |answer| {
        answer.into_iter().for_each(&mut spoilt);
        Ok(())
    });
}

/// Every exchange is refused.
fn refuse(rig: &Rig, refusal: Refusal) {
    twist(rig, move |_| Err(refusal.clone()));
}

fn sound(rig: &Rig) {
    rig.server.with(|s| s.twist = None);
}

/// The sync ends for now; afterwards the one operation is still there to be delivered, and a sound server takes it.
fn ends_and_goes_on(mut rig: Rig) {
    let waits = Outcome::Wait {
        code: "no_progress".into(),
        seconds: None,
    };
    assert_eq!(rig.sync(), waits);
    // The next one tries again.
    assert_eq!(rig.sync(), waits);
    sound(&rig);
    assert_eq!(rig.sync(), Outcome::UpToDate);
    let counts = rig.phone.status().unwrap().counts;
    assert_eq!((counts.waiting, counts.sent, counts.accepted), (0, 0, 1));
    let shown = rig.phone.list(None).unwrap();
    assert_eq!(shown.len(), 1);
    assert_eq!(
        values(&shown[0], "activity_name"),
        [session("one").set["activity_name"].clone()]
    );
}

fn with_one_record() -> Rig {
    let mut rig = Rig::enrolled();
    rig.record("one");
    rig
}

#[test]
fn verdicts_on_other_bytes_than_were_sent() {
    let rig = with_one_record();
    spoil(&rig, |answer| {
        answer.verdicts.iter_mut().for_each(|line| line.hash = [7; 32]);
    });
    ends_and_goes_on(rig);
}

#[test]
fn no_verdicts() {
    let rig = with_one_record();
    spoil(&rig, |answer| {
        answer.verdicts.clear();
    });
    ends_and_goes_on(rig);
}

#[test]
fn a_feed_that_stays_empty_whatever_is_pushed() {
    let mut rig = Rig::enrolled();
    let device = rig.record("one").device;
    spoil(&rig, move |answer| {
        answer.feed.head.seq = 0;
        answer.feed.head.hash = feed::genesis(&device);
    });
    ends_and_goes_on(rig);
}

#[test]
fn a_gap_that_no_push_fills() {
    let mut rig = Rig::enrolled();
    let device = rig.record("one").device;
    let hash = hex::encode(feed::genesis(&device));
    refuse(&rig, (409, "gap", json!({"expected_seq": 1, "expected_hash": hash})));
    ends_and_goes_on(rig);
}

#[test]
fn a_restore_with_every_answer() {
    let rig = with_one_record();
    let mut restores = 0;
    spoil(&rig, move |answer| {
        restores += 1;
        answer.generation = format!("history-{restores}");
    });
    ends_and_goes_on(rig);
}

#[test]
fn units_that_start_anew_with_every_page() {
    let rig = with_one_record();
    let mut pages = 0;
    spoil(&rig, move |answer| {
        pages += 1;
        for unit in &mut answer.units {
            unit.restart = true;
            unit.tally = None;
            unit.cursor = Some(format!("generation-1|{}", pages % 2));
        }
        answer.more = true;
    });
    ends_and_goes_on(rig);
}

#[test]
fn cursors_that_are_never_taken() {
    let rig = with_one_record();
    let mut asked = 0;
    twist(&rig, move |answer| match answer {
        None => {
            asked += 1;
            match asked % 2 {
                0 => Err((400, "cursor_forged", json!({}))),
                _ => Ok(()),
            }
        }
        Some(answer) => {
            answer.more = true;
            Ok(())
        }
    });
    ends_and_goes_on(rig);
}

#[test]
fn devices_that_are_always_somebody_elses() {
    let rig = with_one_record();
    refuse(&rig, (403, "device_not_yours", json!({})));
    ends_and_goes_on(rig);
}
