//! No connection to the database is to be had: 503 with the time to come back, and recovery by itself.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use wuyuan_tests::backend::{Backend, Place};
use wuyuan_tests::crowd::Crowd;
use wuyuan_tests::district::World;
use wuyuan_tests::postgres::Database;
use wuyuan_tests::postgres::private::Private;
use wuyuan_tests::postgres::session::Session;
use wuyuan_tests::reports::{record, report, verdicts};

const PHONES: usize = 16;
const DEADLINE: Duration = Duration::from_secs(60);

/// Somebody who keeps everybody else from the devices.
fn holding(world: &World) -> Session {
    let Place::Postgres(database) = &**world.server.place() else {
        panic!("a PostgreSQL place")
    };
    let mut session = Session::open(database);
    session.run("BEGIN; LOCK TABLE device IN ACCESS EXCLUSIVE MODE");
    session
}

#[test]
fn a_pool_that_somebody_holds_up_is_answered_503_and_goes_on_when_it_is_let_go() {
    let settings = [("pool_size", "2"), ("committers", "1"), ("pool_wait_ms", "300")];
    let mut world = World::with(Backend::Postgres, &settings);
    let mut crowd = Crowd::enrol(&world, PHONES);
    crowd.push_while(|progress| {
        for _ in 0..2 {
            progress.wait_for(PHONES);
            let mut session = holding(&world);
            progress.wait_for_refused(PHONES * 2);
            session.run("COMMIT");
            progress.wait_for(PHONES);
        }
    });
    assert!(world.server.lives());
    crowd.check(&world);
}

#[test]
fn requests_that_wait_for_the_database_keep_nobody_else_from_an_answer() {
    let world = World::with(Backend::Postgres, &[("workers", "1"), ("pool_wait_ms", "60000")]);
    // The server has not heard of these devices since it started, so it must look for their keys.
    let mut crowd = Crowd::enrol(&world, PHONES);
    for writer in &mut crowd.writers {
        let draft = report(&writer.handset.phone, record(), "waits for a connection");
        writer.handset.phone.record(&draft);
    }
    let mut session = holding(&world);
    thread::scope(|scope| {
        let pushes: Vec<_> = crowd
            .writers
            .iter()
            .map(|w| scope.spawn(|| w.handset.push_from(1)))
            .collect();
        let api = world.api();
        let started = Instant::now();
        loop {
            let text = api.get("/metrics").text();
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix("wuyuan_requests_in_flight "));
            // Every push and the question itself.
            if line.is_some_and(|number| number.trim() == (PHONES + 1).to_string()) {
                break;
            }
            assert!(started.elapsed() < DEADLINE, "they wait in one another's way: {line:?}");
        }
        session.run("COMMIT");
        for push in pushes {
            assert_eq!(verdicts(&push.join().expect("an answer")), ["accepted"]);
        }
    });
}

#[test]
fn a_database_that_takes_no_connection_is_answered_503_and_goes_on_when_it_does() {
    let cluster = Private::start();
    // As docs/OPERATIONS.md says: an ordinary user who owns an empty database. A superuser is never refused.
    cluster.sql("CREATE ROLE sync LOGIN");
    cluster.sql("CREATE DATABASE own OWNER sync");
    let place = Place::Postgres(Database::at(&cluster.url("own").replace("wuyuan@", "sync@")));
    let mut world = World::on(Arc::new(place), &[("pool_wait_ms", "500")]);
    let mut crowd = Crowd::enrol(&world, PHONES);
    crowd.push_while(|progress| {
        progress.wait_for(PHONES);
        cluster.sql("ALTER ROLE sync CONNECTION LIMIT 0");
        cluster.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'sync'");
        progress.wait_for_refused(PHONES * 2);
        cluster.sql("ALTER ROLE sync CONNECTION LIMIT -1");
        progress.wait_for(PHONES * 2);
    });
    assert!(world.server.lives());
    crowd.check(&world);
}
