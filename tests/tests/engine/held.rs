//! What waits: for a record that has not come, for a catalogue, for what a restored server lost; and how it goes on.

use serde_json::json;
use sync_protocol::role::Role;
use wuyuan_server::keys;
use wuyuan_server::sync::committer::{Done, Work};
use wuyuan_server::sync::release::Release;
use wuyuan_tests::engine::{Engine, record, value, word};
use wuyuan_tests::on_both_backends;
use wuyuan_tests::replica::Replica;

use crate::people::{Cast, report, subject, visit, with};

/// Lets the committer finish what the last commit called for: a work queued behind it is answered after it.
fn settle(engine: &Engine) {
    for _ in 0..2 {
        engine
            .wait(engine.app.sync.committer().commit(Work::Readings(Vec::new())))
            .expect("the committer answers");
    }
}

on_both_backends! {
    fn a_link_to_a_record_that_has_not_come_holds_the_operation_and_those_behind_it(backend) {
        let mut cast = Cast::meet(backend);
        let (person, first, other) = (record(), record(), record());
        let leader = &mut cast.leader;
        let held = leader.record(&visit(leader, first, person));
        let mut behind = with(leader.draft("supervision_visit", first), &[("minutes", json!(20))]);
        behind.seen.insert(leader.device, held);
        let after = leader.record(&behind);
        leader.record(&report(leader, other, "not concerned"));
        let answer = cast.engine.push_from(leader, 1).expect("answered");
        assert_eq!((0..3).map(|n| word(&answer, n)).collect::<Vec<_>>(), ["link_missing", "after_held", "accepted"]);
        assert_eq!(cast.engine.verdict(leader, held), "link_missing");

        let mut person_draft = subject(&cast.prosecutor, person);
        person_draft.add.insert("assigned".to_owned(), vec![json!(leader.holder.member)]);
        cast.prosecutor.record(&person_draft);
        assert_eq!(cast.engine.push_last(&cast.prosecutor), "accepted");
        settle(&cast.engine);
        assert_eq!(cast.engine.verdict(leader, held), "accepted");
        assert_eq!(cast.engine.verdict(leader, after), "accepted");
        let mut seen = Replica::default();
        seen.pull(&cast.engine, leader, None);
        assert_eq!(value(seen.record(&first).expect("seen"), "minutes"), Some(&json!(20)));
    }

    fn an_operation_under_a_newer_catalogue_waits(backend) {
        let mut cast = Cast::meet(backend);
        let mut draft = report(&cast.leader, record(), "x");
        draft.cat += 1;
        cast.leader.record(&draft);
        assert_eq!(cast.engine.push_last(&cast.leader), "cat_newer");
    }

    fn what_was_seen_must_exist_on_that_record_in_this_history(backend) {
        let mut cast = Cast::meet(backend);
        let (one, two) = (record(), record());
        cast.prosecutor.record(&report(&cast.prosecutor, one, "one"));
        cast.prosecutor.record(&report(&cast.prosecutor, two, "two"));
        cast.engine.push_from(&cast.prosecutor, 1).expect("answered");
        let stranger = uuid::Uuid::new_v4().to_string().parse().expect("an id");
        for (device, seq, expected) in [
            (cast.prosecutor.device, 1, "accepted"),
            (cast.prosecutor.device, 2, "seen_unknown"),
            (cast.prosecutor.device, 9, "seen_unknown"),
            (stranger, 1, "seen_unknown"),
            (cast.leader.device, 99, "seen_unknown"),
        ] {
            let mut edit = with(cast.prosecutor.draft("photo_report", one), &[("description", json!("z"))]);
            edit.seen.insert(device, seq);
            // The leader's own phone is a stranger to the prosecutor's record; his future is unknown to all.
            let verdict = { cast.prosecutor.record(&edit); cast.engine.push_last(&cast.prosecutor) };
            assert_eq!(verdict, expected, "{seq}");
        }
    }

    fn what_an_earlier_history_had_seen_waits_and_the_desk_can_let_it_go(backend) {
        let mut cast = Cast::after_a_restore(backend);
        let id = record();
        cast.leader.record(&report(&cast.leader, id, "x"));
        assert_eq!(cast.engine.push_last(&cast.leader), "accepted");
        let lost = uuid::Uuid::new_v4().to_string().parse().expect("an id");
        let mut edit = with(cast.leader.draft("photo_report", id), &[("description", json!("saw more"))]);
        edit.generation = "an earlier one".to_owned();
        edit.seen.insert(lost, 3);
        edit.seen.insert(cast.leader.device, 1);
        let held = cast.leader.record(&edit);
        assert_eq!(cast.engine.push_last(&cast.leader), "seen_earlier_generation");
        let lost_record = record();
        let mut edit = with(cast.leader.draft("photo_report", lost_record), &[("description", json!("of a lost record"))]);
        edit.generation = "an earlier one".to_owned();
        edit.seen.insert(lost, 4);
        cast.leader.record(&edit);
        assert_eq!(cast.engine.push_last(&cast.leader), "seen_earlier_generation");

        let release = Work::Release(Release { ops: vec![(cast.leader.device, held)], cut: true });
        let done = cast.engine.wait(cast.engine.app.sync.committer().commit(release)).expect("answered");
        assert!(matches!(done, Done::Released(1)), "{done:?}");
        assert_eq!(cast.engine.verdict(&cast.leader, held), "accepted");
        let mut seen = Replica::default();
        seen.pull(&cast.engine, &cast.leader, None);
        assert_eq!(value(seen.record(&id).expect("seen"), "description"), Some(&json!("saw more")));
    }

    fn what_is_held_when_a_server_starts_is_looked_at(backend) {
        let mut cast = Cast::meet(backend);
        let (person, first) = (record(), record());
        cast.leader.record(&visit(&cast.leader, first, person));
        assert_eq!(cast.engine.push_last(&cast.leader), "link_missing");
        // As if a server had died between the commit that brings the record and the release.
        let mut draft = subject(&cast.prosecutor, person);
        draft.add.insert("assigned".to_owned(), vec![json!(cast.leader.holder.member)]);
        cast.prosecutor.record(&draft);
        assert_eq!(cast.engine.push_last(&cast.prosecutor), "accepted");
        let second = cast.engine.beside();
        settle(&second);
        assert_eq!(second.verdict(&cast.leader, 1), "accepted");
    }

    fn an_ended_appointment_and_a_revoked_device_are_kept_apart(backend) {
        let mut cast = Cast::meet(backend);
        let volunteer = &mut cast.volunteers[0];
        volunteer.record(&report(volunteer, record(), "in time"));
        assert_eq!(cast.engine.push_last(volunteer), "accepted");
        volunteer.record(&report(volunteer, record(), "too late"));
        cast.engine.clock.advance(1_000);
        cast.engine.end_appointment(volunteer.holder.appointment);
        assert_eq!(cast.engine.push_last(volunteer), "appointment_ended");

        let leader = &mut cast.leader;
        leader.record(&report(leader, record(), "after the revocation"));
        let (device, now) = (leader.device, cast.engine.app.now_ms());
        cast.engine.app.store.write(|db| wuyuan_server::query!(db, devices::revoke(device, now))).expect("revoked");
        assert_eq!(cast.engine.push_last(leader), "device_revoked");
        // Nor does a form of a catalogue to come let it wait until nobody remembers.
        let mut newer = report(leader, record(), "of a newer form");
        newer.cat += 1;
        leader.record(&newer);
        assert_eq!(cast.engine.push_last(leader), "device_revoked");
        let refused = cast.engine.sync(leader.holder.member, Replica::default().request(leader, None));
        assert_eq!(refused.err(), Some(wuyuan_server::sync::SyncError::DeviceRevoked));
    }

    fn an_appointment_that_begins_later_gives_no_right_yet(backend) {
        let mut cast = Cast::meet(backend);
        let other = cast.volunteers[1].holder.member;
        let id = cast.engine.appoint(other, Role::GroupLeader, &cast.unit);
        let phone = &mut cast.volunteers[1];
        phone.holder.appointment = id;
        let mut early = report(phone, record(), "x");
        early.uptime_ms = 0; // written two seconds before the push, one before the appointment
        phone.record(&early);
        cast.engine.clock.advance(500);
        assert_eq!(cast.engine.push_last(phone), "appointment_not_started");
    }

    fn a_generation_that_never_was_holds_nothing(backend) {
        let mut cast = Cast::after_a_restore(backend);
        let id = record();
        cast.leader.record(&report(&cast.leader, id, "x"));
        assert_eq!(cast.engine.push_last(&cast.leader), "accepted");
        let stranger = uuid::Uuid::new_v4().to_string().parse().expect("an id");
        let mut edit = with(cast.leader.draft("photo_report", id), &[("description", json!("z"))]);
        edit.generation = "invented".to_owned();
        edit.seen.insert(stranger, 3);
        cast.leader.record(&edit);
        assert_eq!(cast.engine.push_last(&cast.leader), "seen_unknown");
    }

    fn a_history_that_a_second_restore_has_forgotten_is_known_by_its_name(backend) {
        // Restored from a backup, gone on, and restored from the same backup again: the second restore's database
        // has never heard of the history between, but phones come from it.
        let mut cast = Cast::meet(backend);
        let forgotten = cast.engine.app.store.write(keys::new_generation).expect("a name");
        let (lost, edited) = (uuid::Uuid::new_v4().to_string().parse().expect("an id"), record());
        let mut edit = with(cast.leader.draft("photo_report", edited), &[("description", json!("of a lost record"))]);
        edit.generation = forgotten;
        edit.seen.insert(lost, 4);
        cast.leader.record(&edit);
        assert_eq!(cast.engine.push_last(&cast.leader), "seen_earlier_generation");
    }

    fn what_could_not_be_read_stops_nothing_behind_it_on_its_record(backend) {
        let mut cast = Cast::meet(backend);
        let id = record();
        cast.leader.record(&report(&cast.leader, id, "x"));
        let bad = with(cast.leader.draft("photo_report", id), &[("description", json!("BAD"))]);
        let bad = cast.leader.write(bad.to_text().expect("a text").replace("BAD", "\\ud800"));
        let mut next = with(cast.leader.draft("photo_report", id), &[("description", json!("good"))]);
        next.seen.insert(cast.leader.device, bad);
        cast.leader.record(&next);
        let answer = cast.engine.push_from(&cast.leader, 1).expect("answered");
        assert_eq!((0..3).map(|n| word(&answer, n)).collect::<Vec<_>>(), ["accepted", "bad_text", "accepted"]);
        let mut later = with(cast.leader.draft("photo_report", id), &[("description", json!("better"))]);
        later.seen.insert(cast.leader.device, bad);
        cast.leader.record(&later);
        assert_eq!(cast.engine.push_last(&cast.leader), "accepted");
        let mut other = with(cast.prosecutor.draft("photo_report", id), &[("description", json!("foreign"))]);
        other.seen.insert(cast.leader.device, bad);
        cast.prosecutor.record(&other);
        assert_eq!(cast.engine.push_last(&cast.prosecutor), "seen_unknown", "nobody else can have seen it");
    }

    fn what_saw_a_waiting_operation_waits_with_it(backend) {
        let mut cast = Cast::after_a_restore(backend);
        let id = record();
        cast.leader.record(&report(&cast.leader, id, "x"));
        assert_eq!(cast.engine.push_last(&cast.leader), "accepted");
        let lost = uuid::Uuid::new_v4().to_string().parse().expect("an id");
        let mut edit = with(cast.leader.draft("photo_report", id), &[("description", json!("old"))]);
        edit.generation = "an earlier one".to_owned();
        edit.seen.insert(lost, 3);
        let held = cast.leader.record(&edit);
        assert_eq!(cast.engine.push_last(&cast.leader), "seen_earlier_generation");
        let mut later = with(cast.prosecutor.draft("photo_report", id), &[("description", json!("new"))]);
        later.seen.insert(cast.leader.device, held);
        let later = cast.prosecutor.record(&later);
        assert_eq!(cast.engine.push_last(&cast.prosecutor), "after_held");
        let release = Work::Release(Release { ops: vec![(cast.leader.device, held)], cut: true });
        cast.engine.wait(cast.engine.app.sync.committer().commit(release)).expect("answered");
        settle(&cast.engine);
        assert_eq!(cast.engine.verdict(&cast.prosecutor, later), "accepted");
        let mut seen = Replica::default();
        seen.pull(&cast.engine, &cast.prosecutor, None);
        let view = seen.record(&id).expect("seen");
        assert_eq!(value(view, "description"), Some(&json!("new")));
    }
}
