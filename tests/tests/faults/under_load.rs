//! A backup of a server that is being pushed to: one moment of it, whole, in either kind of database.

use std::path::Path;
use std::thread;
use std::time::Instant;

use rand::RngExt;
use tempfile::TempDir;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::command::{begin, done};
use wuyuan_tests::crowd::Crowd;
use wuyuan_tests::district::World;
use wuyuan_tests::on_both_backends;
use wuyuan_tests::seed;

const PHONES: usize = 24;
const KILLS: usize = 4;

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

on_both_backends! {
    fn a_killed_backup_calls_nothing_durable_that_it_has_not_kept(backend) {
        let mut rng = seed::rng("killed_backup");
        let world = World::start(backend);
        let mut crowd = Crowd::enrol(&world, PHONES);
        crowd.push_while(|progress| progress.wait_for(PHONES * 8));
        let folder = TempDir::new().expect("a temporary folder");
        let place = world.server.place();
        let url = place.url();
        let named = |name: &str| folder.path().join(name).to_str().expect("text").to_owned();
        let started = Instant::now();
        done(&["backup", "--to", &named("whole"), "--database", &url]);
        let whole = started.elapsed();
        for round in 0..seed::rounds(KILLS) {
            place.change("UPDATE device SET durable_seq = 0");
            let file = named(&round.to_string());
            let mut backup = begin(&["backup", "--to", &file, "--database", &url]);
            thread::sleep(whole.mul_f64(rng.random_range(0.3..1.05)));
            // It may be done already: then there is nothing to kill.
            let _ = backup.kill();
            backup.wait().expect("a killed process ends");
            let durable = place.number("SELECT SUM(durable_seq) FROM device");
            let kept = Path::new(&file).exists();
            println!("{durable} durable, the file is {}", if kept { "whole" } else { "not there" });
            assert!(durable == 0 || kept, "phones may drop what no backup has");
            if kept {
                assert!(done(&["verify", "--from", &file]).ends_with("all is right\n"));
            }
        }
    }
}
