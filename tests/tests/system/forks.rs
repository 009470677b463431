//! Repeats, and a phone that came back from a backup or was cloned.

use serde_json::json;
use sync_protocol::op::OpName;
use sync_protocol::role::Role;
use wuyuan_tests::district::World;
use wuyuan_tests::on_both_backends;

use wuyuan_tests::reports::{record, report, verdicts};

on_both_backends! {
    fn a_repeat_is_answered_with_the_verdict_it_had(backend) {
        let world = World::start(backend);
        let mut handset = world.handset(world.holder(Role::Volunteer, 0));
        for title in ["one", "two", "three"] {
            let draft = report(&handset.phone, record(), title);
            handset.phone.record(&draft);
        }
        handset.phone.write("rubbish is repeated too".replace("rubbish", "{\"rubbish\":1}").split(' ').next().expect("a word"));
        let first = handset.push_from(1).ok();
        let again = handset.push_from(1).ok();
        assert_eq!(again["feed"], first["feed"]);
        for (line, was) in again["verdicts"].as_array().expect("verdicts").iter().zip(first["verdicts"].as_array().expect("verdicts")) {
            assert_eq!(line["repeat"], true);
            for part in ["seq", "hash", "fate", "code", "arrival"] {
                assert_eq!(line[part], was[part]);
            }
        }
        // The receipt is over the same text, so it is the same.
        assert_eq!(again["receipt"], first["receipt"]);

        // A part of it, and more behind.
        let draft = report(&handset.phone, record(), "five");
        handset.phone.record(&draft);
        let overlapping = handset.push_text(&handset.phone.push(3..=5).text()).ok();
        let repeated: Vec<bool> = overlapping["verdicts"].as_array().expect("verdicts").iter().map(|l| l["repeat"] == true).collect();
        assert_eq!(repeated, [true, true, false]);
    }

    fn a_forked_feed_is_closed_and_what_was_lost_is_issued_again(backend) {
        let world = World::start(backend);
        let member = world.holder(Role::Volunteer, 0).clone();
        let mut handset = world.handset(&member);
        for title in ["common", "known to the server"] {
            let draft = report(&handset.phone, record(), title);
            handset.phone.record(&draft);
        }
        assert_eq!(verdicts(&handset.push_from(1)), ["accepted", "accepted"]);
        let true_head = handset.phone.hash(2);

        // Restored from a backup that was made after the first operation; another history grows.
        handset.phone.rewind(1);
        let lost = record();
        for title in ["another second", "another third"] {
            let draft = report(&handset.phone, lost, title);
            handset.phone.record(&draft);
        }
        let forked = handset.push_text(&handset.phone.push(2..=3).text());
        assert_eq!(forked.problem(), (409, "forked".to_owned()));
        let body = forked.json();
        assert_eq!(body["server_head"], json!({"seq": 2, "hash": hex::encode(true_head)}));

        // Where the two histories part can be found, step by step.
        let path = format!("/v1/devices/{}/chain?from=1&to=2", handset.phone.device);
        let chain = handset.api.get(&path).ok()["chain"].clone();
        assert_eq!(chain[0], json!({"seq": 1, "hash": hex::encode(handset.phone.hash(1))}));
        assert_eq!(chain[1], json!({"seq": 2, "hash": hex::encode(true_head)}));

        // Closed for good, for the true history as well.
        let more = handset.push_text(&handset.phone.push(2..=3).text());
        assert_eq!(more.problem(), (409, "feed_closed".to_owned()));

        // The same person with a new device issues again what only the phone had.
        let old = handset.phone.clone();
        let mut fresh = world.enrol(handset.api.clone(), &member);
        let mut draft = report(&fresh.phone, lost, "another second");
        draft.reissues = Some(OpName { device: old.device, seq: 2, hash: sync_protocol::op::read(old.text(2)).1 });
        fresh.phone.record(&draft);
        assert_eq!(verdicts(&fresh.push_from(1)), ["accepted"]);
        // Once: on whatever device.
        let mut twice = report(&fresh.phone, record(), "another second");
        twice.reissues = draft.reissues;
        fresh.phone.record(&twice);
        assert_eq!(verdicts(&fresh.push_from(2)), ["reissue_taken"]);
    }
}
