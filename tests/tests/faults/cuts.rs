//! The wire between the server and PostgreSQL is cut in the middle of whatever goes over it.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::json;
use sync_protocol::role::Role;
use wuyuan_server::demo;
use wuyuan_tests::backend::Place;
use wuyuan_tests::command::done;
use wuyuan_tests::crowd::{Crowd, Progress, try_push};
use wuyuan_tests::district::World;
use wuyuan_tests::postgres::Database;
use wuyuan_tests::proxy::{Cut, Proxy, Way};
use wuyuan_tests::reports::{record, report, verdicts};
use wuyuan_tests::seed;

const PHONES: usize = 32;
const CUTS: usize = 24;
/// A batch and its answer have some tens of kilobytes.
const FAR: usize = 100_000;
const DEADLINE: Duration = Duration::from_secs(60);

/// A world whose server reaches its database through a proxy only.
fn through(database: &Database) -> (World, Proxy) {
    through_with(database, &[])
}

/// The same where nothing happens behind the pushes: the next commit is that of the next request.
fn alone_through(database: &Database) -> (World, Proxy) {
    through_with(database, &[("follow", "false"), ("seal_interval_ms", "0")])
}

fn through_with(database: &Database, settings: &[(&str, &str)]) -> (World, Proxy) {
    let proxy = Proxy::before(&[database.address()]);
    let place = Place::Postgres(database.through(proxy.address()));
    let settings = [&[("pool_wait_ms", "1000")], settings].concat();
    (World::on(Arc::new(place), &settings), proxy)
}

fn cut(proxy: &Proxy, how: Cut) {
    let before = proxy.cuts();
    proxy.arm(how);
    let started = Instant::now();
    while proxy.cuts() == before {
        assert!(started.elapsed() < DEADLINE, "{how:?} does not happen");
        thread::sleep(Duration::from_millis(1));
    }
}

fn somewhere(rng: &mut StdRng) -> Cut {
    match rng.random_range(0..3) {
        0 => Cut::AtCommit,
        1 => Cut::After(Way::Up, rng.random_range(0..FAR)),
        _ => Cut::After(Way::Down, rng.random_range(0..FAR / 4)),
    }
}

#[test]
fn cut_anywhere_under_load_nothing_is_lost_or_doubled() {
    let mut rng = seed::rng("cuts");
    let database = Database::create();
    let (mut world, proxy) = through(&database);
    let mut crowd = Crowd::enrol(&world, PHONES);
    crowd.push_while(|progress| {
        for _ in 0..seed::rounds(CUTS) {
            let how = somewhere(&mut rng);
            cut(&proxy, how);
            progress.wait_for(rng.random_range(1..PHONES));
        }
    });
    assert!(world.server.lives(), "one process all the time");
    crowd.check(&world);
}

fn gone_and_back(progress: &Progress, proxy: &Proxy, go: impl FnOnce(&Proxy)) {
    progress.wait_for(PHONES);
    go(proxy);
    progress.wait_for_refused(PHONES);
    proxy.heal();
    progress.wait_for(PHONES);
}

#[test]
fn refused_or_hanging_connections_are_answered_503_and_it_goes_on_by_itself() {
    let database = Database::create();
    let (mut world, proxy) = through(&database);
    let mut crowd = Crowd::enrol(&world, PHONES);
    crowd.push_while(|progress| {
        gone_and_back(progress, &proxy, Proxy::refuse);
        // The worse of the two: nobody ever tells the server that these connections come to nothing.
        gone_and_back(progress, &proxy, Proxy::stall);
    });
    assert!(world.server.lives(), "one process all the time");
    crowd.check(&world);
}

