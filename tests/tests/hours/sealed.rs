//! Postings are sealed, and whatever is changed of them afterwards is named by the log too.

use wuyuan_server::log::seal;
use wuyuan_server::verify;
use wuyuan_tests::backend::Place;
use wuyuan_tests::office::{Office, Person};
use wuyuan_tests::{on_both_backends, seed};

/// Every column of a posting but its number.
const COLUMNS: &[&str] = &[
    "id",
    "member",
    "session",
    "round",
    "minutes",
    "unit",
    "kind",
    "day",
    "digest",
    "approved_device",
    "approved_seq",
    "posted_ms",
];

fn faults(office: &Office) -> Vec<String> {
    let app = &office.engine.app;
    let mut said = Vec::new();
    let mut tell = |fault: &verify::Fault| said.push(format!("{} {}", fault.kind.code(), fault.place));
    verify::verify(&app.store, &app.law, &mut tell).expect("everything can be read");
    said
}

on_both_backends! {
    fn a_posting_that_is_bent_after_it_was_sealed_is_named_by_the_log(backend) {
        let mut rng = seed::rng("a_posting_that_is_bent_after_it_was_sealed_is_named_by_the_log");
        let mut office = Office::open(backend);
        let own = office.volunteering(1, 19, 8, 90);
        assert_eq!(office.approve(Person::Leader, own), "accepted");
        office.follow();
        assert_eq!(office.ledger().len(), 1);
        seal::seal_all(&office.engine.app).expect("sealed");
        assert_eq!(office.engine.place().number("SELECT last FROM sealed WHERE source = 6"), 1);
        assert_eq!(faults(&office), [""; 0]);

        let place = office.engine.place();
        let unlocked: &[&str] = match place {
            Place::Sqlite(_) => &["DROP TRIGGER posting_stays", "DROP TRIGGER posting_kept"],
            Place::Postgres(_) => &["ALTER TABLE posting DISABLE TRIGGER ALL"],
        };
        unlocked.iter().for_each(|statement| place.change(statement));
        for column in COLUMNS {
            let back = place.bend("posting", column, "number = 1", &mut rng).expect("a value");
            let said = faults(&office);
            assert!(said.contains(&"seal_differs posting 1".to_owned()), "{column}: {said:?}");
            place.change(&back);
        }
        assert_eq!(faults(&office), [""; 0]);
        place.change("DELETE FROM posting");
        assert!(faults(&office).contains(&"seal_missing posting 1".to_owned()));
    }
}
