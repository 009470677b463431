//! Two persons: what changes approved hours is proposed by one member and confirmed by another.

use serde_json::json;
use sync_protocol::id::RecordId;
use sync_protocol::op::{OpDraft, OpName};
use wuyuan_tests::engine::{record, value};
use wuyuan_tests::on_both_backends;
use wuyuan_tests::phones::Phone;

use crate::desk::{Desk, name, on, push, view};
use crate::people::{act, report, with};

const KIND: &str = "volunteer_session";

/// The officer's draft: half an hour less.
fn less(desk: &Desk, phone: &Phone, id: RecordId) -> OpDraft {
    let mut draft = with(on(desk.engine(), phone, KIND, id), &[("claimed_minutes", json!(30))]);
    draft.reason = Some("half of it was travel".to_owned());
    draft
}

fn proposed(mut draft: OpDraft) -> OpDraft {
    draft.proposes = true;
    draft
}

fn confirms(mut draft: OpDraft, proposal: OpName) -> OpDraft {
    draft.confirms = Some(proposal);
    draft
}

/// Proposes half an hour less; answers the proposal.
fn propose(desk: &mut Desk, id: RecordId) -> OpName {
    let draft = proposed(less(desk, &desk.officer, id));
    let (proposal, verdict) = push(&desk.cast.engine, &mut desk.officer, &draft);
    assert_eq!(verdict, "accepted");
    proposal
}

fn minutes(desk: &Desk, id: RecordId) -> serde_json::Value {
    let shown = view(desk.engine(), &desk.cast.leader, id);
    value(&shown, "claimed_minutes").expect("minutes").clone()
}

