//! A full disk: pushes wait on the phones, reading goes on, nothing is half stored, and it goes on by itself.

use std::sync::Arc;

use rand::RngExt;
use sync_protocol::role::Role;
use tempfile::TempDir;
use wuyuan_tests::backend::Place;
use wuyuan_tests::crowd::{Crowd, pull_all};
use wuyuan_tests::district::World;
use wuyuan_tests::postgres::private::Private;
use wuyuan_tests::seed;
use wuyuan_tests::smallfs::{SmallFs, apart};

const PHONES: usize = 16;
const TIMES: usize = 2;

fn full_and_free_again(fs: &SmallFs, place: Place) {
    let mut rng = seed::rng("full_disk");
    let mut world = World::on(Arc::new(place), &[("pool_wait_ms", "1000")]);
    let mut crowd = Crowd::enrol(&world, PHONES);
    let reader = world.handset(world.holder(Role::Prosecutor, 0));
    crowd.push_while(|progress| {
        for _ in 0..seed::rounds(TIMES) {
            progress.wait_for(rng.random_range(1..PHONES * 4));
            fs.fill();
            // Every phone is refused, and again when it comes back.
            progress.wait_for_refused(PHONES * 2);
            let before = pull_all(&reader);
            assert!(!before.is_empty(), "what is stored can be read");
            assert_eq!(reader.api.get("/v1/me").status, 200);
            assert!(world.server.lives());
            fs.free();
            // By itself.
            progress.wait_for(PHONES * 2);
            let after = pull_all(&reader);
            assert!(
                before.keys().all(|record| after.contains_key(record)),
                "what was shown stays"
            );
        }
    });
    assert!(world.server.lives(), "one process all the time");
    crowd.check(&world);
    assert!(world.server.stop().success());
}

#[test]
fn sqlite() {
    apart("full_disk::sqlite", || {
        let fs = SmallFs::mount(32);
        let folder = TempDir::new_in(fs.path()).expect("a folder on it");
        full_and_free_again(&fs, Place::Sqlite(folder));
    });
}

#[test]
fn postgres() {
    apart("full_disk::postgres", || {
        let fs = SmallFs::mount(128);
        let cluster = Private::with_tables_on(fs.path());
        full_and_free_again(&fs, Place::Postgres(cluster.create()));
    });
}
