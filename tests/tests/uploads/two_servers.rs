//! Two servers on one PostgreSQL and one folder.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sync_protocol::role::Role;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::district::{World, with_usual};
use wuyuan_tests::server::Server;
use wuyuan_tests::uploads::*;

#[test]
fn an_upload_goes_on_at_another_server_and_only_one_writes() {
    let world = World::start(Backend::Postgres);
    let other = Server::on(Arc::clone(world.server.place()), &with_usual(&[]));
    let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
    let there = api.at(&other.url());
    let bytes = photo(1, 400_000);
    let path = begun(&api, &bytes);
    assert_eq!(append(&api, &path, 0, &bytes[..100_000]).status, 204);
    assert_eq!(append(&there, &path, 100_000, &bytes[100_000..200_000]).status, 204);
    // One hangs at the first server: the second may not write until its lease has run out.
    let hanging = hanging(
        world.server.address(),
        &api,
        &path,
        200_000,
        200_000,
        &bytes[200_000..250_000],
    );
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut locked = 0;
    loop {
        let at = offset(&there, &path);
        let answer = append(&there, &path, at, &bytes[at as usize..]);
        match answer.status {
            204 => break,
            423 => locked += 1,
            // The one that hung has put down what it had in between.
            409 => {}
            _ => panic!("{}", answer.text()),
        }
        assert!(Instant::now() < deadline, "the lease never runs out");
    }
    drop(hanging);
    assert_eq!(state(&api, &bytes), "received");
    println!("told to wait {locked} times");
}