on_both_backends! {
    fn approved_hours_are_changed_by_two_members_only(backend) {
        let mut desk = Desk::meet(backend);
        let id = desk.approved();
        let alone = less(&desk, &desk.officer, id);
        assert_eq!(push(&desk.cast.engine, &mut desk.officer, &alone).1, "second_person_required");
        let step = act(on(desk.engine(), &desk.officer, KIND, id), "correct");
        assert_eq!(push(&desk.cast.engine, &mut desk.officer, &step).1, "second_person_required");
        // What counts towards no hours needs nobody else.
        let other = with(on(desk.engine(), &desk.officer, KIND, id), &[("content", json!("补充"))]);
        assert_eq!(push(&desk.cast.engine, &mut desk.officer, &other).1, "accepted");

        let before = view(desk.engine(), &desk.cast.leader, id);
        let proposal = propose(&mut desk, id);
        let after = view(desk.engine(), &desk.cast.leader, id);
        assert_eq!(after.fields, before.fields, "a proposal has no effect");
        assert!(after.pos > before.pos, "the record moves, so phones learn of it");
        assert_eq!(after.clock.get(&proposal.device), Some(&proposal.seq));
        assert!(desk.finding("awaits_confirmation", id).is_some());
        desk.verify();

        let confirmation = confirms(less(&desk, &desk.second, id), proposal);
        assert_eq!(push(&desk.cast.engine, &mut desk.second, &confirmation).1, "accepted");
        assert_eq!(minutes(&desk, id), json!(30));
        assert!(desk.finding("awaits_confirmation", id).is_none());
        let again = confirms(less(&desk, &desk.cast.leader, id), proposal);
        assert_eq!(push(&desk.cast.engine, &mut desk.cast.leader, &again).1, "proposal_stale", "once only");
        desk.verify();
    }

    fn a_transition_for_two_is_proposed_and_confirmed(backend) {
        let mut desk = Desk::meet(backend);
        let id = desk.approved();
        let step = proposed(act(on(desk.engine(), &desk.officer, KIND, id), "correct"));
        let (proposal, verdict) = push(&desk.cast.engine, &mut desk.officer, &step);
        assert_eq!(verdict, "accepted");
        let step = act(on(desk.engine(), &desk.cast.leader, KIND, id), "correct");
        let confirmation = confirms(step, proposal);
        assert_eq!(push(&desk.cast.engine, &mut desk.cast.leader, &confirmation).1, "accepted");
        assert_eq!(value(&view(desk.engine(), &desk.second, id), "state"), Some(&json!("returned")));
        desk.verify();
    }

    fn a_confirmation_is_another_members_and_says_the_same(backend) {
        let mut desk = Desk::meet(backend);
        let id = desk.approved();
        let proposal = propose(&mut desk, id);
        let officer = desk.officer.holder.clone();
        let mut other_phone = Phone::new(officer, &desk.officer.generation, desk.officer.cat);
        desk.engine().enrol(&other_phone);
        let own = confirms(less(&desk, &other_phone, id), proposal);
        assert_eq!(push(&desk.cast.engine, &mut other_phone, &own).1, "proposal_same_person");
        let own = confirms(less(&desk, &desk.officer, id), proposal);
        assert_eq!(push(&desk.cast.engine, &mut desk.officer, &own).1, "proposal_same_person");

        for differing in [
            with(less(&desk, &desk.second, id), &[("claimed_minutes", json!(31))]),
            with(less(&desk, &desk.second, id), &[("content", json!("more"))]),
            act(less(&desk, &desk.second, id), "question"),
        ] {
            let mut draft = confirms(differing, proposal);
            draft.seq = desk.second.seq() + 1;
            assert_eq!(push(&desk.cast.engine, &mut desk.second, &draft).1, "proposal_differs");
        }
        let step = less(&desk, &desk.cast.prosecutor, id);
        let confirmation = confirms(step, proposal);
        assert_eq!(push(&desk.cast.engine, &mut desk.cast.prosecutor, &confirmation).1, "role_forbidden");
        assert_eq!(minutes(&desk, id), json!(60));
    }

    fn the_same_moment_under_another_offset_is_the_same(backend) {
        let mut desk = Desk::meet(backend);
        let id = desk.approved();
        let ended = |desk: &Desk, phone: &Phone, at: &str| with(on(desk.engine(), phone, KIND, id), &[("ended_at", json!(at))]);
        let draft = proposed(ended(&desk, &desk.officer, "2026-11-22T08:30:00+08:00"));
        let (proposal, _) = push(&desk.cast.engine, &mut desk.officer, &draft);
        let draft = confirms(ended(&desk, &desk.second, "2026-11-22T00:30:00Z"), proposal);
        assert_eq!(push(&desk.cast.engine, &mut desk.second, &draft).1, "accepted");
    }

    fn what_is_confirmed_is_a_proposal_on_this_record(backend) {
        let mut desk = Desk::meet(backend);
        let (id, other) = (desk.approved(), desk.approved());
        let proposal = propose(&mut desk, id);
        let unknown = [
            OpName { hash: [7; 32], ..proposal },
            OpName { seq: 99, ..proposal },
            OpName { seq: (1 << 53) - 1, ..proposal },
            name(&desk.cast.leader, 1),
        ];
        for named in unknown {
            let draft = confirms(less(&desk, &desk.second, id), named);
            assert_eq!(push(&desk.cast.engine, &mut desk.second, &draft).1, "proposal_unknown");
        }
        let elsewhere = confirms(less(&desk, &desk.second, other), proposal);
        assert_eq!(push(&desk.cast.engine, &mut desk.second, &elsewhere).1, "proposal_unknown");
    }

    fn a_proposal_is_about_a_record_that_is_there(backend) {
        let mut desk = Desk::meet(backend);
        let mut draft = report(&desk.cast.leader, record(), "x");
        draft.proposes = true;
        assert_eq!(push(&desk.cast.engine, &mut desk.cast.leader, &draft).1, "record_unavailable");
    }

    fn what_has_moved_is_proposed_anew(backend) {
        let mut desk = Desk::meet(backend);
        let id = desk.approved();
        let stale = proposed(less(&desk, &desk.officer, id));
        let first = propose(&mut desk, id);
        let screen = confirms(less(&desk, &desk.second, id), first);
        // Another field moves: nothing to the proposal.
        let other = with(on(desk.engine(), &desk.officer, KIND, id), &[("content", json!("补充"))]);
        assert_eq!(push(&desk.cast.engine, &mut desk.officer, &other).1, "accepted");
        assert!(desk.finding("awaits_confirmation", id).is_some());
        // The state moves: hours in question may stand posted and are still changed by two, and the proposal's ground stays.
        let question = act(on(desk.engine(), &desk.cast.leader, KIND, id), "question");
        assert_eq!(push(&desk.cast.engine, &mut desk.cast.leader, &question).1, "accepted");
        assert!(desk.finding("awaits_confirmation", id).is_some(), "it touches no state");
        let edit = |desk: &Desk, phone: &Phone| with(on(desk.engine(), phone, KIND, id), &[("claimed_minutes", json!(45))]);
        let alone = edit(&desk, &desk.cast.leader);
        assert_eq!(push(&desk.cast.engine, &mut desk.cast.leader, &alone).1, "second_person_required");
        let draft = proposed(edit(&desk, &desk.cast.leader));
        let (another, verdict) = push(&desk.cast.engine, &mut desk.cast.leader, &draft);
        assert_eq!(verdict, "accepted");
        let draft = confirms(edit(&desk, &desk.officer), another);
        assert_eq!(push(&desk.cast.engine, &mut desk.officer, &draft).1, "accepted");
        assert!(desk.finding("awaits_confirmation", id).is_none(), "closed, for it cannot be confirmed any more");
        let mut screen = screen;
        screen.seq = desk.second.seq() + 1;
        assert_eq!(push(&desk.cast.engine, &mut desk.second, &screen).1, "proposal_stale");
        let fresh = confirms(less(&desk, &desk.second, id), first);
        assert_eq!(push(&desk.cast.engine, &mut desk.second, &fresh).1, "proposal_stale");
        let mut stale = stale;
        stale.seq = desk.officer.seq() + 1;
        assert_eq!(push(&desk.cast.engine, &mut desk.officer, &stale).1, "proposal_stale", "born stale");
        assert_eq!(minutes(&desk, id), json!(45));
        desk.verify();
    }

    fn hours_written_by_who_had_not_seen_the_approval_stand_beside_the_approved(backend) {
        let mut desk = Desk::meet(backend);
        let id = desk.approved();
        let mut late = with(desk.cast.leader.draft(KIND, id), &[("claimed_minutes", json!(50))]);
        late.seen.insert(desk.cast.volunteers[0].device, 1);
        // Another leader's phone, which had not seen the approval.
        let holder = desk.officer.holder.clone();
        let mut other = Phone::new(holder.clone(), &desk.officer.generation, desk.officer.cat);
        desk.engine().enrol(&other);
        (late.by, late.appointment, late.seq) = (holder.member, holder.appointment, 1);
        assert_eq!(push(&desk.cast.engine, &mut other, &late).1, "accepted");
        let shown = view(desk.engine(), &desk.cast.leader, id);
        let sync_protocol::wire::FieldView::Register(values) = &shown.fields["claimed_minutes"] else {
            panic!("a register")
        };
        assert_eq!(values.len(), 2, "the approved hour still stands");
        assert!(desk.finding("stale_transition", id).is_some() && desk.finding("contested_field", id).is_some());
        desk.verify();
    }

    fn two_servers_carry_a_proposal_out_once(backend) {
        let mut desk = Desk::meet(backend);
        let id = desk.approved();
        let proposal = propose(&mut desk, id);
        let beside = desk.engine().beside();
        let drafts = [&desk.second, &desk.cast.leader].map(|phone| confirms(less(&desk, phone, id), proposal));
        desk.second.record(&drafts[0]);
        desk.cast.leader.record(&drafts[1]);
        let verdicts = std::thread::scope(|scope| {
            let one = scope.spawn(|| desk.cast.engine.push_last(&desk.second));
            let two = scope.spawn(|| beside.push_last(&desk.cast.leader));
            [one.join().expect("pushed"), two.join().expect("pushed")]
        });
        let mut sorted = verdicts.clone();
        sorted.sort();
        assert_eq!(sorted, ["accepted", "proposal_stale"], "{verdicts:?}");
        assert_eq!(minutes(&desk, id), json!(30));
        desk.verify();
    }

    fn a_phone_is_shown_what_waits_for_its_holder(backend) {
        let mut desk = Desk::meet(backend);
        let id = desk.approved();
        let proposal = propose(&mut desk, id);
        let shown = view(desk.engine(), &desk.second, id);
        let [waiting] = &shown.proposals[..] else { panic!("{:?}", shown.proposals) };
        assert_eq!((waiting.dot, waiting.hash, waiting.by), ((proposal.device, proposal.seq), proposal.hash, desk.officer.holder.member));
        assert_eq!((waiting.set.get("claimed_minutes"), waiting.hidden), (Some(&json!(30)), false));
        assert_eq!(waiting.reason.as_deref(), Some("half of it was travel"));
        let confirmation = confirms(less(&desk, &desk.second, id), proposal);
        assert_eq!(push(&desk.cast.engine, &mut desk.second, &confirmation).1, "accepted");
        let shown = view(desk.engine(), &desk.cast.leader, id);
        assert!(shown.proposals.is_empty(), "what was confirmed waits no more");
    }

    fn what_somebody_may_not_read_is_not_proposed_to_him(backend) {
        let mut desk = Desk::meet(backend);
        let id = record();
        let made = report(&desk.cast.prosecutor, id, "x");
        assert_eq!(push(&desk.cast.engine, &mut desk.cast.prosecutor, &made).1, "accepted");
        let named = with(on(desk.engine(), &desk.cast.prosecutor, "photo_report", id), &[("reporter_name", json!("演示某甲"))]);
        assert_eq!(push(&desk.cast.engine, &mut desk.cast.prosecutor, &proposed(named)).1, "accepted");
        let waiting = |phone: &Phone| view(desk.engine(), phone, id).proposals[0].clone();
        let (his, ours) = (waiting(&desk.cast.prosecutor), waiting(&desk.officer));
        assert_eq!((his.set.len(), his.hidden), (1, false));
        assert_eq!((ours.set.len(), ours.hidden), (0, true));
    }
}