#[test]
fn a_commit_whose_answer_was_lost_is_told_as_unknown_and_is_there_once() {
    let database = Database::create();
    let (world, proxy) = alone_through(&database);
    let member = world.holder(Role::Volunteer, 0).clone();
    let mut handset = world.handset(&member);
    let draft = report(&handset.phone, record(), "the first");
    handset.phone.record(&draft);
    handset.push_from(1).ok();

    // A push: the server cannot know, so it does not say that it stored it.
    let draft = report(&handset.phone, record(), "unknown");
    handset.phone.record(&draft);
    let body = handset.phone.push(2..=2).text();
    proxy.arm(Cut::AtCommit);
    assert_eq!(try_push(&handset.api, &body), Some(Err(())));
    assert_eq!(proxy.cuts(), 1);
    assert_eq!(database.sql("SELECT COUNT(*) FROM op"), "2", "it is stored");
    let again = try_push(&handset.api, &body).expect("an answer").expect("a verdict");
    assert_eq!(again["verdicts"][0]["repeat"], true);
    assert_eq!(again["verdicts"][0]["fate"], "accepted");

    // A refresh token that was spent without an answer serves once more.
    let sign_in = json!({"number": member.number, "password": demo::PASSWORD});
    let session = world.api().post("/v1/auth/sign-in", &sign_in).ok();
    let refresh = json!({"refresh_token": session["refresh_token"]});
    proxy.arm(Cut::AtCommit);
    let lost = world.api().post("/v1/auth/refresh", &refresh);
    assert_eq!(lost.problem(), (503, "unavailable".to_owned()));
    assert_eq!(proxy.cuts(), 2);
    world.api().post("/v1/auth/refresh", &refresh).ok();

    // A device that was enrolled without an answer is enrolled again.
    let fresh = wuyuan_tests::phones::Phone::new(handset.phone.holder.clone(), &handset.phone.generation, 1);
    proxy.arm(Cut::AtCommit);
    let lost = handset.api.post("/v1/devices", &fresh.enrolment());
    assert_eq!(lost.problem(), (503, "unavailable".to_owned()));
    assert_eq!(proxy.cuts(), 3);
    assert_eq!(handset.api.post("/v1/devices", &fresh.enrolment()).status, 200);
    assert!(done(&["verify", "--database", database.url()]).ends_with("all is right\n"));
}

#[test]
fn what_a_commit_of_unknown_outcome_released_is_released() {
    let database = Database::create();
    let (world, proxy) = alone_through(&database);
    let leader = world.holder(Role::GroupLeader, 0).clone();
    let mut leader = world.handset(&leader);
    let mut desk = world.handset(world.holder(Role::Prosecutor, 0));
    desk.phone.holder.unit = leader.phone.holder.unit.clone();
    let (person, visit) = (record(), record());
    let mut draft = leader.phone.draft("supervision_visit", visit);
    let fields = [
        ("subject", json!(person)),
        ("visited_at", json!("2026-11-22T09:00:00+08:00")),
        ("mode", json!("phone")),
        ("seen_in_person", json!(false)),
        ("concern", json!("none")),
    ];
    draft.set.extend(fields.map(|(name, value)| (name.to_owned(), value)));
    leader.phone.record(&draft);
    assert_eq!(verdicts(&leader.push_from(1)), ["link_missing"]);

    let mut draft = desk.phone.draft("subject", person);
    let fields = [("alias", json!("演示某甲")), ("category", json!("bail"))];
    draft.set.extend(fields.map(|(name, value)| (name.to_owned(), value)));
    draft
        .add
        .insert("assigned".to_owned(), vec![json!(leader.phone.holder.member)]);
    desk.phone.record(&draft);
    let body = desk.phone.push(1..=1).text();
    // A question has the device's key looked up, so that the next COMMIT is the batch's.
    desk.api.post("/v1/sync", &json!({"device": desk.phone.device})).ok();
    proxy.arm(Cut::AtCommit);
    assert_eq!(try_push(&desk.api, &body), Some(Err(())));
    assert_eq!(database.sql("SELECT COUNT(*) FROM op"), "2", "it is stored");

    let started = Instant::now();
    let question = json!({"device": leader.phone.device, "held": [1]});
    while leader.api.post("/v1/sync", &question).json()["resolved"][0]["fate"] != "accepted" {
        assert!(started.elapsed() < DEADLINE, "it waits for somebody to push again");
        thread::sleep(Duration::from_millis(20));
    }
}
