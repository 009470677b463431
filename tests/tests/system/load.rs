//! Too much at once: told so, with the time to come back, and nothing half done.

use std::thread;

use serde_json::json;
use sync_protocol::role::Role;
use wuyuan_tests::backend::{Backend, Place};
use wuyuan_tests::district::World;
use wuyuan_tests::postgres::session::Session;

use wuyuan_tests::reports::{record, report, verdicts};

#[test]
fn who_asks_too_often_is_told_when_to_come_back() {
    let world = World::with(Backend::Sqlite, &[("rate_per_member", "1")]);
    let api = world.sign_in(world.holder(Role::Volunteer, 0));
    let answers: Vec<_> = (0..8).map(|_| api.get("/v1/me")).collect();
    assert_eq!(answers[0].status, 200);
    let refused = answers
        .iter()
        .find(|answer| answer.status != 200)
        .expect("eight at once are too many");
    // `problem` also wants Retry-After.
    assert_eq!(refused.problem(), (429, "too_many_requests".to_owned()));
    let other = world.sign_in(world.holder(Role::Volunteer, 1));
    assert_eq!(other.get("/v1/me").status, 200, "one member's haste is not another's");
}

#[test]
fn a_full_queue_says_503_and_what_was_refused_is_accepted_later() {
    let settings = [
        ("committers", "1"),
        ("committer_batch", "1"),
        ("queue_length", "1"),
        ("pool_wait_ms", "60000"),
    ];
    let world = World::with(Backend::Postgres, &settings);
    let Place::Postgres(database) = &**world.server.place() else {
        panic!("a PostgreSQL place")
    };
    let handsets: Vec<_> = (0..6)
        .map(|_| {
            let mut handset = world.handset(world.holder(Role::Volunteer, 0));
            let draft = report(&handset.phone, record(), "in the crowd");
            handset.phone.record(&draft);
            handset
        })
        .collect();

    // Whoever takes the lock keeps every committer from the units: one push waits there, one in the queue.
    let mut lock = Session::open(database);
    lock.run("BEGIN; LOCK TABLE unit IN EXCLUSIVE MODE");
    let answers = thread::scope(|scope| {
        let pushes: Vec<_> = handsets
            .iter()
            .map(|handset| scope.spawn(|| handset.push_from(1)))
            .collect();
        while pushes.iter().filter(|push| push.is_finished()).count() < handsets.len() - 2 {
            thread::yield_now();
        }
        lock.run("COMMIT");
        pushes
            .into_iter()
            .map(|push| push.join().expect("a push is answered"))
            .collect::<Vec<_>>()
    });
    let busy: Vec<_> = answers.iter().filter(|answer| answer.status != 200).collect();
    assert_eq!(busy.len(), handsets.len() - 2);
    for answer in busy {
        assert_eq!(answer.problem(), (503, "busy".to_owned()));
    }
    for (handset, answer) in handsets.iter().zip(&answers) {
        let again = handset.push_from(1);
        assert_eq!(verdicts(&again), ["accepted"]);
        assert_eq!(again.ok()["verdicts"][0]["repeat"] == true, answer.status == 200);
    }
}

#[test]
fn a_stream_of_events_names_the_unit_that_moved_and_only_to_those_in_its_scope() {
    let world = World::start(Backend::Sqlite);
    let mut handset = world.handset(world.holder(Role::Volunteer, 0));
    let (status, mut inside) = world.sign_in(world.holder(Role::GroupLeader, 0)).open("/v1/events");
    assert_eq!(status, 200);
    let draft = report(&handset.phone, record(), "a move");
    handset.phone.record(&draft);
    assert_eq!(verdicts(&handset.push_from(1)), ["accepted"]);
    let data = inside
        .find_map(|line| line.strip_prefix("data: ").map(str::to_owned))
        .expect("the stream goes on");
    let data: serde_json::Value = serde_json::from_str(&data).expect("an event's data is JSON");
    assert_eq!(data, json!({"unit": handset.phone.holder.unit, "pos": 1}));
}
