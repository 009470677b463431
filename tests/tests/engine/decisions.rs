//! What the desk decides: by whom, on findings as they stand, and that the operation does what its conclusion says.

use serde_json::json;
use sync_protocol::decision::Conclusion;
use sync_protocol::id::{RecordId, UnitCode};
use sync_protocol::op::OpDraft;
use sync_protocol::role::Role;
use wuyuan_server::query;
use wuyuan_server::sync::committer::Work;
use wuyuan_server::sync::release::Release;
use wuyuan_tests::engine::{record, value, word};
use wuyuan_tests::on_both_backends;
use wuyuan_tests::phones::Phone;

use crate::desk::{Desk, decides, name, on, push, view};
use crate::people::{Cast, act, report, with};

const KIND: &str = "photo_report";

/// The officer keeps what the leader wrote, on the findings as they stand now.
pub fn keep_one(desk: &Desk, phone: &Phone, id: RecordId) -> OpDraft {
    let draft = with(on(desk.engine(), phone, KIND, id), &[("interest", json!("women"))]);
    decides(draft, Conclusion::KeepOne, &[desk.shown("contested_field", id)])
}

fn decided(desk: &Desk, id: RecordId) -> Vec<String> {
    desk.engine().read(|db| {
        let ops = query!(db, findings::desk_ops(&[id.0.as_slice()]))?;
        let mut codes = Vec::new();
        for op in ops {
            let text = query!(db, feeds::op(op.device, op.seq))?.expect("stored");
            let body: serde_json::Value = serde_json::from_slice(&text.body).expect("JSON");
            let ids: Vec<Vec<u8>> = body["decides"]["findings"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(id, _)| hex::decode(id).expect("digits"))
                .collect();
            let ids: Vec<&[u8]> = ids.iter().map(Vec::as_slice).collect();
            codes.extend(query!(db, findings::decided_by(&ids, op.device, op.seq))?);
        }
        Ok(codes)
    })
}

