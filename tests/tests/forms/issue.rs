//! What is issued is what stands in the ledger, and it stays as it was issued.

use serde_json::json;
use sync_protocol::form::Sessions;
use wuyuan_server::sync::SyncError;
use wuyuan_tests::office::{Office, Person, put, take};
use wuyuan_tests::on_both_backends;

use crate::desk::{draft, issue, reviewed, served};

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
            let said = office.write(Person::Supervisor, form, |op| {
                put(op, &[("total_minutes", json!(second.total_minutes)), ("sessions", json!(second.sessions)), ("list_hash", json!(second.list_hash))]);
                put(op, &[(field, wrong)]);
                take(op, "issue");
            });
            assert_eq!(said, "form_stale", "{field}");
        }
        let said = office.write(Person::Supervisor, form, |op| {
            put(op, &[("total_minutes", json!(second.total_minutes)), ("sessions", json!(second.sessions)), ("list_hash", json!(second.list_hash))]);
            take(op, "issue");
        });
        assert_eq!(said, "accepted");
        for (field, value) in [("total_minutes", json!(1)), ("period_until", json!("2026-12-02"))] {
            assert_eq!(office.set(Person::Officer, form, field, value.clone()), "second_person_required", "{field}");
            let said = office.write(Person::Officer, form, |op| {
                put(op, &[(field, value)]);
                op.proposes = true;
                op.reason = Some("演示".to_owned());
            });
            assert_eq!(said, "state_locked", "{field}: two persons do not change it either");
        }
        assert_eq!(office.set(Person::Officer, form, "sessions", json!("-")), "state_locked");
        assert_eq!(office.set(Person::Supervisor, form, "opinion", json!("改")), "state_locked");
        assert_eq!(draft(&office, Person::Supervisor, order).expect("still").replaces, Some(form));
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
