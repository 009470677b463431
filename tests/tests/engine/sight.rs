//! A phone sees exactly what its holder may see, also after an assignment, a role or a unit changes.

use serde_json::json;
use sync_protocol::role::Role;
use wuyuan_server::sync::SyncError;
use wuyuan_tests::engine::{record, value};
use wuyuan_tests::on_both_backends;
use wuyuan_tests::replica::Replica;

use crate::people::{Cast, report, subject, visit, with};

on_both_backends! {
    fn an_assignment_delivers_old_records_and_its_end_takes_them_away_from_him_alone(backend) {
        let mut cast = Cast::meet(backend);
        let (person, seen_by_leader) = (record(), record());
        let mut draft = subject(&cast.prosecutor, person);
        draft.add.insert("assigned".to_owned(), vec![json!(cast.leader.holder.member)]);
        cast.prosecutor.record(&draft);
        assert_eq!(cast.engine.push_last(&cast.prosecutor), "accepted");
        cast.leader.record(&visit(&cast.leader, seen_by_leader, person));
        assert_eq!(cast.engine.push_last(&cast.leader), "accepted");

        let mut phones = [Replica::default(), Replica::default()];
        let pull = |phones: &mut [Replica; 2], cast: &Cast| {
            phones.iter_mut().zip(&cast.volunteers).for_each(|(replica, phone)| replica.pull(&cast.engine, phone, Some(1)));
        };
        pull(&mut phones, &cast);
        assert!(phones.iter().all(|p| p.records().count() == 0));

        let change = |cast: &mut Cast, add: bool| {
            let mut edit = cast.prosecutor.draft("subject", person);
            edit.seen.insert(cast.prosecutor.device, cast.prosecutor.seq());
            let who = vec![json!(cast.volunteers[0].holder.member)];
            if add { edit.add.insert("assigned".to_owned(), who) } else { edit.remove.insert("assigned".to_owned(), who) };
            cast.prosecutor.record(&edit);
            assert_eq!(cast.engine.push_last(&cast.prosecutor), "accepted");
        };
        change(&mut cast, true);
        pull(&mut phones, &cast);
        let held: Vec<_> = phones[0].records().map(|r| r.id).collect();
        assert!(held.contains(&person) && held.contains(&seen_by_leader), "the old visit comes with the person");
        assert!(!phones[0].record(&person).expect("held").fields.contains_key("category"));
        assert_eq!(phones[1].records().count(), 0);

        change(&mut cast, false);
        pull(&mut phones, &cast);
        assert_eq!(phones[0].records().count(), 0);
        assert!(phones.iter().all(|p| p.restarts == 0), "nobody had to start anew");
        // Writing to what he no longer sees answers as if it were not there.
        let volunteer = &mut cast.volunteers[0];
        let mut late = with(volunteer.draft("supervision_visit", seen_by_leader), &[("minutes", json!(5))]);
        late.seen.insert(cast.leader.device, 1);
        volunteer.record(&late);
        assert_eq!(cast.engine.push_last(volunteer), "record_unavailable");
        let mut missing = with(volunteer.draft("supervision_visit", record()), &[("minutes", json!(5))]);
        missing.seen.insert(cast.leader.device, 1);
        volunteer.record(&missing);
        assert_eq!(cast.engine.push_last(volunteer), "record_unavailable");
    }

    fn a_changed_role_starts_the_unit_anew_and_an_ended_one_ends_it(backend) {
        let mut cast = Cast::meet(backend);
        let id = record();
        cast.leader.record(&report(&cast.leader, id, "x"));
        assert_eq!(cast.engine.push_last(&cast.leader), "accepted");
        let member = cast.volunteers[0].holder.member;
        let mut replica = Replica::default();
        replica.pull(&cast.engine, &cast.volunteers[0], None);
        assert!(replica.record(&id).is_none());
        let lead = cast.engine.appoint(member, Role::GroupLeader, &cast.unit);
        cast.engine.clock.advance(1);
        replica.pull(&cast.engine, &cast.volunteers[0], None);
        assert!(replica.record(&id).is_some(), "a leader sees the unit's reports");
        assert_eq!(replica.restarts, 1);
        cast.engine.end_appointment(lead);
        replica.pull(&cast.engine, &cast.volunteers[0], None);
        assert!(replica.record(&id).is_none());
        cast.engine.end_appointment(cast.volunteers[0].holder.appointment);
        replica.pull(&cast.engine, &cast.volunteers[0], None);
        assert!(!replica.units.contains_key(&cast.unit), "nothing of the unit is left: {:?}", replica.units.keys());
    }

    fn a_cursor_of_another_history_starts_the_unit_anew_and_a_forged_one_is_refused(backend) {
        let mut cast = Cast::meet(backend);
        cast.leader.record(&report(&cast.leader, record(), "x"));
        assert_eq!(cast.engine.push_last(&cast.leader), "accepted");
        let mut replica = Replica::default();
        replica.pull(&cast.engine, &cast.leader, None);
        let unit = cast.unit.to_string();
        let mut forged = replica.clone();
        let mut text = forged.cursors[&unit].clone();
        let last = if text.ends_with('A') { 'B' } else { 'A' };
        text.pop();
        text.push(last);
        forged.cursors.insert(unit.clone(), text);
        // Together with a push, which must not be taken either.
        cast.leader.record(&report(&cast.leader, record(), "y"));
        let mut push = cast.leader.push(2..=2);
        push.rest = json!({"pull": {"cursors": forged.cursors}});
        assert_eq!(cast.engine.sync(cast.leader.holder.member, push.text()).err(), Some(SyncError::CursorForged));
        assert_eq!(cast.engine.push_last(&cast.leader), "accepted");

        // Another member's cursor is another scope's.
        let mut other = Replica { cursors: replica.cursors.clone(), ..Replica::default() };
        other.pull(&cast.engine, &cast.prosecutor, None);
        assert_eq!(other.restarts, 1);

        cast.engine.app.store.write(|db| wuyuan_server::query!(db, meta::put("generation", "another"))).expect("written");
        let restored = cast.engine.beside();
        replica.pull(&restored, &cast.leader, None);
        assert_eq!(replica.restarts, 1);
        assert_eq!(replica.records().count(), 2);
    }

    fn sensitive_readings_are_written_down_before_they_are_sent(backend) {
        let mut cast = Cast::meet(backend);
        let id = record();
        cast.leader.record(&with(report(&cast.leader, id, "x"), &[("reporter_name", json!("演示某乙"))]));
        assert_eq!(cast.engine.push_last(&cast.leader), "accepted");
        let log = |cast: &Cast| cast.engine.read(|db| wuyuan_server::query!(db, access_log::page(&[0; 16], 100)));
        let mut own = Replica::default();
        own.pull(&cast.engine, &cast.leader, None);
        assert_eq!(value(own.record(&id).expect("seen"), "reporter_name"), Some(&json!("演示某乙")));
        assert!(log(&cast).is_empty(), "one's own words are no disclosure");
        let mut replica = Replica::default();
        replica.pull(&cast.engine, &cast.prosecutor, None);
        let entries = log(&cast);
        assert_eq!(entries.len(), 1);
        assert_eq!((entries[0].member, entries[0].fields.as_str(), entries[0].records), (cast.prosecutor.holder.member, "reporter_name", 1));
    }

    fn a_client_that_cannot_reach_its_tally_makes_a_finding(backend) {
        let cast = Cast::meet(backend);
        let body = json!({"device": cast.leader.device, "pull": {"cursors": {}, "diverged": [cast.unit]}}).to_string();
        cast.engine.sync(cast.leader.holder.member, body).expect("answered");
        assert_eq!(cast.engine.findings(), ["diverged"]);
    }
}
