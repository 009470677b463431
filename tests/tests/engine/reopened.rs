//! A finding that opens again is the same one: it was first opened when it was, and an old decision does not hold for it.

use serde_json::json;
use sync_protocol::decision::Conclusion;
use wuyuan_tests::on_both_backends;

use crate::decisions::keep_one;
use crate::desk::{Desk, decides, on, push};
use crate::people::with;

const KIND: &str = "photo_report";

on_both_backends! {
    fn what_is_contested_again_was_first_opened_when_it_was(backend) {
        let mut desk = Desk::meet(backend);
        let id = desk.contested();
        let first = desk.finding("contested_field", id).expect("it is contested").opened_ms;
        desk.cast.engine.clock.advance(3_600_000);
        // Another value of those who disagree moves the finding, and not its beginning.
        let third = with(desk.cast.leader.draft(KIND, id), &[("interest", json!("environment"))]);
        assert_eq!(push(&desk.cast.engine, &mut desk.cast.leader, &third).1, "accepted");
        assert_eq!(desk.finding("contested_field", id).expect("it is contested").opened_ms, first);
        let stale = desk.shown("contested_field", id);
        let draft = keep_one(&desk, &desk.officer, id);
        assert_eq!(push(&desk.cast.engine, &mut desk.officer, &draft).1, "accepted");
        assert!(desk.finding("contested_field", id).is_none());
        let seen = on(desk.engine(), &desk.cast.leader, KIND, id).seen;
        desk.cast.engine.clock.advance(3_600_000);
        for (phone, interest) in [(&mut desk.cast.leader, "heritage"), (&mut desk.cast.prosecutor, "women")] {
            let mut edit = with(phone.draft(KIND, id), &[("interest", json!(interest))]);
            edit.seen = seen.clone();
            phone.record(&edit);
            assert_eq!(desk.cast.engine.push_last(phone), "accepted");
        }
        let again = desk.finding("contested_field", id).expect("it is contested again");
        assert_eq!(again.opened_ms, first);
        // What was decided before does not decide this.
        assert_ne!(desk.shown("contested_field", id), stale);
        let draft = decides(on(desk.engine(), &desk.officer, KIND, id), Conclusion::KeepBoth, &[stale]);
        assert_eq!(push(&desk.cast.engine, &mut desk.officer, &draft).1, "decision_stale");
        let draft = keep_one(&desk, &desk.officer, id);
        assert_eq!(push(&desk.cast.engine, &mut desk.officer, &draft).1, "accepted");
        desk.verify();
    }
}
