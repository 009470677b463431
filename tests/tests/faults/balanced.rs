//! Two servers behind a balancer. One is killed under load, and comes back, and the other one after it.

use rand::RngExt;
use sync_protocol::role::Role;
use wuyuan_tests::api::Api;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::crew::Hand;
use wuyuan_tests::crowd::Crowd;
use wuyuan_tests::district::{World, with_usual};
use wuyuan_tests::proxy::Proxy;
use wuyuan_tests::seed;
use wuyuan_tests::server::Server;

const PHONES: usize = 64;
const KILLS: usize = 4;

#[test]
fn one_of_two_servers_dies_and_phones_notice_nothing_but_a_repeat() {
    let mut rng = seed::rng("balanced");
    let mut world = World::start(Backend::Postgres);
    let mut second = Server::on(world.server.place().clone(), &with_usual(&[]));
    let balancer = Proxy::before(&[world.server.address(), second.address()]);
    let url = format!("http://{}", balancer.address());
    let mut crowd = Crowd::enrol(&world, PHONES);
    crowd.turn_to(&url);
    let mut hand = Hand::enrol(&url, world.holder(Role::InfoOfficer, 0));
    let unit = hand.unit().clone();
    let mut written = Vec::new();
    crowd.push_while(|progress| {
        for kill in 0..seed::rounds(KILLS) {
            progress.wait_for(rng.random_range(PHONES..PHONES * 3));
            let victim = if kill % 2 == 0 { &mut world.server } else { &mut second };
            victim.kill();
            written.push(hand.report(&unit, &format!("kill {kill}")));
            // With one server left everything goes on.
            hand.sync();
            progress.wait_for(PHONES);
            victim.run();
        }
        progress.wait_for(PHONES);
    });
    for server in [&world.server, &second] {
        let text = Api::new(&server.url()).get("/metrics").text();
        assert!(
            text.contains("route=\"/v1/sync\",status=\"200\""),
            "both have worked: {text}"
        );
    }
    let status = hand.phone.status().expect("a status");
    assert_eq!(status.counts.accepted as usize, written.len());
    crowd.check_beside(&world, &written, status.head_seq);
}
