//! Sums of the ledger, confirmed and pending apart, from each sum down to its postings, and who reads what of them.

use std::collections::BTreeMap;

use sync_protocol::role::Role;
use wuyuan_server::ledger::totals::{Total, totals};
use wuyuan_server::ledger::{drill, sight};
use wuyuan_server::query;
use wuyuan_server::store::hours::{HoursFilter, HoursKey, HoursOf};
use wuyuan_server::sync::SyncError;
use wuyuan_tests::office::{Office, Person};
use wuyuan_tests::on_both_backends;

use Person::{Leader, Officer, Prosecutor, Supervisor, Volunteer};

/// The sums that somebody sees, by key and ledger.
fn sums(office: &Office, person: Person, key: HoursKey) -> BTreeMap<(HoursOf, String), Total> {
    let found = office.look(person, |db, looker| {
        let sight = match key {
            HoursKey::Person => sight::persons(db, looker)?,
            _ => sight::figures(db, looker)?,
        };
        totals(
            db,
            &HoursFilter {
                sight,
                ..HoursFilter::default()
            },
            key,
        )
    });
    found.expect("the ledger can be read").lines
}

/// Confirmed and pending minutes by ledger.
fn figures(office: &Office, person: Person) -> Vec<(String, i64, i64)> {
    let lines = sums(office, person, HoursKey::Ledger);
    lines
        .into_iter()
        .map(|((_, ledger), t)| (ledger, t.confirmed_minutes, t.pending_minutes))
        .collect()
}

/// Numbers of the postings that somebody may look at, with how many operations he is shown under each.
fn postings(office: &Office, person: Person) -> Vec<(i64, usize)> {
    let page = office.look(person, |db, looker| {
        let filter = HoursFilter {
            sight: sight::persons(db, looker)?,
            ..HoursFilter::default()
        };
        drill::postings(db, looker, &filter, (0, 100), 1)
    });
    let page = page.expect("the ledger can be read");
    let expected = page.rows.iter().filter(|one| one.row.subject.is_some()).count() as i64;
    assert_eq!(
        page.readings.iter().map(|entry| entry.records).sum::<i64>(),
        expected,
        "what is read of those who serve is noted"
    );
    page.rows
        .iter()
        .map(|one| (one.row.number, one.grounds.len()))
        .collect()
}

fn both(volunteer: (i64, i64), service: (i64, i64)) -> Vec<(String, i64, i64)> {
    vec![
        ("social_service".to_owned(), service.0, service.1),
        ("volunteer".to_owned(), volunteer.0, volunteer.1),
    ]
}

/// One hour of social service (posting 1), ninety minutes of a volunteer's (posting 2), and claims of both.
fn filled(backend: wuyuan_tests::backend::Backend) -> Office {
    let mut office = Office::open(backend);
    let order = office.order();
    let session = office.session(order, 20, 9, 60);
    office.attest(0, session);
    office.attest(1, session);
    assert_eq!(office.approve(Supervisor, session), "accepted");
    office.follow();
    let own = office.volunteering(1, 19, 8, 90);
    assert_eq!(office.approve(Leader, own), "accepted");
    office.session(order, 21, 9, 45);
    office.volunteering(2, 22, 8, 30);
    office.follow();
    office
}

