//! The stream of hints is told by every server on the same database, not only by the one that committed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use sync_protocol::role::Role;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::district::World;
use wuyuan_tests::server::Server;

use wuyuan_tests::reports::{record, report};

/// Far more pushes than the other server needs looks.
const PUSHES: usize = 20_000;

#[test]
fn a_push_to_one_server_is_told_by_the_other() {
    let world = World::with(Backend::Postgres, &[]);
    let other = Server::on(Arc::clone(world.server.place()), &[("rate_per_member", "1000000")]);
    let mut volunteer = world.handset(world.holder(Role::Volunteer, 0));
    let unit = volunteer.phone.holder.unit.to_string();
    let (status, mut lines) = volunteer.api.at(&other.url()).open("/v1/events");
    assert_eq!(status, 200);
    let told = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            // The other server's first look may fall between any two pushes, so there is always a next one.
            for _ in 0..PUSHES {
                if told.load(Ordering::Relaxed) {
                    return;
                }
                let draft = report(&volunteer.phone, record(), "moves its unit");
                let seq = volunteer.phone.record(&draft);
                volunteer.push_from(seq).ok();
            }
        });
        let line = lines.find(|line| line.starts_with("data: {\"unit\""));
        told.store(true, Ordering::Relaxed);
        assert!(line.expect("the stream goes on").contains(&unit));
    });
}
