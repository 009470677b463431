//! From a claim to the ledger: what posts, what waits, what is taken back.

use serde_json::json;
use wuyuan_server::ledger::{sight, totals};
use wuyuan_server::store::StoreError;
use wuyuan_server::store::hours::HoursFilter;
use wuyuan_tests::office::{Office, Person, at, put, take};
use wuyuan_tests::on_both_backends;

use Person::{Leader, Officer, Prosecutor, Supervisor, Volunteer};

on_both_backends! {
    fn a_session_of_social_service_posts_when_it_is_pledged_attested_and_approved(backend) {
        let mut office = Office::open(backend);
        let subject = office.subject();
        let order = office.plan(subject);
        let session = office.session(order, 20, 9, 180);
        office.follow();
        assert_eq!(office.waits(session), "not_approved,order_not_pledged,attestations_missing");
        office.attest(0, session);
        assert_eq!(office.approve(Supervisor, session), "accepted");
        office.follow();
        assert_eq!(office.waits(session), "order_not_pledged,attestations_missing");
        // The pledge and the second attestation come by on records of their own.
        assert_eq!(office.pledge(order, "2026-11-20"), "accepted");
        office.follow();
        assert_eq!(office.waits(session), "attestations_missing");
        office.attest(1, session);
        office.follow();
        assert_eq!(office.claim(session), None);
        let ledger = office.ledger();
        let [entry] = ledger.as_slice() else { panic!("{ledger:?}") };
        assert_eq!((entry.number, entry.round, entry.minutes, entry.day.as_str()), (1, 1, 180, "2026-11-20"));
        assert_eq!((entry.ledger.as_str(), entry.member, entry.subject.map(|s| s.0)), ("social_service", None, Some(subject.0)));
        assert_eq!((entry.unit.as_str(), entry.kind.as_str()), (office.unit.as_str(), "service_session"));
        assert_eq!(entry.approved_device, office.phones[&Supervisor].device);
        assert_eq!(Some(entry.digest), office.digest(session));
        // Whatever comes by again posts nothing more.
        assert_eq!(office.set(Supervisor, session, "weather", json!("fine")), "accepted");
        office.follow();
        assert_eq!(office.ledger(), ledger);
    }

    fn a_volunteers_own_hours_post_to_his_account(backend) {
        let mut office = Office::open(backend);
        let session = office.volunteering(1, 19, 8, 90);
        office.follow();
        assert_eq!(office.waits(session), "not_approved");
        assert_eq!(office.approve(Leader, session), "accepted");
        office.follow();
        let ledger = office.ledger();
        let account = Some(office.member(Volunteer(1)).0);
        assert_eq!((ledger[0].ledger.as_str(), ledger[0].member.map(|m| m.0), ledger[0].subject), ("volunteer", account, None));
        assert_eq!((ledger.len(), ledger[0].minutes), (1, 90));
    }

    fn a_pledge_signed_after_the_session_holds_it_back(backend) {
        let mut office = Office::open(backend);
        let subject = office.subject();
        let order = office.plan(subject);
        assert_eq!(office.pledge(order, "2026-11-21"), "accepted");
        let session = office.session(order, 20, 9, 60);
        office.attest(0, session);
        office.attest(1, session);
        assert_eq!(office.approve(Supervisor, session), "accepted");
        office.follow();
        assert_eq!(office.waits(session), "pledge_after_session");
        assert_eq!(office.set(Prosecutor, order, "pledge_signed_on", json!("2026-11-19")), "accepted");
        office.follow();
        assert_eq!(office.posted(session), 60);
    }

    fn observers_must_be_of_the_order_and_blind(backend) {
        let mut office = Office::open(backend);
        let order = office.order();
        let session = office.session(order, 20, 9, 60);
        let gone = office.member(Volunteer(2));
        office.attest(0, session);
        office.attest(2, session);
        assert_eq!(office.approve(Supervisor, session), "accepted");
        let drop_one = |draft: &mut sync_protocol::op::OpDraft| drop(draft.remove.insert("observers".to_owned(), vec![json!(gone)]));
        assert_eq!(office.write(Prosecutor, order, drop_one), "accepted");
        office.follow();
        assert_eq!(office.waits(session), "attestations_missing,observer_not_of_order");
        // Whoever could read the other's statement when he made his own does not count.
        office.engine.appoint(office.member(Volunteer(1)), sync_protocol::role::Role::GroupLeader, &office.unit);
        office.engine.clock.advance(1);
        office.attest(1, session);
        office.follow();
        assert_eq!(office.waits(session), "attestations_missing,observer_not_of_order,observer_not_blind");
    }

    fn an_observer_attests_a_session_once(backend) {
        let mut office = Office::open(backend);
        let order = office.order();
        let session = office.session(order, 20, 9, 60);
        let first = office.attest(0, session);
        let second = office.attest(0, session);
        office.attest(1, session);
        assert_eq!(office.approve(Supervisor, session), "accepted");
        office.follow();
        assert_eq!(office.waits(session), "attested_twice");
        let twice = |office: &Office| office.engine.findings().iter().filter(|code| *code == "attested_twice").count();
        assert_eq!(twice(&office), 2, "people look at both");
        assert_eq!(office.act(Officer, second, "void"), "accepted");
        office.follow();
        assert_eq!(twice(&office), 0);
        assert_eq!(office.posted(session), 60);
        // What it was posted on may be locked.
        assert_eq!(office.act(Supervisor, first, "lock"), "accepted");
        office.follow();
        assert_eq!(office.posted(session), 60);
    }

    fn an_attestation_that_names_another_session_counts_there(backend) {
        let mut office = Office::open(backend);
        let order = office.order();
        let (one, other) = (office.session(order, 20, 9, 60), office.session(order, 20, 14, 60));
        let moved = office.attest(0, one);
        for session in [one, other] {
            office.attest(1, session);
            assert_eq!(office.approve(Supervisor, session), "accepted");
        }
        let move_it = |draft: &mut sync_protocol::op::OpDraft| {
            put(draft, &[("session", json!(other)), ("present_from", json!(at(20, 14, 0))), ("present_until", json!(at(20, 14, 60)))]);
        };
        // Nobody but its author writes in it, and he only when he was asked to.
        assert_eq!(office.write(Officer, moved, move_it), "state_locked");
        assert_eq!(office.act(Officer, moved, "return"), "accepted");
        assert_eq!(office.write(Officer, moved, move_it), "state_locked");
        assert_eq!(office.write(Volunteer(0), moved, move_it), "accepted");
        assert_eq!(office.act(Volunteer(0), moved, "submit"), "accepted");
        office.follow();
        assert_eq!((office.posted(one), office.posted(other)), (0, 60));
        assert_eq!(office.waits(one), "attestations_missing");
    }

    fn a_void_session_is_taken_back_and_a_question_alone_is_not(backend) {
        let mut office = Office::open(backend);
        let session = office.volunteering(0, 19, 8, 90);
        assert_eq!(office.approve(Leader, session), "accepted");
        office.follow();
        assert_eq!(office.act(Prosecutor, session, "question"), "accepted");
        office.follow();
        assert_eq!(office.posted(session), 90);
        let stale = |office: &Office| office.engine.findings().contains(&"approval_stale_after_posting".to_owned());
        assert!(stale(&office), "what is in question stands posted");
        assert_eq!(office.act(Officer, session, "void"), "second_person_required", "one alone takes no hours back");
        office.follow();
        assert_eq!(office.posted(session), 90);
        assert_eq!(office.agree(Leader, Officer, session, "void"), "accepted");
        office.follow();
        office.follow();
        assert!(!stale(&office));
        let ledger = office.ledger();
        let of: Vec<_> = ledger.iter().map(|row| (row.number, row.round, row.minutes, row.reverses)).collect();
        assert_eq!(of, [(1, 1, 90, None), (2, 1, -90, Some(1))]);
        assert_eq!(office.claim(session), None);
    }

    fn who_questions_a_posted_session_has_no_way_around_the_second_person(backend) {
        let mut office = Office::open(backend);
        let order = office.order();
        let service = office.session(order, 20, 9, 60);
        office.attest(0, service);
        office.attest(1, service);
        let own = office.volunteering(0, 19, 8, 90);
        for (session, approver) in [(service, Supervisor), (own, Leader)] {
            assert_eq!(office.approve(approver, session), "accepted");
            office.follow();
            let posted = office.posted(session);
            assert_eq!(office.act(approver, session, "question"), "accepted");
            for step in ["return", "decline", "discard"] {
                assert_eq!(office.act(approver, session, step), "transition_forbidden", "{step}");
            }
            for step in ["correct", "void"] {
                assert_eq!(office.act(approver, session, step), "second_person_required", "{step}");
            }
            assert_eq!(office.set(approver, session, "claimed_minutes", json!(1)), "second_person_required");
            office.follow();
            assert_eq!(office.posted(session), posted);
            // Two persons hand it back, and with that the ledger has it no more.
            assert_eq!(office.agree(approver, Officer, session, "correct"), "accepted");
            office.follow();
            assert_eq!(office.posted(session), 0);
            assert_eq!(office.act(approver, session, "discard"), "accepted");
            office.follow();
            assert_eq!((office.posted(session), office.claim(session)), (0, None));
        }
    }

    fn what_posted_hours_stand_on_is_changed_by_two(backend) {
        let mut office = Office::open(backend);
        let order = office.order();
        let (other, gone) = (office.subject(), office.member(Volunteer(2)));
        let less = |draft: &mut sync_protocol::op::OpDraft| drop(draft.remove.insert("observers".to_owned(), vec![json!(gone)]));
        assert_eq!(office.set(Prosecutor, order, "subject", json!(other)), "second_person_required", "who pledged serves");
        assert_eq!(office.set(Prosecutor, order, "pledge_signed_on", json!("2026-11-03")), "accepted", "nothing is posted");
        let session = office.session(order, 20, 9, 60);
        office.attest(0, session);
        office.attest(1, session);
        assert_eq!(office.approve(Supervisor, session), "accepted");
        office.follow();
        assert_eq!(office.posted(session), 60);
        for (field, value) in [("pledge_signed_on", json!("2026-11-01")), ("pledge", json!("ef".repeat(32)))] {
            assert_eq!(office.set(Prosecutor, order, field, value), "second_person_required", "{field}");
        }
        assert_eq!(office.write(Prosecutor, order, less), "second_person_required");
        assert_eq!(office.agree_to(Prosecutor, Officer, order, less), "accepted");
        assert_eq!(office.set(Prosecutor, order, "note", json!("演示")), "accepted");
    }

    fn sums_of_single_persons_who_serve_are_written_down(backend) {
        let mut office = Office::open(backend);
        let order = office.order();
        let session = office.session(order, 20, 9, 60);
        office.attest(0, session);
        office.attest(1, session);
        assert_eq!(office.approve(Supervisor, session), "accepted");
        office.volunteering(0, 19, 8, 90);
        office.follow();
        let read = |office: &Office, person| {
            let rows = office.look::<_, StoreError>(person, |db, looker| {
                let filter = HoursFilter { sight: sight::persons(db, looker)?, ..HoursFilter::default() };
                totals::readings(db, looker, &filter, 7)
            });
            rows.expect("sums").into_iter().map(|row| (row.unit, row.kind, row.fields, row.records)).collect::<Vec<_>>()
        };
        let entry = (office.unit.as_str().to_owned(), "service_session".to_owned(), "hours".to_owned(), 1);
        assert_eq!(read(&office, Prosecutor), [entry]);
        assert_eq!(read(&office, Leader), [], "he reads no person's service");
    }

    fn out_of_a_contested_approval_leads_nobody_alone(backend) {
        let mut office = Office::open(backend);
        let session = office.volunteering(0, 19, 8, 90);
        let before = office.seen(session);
        assert_eq!(office.approve(Leader, session), "accepted");
        office.follow();
        // Who had not seen the approval hands the session back: both states stand.
        let hand_back = |draft: &mut sync_protocol::op::OpDraft| take(draft, "return");
        assert_eq!(office.write_as_of(Officer, session, before, hand_back), "accepted");
        for step in ["void", "correct"] {
            assert_ne!(office.act(Officer, session, step), "accepted", "{step}");
        }
        office.follow();
        assert_eq!(office.posted(session), 90);
        assert_eq!(office.agree(Leader, Officer, session, "correct"), "transition_forbidden", "only the desk leads out");
        assert_eq!(office.act(Officer, session, "question"), "accepted");
        assert_eq!(office.agree(Leader, Officer, session, "correct"), "accepted");
        office.follow();
        assert_eq!(office.posted(session), 0);
    }

    fn a_correction_by_two_persons_is_taken_back_and_the_next_approval_posts_anew(backend) {
        let mut office = Office::open(backend);
        let session = office.volunteering(0, 19, 8, 90);
        assert_eq!(office.approve(Leader, session), "accepted");
        office.follow();
        assert_eq!(office.act(Leader, session, "correct"), "second_person_required");
        let seen = office.seen(session);
        let propose = |draft: &mut sync_protocol::op::OpDraft| { take(draft, "correct"); draft.proposes = true; };
        assert_eq!(office.write_as_of(Leader, session, seen, propose), "accepted");
        office.follow();
        assert_eq!(office.posted(session), 90, "a proposal alone takes nothing back");
        assert_eq!(office.agree(Volunteer(0), Officer, session, "correct"), "accepted");
        office.follow();
        assert_eq!((office.posted(session), office.waits(session).as_str()), (0, "not_submitted"));
        assert_eq!(office.set(Volunteer(0), session, "claimed_minutes", json!(80)), "accepted");
        assert_eq!(office.act(Volunteer(0), session, "submit"), "accepted");
        assert_eq!(office.approve(Leader, session), "accepted");
        office.follow();
        let of: Vec<_> = office.ledger().iter().map(|row| (row.number, row.round, row.minutes, row.reverses)).collect();
        assert_eq!(of, [(1, 1, 90, None), (2, 1, -90, Some(1)), (3, 2, 80, None)]);
    }

    fn contested_hours_wait_and_a_decision_lets_them_go_on(backend) {
        let mut office = Office::open(backend);
        let session = office.volunteering(0, 19, 8, 90);
        let before = office.seen(session);
        assert_eq!(office.set(Volunteer(0), session, "claimed_minutes", json!(80)), "accepted");
        let blind = |draft: &mut sync_protocol::op::OpDraft| put(draft, &[("claimed_minutes", json!(70))]);
        assert_eq!(office.write_as_of(Leader, session, before, blind), "accepted");
        office.follow();
        assert_eq!(office.waits(session), "not_approved,hours_contested,incomplete");
        assert_eq!(office.set(Leader, session, "claimed_minutes", json!(75)), "accepted");
        assert_eq!(office.approve(Leader, session), "accepted");
        office.follow();
        assert_eq!(office.waits(session), "approved_by_claimant", "who chose the minutes does not approve them");
        assert_eq!(office.agree(Leader, Officer, session, "correct"), "accepted");
        assert_eq!(office.set(Volunteer(0), session, "claimed_minutes", json!(75)), "accepted");
        assert_eq!(office.act(Volunteer(0), session, "submit"), "accepted");
        assert_eq!(office.approve(Leader, session), "accepted");
        office.follow();
        assert_eq!(office.posted(session), 75);
    }

    fn too_long_a_day_blocks_until_a_person_decides(backend) {
        let mut office = Office::open(backend);
        let session = office.volunteering(0, 19, 8, 540);
        assert_eq!(office.approve(Leader, session), "accepted");
        office.follow();
        assert_eq!((office.posted(session), office.waits(session).as_str()), (0, "finding.day_hours"));
        assert_eq!(office.dismiss(Officer, session, "day_hours"), "accepted");
        office.follow();
        assert_eq!(office.posted(session), 540);
    }

    fn an_approval_of_other_values_posts_nothing(backend) {
        let mut office = Office::open(backend);
        let session = office.volunteering(0, 19, 8, 90);
        let (digest, before) = (office.digest(session), office.seen(session));
        let approve = |draft: &mut sync_protocol::op::OpDraft| { take(draft, "approve"); draft.approves = digest; };
        assert_eq!(office.set(Volunteer(0), session, "claimed_minutes", json!(80)), "accepted");
        // Its author had seen the state and not the change of the hours.
        assert_eq!(office.write_as_of(Leader, session, before, approve), "approval_stale");
        office.follow();
        assert_eq!(office.posted(session), 0);
    }
}
