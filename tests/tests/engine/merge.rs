//! Concurrent edits are both kept; an edit that saw another replaces it; nobody removes what he may not read.

use serde_json::json;
use sync_protocol::role::Role;
use sync_protocol::wire::FieldView;
use wuyuan_tests::engine::{record, value, word};
use wuyuan_tests::on_both_backends;
use wuyuan_tests::replica::Replica;

use crate::people::{Cast, hours_of, report, session, subject, with};

fn siblings(view: &sync_protocol::wire::RecordView, field: &str) -> usize {
    match view.fields.get(field) {
        Some(FieldView::Register(values)) => values.len(),
        _ => 0,
    }
}

on_both_backends! {
    fn concurrent_values_are_both_kept_with_author_and_time_until_somebody_who_saw_both_decides(backend) {
        let mut cast = Cast::meet(backend);
        let id = record();
        cast.leader.record(&report(&cast.leader, id, "first"));
        assert_eq!(cast.engine.push_last(&cast.leader), "accepted");
        let mut seen = Replica::default();
        seen.pull(&cast.engine, &cast.leader, None);
        let clock = seen.record(&id).expect("the leader sees it").clock.clone();

        let mut both = Vec::new();
        for (phone, interest) in [(&mut cast.leader, "heritage"), (&mut cast.prosecutor, "women")] {
            let mut edit = with(phone.draft("photo_report", id), &[("interest", json!(interest))]);
            edit.seen = clock.clone();
            both.push((phone.holder.member, phone.record(&edit)));
            assert_eq!(cast.engine.push_last(phone), "accepted");
        }
        seen.pull(&cast.engine, &cast.leader, None);
        let view = seen.record(&id).expect("the leader sees it");
        let Some(FieldView::Register(values)) = view.fields.get("interest") else { panic!("{view:?}") };
        assert_eq!(values.iter().map(|v| v.value.clone()).collect::<Vec<_>>(), [json!("women"), json!("heritage")]);
        let authors: Vec<_> = values.iter().map(|v| v.by.expect("siblings name their author")).collect();
        assert_eq!(authors, [both[1].0, both[0].0]);
        assert!(values.iter().all(|v| v.at.is_some()));
        assert_eq!(siblings(view, "title"), 1);
        assert!(cast.engine.findings().contains(&"contested_field".to_owned()));

        let mut decision = with(cast.prosecutor.draft("photo_report", id), &[("interest", json!("women"))]);
        decision.seen = view.clock.clone();
        decision.reason = Some("现场核实".to_owned());
        cast.prosecutor.record(&decision);
        assert_eq!(cast.engine.push_last(&cast.prosecutor), "accepted");
        seen.pull(&cast.engine, &cast.leader, None);
        assert_eq!(siblings(seen.record(&id).expect("still there"), "interest"), 1);
        assert!(!cast.engine.findings().contains(&"contested_field".to_owned()));
    }

    fn who_may_change_only_his_own_reports_neither_changes_nor_sees_a_reporter_of_anothers(backend) {
        let mut cast = Cast::meet(backend);
        let id = record();
        cast.leader.record(&with(report(&cast.leader, id, "x"), &[("reporter_name", json!("演示某乙"))]));
        assert_eq!(cast.engine.push_last(&cast.leader), "accepted");
        let area = cast.engine.district.units.iter().find(|u| u.code == cast.unit).and_then(|u| u.parent.clone()).expect("a street");
        let manager = cast.engine.member(Role::AreaManager, &area, 0).clone();
        let other = cast.volunteers[0].holder.member;
        let appointment = cast.engine.appoint(other, Role::GroupLeader, &cast.unit);
        let mut phone = cast.volunteers[0].clone();
        phone.holder.appointment = appointment;
        cast.engine.clock.advance(5_000);
        let mut blind = with(phone.draft("photo_report", id), &[("reporter_name", json!("演示某丙"))]);
        blind.seen.insert(cast.leader.device, 1);
        phone.record(&blind);
        // The catalogue lets a leader change only the reports he made himself.
        assert_eq!(cast.engine.push_last(&phone), "role_forbidden");

        let area_phone = {
            let mut phone = cast.engine.phone(&manager, &cast.unit);
            let mut blind = with(phone.draft("photo_report", id), &[("reporter_name", json!("演示某丁"))]);
            blind.seen.insert(cast.leader.device, 1);
            phone.record(&blind);
            phone
        };
        assert_eq!(cast.engine.push_last(&area_phone), "role_forbidden");
        let mut seen = Replica::default();
        seen.pull(&cast.engine, &cast.prosecutor, None);
        assert_eq!(value(seen.record(&id).expect("seen"), "reporter_name"), Some(&json!("演示某乙")));
        let mut seen = Replica::default();
        seen.pull(&cast.engine, &area_phone, None);
        let view = seen.record(&id).expect("the street's manager reads reports");
        assert!(!view.fields.contains_key("reporter_name"), "the reporter's name is not for him");
    }

    fn a_hidden_fields_value_survives_an_edit_that_saw_the_whole_record(backend) {
        let mut cast = Cast::meet(backend);
        let id = record();
        cast.prosecutor.record(&with(subject(&cast.prosecutor, id), &[("real_name", json!("演示真名"))]));
        assert_eq!(cast.engine.push_last(&cast.prosecutor), "accepted");
        let district = "350111000000".parse().expect("a code");
        let assistant = cast.engine.member(Role::ProsecutorAssistant, &district, 0).clone();
        let mut phone = cast.engine.phone(&assistant, &cast.unit);
        let mut seen = Replica::default();
        seen.pull(&cast.engine, &phone, None);
        let view = seen.record(&id).expect("the assistant reads subjects").clone();
        assert!(!view.fields.contains_key("real_name"));
        let mut edit = with(phone.draft("subject", id), &[("visit_interval_days", json!(7))]);
        edit.seen = view.clock;
        phone.record(&edit);
        assert_eq!(cast.engine.push_last(&phone), "accepted");
        let mut forbidden = with(phone.draft("subject", id), &[("real_name", json!(null))]);
        forbidden.seen.insert(phone.device, 1);
        phone.record(&forbidden);
        assert_eq!(cast.engine.push_last(&phone), "field_forbidden");
        let mut full = Replica::default();
        full.pull(&cast.engine, &cast.prosecutor, None);
        let view = full.record(&id).expect("seen");
        assert_eq!(value(view, "real_name"), Some(&json!("演示真名")));
        assert_eq!(value(view, "visit_interval_days"), Some(&json!(7)));
    }

    fn a_transition_from_a_state_that_the_author_had_not_seen_has_no_effect_and_is_kept(backend) {
        let mut cast = Cast::meet(backend);
        let id = record();
        let volunteer = &mut cast.volunteers[0];
        let mut made = with(report(volunteer, id, "x"), &[("description", json!("y"))]);
        made.act = Some(sync_protocol::op::Act { name: "submit".to_owned() });
        volunteer.record(&made);
        assert_eq!(cast.engine.push_last(volunteer), "accepted");
        let act = |phone: &wuyuan_tests::phones::Phone, name: &str, set: &[(&str, serde_json::Value)]| {
            let mut draft = with(phone.draft("photo_report", id), set);
            draft.seen.insert(cast.volunteers[0].device, 1);
            draft.act = Some(sync_protocol::op::Act { name: name.to_owned() });
            draft.reason = Some("理由".to_owned());
            draft
        };
        let register = act(&cast.prosecutor, "register", &[("lead_no", json!("演示-1")), ("lead_source", json!("citizen"))]);
        let district = "350111000000".parse().expect("a code");
        let assistant = cast.engine.member(Role::ProsecutorAssistant, &district, 0).clone();
        let mut colleague = cast.engine.phone(&assistant, &cast.unit);
        let back = act(&colleague, "return", &[]);
        cast.prosecutor.record(&register);
        assert_eq!(cast.engine.push_last(&cast.prosecutor), "accepted");
        colleague.record(&back);
        assert_eq!(cast.engine.push_last(&colleague), "accepted");
        let mut seen = Replica::default();
        seen.pull(&cast.engine, &cast.prosecutor, None);
        assert_eq!(siblings(seen.record(&id).expect("seen"), "state"), 2, "both stand until a person decides");
        let findings = cast.engine.findings();
        assert!(findings.contains(&"stale_transition".to_owned()) && findings.contains(&"contested_field".to_owned()), "{findings:?}");
        // A transition that is not open from a state that its author did see is refused.
        let mut wrong = cast.prosecutor.draft("photo_report", id);
        wrong.seen = seen.record(&id).expect("seen").clock.clone();
        wrong.act = Some(sync_protocol::op::Act { name: "investigate".to_owned() });
        cast.prosecutor.record(&wrong);
        assert_eq!(cast.engine.push_last(&cast.prosecutor), "transition_forbidden");
    }

    fn a_wrong_clock_is_a_finding_and_never_a_refusal(backend) {
        let mut cast = Cast::meet(backend);
        for (at, boot) in [("1970-01-01T08:00:00+08:00", "before"), ("2099-01-01T00:00:00Z", "before"), ("2099-01-01T00:00:00Z", "boot")] {
            let mut draft = report(&cast.leader, record(), "x");
            draft.at = at.to_owned();
            draft.boot = boot.to_owned();
            cast.leader.record(&draft);
            assert_eq!(cast.engine.push_last(&cast.leader), "accepted");
        }
        assert_eq!(cast.engine.findings(), ["clock_off"; 3]);
    }

    fn a_dot_is_issued_again_once_and_the_record_is_its_authors(backend) {
        let mut cast = Cast::meet(backend);
        let id = record();
        let volunteer = &mut cast.volunteers[0];
        let first = volunteer.record(&{
            let mut draft = report(volunteer, id, "x");
            draft.set.remove("title");
            draft
        });
        assert_eq!(cast.engine.push_last(volunteer), "missing_required");
        let mut follower = with(volunteer.draft("photo_report", id), &[("description", json!("y"))]);
        follower.seen.insert(volunteer.device, first);
        volunteer.record(&follower);
        assert_eq!(cast.engine.push_last(volunteer), "depends_on_quarantined");

        let district = "350111000000".parse().expect("a code");
        let officer = cast.engine.member(Role::ConflictAdmin, &district, 0).clone();
        let mut desk = cast.engine.phone(&officer, &cast.unit);
        let named = |seq: u64| sync_protocol::op::OpName {
            device: cast.volunteers[0].device,
            seq,
            hash: sync_protocol::feed::body_hash(cast.volunteers[0].text(seq).as_bytes()),
        };
        let mut again = report(&desk, id, "x");
        again.reissues = Some(named(1));
        again.reason = Some("补全标题".to_owned());
        desk.record(&again);
        assert_eq!(cast.engine.push_last(&desk), "accepted");
        let mut twice = report(&desk, record(), "x");
        twice.reissues = Some(named(1));
        desk.record(&twice);
        assert_eq!(cast.engine.push_last(&desk), "reissue_taken");
        let mut wrong = report(&desk, record(), "x");
        wrong.reissues = Some(sync_protocol::op::OpName { hash: [7; 32], ..named(2) });
        desk.record(&wrong);
        assert_eq!(cast.engine.push_last(&desk), "reissue_invalid");
        let mut next = with(desk.draft("photo_report", id), &[("description", json!("y"))]);
        next.reissues = Some(named(2));
        next.seen.insert(cast.volunteers[0].device, 1);
        desk.record(&next);
        assert_eq!(cast.engine.push_last(&desk), "accepted", "it keeps the original's seen");
        let mut seen = Replica::default();
        seen.pull(&cast.engine, &cast.volunteers[0], None);
        let view = seen.record(&id).expect("the record is the volunteer's, who first wrote it");
        assert_eq!(view.creator, cast.volunteers[0].holder.member);
        assert_eq!(value(view, "description"), Some(&json!("y")));
    }

    fn one_bad_operation_stops_nothing_behind_it_and_one_bad_push_nobody_beside_it(backend) {
        let mut cast = Cast::meet(backend);
        let (a, b) = (record(), record());
        cast.leader.record(&report(&cast.leader, a, "x"));
        cast.leader.write("{\"kind\":\"photo_report\",\"kind\":\"x\"}");
        cast.leader.record(&report(&cast.leader, b, "z"));
        let good = cast.leader.push(1..=3).text();
        let mut gap = cast.prosecutor.clone();
        gap.record(&report(&cast.prosecutor, record(), "never sent"));
        gap.record(&report(&gap, record(), "too early"));
        let bad = gap.push(2..=2).text();
        let (first, second) = cast.engine.wait(async {
            let sync = &cast.engine.app.sync;
            tokio::join!(
                sync.sync(gap.holder.member, false, bad.into_bytes()),
                sync.sync(cast.leader.holder.member, false, good.into_bytes()),
            )
        });
        assert!(matches!(first, Err(wuyuan_server::sync::SyncError::Gap(head)) if head.seq == 0));
        let answer = second.expect("the good push is answered");
        assert_eq!((0..3).map(|n| word(&answer, n)).collect::<Vec<_>>(), ["accepted", "duplicate_key", "accepted"]);
    }

    fn who_leaves_the_state_out_of_what_he_saw_overwrites_nothing_in_a_locked_record(backend) {
        let mut cast = Cast::meet(backend);
        let id = record();
        let volunteer = &mut cast.volunteers[0];
        let made = session(volunteer, id);
        volunteer.record(&made);
        assert_eq!(cast.engine.push_last(volunteer), "accepted");
        let mut approval = cast.leader.draft("volunteer_session", id);
        approval.seen.insert(cast.volunteers[0].device, 1);
        approval.act = Some(sync_protocol::op::Act { name: "approve".to_owned() });
        let catalog = sync_protocol::catalog::Catalog::builtin().expect("a catalogue");
        approval.approves = Some(hours_of(&catalog.kinds()["volunteer_session"], &made));
        cast.leader.record(&approval);
        assert_eq!(cast.engine.push_last(&cast.leader), "accepted");

        let volunteer = &mut cast.volunteers[0];
        let mut honest = with(volunteer.draft("volunteer_session", id), &[("claimed_minutes", json!(600))]);
        honest.seen.insert(volunteer.device, 1);
        honest.seen.insert(cast.leader.device, 1);
        volunteer.record(&honest);
        assert_eq!(cast.engine.push_last(volunteer), "state_locked");
        let mut sly = with(volunteer.draft("volunteer_session", id), &[("claimed_minutes", json!(600))]);
        sly.seen.insert(volunteer.device, 1);
        volunteer.record(&sly);
        assert_eq!(cast.engine.push_last(volunteer), "accepted");
        let mut seen = Replica::default();
        seen.pull(&cast.engine, &cast.leader, None);
        assert_eq!(siblings(seen.record(&id).expect("seen"), "claimed_minutes"), 2, "sixty minutes still stand");
        let findings = cast.engine.findings();
        assert!(findings.contains(&"contested_field".to_owned()) && findings.contains(&"stale_transition".to_owned()));
    }

    fn a_reissue_gives_no_right_that_its_original_does_not_call_for(backend) {
        let mut cast = Cast::meet(backend);
        let district = "350111000000".parse().expect("a code");
        let officer = cast.engine.member(Role::ConflictAdmin, &district, 0).clone();
        let mut desk = cast.engine.phone(&officer, &cast.unit);
        let volunteer = &mut cast.volunteers[0];
        let named = record();
        volunteer.record(&{
            let mut draft = report(volunteer, named, "x");
            draft.set.remove("title");
            draft
        });
        assert_eq!(cast.engine.push_last(volunteer), "missing_required");
        let original = sync_protocol::op::OpName {
            device: volunteer.device,
            seq: 1,
            hash: sync_protocol::feed::body_hash(volunteer.text(1).as_bytes()),
        };
        for (reissues, expected) in [
            // Another record than the original's: the desk itself may create none.
            (original, "role_forbidden"),
            (sync_protocol::op::OpName { device: desk.device, seq: 1 << 40, hash: [9; 32] }, "reissue_invalid"),
            (sync_protocol::op::OpName { device: cast.leader.device, seq: 5, hash: [9; 32] }, "reissue_invalid"),
        ] {
            let mut draft = report(&desk, record(), "x");
            draft.reissues = Some(reissues);
            desk.record(&draft);
            assert_eq!(cast.engine.push_last(&desk), expected);
        }
    }

    fn more_siblings_than_people_can_look_through_are_refused(backend) {
        let mut cast = Cast::meet(backend);
        let id = record();
        cast.leader.record(&report(&cast.leader, id, "x"));
        for n in 0..70 {
            let blind = with(cast.leader.draft("photo_report", id), &[("title", json!(format!("{n}")))]);
            cast.leader.record(&blind);
        }
        let answer = cast.engine.push_from(&cast.leader, 1).expect("answered");
        let accepted = (0..71).filter(|n| word(&answer, *n) == "accepted").count();
        assert_eq!(accepted, 64);
        assert_eq!(word(&answer, 70), "too_contested");
    }
}
