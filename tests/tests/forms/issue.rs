//! What is issued is what stands in the ledger, and it stays as it was issued.

use std::collections::BTreeMap;

use serde_json::json;
use sync_protocol::decision::{Conclusion, Decides};
use sync_protocol::form::Sessions;
use sync_protocol::role::Role;
use wuyuan_server::forms::page;
use wuyuan_server::query;
use wuyuan_server::sync::{SyncError, findings};
use wuyuan_tests::office::{Office, Person, put, take};
use wuyuan_tests::on_both_backends;

use crate::desk::{draft, issue, redraft, reviewed, served};

const SIGNATURE: &str = "cd";

on_both_backends! {
    fn a_form_is_drafted_from_what_stands_and_issued_only_if_it_says_that(backend) {
        let mut office = Office::open(backend);
        let order = office.order();
        let sessions = served(&mut office, order, 2);
        let waiting = office.session(order, 20, 9, 45);
        let first = draft(&office, Person::Supervisor, order).expect("his own arrangement");
        assert_eq!((first.total_minutes, first.not_posted, first.replaces), (120, 1, None));
        assert_eq!((first.period_from.as_str(), first.period_until.as_str()), ("2026-11-01", "2026-12-31"));
        let list = Sessions::parse(&first.sessions).expect("a list");
        assert_eq!(list.lines.iter().map(|line| line.session).collect::<Vec<_>>(), sessions);
        assert!(list.lines.iter().all(|line| Some(line.digest) == office.digest(line.session)));
        let opinion = first.observers_opinion.as_deref().expect("four attestations");
        assert_eq!(opinion, "共4份见证记录。服务态度：认真主动4。守时情况：准时4。投入程度：始终投入4。");

        let form = reviewed(&mut office, &first, &SIGNATURE.repeat(32));
        // Another session is posted between the draft and the issue.
        office.attest(0, waiting);
        office.attest(1, waiting);
        assert_eq!(office.approve(Person::Supervisor, waiting), "accepted");
        office.follow();
        assert_eq!(issue(&mut office, form), "form_stale");
        let second = draft(&office, Person::Supervisor, order).expect("drafted anew");
        assert_eq!((second.total_minutes, second.not_posted), (165, 0));
        for (field, wrong) in [("total_minutes", json!(164)), ("list_hash", json!("00".repeat(32))), ("sessions", json!(first.sessions))] {
            redraft(&mut office, form, &second, &[(field, wrong)]);
            assert_eq!(issue(&mut office, form), "form_stale", "{field}");
        }
        redraft(&mut office, form, &second, &[]);
        assert_eq!(issue(&mut office, form), "accepted");
        assert_eq!(draft(&office, Person::Supervisor, order).expect("still").replaces, Some(form));
    }

    fn what_was_reviewed_is_what_is_issued_and_nobody_rewrites_it(backend) {
        let mut office = Office::open(backend);
        let order = office.order();
        served(&mut office, order, 1);
        let drafted = draft(&office, Person::Supervisor, order).expect("his own arrangement");
        let form = reviewed(&mut office, &drafted, &SIGNATURE.repeat(32));
        let other = office.create(Person::Supervisor, "evaluation_form", |op| {
            put(op, &[("order", json!(order)), ("period_from", json!("2026-11-01")), ("period_until", json!("2026-11-30"))]);
        });
        let values = [
            ("form_no", json!("9")), ("grade", json!("passed")), ("issued_on", json!("2026-12-02")), ("list_hash", json!("00".repeat(32))),
            ("observers_opinion", json!("改")), ("opinion", json!("改")), ("order", json!(order)), ("period_from", json!("2026-10-01")),
            ("period_until", json!("2026-12-02")), ("replaces", json!(other)), ("sessions", json!("-")),
            ("signature", json!("ef".repeat(32))), ("total_minutes", json!(1)),
        ];
        let rewritten = |office: &mut Office, when: &str| {
            for person in [Person::Supervisor, Person::Officer, Person::Prosecutor] {
                for (field, value) in &values {
                    for proposes in [false, true] {
                        let said = office.write(person, form, |op| {
                            put(op, &[(field, value.clone())]);
                            op.proposes = proposes;
                        });
                        assert_ne!(said, "accepted", "{when}: {person:?}, {field}, {proposes}");
                    }
                }
            }
            let said = office.write(Person::Supervisor, form, |op| put(op, &[("grade", json!("passed"))]));
            assert_eq!(said, "state_locked", "{when}");
        };
        rewritten(&mut office, "reviewed");
        let both = |op: &mut sync_protocol::op::OpDraft| { put(op, &[("grade", json!("passed"))]); take(op, "issue"); };
        assert_eq!(office.write(Person::Supervisor, form, both), "state_locked");
        assert_eq!(issue(&mut office, form), "accepted");
        rewritten(&mut office, "issued");
        assert_eq!(office.act(Person::Supervisor, form, "deliver"), "accepted");
        rewritten(&mut office, "delivered");
        assert_eq!(office.set(Person::Prosecutor, form, "weighed", json!("采纳")), "accepted", "his own part");
        assert_eq!(office.act(Person::Prosecutor, form, "adopt"), "accepted");
        rewritten(&mut office, "adopted");
    }

    fn who_reviews_has_seen_the_form_and_neither_drew_it_up_nor_issues_it(backend) {
        let mut office = Office::open(backend);
        let order = office.order();
        served(&mut office, order, 1);
        let drafted = draft(&office, Person::Supervisor, order).expect("his own arrangement");
        let form = reviewed(&mut office, &drafted, &SIGNATURE.repeat(32));
        assert_eq!(office.act(Person::Leader, form, "return"), "accepted");
        let before = office.seen(form);
        assert_eq!(office.set(Person::Supervisor, form, "grade", json!("failed")), "accepted");
        let review = |op: &mut sync_protocol::op::OpDraft| take(op, "review");
        assert_eq!(office.write_as_of(Person::Leader, form, before, review), "form_moved");
        // Somebody who leads the group and supervises does not review what he drew up himself.
        let (leader, supervisor) = (office.member(Person::Leader), office.member(Person::Supervisor));
        let as_leader = office.engine.appoint(supervisor, Role::GroupLeader, &office.unit);
        let as_supervisor = office.engine.appoint(leader, Role::Supervisor, &office.unit);
        office.engine.clock.advance(10_000);
        let own = office.write(Person::Supervisor, form, |op| { take(op, "review"); op.appointment = as_leader; });
        assert_eq!(own, "form_same_person");
        assert_eq!(office.act(Person::Leader, form, "review"), "accepted");
        let own = office.write(Person::Leader, form, |op| { take(op, "issue"); op.appointment = as_supervisor; });
        assert_eq!(own, "form_same_person");
        assert_eq!(issue(&mut office, form), "accepted");
    }

    fn a_session_that_is_not_settled_holds_the_form_up(backend) {
        let mut office = Office::open(backend);
        let order = office.order();
        let sessions = served(&mut office, order, 2);
        let drafted = draft(&office, Person::Supervisor, order).expect("his own arrangement");
        let form = reviewed(&mut office, &drafted, &SIGNATURE.repeat(32));
        assert_eq!(office.act(Person::Prosecutor, sessions[1], "question"), "accepted");
        assert_eq!(issue(&mut office, form), "form_unsettled", "in question, whether the follower has come by or not");
        office.follow();
        assert_eq!(issue(&mut office, form), "form_unsettled");
        assert_eq!(office.approve(Person::Supervisor, sessions[1]), "accepted");
        office.follow();
        // One who had not seen the approval gives another length: what was approved is contested.
        let before = office.seen(sessions[0]);
        assert_eq!(office.act(Person::Prosecutor, sessions[0], "question"), "accepted");
        assert_eq!(office.approve(Person::Supervisor, sessions[0]), "accepted");
        let late = |op: &mut sync_protocol::op::OpDraft| take(op, "question");
        assert_eq!(office.write_as_of(Person::Officer, sessions[0], before, late), "accepted");
        office.follow();
        assert_eq!(issue(&mut office, form), "form_unsettled");
        assert_eq!(office.act(Person::Officer, sessions[0], "question"), "accepted");
        assert_eq!(office.approve(Person::Supervisor, sessions[0]), "accepted");
        office.follow();
        assert_eq!(issue(&mut office, form), "form_unsettled", "the late step is still to be looked at");
        let catalog = &office.engine.app.catalog;
        let findings = office.engine.read(|db| {
            let mut shown = BTreeMap::new();
            for row in query!(db, findings::open_rows())?.iter().filter(|row| row.code == "stale_transition") {
                shown.insert(hex::encode(row.id), hex::encode(findings::stands_on(db, catalog, row)?));
            }
            Ok(shown)
        });
        let dismiss = |op: &mut sync_protocol::op::OpDraft| {
            op.decides = Some(Decides { conclusion: Conclusion::Dismiss, findings });
            op.reason = Some("演示".to_owned());
        };
        assert_eq!(office.write(Person::Officer, sessions[0], dismiss), "accepted");
        office.follow();
        assert_eq!(issue(&mut office, form), "accepted");
    }

    fn who_served_is_printed_for_who_reads_his_record(backend) {
        let mut office = Office::open(backend);
        let order = office.order();
        served(&mut office, order, 1);
        let drafted = draft(&office, Person::Supervisor, order).expect("his own arrangement");
        let form = reviewed(&mut office, &drafted, &SIGNATURE.repeat(32));
        let printed = |person| {
            let page = office.look(person, |db, looker| page::page(db, looker, form, 0));
            page.expect("both read the form").0
        };
        assert!(printed(Person::Prosecutor).subject.is_some());
        let his = printed(Person::Leader);
        assert_eq!((his.subject, his.is_rewritten), (None, false));
    }

    fn hours_of_another_person_are_on_no_form(backend) {
        let mut office = Office::open(backend);
        let order = office.order();
        served(&mut office, order, 1);
        let drafted = draft(&office, Person::Supervisor, order).expect("his own arrangement");
        let form = reviewed(&mut office, &drafted, &SIGNATURE.repeat(32));
        let other = office.subject();
        let said = office.agree_to(Person::Prosecutor, Person::Officer, order, |op| put(op, &[("subject", json!(other))]));
        assert_eq!(said, "accepted");
        assert_eq!(draft(&office, Person::Supervisor, order), Err(SyncError::OtherPerson));
        assert_eq!(issue(&mut office, form), "form_other_person");
    }

    fn who_may_not_read_the_forms_drafts_none(backend) {
        let mut office = Office::open(backend);
        let order = office.order();
        served(&mut office, order, 1);
        for person in [Person::Supervisor, Person::Leader, Person::Prosecutor] {
            assert!(draft(&office, person, order).is_ok(), "{person:?}");
        }
        assert_eq!(draft(&office, Person::Volunteer(0), order), Err(SyncError::NotFound), "an observer is blind to it");
        assert_eq!(draft(&office, Person::Supervisor, wuyuan_tests::engine::record()), Err(SyncError::NotFound));
    }
}
