//! PostgreSQL dies under the server and comes back.

use std::sync::Arc;

use rand::RngExt;
use wuyuan_tests::backend::Place;
use wuyuan_tests::crowd::Crowd;
use wuyuan_tests::district::World;
use wuyuan_tests::postgres::private::Private;
use wuyuan_tests::seed;

const PHONES: usize = 32;
const KILLS: usize = 3;

#[test]
fn killed_and_started_again_it_has_everything_and_the_server_goes_on_by_itself() {
    let mut rng = seed::rng("postgres_killed");
    let cluster = Private::start();
    let mut world = World::on(Arc::new(Place::Postgres(cluster.create())), &[("pool_wait_ms", "500")]);
    let mut crowd = Crowd::enrol(&world, PHONES);
    crowd.push_while(|progress| {
        for _ in 0..seed::rounds(KILLS) {
            progress.wait_for(rng.random_range(1..PHONES * 4));
            cluster.kill();
            progress.wait_for_refused(PHONES);
            let api = world.api();
            assert_eq!(api.get("/readyz").problem(), (503, "unavailable".to_owned()));
            assert_eq!(api.get("/healthz").status, 200);
            cluster.run();
            progress.wait_for(PHONES * 2);
        }
    });
    assert!(world.server.lives(), "one process all the time");
    crowd.check(&world);
}
