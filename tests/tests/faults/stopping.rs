//! SIGTERM: what was taken is answered, what was not is known by a repeat, and the process ends well and in time.

use std::thread;
use std::time::{Duration, Instant};

use rand::RngExt;
use sync_protocol::role::Role;
use wuyuan_tests::api::Api;
use wuyuan_tests::backend::{Backend, Place};
use wuyuan_tests::crowd::Crowd;
use wuyuan_tests::district::World;
use wuyuan_tests::on_both_backends;
use wuyuan_tests::postgres::session::Session;
use wuyuan_tests::reports::{record, report, verdicts};
use wuyuan_tests::seed;

const PHONES: usize = 32;
const STOPS: usize = 3;
/// `shutdown_secs`, and by when the process must have ended: a loaded machine takes its time to notice.
const SHUTDOWN: (&str, Duration) = ("20", Duration::from_secs(50));

/// Keeps every commit waiting until it is let go.
enum Brake {
    Sqlite(rusqlite::Connection),
    Postgres(Session),
}

impl Brake {
    fn pull(place: &Place) -> Brake {
        match place {
            Place::Sqlite(_) => {
                let url = place.url();
                let path = url.strip_prefix("sqlite://").expect("a SQLite place");
                let conn = rusqlite::Connection::open(path).expect("the database opens");
                conn.busy_timeout(Duration::from_secs(10)).expect("a timeout");
                conn.execute_batch("BEGIN IMMEDIATE").expect("the write lock");
                Brake::Sqlite(conn)
            }
            Place::Postgres(database) => {
                let mut session = Session::open(database);
                session.run("BEGIN; LOCK TABLE unit IN EXCLUSIVE MODE");
                Brake::Postgres(session)
            }
        }
    }

    fn release(self) {
        match self {
            Brake::Sqlite(conn) => conn.execute_batch("COMMIT").expect("an end"),
            Brake::Postgres(mut session) => session.run("COMMIT"),
        }
    }
}

fn in_flight(api: &Api) -> u64 {
    let text = api.get("/metrics").text();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("wuyuan_requests_in_flight "));
    line.and_then(|number| number.trim().parse().ok())
        .unwrap_or_else(|| panic!("no gauge in {text}"))
}

on_both_backends! {
    fn every_request_that_was_taken_is_answered(backend) {
        let settings = [("pool_wait_ms", "60000"), ("shutdown_secs", SHUTDOWN.0)];
        let mut world = World::with(backend, &settings);
        let mut crowd = Crowd::enrol(&world, PHONES);
        for writer in &mut crowd.writers {
            let draft = report(&writer.handset.phone, record(), "taken before the end");
            writer.handset.phone.record(&draft);
        }
        let brake = Brake::pull(world.server.place());
        let api = world.api();
        let answers: Vec<_> = thread::scope(|scope| {
            let pushes: Vec<_> = crowd.writers.iter().map(|w| scope.spawn(|| w.handset.push_from(1))).collect();
            // The question itself is one more.
            let started = Instant::now();
            while in_flight(&api) < PHONES as u64 + 1 {
                assert!(started.elapsed() < SHUTDOWN.1, "the pushes do not arrive");
                thread::yield_now();
            }
            world.server.tell_to_stop();
            let stranger = Api::new(&world.server.url());
            let started = Instant::now();
            // A new connection is refused, or told to come back.
            while stranger.try_send("GET", "/healthz", &[], &[]).is_ok_and(|answer| answer.status != 503) {
                assert!(started.elapsed() < SHUTDOWN.1, "it goes on as if nothing had been said");
            }
            brake.release();
            pushes.into_iter().map(|push| push.join().expect("a push is answered")).collect()
        });
        for answer in &answers {
            assert_eq!(verdicts(answer), ["accepted"]);
        }
        assert!(world.server.wait_for_end().success());
        world.server.run();
        for writer in &crowd.writers {
            let again = writer.handset.push_from(1).ok();
            assert_eq!(again["verdicts"][0]["repeat"], true);
        }
    }

    fn stopped_again_and_again_under_load_it_ends_well_and_in_time(backend) {
        let mut rng = seed::rng("stopping");
        let mut world = World::with(backend, &[("shutdown_secs", SHUTDOWN.0)]);
        let mut crowd = Crowd::enrol(&world, PHONES);
        crowd.push_while(|progress| {
            for _ in 0..seed::rounds(STOPS) {
                progress.wait_for(rng.random_range(1..PHONES * 2));
                let started = Instant::now();
                let status = world.server.stop();
                assert!(status.success(), "{status}");
                assert!(started.elapsed() < SHUTDOWN.1, "it took {:?}", started.elapsed());
                world.server.run();
            }
            progress.wait_for(PHONES);
        });
        crowd.check(&world);
    }
}

#[test]
fn a_stream_of_events_does_not_keep_it_from_ending() {
    // So long that it would be ended before if it waited for the stream.
    let mut world = World::with(Backend::Sqlite, &[("shutdown_secs", "3600")]);
    let api = world.sign_in(world.holder(Role::GroupLeader, 0));
    let (status, mut lines) = api.open("/v1/events");
    assert_eq!(status, 200);
    assert!(lines.next().is_some(), "it has begun");
    assert!(world.server.stop().success());
    // The listener notices: its stream ends.
    assert!(lines.all(|line| line.is_empty() || line.starts_with(':')));
}
