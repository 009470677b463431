//! Every save is delivered once, whatever is lost on the way.

use serde_json::json;
use sync_protocol::verdict::{Code, Fate, Verdict};
use wuyuan_client::Outcome;
use wuyuan_client::lang::Lang;

use crate::server::Fault;
use crate::{Rig, values};

#[test]
fn what_was_saved_before_power_was_lost_is_sent_afterwards() {
    let mut rig = Rig::enrolled();
    let saved = rig.record("one");
    rig.restart();
    assert_eq!(rig.phone.status().unwrap().counts.waiting, 1);
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert_eq!(rig.server.texts(&saved.device).len(), 1);
    let status = rig.phone.status().unwrap();
    assert_eq!((status.counts.waiting, status.counts.accepted), (0, 1));
    assert_eq!(status.line(Lang::En), "everything delivered");
}

#[test]
fn a_lost_request_and_a_lost_answer_deliver_the_same_bytes_once() {
    let mut rig = Rig::enrolled();
    let first = rig.record("one");
    rig.record("two");
    rig.server.fault("/v1/sync", Fault::LoseRequest);
    assert_eq!(
        rig.sync(),
        Outcome::Wait {
            code: "unreachable".into(),
            seconds: None
        }
    );
    rig.server.fault("/v1/sync", Fault::LoseAnswer);
    assert_eq!(
        rig.sync(),
        Outcome::Wait {
            code: "timeout".into(),
            seconds: None
        }
    );
    let delivered = rig.server.texts(&first.device);
    assert_eq!(delivered.len(), 2);
    // The phone cannot know: it says so.
    assert_eq!(rig.phone.status().unwrap().line(Lang::En), "2 sent, not confirmed");
    rig.restart();
    rig.record("three");
    assert_eq!(rig.sync(), Outcome::UpToDate);
    let texts = rig.server.texts(&first.device);
    assert_eq!((&texts[..2], texts.len()), (&delivered[..], 3));
    assert_eq!(rig.phone.list(None).unwrap().len(), 3);
    assert_eq!(rig.phone.status().unwrap().counts.accepted, 3);
}

#[test]
fn pushes_are_split_by_the_announced_limit() {
    let mut rig = Rig::enrolled();
    rig.server.with(|s| s.limits.push_ops = 4);
    rig.world.advance(13 * 3_600_000);
    rig.record_many(10);
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert_eq!(rig.server.pushes(), [4, 4, 2]);
}

#[test]
fn a_413_halves_the_push_until_it_fits() {
    let mut rig = Rig::enrolled();
    let saved = rig.record_many(8)[0];
    for _ in 0..3 {
        rig.server.fault(
            "/v1/sync",
            Fault::Refuse(413, "body_too_large", json!({"limit": 10}), None),
        );
    }
    assert_eq!(rig.sync(), Outcome::UpToDate);
    // 8, 4 and 2 were refused; after a success it grows again.
    assert_eq!(rig.server.pushes(), [1, 2, 4, 1]);
    assert_eq!(rig.server.texts(&saved.device).len(), 8);
}

#[test]
fn an_operation_that_is_too_much_alone_travels_as_a_stub_and_blocks_nothing() {
    let mut rig = Rig::enrolled();
    let saved = rig.record("one");
    rig.record("two");
    for _ in 0..2 {
        rig.server.fault(
            "/v1/sync",
            Fault::Refuse(413, "body_too_large", json!({"limit": 10}), None),
        );
    }
    assert_eq!(rig.sync(), Outcome::UpToDate);
    let texts = rig.server.texts(&saved.device);
    assert!(
        texts[0].contains("withheld") && !texts[1].contains("withheld"),
        "{texts:?}"
    );
    let status = rig.phone.status().unwrap();
    assert_eq!((status.counts.accepted, status.quarantined.len()), (1, 1));
    assert_eq!(status.quarantined[0].code, Some(Code::TooLarge));
    assert!(
        status.quarantined[0].set.contains_key("activity_name"),
        "what was entered is still shown"
    );
}

#[test]
fn the_server_is_given_the_time_it_asks_for() {
    let mut rig = Rig::enrolled();
    rig.record("one");
    rig.server
        .fault("/v1/sync", Fault::Refuse(503, "busy", json!({}), Some(7)));
    assert_eq!(
        rig.sync(),
        Outcome::Wait {
            code: "busy".into(),
            seconds: Some(7)
        }
    );
    rig.server
        .fault("/v1/sync", Fault::Refuse(400, "request_invalid", json!({}), None));
    let detail = "request_invalid".to_owned();
    assert_eq!(
        rig.sync(),
        Outcome::Stopped {
            code: "request_invalid".into(),
            detail
        }
    );
    assert_eq!(rig.sync(), Outcome::UpToDate);
}

