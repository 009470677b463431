//! Findings that an earlier program did not make are opened behind, once.

use wuyuan_tests::backend::Place;
use wuyuan_tests::engine::{Engine, record, word};
use wuyuan_tests::on_both_backends;

use crate::people::{Cast, report, visit};

/// What people must look at: id, code, unit, record, device, number, whether it is open.
fn findings(engine: &Engine) -> Vec<String> {
    let place = engine.place();
    let hex = |column: &str| match place {
        Place::Sqlite(_) => format!("COALESCE(hex({column}), '')"),
        Place::Postgres(_) => format!("COALESCE(encode({column}, 'hex'), '')"),
    };
    let columns = format!(
        "{} || ' ' || code || ' ' || COALESCE(unit, '') || ' ' || {} || ' ' || {} || ' ' || COALESCE(seq, 0) || ' ' || \
         opened_ms || ' ' || COALESCE(closed_ms, 0)",
        hex("id"),
        hex("record"),
        hex("device")
    );
    let count = place.number("SELECT COUNT(*) FROM finding");
    let row = |nth: i64| {
        place.text(&format!(
            "SELECT {columns} FROM finding ORDER BY id LIMIT 1 OFFSET {nth}"
        ))
    };
    (0..count).map(row).collect()
}

on_both_backends! {
    fn what_an_earlier_program_refused_or_held_gets_its_findings_once(backend) {
        let mut cast = Cast::meet(backend);
        let leader = &mut cast.leader;
        leader.record(&visit(leader, record(), record()));
        leader.record(&report(leader, record(), ""));
        // More than one page.
        (0..230).for_each(|_| {
            leader.write("{\"rubbish\":1}");
        });
        let answer = cast.engine.push_from(leader, 1).expect("answered");
        assert_eq!([word(&answer, 0), word(&answer, 2)], ["link_missing", "unknown_member"]);
        cast.engine.app.follower.catch_up().expect("followed");
        let before = findings(&cast.engine);
        assert!(before.len() > 230, "{}", before.len());
        let place = cast.engine.place();
        let forget = |what: &str| place.change(&format!("DELETE FROM finding{what}; DELETE FROM meta WHERE key = 'refused_found'"));

        forget("");
        // Two servers start on it at once.
        let others = [cast.engine.beside(), cast.engine.beside()];
        std::thread::scope(|scope| {
            for other in &others {
                scope.spawn(|| other.app.follower.catch_up().expect("followed"));
            }
        });
        assert_eq!(findings(&cast.engine), before);

        // Killed after some: it goes on behind its mark.
        forget("");
        let middle = format!("{} 100", cast.leader.device);
        place.change(&format!("INSERT INTO meta (key, value) VALUES ('refused_found', '{middle}')"));
        cast.engine.beside().app.follower.catch_up().expect("followed");
        let behind = findings(&cast.engine);
        assert!(behind.len() < before.len() && behind.iter().all(|row| before.contains(row)), "{behind:?}");

        // What was closed stays closed, and what is done is done.
        place.change("UPDATE finding SET closed_ms = 1 WHERE seq = 150");
        forget(" WHERE seq = 151");
        cast.engine.beside().app.follower.catch_up().expect("followed");
        assert_eq!(findings(&cast.engine).len(), before.len());
        assert_eq!(place.number("SELECT closed_ms FROM finding WHERE seq = 150"), 1);
        place.change("DELETE FROM finding WHERE seq = 151");
        cast.engine.beside().app.follower.catch_up().expect("followed");
        assert_eq!(findings(&cast.engine).len(), before.len() - 1);
    }
}