on_both_backends! {
    fn confirmed_and_pending_are_told_apart_and_the_ledgers_never_added(backend) {
        let office = filled(backend);
        assert_eq!(figures(&office, Leader), both((90, 30), (60, 45)));
        let lines = sums(&office, Prosecutor, HoursKey::Day);
        let day = |day: &str, ledger: &str| lines[&(HoursOf::Word(day.to_owned()), ledger.to_owned())].clone();
        assert_eq!(day("2026-11-20", "social_service").confirmed_minutes, 60);
        let pending = day("2026-11-21", "social_service");
        assert_eq!((pending.confirmed_minutes, pending.pending_minutes, pending.claims), (0, 45, 1));
        assert_eq!(pending.reasons, [("not_approved".to_owned(), 1), ("attestations_missing".to_owned(), 1)].into());
        let months = sums(&office, Prosecutor, HoursKey::Month);
        assert_eq!(months[&(HoursOf::Word("2026-11".to_owned()), "volunteer".to_owned())].confirmed_minutes, 90);
        let kinds = sums(&office, Prosecutor, HoursKey::Kind);
        assert_eq!(kinds.keys().map(|(of, _)| of.clone()).collect::<Vec<_>>(), [
            HoursOf::Word("service_session".to_owned()), HoursOf::Word("volunteer_session".to_owned()),
        ]);
        let units = sums(&office, Prosecutor, HoursKey::Unit);
        assert!(units.keys().all(|(of, _)| *of == HoursOf::Word(office.unit.to_string())));
    }

    fn everybody_reads_what_he_may_and_nothing_else(backend) {
        let office = filled(backend);
        let person = |id: [u8; 16]| HoursOf::Person(id.to_vec());
        let keys = |who: Person| -> Vec<HoursOf> { sums(&office, who, HoursKey::Person).into_keys().map(|(of, _)| of).collect() };
        let own = |nth: usize| person(office.member(Volunteer(nth)).0);
        let subject = office.ledger()[0].subject.map(|id| person(id.0)).expect("a subject");
        let sorted = |mut of: Vec<HoursOf>| { of.sort(); of };
        // A volunteer: his own, as a figure and as a person.
        assert_eq!(figures(&office, Volunteer(1)), [("volunteer".to_owned(), 90, 0)]);
        assert_eq!(keys(Volunteer(1)), [own(1)]);
        assert_eq!((keys(Volunteer(0)), postings(&office, Volunteer(0))), (vec![], vec![]));
        assert_eq!(postings(&office, Volunteer(1)), [(2, 2)]);
        // The leader: the volunteers of his unit, and not who serves, for he does not read that person's record.
        assert_eq!(keys(Leader), sorted(vec![own(1), own(2)]));
        assert_eq!(postings(&office, Leader), [(2, 2)]);
        // The prosecutor and the officer read the subject's record, and so all.
        for who in [Prosecutor, Officer] {
            assert_eq!(keys(who), sorted(vec![own(1), own(2), subject.clone()]));
            assert_eq!(postings(&office, who), [(1, 4), (2, 2)]);
        }
        // The supervisor reads no figures; an area manager reads figures and no persons.
        assert_eq!((figures(&office, Supervisor), keys(Supervisor)), (vec![], vec![]));
        let manager = office.member(Volunteer(0));
        office.engine.appoint(manager, Role::AreaManager, &office.unit);
        office.engine.clock.advance(1);
        assert_eq!(figures(&office, Volunteer(0)), both((90, 30), (60, 45)));
        assert_eq!((keys(Volunteer(0)), postings(&office, Volunteer(0))), (vec![], vec![]));
    }

    fn who_is_assigned_to_somebody_who_serves_reads_his_hours(backend) {
        let mut office = filled(backend);
        let subject = office.ledger()[0].subject.expect("a subject").into();
        let member = office.member(Supervisor);
        let assign = |draft: &mut sync_protocol::op::OpDraft| drop(draft.add.insert("assigned".to_owned(), vec![serde_json::json!(member)]));
        assert_eq!(office.write(Prosecutor, subject, assign), "accepted");
        assert_eq!(postings(&office, Supervisor), [(1, 4)]);
        assert_eq!(figures(&office, Supervisor), [("social_service".to_owned(), 60, 45)]);
    }

    fn filters_narrow_and_pages_go_on(backend) {
        let office = filled(backend);
        let ask = |change: fn(&mut HoursFilter)| -> Vec<i64> {
            let numbers = office.look(Prosecutor, |db, looker| {
                let mut filter = HoursFilter { sight: sight::persons(db, looker)?, ..HoursFilter::default() };
                change(&mut filter);
                let mut numbers = Vec::new();
                loop {
                    let after = numbers.last().copied().unwrap_or(0);
                    let page = drill::postings(db, looker, &filter, (after, 1), 1)?;
                    match page.rows.first() {
                        Some(one) => numbers.push(one.row.number),
                        None => return Ok::<_, SyncError>(numbers),
                    }
                }
            });
            numbers.expect("the ledger can be read")
        };
        assert_eq!(ask(|_| {}), [1, 2]);
        assert_eq!(ask(|f| f.ledger = Some("volunteer".to_owned())), [2]);
        assert_eq!(ask(|f| f.kind = Some("service_session".to_owned())), [1]);
        assert_eq!(ask(|f| f.from = Some("2026-11-20".to_owned())), [1]);
        assert_eq!(ask(|f| f.to = Some("2026-11-19".to_owned())), [2]);
        assert_eq!(ask(|f| f.units = Some(vec!["350111000000".to_owned()])), Vec::<i64>::new());
        assert_eq!(ask(|f| f.units = Some(vec![])), Vec::<i64>::new());
        assert_eq!(ask(|f| f.member = Some([9; 16])), Vec::<i64>::new());
        let claims = office.look(Prosecutor, |db, looker| {
            let filter = HoursFilter { sight: sight::persons(db, looker)?, ..HoursFilter::default() };
            drill::claims(db, looker, &filter, (&[], 100), 1)
        });
        let waits: Vec<String> = claims.expect("read").rows.into_iter().map(|row| row.reasons).collect();
        assert!(waits.contains(&"not_approved".to_owned()) && waits.len() == 2, "{waits:?}");
        assert_eq!(office.engine.read(|db| query!(db, ledger::last())), 2);
    }
}