#[test]
fn a_quarantined_save_is_shown_apart_and_counted() {
    let mut rig = Rig::enrolled();
    rig.server
        .with(|s| s.verdicts.insert("bad".into(), Verdict::Refused(Code::UnitForbidden)));
    let good = rig.record("good");
    let bad = rig.record("bad");
    assert_eq!(rig.sync(), Outcome::UpToDate);
    rig.record("later");
    let status = rig.phone.status().unwrap();
    assert_eq!(status.line(Lang::En), "1 waiting, 1 needs attention");
    assert_eq!(status.line(Lang::Zh), "1 条待同步,1 条需要处理");
    let view = rig.view(&bad.record);
    assert!(!view.pulled && view.laid.is_empty() && view.record.fields.is_empty());
    assert_eq!(view.apart[0].code, Some(Code::UnitForbidden));
    assert_eq!(view.apart[0].set["activity_name"], "bad");
    assert!(rig.view(&good.record).apart.is_empty());
}

#[test]
fn a_held_save_stays_laid_over_and_becomes_accepted_when_asked_for() {
    let mut rig = Rig::enrolled();
    rig.server
        .with(|s| s.verdicts.insert("waits".into(), Verdict::Refused(Code::LinkMissing)));
    let saved = rig.record("waits");
    rig.sync();
    let view = rig.view(&saved.record);
    assert_eq!(view.laid[0].fate, Some(Fate::Held));
    assert_eq!(values(&view, "activity_name"), ["waits"]);
    rig.server.with(|s| {
        let text = s.data.feeds[&saved.device].ops[0].text.clone();
        let sync_protocol::op::Parsed::Op(op) = sync_protocol::op::read(&text).0 else {
            panic!()
        };
        s.accept(&saved.device, &op);
        s.data.feeds.get_mut(&saved.device).unwrap().ops[0].verdict = Verdict::Accepted;
    });
    assert_eq!(rig.sync(), Outcome::UpToDate);
    let view = rig.view(&saved.record);
    assert!(view.pulled && view.laid.is_empty());
    assert_eq!(rig.phone.status().unwrap().counts.accepted, 1);
}

#[test]
fn a_limit_lowered_below_what_is_asked_for_takes_no_operation_apart() {
    let mut rig = Rig::enrolled();
    for n in 0..5 {
        let name = format!("waits {n}");
        rig.server
            .with(|s| s.verdicts.insert(name.clone(), Verdict::Refused(Code::LinkMissing)));
        rig.record(&name);
    }
    assert_eq!(rig.sync(), Outcome::UpToDate);
    rig.server.with(|s| s.limits.push_ops = 2);
    rig.record("sound");
    assert_eq!(rig.sync(), Outcome::UpToDate);
    let counts = rig.phone.status().unwrap().counts;
    assert_eq!((counts.accepted, counts.held, counts.quarantined), (1, 5, 0));
}

#[test]
fn a_sound_operation_does_not_become_a_stub_for_what_travels_with_it() {
    let mut rig = Rig::enrolled();
    let saved = rig.record("one");
    rig.server.fault(
        "/v1/sync",
        Fault::Refuse(413, "body_too_large", json!({"limit": 10}), None),
    );
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert!(!rig.server.texts(&saved.device)[0].contains("withheld"));
    assert_eq!(rig.phone.list(None).unwrap().len(), 1);
}

#[test]
fn a_receipt_that_does_not_hold_changes_nothing() {
    let mut rig = Rig::enrolled();
    let saved = rig.record("one");
    let conn = rusqlite::Connection::open(rig.path()).unwrap();
    let other = ed25519_dalek::SigningKey::from_bytes(&[7; 32])
        .verifying_key()
        .to_bytes();
    conn.execute("UPDATE receipt_key SET public_key = ?1", [other]).unwrap();
    let Outcome::Stopped { code, .. } = rig.sync() else {
        panic!("a false receipt was taken")
    };
    assert_eq!(code, "receipt_invalid");
    let status = rig.phone.status().unwrap();
    assert_eq!((status.counts.sent, status.counts.accepted), (1, 0));
    assert_eq!(rig.view(&saved.record).laid.len(), 1);
}
