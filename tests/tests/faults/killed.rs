//! `kill -9` at random moments while 64 phones push, and real clients beside them.

use std::thread;
use std::time::Duration;

use rand::RngExt;
use sync_protocol::role::Role;
use wuyuan_tests::crew::Hand;
use wuyuan_tests::crowd::Crowd;
use wuyuan_tests::district::World;
use wuyuan_tests::on_both_backends;
use wuyuan_tests::seed;

const PHONES: usize = 64;
const KILLS: usize = 6;
/// The longest time between a start and the next kill: some hit the first push, some the hundredth.
const LIFE_MS: u64 = 700;

on_both_backends! {
    fn killed_again_and_again_the_server_neither_loses_nor_doubles(backend) {
        let mut rng = seed::rng("killed");
        let mut world = World::start(backend);
        let mut crowd = Crowd::enrol(&world, PHONES);
        let member = world.holder(Role::InfoOfficer, 0).clone();
        let url = world.server.url();
        let mut hand = Hand::enrol(&url, &member);
        let unit = hand.unit().clone();
        let mut written = Vec::new();
        crowd.push_while(|progress| {
            for kill in 0..seed::rounds(KILLS) {
                written.push(hand.report(&unit, &format!("before kill {kill}")));
                thread::sleep(Duration::from_millis(rng.random_range(0..LIFE_MS)));
                world.server.kill();
                // Without a server: kept, and said so.
                assert!(matches!(hand.try_sync(), wuyuan_client::Outcome::Wait { .. }));
                world.server.run();
                hand.sync();
            }
            progress.wait_for(PHONES);
        });
        let shown: Vec<_> = hand.shown().iter().map(|view| view.id).collect();
        assert!(written.iter().all(|record| shown.contains(record)), "a real client's reports");
        let fresh = Hand::enrol(&url, &member);
        assert_eq!(fresh.shown(), hand.shown(), "a fresh phone is shown the same");
        let ops = hand.phone.status().expect("a status").head_seq;
        crowd.check_beside(&world, &written, ops);
    }
}
