//! A follower that is far behind posts nothing that one would keep back which has looked at everything.

use serde_json::json;
use wuyuan_tests::office::{Office, Person, put};
use wuyuan_tests::on_both_backends;

use Person::{Leader, Supervisor, Volunteer};

/// More records than are looked at in one turn.
const MANY: usize = 100;

/// Something else to look at.
fn others(office: &mut Office) {
    for _ in 0..MANY {
        office.create(Volunteer(0), "photo_report", |draft| {
            put(
                draft,
                &[
                    ("channel", json!("app")),
                    ("interest", json!("women")),
                    ("title", json!("演示")),
                ],
            );
        });
    }
}

on_both_backends! {
    fn what_was_there_beside_a_session_at_its_approval_is_looked_at_before_it_posts(backend) {
        let mut office = Office::open(backend);
        let (first, second) = (office.volunteering(1, 19, 8, 90), office.volunteering(1, 19, 9, 60));
        assert_eq!(office.approve(Leader, first), "accepted");
        others(&mut office);
        // It is looked at last, for it was changed last.
        assert_eq!(office.approve(Leader, second), "accepted");
        office.follow();
        assert_eq!(office.ledger(), []);
        assert_eq!([office.waits(first), office.waits(second)], ["finding.overlap"; 2]);
    }

    fn a_session_is_looked_at_before_it_posts_whatever_record_led_to_it(backend) {
        let mut office = Office::open(backend);
        let order = office.order();
        let session = office.session(order, 20, 8, 540);
        office.attest(0, session);
        office.attest(1, session);
        others(&mut office);
        assert_eq!(office.approve(Supervisor, session), "accepted");
        office.follow();
        assert_eq!((office.ledger(), office.waits(session).as_str()), (vec![], "finding.day_hours"));
    }
}