on_both_backends! {
    fn the_desk_keeps_one_of_two_values_and_the_finding_is_closed(backend) {
        let mut desk = Desk::meet(backend);
        let id = desk.contested();
        let draft = keep_one(&desk, &desk.officer, id);
        assert_eq!(push(&desk.cast.engine, &mut desk.officer, &draft).1, "accepted");
        assert_eq!(value(&view(desk.engine(), &desk.cast.leader, id), "interest"), Some(&json!("women")));
        assert!(desk.finding("contested_field", id).is_none());
        assert_eq!(decided(&desk, id), ["contested_field"]);
        let shown = view(desk.engine(), &desk.cast.leader, id);
        let [decision] = &shown.decisions[..] else { panic!("{:?}", shown.decisions) };
        assert_eq!((decision.conclusion.as_str(), decision.by), ("keep_one", desk.officer.holder.member));
        assert_eq!((&decision.findings[..], decision.reason.as_deref()), (&["contested_field".to_owned()][..], Some("made up")));
        desk.verify();
    }

    fn only_the_desk_decides_and_it_says_why(backend) {
        let mut desk = Desk::meet(backend);
        let id = desk.contested();
        let mut draft = keep_one(&desk, &desk.officer, id);
        draft.reason = Some("  ".to_owned());
        assert_eq!(push(&desk.cast.engine, &mut desk.officer, &draft).1, "reason_required");
        // A volunteer reads his own report only; a community's leader decides reports, but no hours.
        let own = record();
        let mine = report(&desk.cast.volunteers[0], own, "演示");
        desk.cast.volunteers[0].record(&mine);
        assert_eq!(desk.cast.engine.push_last(&desk.cast.volunteers[0]), "accepted");
        let draft = decides(
            on(desk.engine(), &desk.cast.volunteers[0], KIND, own),
            Conclusion::Dismiss,
            &[desk.shown("contested_field", id)],
        );
        assert_eq!(push(&desk.cast.engine, &mut desk.cast.volunteers[0], &draft).1, "decision_forbidden");
        let hours = desk.approved();
        let draft = decides(
            on(desk.engine(), &desk.cast.leader, "volunteer_session", hours),
            Conclusion::Dismiss,
            &[desk.shown("contested_field", id)],
        );
        assert_eq!(push(&desk.cast.engine, &mut desk.cast.leader, &draft).1, "decision_forbidden");
        let draft = decides(
            on(desk.engine(), &desk.cast.leader, KIND, id),
            Conclusion::KeepBoth,
            &[desk.shown("contested_field", id)],
        );
        assert_eq!(push(&desk.cast.engine, &mut desk.cast.leader, &draft).1, "accepted");
        desk.verify();
    }

    fn what_was_decided_on_a_stale_screen_is_refused_whole(backend) {
        let mut desk = Desk::meet(backend);
        let id = desk.contested();
        let screen = keep_one(&desk, &desk.officer, id);
        let both = decides(
            on(desk.engine(), &desk.officer, KIND, id),
            Conclusion::KeepBoth,
            &[desk.shown("contested_field", id)],
        );
        let third = with(desk.cast.leader.draft(KIND, id), &[("interest", json!("environment"))]);
        assert_eq!(push(&desk.cast.engine, &mut desk.cast.leader, &third).1, "accepted");
        for mut draft in [screen, both] {
            draft.seq = desk.officer.seq() + 1;
            assert_eq!(push(&desk.cast.engine, &mut desk.officer, &draft).1, "decision_stale");
        }
        // The newest basis beside an old `seen`: what it touches has moved.
        let mut fresh = keep_one(&desk, &desk.officer, id);
        fresh.seen.insert(desk.cast.leader.device, 2);
        assert_eq!(push(&desk.cast.engine, &mut desk.officer, &fresh).1, "decision_stale");
        // Another basis, a finding that is not there.
        let (finding, basis) = desk.shown("contested_field", id);
        for named in [(finding, "00".repeat(32)), ("00".repeat(16), basis)] {
            let mut draft = keep_one(&desk, &desk.officer, id);
            draft.decides.as_mut().expect("it decides").findings = [named].into();
            assert_eq!(push(&desk.cast.engine, &mut desk.officer, &draft).1, "decision_stale");
        }
        assert!(desk.finding("contested_field", id).is_some());
        assert_eq!(decided(&desk, id), [] as [&str; 0]);
        desk.verify();
    }

    fn the_state_is_part_of_what_a_decision_stands_on(backend) {
        let mut desk = Desk::meet(backend);
        let id = desk.contested();
        let mut screen = keep_one(&desk, &desk.officer, id);
        let mut step = act(on(desk.engine(), &desk.cast.leader, KIND, id), "submit");
        step.set.insert("description".to_owned(), json!("演示"));
        assert_eq!(push(&desk.cast.engine, &mut desk.cast.leader, &step).1, "accepted");
        screen.seq = desk.officer.seq() + 1;
        assert_eq!(push(&desk.cast.engine, &mut desk.officer, &screen).1, "decision_stale");
    }

    fn a_decision_does_what_its_conclusion_says(backend) {
        let mut desk = Desk::meet(backend);
        let (id, other) = (desk.contested(), desk.contested());
        let finding = [desk.shown("contested_field", id)];
        let draft = |desk: &Desk, set: &[(&str, serde_json::Value)], conclusion| {
            decides(with(on(desk.engine(), &desk.officer, KIND, id), set), conclusion, &finding)
        };
        let unfit = [
            draft(&desk, &[("interest", json!("food_drug"))], Conclusion::KeepOne),
            draft(&desk, &[("title", json!("演示二"))], Conclusion::KeepOne),
            draft(&desk, &[("title", json!("演示二"))], Conclusion::MergeFields),
            draft(&desk, &[], Conclusion::KeepOne),
            draft(&desk, &[("interest", json!("women"))], Conclusion::KeepBoth),
            draft(&desk, &[("interest", json!("women"))], Conclusion::Dismiss),
            draft(&desk, &[("interest", json!("women"))], Conclusion::Void),
            act(draft(&desk, &[], Conclusion::Return), "discard"),
            draft(&desk, &[("interest", json!("women"))], Conclusion::Reissue),
            draft(&desk, &[("interest", json!("women"))], Conclusion::Link),
            draft(&desk, &[("merged_into", json!(other))], Conclusion::Link),
        ];
        for (n, mut draft) in unfit.into_iter().enumerate() {
            draft.seq = desk.officer.seq() + 1;
            let verdict = push(&desk.cast.engine, &mut desk.officer, &draft).1;
            let expected = match n {
                // The reconciliation officer withdraws nobody's draft.
                7 => "transition_forbidden",
                _ => "decision_unfit",
            };
            assert_eq!(verdict, expected, "{n}");
        }
        // A finding of another record.
        let wrong = decides(
            on(desk.engine(), &desk.officer, KIND, other),
            Conclusion::KeepBoth,
            &[desk.shown("contested_field", id)],
        );
        assert_eq!(push(&desk.cast.engine, &mut desk.officer, &wrong).1, "decision_unfit");
        let merged = draft(&desk, &[("interest", json!("food_drug"))], Conclusion::MergeFields);
        assert_eq!(push(&desk.cast.engine, &mut desk.officer, &merged).1, "accepted");
        desk.verify();
    }

    fn reports_are_linked_returned_and_made_void_by_their_transitions(backend) {
        let mut desk = Desk::meet(backend);
        let (id, other) = (desk.contested(), desk.contested());
        for of in [id, other] {
            let mut step = act(on(desk.engine(), &desk.cast.leader, KIND, of), "submit");
            step.set.insert("description".to_owned(), json!("演示"));
            assert_eq!(push(&desk.cast.engine, &mut desk.cast.leader, &step).1, "accepted");
        }
        let link = with(on(desk.engine(), &desk.officer, KIND, id), &[("merged_into", json!(other))]);
        let finding = [desk.shown("contested_field", id)];
        let link = act(decides(link, Conclusion::Link, &finding), "merge");
        assert_eq!(push(&desk.cast.engine, &mut desk.officer, &link).1, "accepted");
        assert_eq!(value(&view(desk.engine(), &desk.cast.leader, id), "state"), Some(&json!("merged")));
        let void = on(desk.engine(), &desk.officer, KIND, other);
        let void = act(decides(void, Conclusion::Void, &[desk.shown("contested_field", other)]), "void");
        assert_eq!(push(&desk.cast.engine, &mut desk.officer, &void).1, "accepted");
        assert_eq!(value(&view(desk.engine(), &desk.cast.leader, other), "state"), Some(&json!("void")));
        assert!(desk.finding("contested_field", other).is_none());
        desk.verify();
    }

    fn what_was_left_beside_each_other_is_looked_at_again_when_it_changes(backend) {
        let mut desk = Desk::meet(backend);
        let id = desk.contested();
        let opened = desk.finding("contested_field", id).expect("open").opened_ms;
        desk.engine().clock.advance(60_000);
        let both = |desk: &Desk| decides(
            on(desk.engine(), &desk.officer, KIND, id),
            Conclusion::KeepBoth,
            &[desk.shown("contested_field", id)],
        );
        let draft = both(&desk);
        assert_eq!(push(&desk.cast.engine, &mut desk.officer, &draft).1, "accepted");
        assert!(desk.finding("contested_field", id).is_none());
        let other = with(on(desk.engine(), &desk.cast.leader, KIND, id), &[("description", json!("演示"))]);
        assert_eq!(push(&desk.cast.engine, &mut desk.cast.leader, &other).1, "accepted");
        assert!(desk.finding("contested_field", id).is_none(), "nothing that it stands on moved");
        let third = with(desk.cast.leader.draft(KIND, id), &[("interest", json!("environment"))]);
        assert_eq!(push(&desk.cast.engine, &mut desk.cast.leader, &third).1, "accepted");
        let again = desk.finding("contested_field", id).expect("open again");
        assert_eq!(again.opened_ms, opened, "the first opening stays what it was");
        let draft = both(&desk);
        assert_eq!(push(&desk.cast.engine, &mut desk.officer, &draft).1, "accepted");
        assert_eq!(decided(&desk, id), ["contested_field", "contested_field"]);
        desk.verify();
    }

    fn of_two_desks_on_two_servers_one_decides(backend) {
        let mut desk = Desk::meet(backend);
        let id = desk.contested();
        let beside = desk.engine().beside();
        let drafts = [&desk.officer, &desk.second].map(|phone| {
            decides(
                on(desk.engine(), phone, KIND, id),
                Conclusion::KeepBoth,
                &[desk.shown("contested_field", id)],
            )
        });
        desk.officer.record(&drafts[0]);
        desk.second.record(&drafts[1]);
        let mut verdicts = std::thread::scope(|scope| {
            let one = scope.spawn(|| desk.cast.engine.push_last(&desk.officer));
            let two = scope.spawn(|| beside.push_last(&desk.second));
            [one.join().expect("pushed"), two.join().expect("pushed")]
        });
        verdicts.sort();
        assert_eq!(verdicts, ["accepted", "decision_stale"]);
        assert_eq!(decided(&desk, id), ["contested_field"]);
        desk.verify();
    }

    fn a_decision_over_hours_takes_two_members(backend) {
        let mut desk = Desk::meet(backend);
        let id = desk.approved();
        let mut late = with(desk.second.draft("volunteer_session", id), &[("claimed_minutes", json!(50))]);
        late.seen.insert(desk.cast.volunteers[0].device, 1);
        assert_eq!(push(&desk.cast.engine, &mut desk.second, &late).1, "accepted");
        let keep = |desk: &Desk, phone: &Phone| {
            let codes = ["contested_field", "stale_transition"].map(|code| desk.shown(code, id));
            let draft = with(on(desk.engine(), phone, "volunteer_session", id), &[("claimed_minutes", json!(60))]);
            decides(draft, Conclusion::KeepOne, &codes)
        };
        let alone = keep(&desk, &desk.officer);
        assert_eq!(push(&desk.cast.engine, &mut desk.officer, &alone).1, "second_person_required");
        let mut proposal = keep(&desk, &desk.officer);
        proposal.proposes = true;
        let (proposal, verdict) = push(&desk.cast.engine, &mut desk.officer, &proposal);
        assert_eq!(verdict, "accepted");
        assert!(desk.finding("contested_field", id).is_some(), "a proposal closes nothing");
        let mut other = keep(&desk, &desk.second);
        other.confirms = Some(proposal);
        other.decides.as_mut().expect("it decides").conclusion = Conclusion::MergeFields;
        assert_eq!(push(&desk.cast.engine, &mut desk.second, &other).1, "proposal_differs");
        let mut confirmation = keep(&desk, &desk.second);
        confirmation.confirms = Some(proposal);
        assert_eq!(push(&desk.cast.engine, &mut desk.second, &confirmation).1, "accepted");
        assert_eq!(decided(&desk, id), ["contested_field", "stale_transition"]);
        let shown = view(desk.engine(), &desk.cast.leader, id);
        assert_eq!(shown.decisions[0].proposed_by, Some(desk.officer.holder.member));
        assert_eq!(value(&view(desk.engine(), &desk.cast.leader, id), "claimed_minutes"), Some(&json!(60)));
        assert!(desk.finding("awaits_confirmation", id).is_none());
        desk.verify();
    }

    fn a_proposal_is_turned_down_by_dismissing_what_waits(backend) {
        let mut desk = Desk::meet(backend);
        let id = desk.approved();
        let draft = |desk: &Desk, phone: &Phone| {
            let draft = with(on(desk.engine(), phone, "volunteer_session", id), &[("claimed_minutes", json!(30))]);
            OpDraft { reason: Some("made up".to_owned()), ..draft }
        };
        let proposal = OpDraft { proposes: true, ..draft(&desk, &desk.officer) };
        let (proposal, _) = push(&desk.cast.engine, &mut desk.officer, &proposal);
        let down = decides(
            on(desk.engine(), &desk.second, "volunteer_session", id),
            Conclusion::Dismiss,
            &[desk.shown("awaits_confirmation", id)],
        );
        assert_eq!(push(&desk.cast.engine, &mut desk.second, &down).1, "accepted");
        let late = OpDraft { confirms: Some(proposal), ..draft(&desk, &desk.second) };
        assert_eq!(push(&desk.cast.engine, &mut desk.second, &late).1, "proposal_stale");
    }

    fn what_was_refused_is_issued_again_by_a_decision(backend) {
        let mut desk = Desk::meet(backend);
        let id = desk.contested();
        let refused = with(desk.cast.volunteers[0].draft(KIND, id), &[("description", json!("演示"))]);
        let (original, verdict) = push(&desk.cast.engine, &mut desk.cast.volunteers[0], &refused);
        assert_eq!(verdict, "missing_required");
        let mut again = with(on(desk.engine(), &desk.officer, KIND, id), &[("description", json!("演示"))]);
        again.reissues = Some(original);
        let again = decides(again, Conclusion::Reissue, &[desk.shown("contested_field", id)]);
        assert_eq!(push(&desk.cast.engine, &mut desk.officer, &again).1, "accepted");
        assert_eq!(value(&view(desk.engine(), &desk.cast.leader, id), "description"), Some(&json!("演示")));
        desk.verify();
    }

    fn what_is_on_no_record_is_decided_on_a_note_of_the_desk(backend) {
        let mut desk = Desk::meet(backend);
        let district: UnitCode = "350111000000".parse().expect("a code");
        let device = desk.cast.volunteers[0].device;
        let diverged = Work::Diverged(device, vec![desk.cast.unit.clone()]);
        desk.engine().wait(desk.engine().app.sync.committer().commit(diverged)).expect("written");
        // A feed with two histories: the finding has no unit of its own.
        let mut twin = desk.cast.volunteers[0].clone();
        twin.record(&report(&twin, record(), "one"));
        let volunteer = &mut desk.cast.volunteers[0];
        volunteer.record(&report(volunteer, record(), "other"));
        assert_eq!(desk.cast.engine.push_last(&desk.cast.volunteers[0]), "accepted");
        assert!(desk.engine().push_from(&twin, 1).is_err());
        let rows = desk.engine().read(|db| query!(db, findings::open_rows()));
        let of = |code: &str| rows.iter().find(|row| row.code == code).expect("open").clone();
        for (code, unit) in [("diverged", desk.cast.unit.clone()), ("forked_feed", district)] {
            let row = of(code);
            let shown = (hex::encode(row.id), hex::encode(desk.stands_on(&row)));
            let note = |desk: &Desk, unit: &UnitCode, kind: &str| {
                let mut draft = desk.officer.draft(kind, record());
                draft.unit = unit.clone();
                draft.set.insert("text".to_owned(), json!("已核对"));
                decides(draft, Conclusion::Dismiss, std::slice::from_ref(&shown))
            };
            let units = desk.engine().district.units.iter().map(|unit| unit.code.clone());
            let others: Vec<UnitCode> = units.filter(|other| *other != unit).take(3).collect();
            for other in others {
                let elsewhere = note(&desk, &other, "desk_note");
                assert_eq!(push(&desk.cast.engine, &mut desk.officer, &elsewhere).1, "decision_unfit", "{code}");
            }
            let draft = note(&desk, &unit, "desk_note");
            assert_eq!(push(&desk.cast.engine, &mut desk.officer, &draft).1, "accepted", "{code}");
        }
        let open = desk.engine().findings();
        assert!(!open.contains(&"diverged".to_owned()) && !open.contains(&"forked_feed".to_owned()), "{open:?}");
        desk.verify();
    }

    fn a_decision_that_waited_is_judged_anew_when_it_is_let_go(backend) {
        let mut desk = Desk::of(Cast::after_a_restore(backend));
        let id = desk.contested();
        let lost = uuid::Uuid::new_v4().to_string().parse().expect("an id");
        let held = |desk: &mut Desk| {
            let mut draft = keep_one(desk, &desk.officer, id);
            draft.generation = "an earlier one".to_owned();
            draft.seen.insert(lost, 3);
            let (name, verdict) = push(&desk.cast.engine, &mut desk.officer, &draft);
            assert_eq!(verdict, "seen_earlier_generation");
            name
        };
        let first = held(&mut desk);
        let third = with(desk.cast.leader.draft(KIND, id), &[("interest", json!("environment"))]);
        assert_eq!(push(&desk.cast.engine, &mut desk.cast.leader, &third).1, "accepted");
        let release = |desk: &Desk, seq| {
            let work = Work::Release(Release { ops: vec![(desk.officer.device, seq)], cut: true });
            desk.engine().wait(desk.engine().app.sync.committer().commit(work)).expect("answered");
            desk.engine().verdict(&desk.officer, seq)
        };
        assert_eq!(release(&desk, first.seq), "decision_stale");
        let second = held(&mut desk);
        assert_eq!(release(&desk, second.seq), "accepted");
        assert!(desk.finding("contested_field", id).is_none());
        desk.verify();
    }

    fn a_confirmation_waits_for_a_proposal_that_a_restore_lost(backend) {
        let mut desk = Desk::of(Cast::after_a_restore(backend));
        let id = desk.approved();
        let less = |desk: &Desk, phone: &Phone| {
            with(on(desk.engine(), phone, "volunteer_session", id), &[("claimed_minutes", json!(30))])
        };
        let proposal = OpDraft { proposes: true, ..less(&desk, &desk.officer) };
        let seq = desk.officer.record(&proposal);
        let mut confirmation = less(&desk, &desk.second);
        confirmation.confirms = Some(name(&desk.officer, seq));
        confirmation.generation = "an earlier one".to_owned();
        let (waits, verdict) = push(&desk.cast.engine, &mut desk.second, &confirmation);
        assert_eq!(verdict, "seen_earlier_generation");
        assert_eq!(desk.engine().push_last(&desk.officer), "accepted");
        for _ in 0..2 {
            let nothing = Work::Readings(Vec::new());
            desk.engine().wait(desk.engine().app.sync.committer().commit(nothing)).expect("answered");
        }
        assert_eq!(desk.engine().verdict(&desk.second, waits.seq), "accepted");
        desk.verify();
    }

    fn one_push_proposes_and_another_device_of_the_batch_confirms(backend) {
        let mut desk = Desk::meet(backend);
        let id = desk.approved();
        let less = |desk: &Desk, phone: &Phone| {
            with(on(desk.engine(), phone, "volunteer_session", id), &[("claimed_minutes", json!(30))])
        };
        let proposal = OpDraft { proposes: true, ..less(&desk, &desk.officer) };
        let seq = desk.officer.record(&proposal);
        let mut confirmation = less(&desk, &desk.second);
        confirmation.confirms = Some(name(&desk.officer, seq));
        desk.second.record(&confirmation);
        let (first, second) = desk.engine().wait(async {
            let sync = &desk.engine().app.sync;
            let body = |phone: &Phone| phone.push(1..=1).text().into_bytes();
            tokio::join!(
                sync.sync(desk.officer.holder.member, false, body(&desk.officer)),
                sync.sync(desk.second.holder.member, false, body(&desk.second)),
            )
        });
        assert_eq!(word(&first.expect("answered"), 0), "accepted");
        // Whichever came first: it is confirmed, or nothing was there to confirm.
        let verdict = word(&second.expect("answered"), 0);
        assert!(["accepted", "proposal_unknown"].contains(&verdict.as_str()), "{verdict}");
        desk.verify();
    }

    fn an_area_managers_role_decides_no_hours(backend) {
        let mut desk = Desk::meet(backend);
        let id = desk.contested();
        let area: UnitCode = format!("{}000", &desk.cast.unit.as_str()[..9]).parse().expect("a code");
        let manager = desk.engine().member(Role::AreaManager, &area, 0).clone();
        let mut manager = desk.engine().phone(&manager, &desk.cast.unit);
        let draft = decides(
            on(desk.engine(), &manager, KIND, id),
            Conclusion::KeepBoth,
            &[desk.shown("contested_field", id)],
        );
        assert_eq!(push(&desk.cast.engine, &mut manager, &draft).1, "accepted");
    }

    fn what_is_altered_of_proposals_and_decisions_is_named(backend) {
        let mut desk = Desk::meet(backend);
        let id = desk.approved();
        let less = |desk: &Desk, phone: &Phone| {
            with(on(desk.engine(), phone, "volunteer_session", id), &[("claimed_minutes", json!(30))])
        };
        let proposal = OpDraft { proposes: true, ..less(&desk, &desk.officer) };
        let (proposal, _) = push(&desk.cast.engine, &mut desk.officer, &proposal);
        let confirmation = OpDraft { confirms: Some(proposal), ..less(&desk, &desk.second) };
        let (confirmation, verdict) = push(&desk.cast.engine, &mut desk.second, &confirmation);
        assert_eq!(verdict, "accepted");
        let other = desk.contested();
        let draft = keep_one(&desk, &desk.officer, other);
        let (decision, verdict) = push(&desk.cast.engine, &mut desk.officer, &draft);
        assert_eq!(verdict, "accepted");
        desk.verify();

        let place = desk.engine().place();
        let device = |device: sync_protocol::id::DeviceId| place.literal(&device.0);
        let of = |name: &sync_protocol::op::OpName| format!("device = {} AND seq = {}", device(name.device), name.seq);
        let text = |query: String| place.text(&query);
        let effect = text(format!("SELECT effect FROM op WHERE {}", of(&proposal)));
        let at = |name: &sync_protocol::op::OpName| format!("device {} seq {}:", name.device, name.seq);
        let cases = [
            (
                format!("UPDATE op SET effect = NULL WHERE {}", of(&proposal)),
                format!("UPDATE op SET effect = '{effect}' WHERE {}", of(&proposal)),
                vec![format!("op_proposal {}", at(&proposal)), format!("proposal_missing {}", at(&confirmation))],
            ),
            (
                format!("UPDATE desk_op SET confirms_seq = 99 WHERE {}", of(&confirmation)),
                format!("UPDATE desk_op SET confirms_seq = {} WHERE {}", proposal.seq, of(&confirmation)),
                vec![format!("desk_op_missing {}", at(&confirmation))],
            ),
            (
                format!("UPDATE desk_op SET seq = 1 WHERE {}", of(&decision)),
                format!("UPDATE desk_op SET seq = {} WHERE device = {} AND seq = 1 AND confirms_seq IS NULL AND record = {}", decision.seq, device(decision.device), place.literal(&other.0)),
                vec![format!("desk_op_missing {}", at(&decision)), "desk_op_stray".to_owned()],
            ),
            (
                format!("UPDATE finding_decision SET conclusion = 'void' WHERE {}", of(&decision)),
                format!("UPDATE finding_decision SET conclusion = 'keep_one' WHERE {}", of(&decision)),
                vec![format!("decision_missing {}", at(&decision)), format!("decision_stray {}", at(&decision))],
            ),
            (
                format!("UPDATE finding_decision SET seq = 1 WHERE {}", of(&decision)),
                format!("UPDATE finding_decision SET seq = {} WHERE device = {} AND seq = 1", decision.seq, device(decision.device)),
                vec![format!("decision_missing {}", at(&decision)), "decision_stray".to_owned()],
            ),
        ];
        for (change, back, expected) in cases {
            place.change(&change);
            let faults = desk.faults();
            for start in expected {
                assert!(faults.iter().any(|line| line.starts_with(&start)), "{change}: no {start} in {faults:#?}");
            }
            place.change(&back);
            desk.verify();
        }
    }
}
