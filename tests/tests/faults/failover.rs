//! The primary dies and its synchronous standby takes its place, under load: what was acknowledged is on both.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use rand::RngExt;
use sync_protocol::role::Role;
use wuyuan_tests::backend::Place;
use wuyuan_tests::crew::Hand;
use wuyuan_tests::crowd::Crowd;
use wuyuan_tests::district::World;
use wuyuan_tests::postgres::Database;
use wuyuan_tests::postgres::standby::Pair;
use wuyuan_tests::seed;

const PHONES: usize = 32;

#[test]
fn the_synchronous_standby_has_everything_that_was_acknowledged_and_clients_go_on() {
    let mut rng = seed::rng("failover");
    let pair = Pair::start();
    let place = Place::Postgres(Database::at(&pair.url()));
    let mut world = World::on(Arc::new(place), &[("pool_wait_ms", "1000")]);
    let mut crowd = Crowd::enrol(&world, PHONES);
    let mut hand = Hand::enrol(&world.server.url(), world.holder(Role::InfoOfficer, 0));
    let unit = hand.unit().clone();
    let mut written = vec![hand.report(&unit, "before the primary died")];
    hand.sync();
    crowd.push_while(|progress| {
        progress.wait_for(rng.random_range(PHONES..PHONES * 6));
        pair.primary.kill();
        written.push(hand.report(&unit, "while there was no primary"));
        progress.wait_for_refused(PHONES);
        pair.standby.promote();
        progress.wait_for(PHONES * 2);
        hand.sync();
    });
    assert!(world.server.lives(), "one process all the time");
    let status = hand.phone.status().expect("a status");
    assert_eq!(
        (status.counts.accepted, status.counts.waiting, status.counts.sent),
        (2, 0, 0)
    );
    crowd.check_beside(&world, &written, status.head_seq);
}

#[test]
fn while_the_standby_is_away_nobody_is_told_that_anything_is_stored() {
    let pair = Pair::start();
    let place = Place::Postgres(Database::at(&pair.url()));
    let mut world = World::on(Arc::new(place), &[("sync_wait_ms", "2000")]);
    let mut crowd = Crowd::enrol(&world, 8);
    crowd.push_while(|progress| {
        progress.wait_for(8);
        pair.standby.kill();
        // What the primary had sent on may still be told.
        progress.wait_for_refused(8);
        let told = progress.acknowledged.load(Ordering::SeqCst);
        progress.wait_for_refused(8);
        assert_eq!(
            progress.acknowledged.load(Ordering::SeqCst),
            told,
            "one disk is not two"
        );
        pair.standby.run();
        progress.wait_for(16);
    });
    assert!(world.server.lives(), "one process all the time");
    crowd.check(&world);
}
