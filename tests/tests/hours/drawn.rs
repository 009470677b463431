//! Observers are drawn before anybody serves: whom people choose attests nothing.

use serde_json::json;
use sync_protocol::id::RecordId;
use wuyuan_tests::office::{Office, Person, take};
use wuyuan_tests::on_both_backends;

use Person::{Prosecutor, Supervisor};

/// An hour that two of the volunteers attest and the supervisor approves.
fn an_hour(office: &mut Office, order: RecordId, day: u32, two: [usize; 2]) -> RecordId {
    let session = office.session(order, day, 9, 60);
    for nth in two {
        office.attest(nth, session);
    }
    assert_eq!(office.approve(Supervisor, session), "accepted");
    office.follow();
    session
}

on_both_backends! {
    fn whom_nobody_drew_attests_nothing(backend) {
        let mut office = Office::open(backend);
        let subject = office.subject();
        let order = office.arrange(subject);
        office.name_observers(order);
        assert_eq!(office.pledge(order, "2026-11-02"), "accepted");
        let session = an_hour(&mut office, order, 20, [0, 1]);
        assert_eq!(office.waits(session), "attestations_missing,observer_not_drawn");
        // A draw that is made on the first of the month, as the office pretends, comes before it.
        office.draw(order);
        office.follow();
        assert_eq!(office.posted(session), 60);
    }

    fn a_draw_that_comes_afterwards_does_not_help(backend) {
        let mut office = Office::open(backend);
        let subject = office.subject();
        let order = office.arrange(subject);
        office.name_observers(order);
        assert_eq!(office.pledge(order, "2026-11-02"), "accepted");
        let session = an_hour(&mut office, order, 20, [0, 1]);
        office.draw_on(order, 21);
        office.follow();
        assert_eq!(office.waits(session), "attestations_missing,observer_not_drawn");
        let later = an_hour(&mut office, order, 22, [0, 1]);
        assert_eq!(office.posted(later), 60);
    }

    fn who_is_named_beside_those_drawn_attests_nothing(backend) {
        let mut office = Office::open(backend);
        let order = office.order();
        let session = an_hour(&mut office, order, 20, [0, 2]);
        assert_eq!(office.waits(session), "attestations_missing,observer_not_drawn");
        office.attest(1, session);
        office.follow();
        assert_eq!(office.posted(session), 60);
    }

    fn a_draw_that_is_set_aside_counts_for_what_was_served_before(backend) {
        let mut office = Office::open(backend);
        let subject = office.subject();
        let order = office.arrange(subject);
        let draw = office.draw(order);
        office.name_observers(order);
        assert_eq!(office.pledge(order, "2026-11-02"), "accepted");
        let before = an_hour(&mut office, order, 19, [0, 1]);
        assert_eq!(office.posted(before), 60);
        assert_eq!(office.act_on(Prosecutor, draw, 20, "set_aside"), "accepted");
        office.follow();
        let findings = office.engine.findings();
        assert!(!findings.iter().any(|code| code == "ground_gone"), "{findings:?}");
        let after = an_hour(&mut office, order, 21, [0, 1]);
        assert_eq!(office.waits(after), "attestations_missing,observer_not_drawn");
    }

    fn who_takes_anothers_place_counts_from_then_on(backend) {
        let mut office = Office::open(backend);
        let subject = office.subject();
        let order = office.arrange(subject);
        let draw = office.draw_among(order, 1, &[0, 1, 2]);
        office.name_observers(order);
        assert_eq!(office.pledge(order, "2026-11-02"), "accepted");
        let drawn = office.record(draw);
        let who = |seat: &str| {
            let id = drawn.latest(seat).map(|entry| entry.value.to_json()).expect("a place is filled");
            (0..3).find(|n| json!(office.member(Person::Volunteer(*n))) == id).expect("a volunteer")
        };
        let (first, second, next) = (who("observer_1"), who("observer_2"), who("substitute_1"));
        let before = an_hour(&mut office, order, 18, [first, second]);
        assert_eq!(office.posted(before), 60);
        let early = an_hour(&mut office, order, 19, [next, second]);
        assert_eq!(office.waits(early), "attestations_missing,observer_not_drawn");
        let [left, comes] = [first, next].map(|n| json!(office.member(Person::Volunteer(n))));
        let said = office.write_on(Supervisor, draw, 20, |draft| {
            draft.set.insert("observer_1".to_owned(), comes);
            draft.add.insert("replaced".to_owned(), vec![left]);
            take(draft, "replace");
        });
        assert_eq!(said, "accepted");
        office.follow();
        // Nobody chooses afterwards who was to be there.
        assert_eq!(office.waits(early), "attestations_missing,observer_not_drawn");
        assert_eq!(office.posted(before), 60);
        assert!(!office.engine.findings().iter().any(|code| code == "ground_gone"));
        let after = an_hour(&mut office, order, 21, [next, second]);
        assert_eq!(office.posted(after), 60);
        let gone = an_hour(&mut office, order, 22, [first, second]);
        assert_eq!(office.waits(gone), "attestations_missing,observer_not_drawn");
    }

    fn what_arrived_before_the_rule_is_not_asked_for_a_draw(backend) {
        let mut office = Office::open(backend);
        let later_ms = office.engine.app.now_ms() + 1;
        office.engine.place().change(&format!("UPDATE meta SET value = '{later_ms}' WHERE key = 'hours_rule_2_ms'"));
        let subject = office.subject();
        let order = office.arrange(subject);
        office.name_observers(order);
        assert_eq!(office.pledge(order, "2026-11-02"), "accepted");
        let session = an_hour(&mut office, order, 20, [0, 1]);
        assert_eq!(office.posted(session), 60);
        office.engine.clock.advance(1);
        let session = an_hour(&mut office, order, 21, [0, 1]);
        assert_eq!(office.waits(session), "attestations_missing,observer_not_drawn");
    }
}
