//! What changes after a form was issued is found, on the form itself, and the finding goes when its cause goes.

use sync_protocol::id::RecordId;
use wuyuan_server::forms::page;
use wuyuan_tests::office::{Office, Person};
use wuyuan_tests::on_both_backends;

use crate::desk::{draft, issue, reviewed, served};

fn has_changed(office: &Office, form: RecordId) -> bool {
    office.follow();
    office.follow();
    let now_ms = office.engine.app.now_ms();
    let prosecutor = office.member(Person::Prosecutor);
    let seen = office
        .engine
        .look(prosecutor, |db, looker| page::page(db, looker, form, now_ms));
    let shown = seen.expect("he reads forms").0.has_changed;
    assert_eq!(
        shown,
        office.engine.findings().contains(&"changed_after_freeze".to_owned())
    );
    shown
}

on_both_backends! {
    fn a_session_that_is_questioned_and_a_posting_after_the_issue_are_found(backend) {
        let mut office = Office::open(backend);
        let order = office.order();
        let sessions = served(&mut office, order, 2);
        let drafted = draft(&office, Person::Supervisor, order).expect("his arrangement");
        let form = reviewed(&mut office, &drafted, &"cd".repeat(32));
        assert!(!has_changed(&office, form));
        assert_eq!(issue(&mut office, form), "accepted");
        assert!(!has_changed(&office, form));
        // The prosecutor questions a session: until somebody has looked, the form does not stand as it was issued.
        assert_eq!(office.act(Person::Prosecutor, sessions[1], "question"), "accepted");
        assert!(has_changed(&office, form));
        assert_eq!(office.approve(Person::Supervisor, sessions[1]), "accepted");
        assert!(!has_changed(&office, form), "the same hours stand again");

        let late = office.session(order, 23, 9, 30);
        office.attest(0, late);
        office.attest(1, late);
        assert_eq!(office.approve(Person::Supervisor, late), "accepted");
        assert!(has_changed(&office, form), "an hour that the form does not know");
    }
}
