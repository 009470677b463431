//! A backup of a server that is being pushed to: one moment of it, whole, in either kind of database.

use rand::RngExt;
use tempfile::TempDir;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::command::done;
use wuyuan_tests::crowd::Crowd;
use wuyuan_tests::district::World;
use wuyuan_tests::on_both_backends;
use wuyuan_tests::seed;

const PHONES: usize = 24;

on_both_backends! {
    fn a_backup_under_load_has_everything_acknowledged_before_it_began(backend) {
        let mut rng = seed::rng("under_load");
        let world = World::start(backend);
        let mut crowd = Crowd::enrol(&world, PHONES);
        let folder = TempDir::new().expect("a temporary folder");
        let file = folder.path().join("backup").to_str().expect("text").to_owned();
        let url = world.server.place().url();
        let before = crowd.push_while(|progress| {
            progress.wait_for(rng.random_range(PHONES * 2..PHONES * 6));
            let before = progress.heads();
            let said = done(&["backup", "--to", &file, "--database", &url]);
            assert!(said.contains("verified"), "{said}");
            progress.wait_for(PHONES);
            before
        });
        crowd.check(&world);
        assert_eq!(before.len(), PHONES);
        for to in [Backend::Sqlite, Backend::Postgres] {
            let place = to.place();
            done(&["restore", "--from", &file, "--database", &place.url()]);
            assert!(done(&["verify", "--database", &place.url()]).ends_with("all is right\n"));
            for (device, head) in &before {
                let condition = format!("WHERE device = {}", place.literal(&device.0));
                let restored = place.number(&format!("SELECT COUNT(*) FROM op {condition}")) as u64;
                assert!(restored >= *head, "{device} had {head} acknowledged, the backup has {restored}");
                let highest = place.number(&format!("SELECT MAX(seq) FROM op {condition}")) as u64;
                assert_eq!(highest, restored, "from the first without a gap");
            }
        }
    }
}
