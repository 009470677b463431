//! A restore that dies in the middle leaves the database empty or whole, never half.

use std::thread;
use std::time::Instant;

use rand::RngExt;
use tempfile::TempDir;
use wuyuan_tests::backend::{Backend, Place};
use wuyuan_tests::command::{begin, done, wuyuan};
use wuyuan_tests::crowd::Crowd;
use wuyuan_tests::district::World;
use wuyuan_tests::on_both_backends;
use wuyuan_tests::seed;

const PHONES: usize = 16;
const KILLS: usize = 6;

/// Rows of a table; a table that is not there yet has none.
fn rows(place: &Place, table: &str) -> i64 {
    let there = match place {
        Place::Sqlite(_) => format!("SELECT COUNT(*) FROM sqlite_master WHERE name = '{table}'"),
        Place::Postgres(_) => format!("SELECT COUNT(*) FROM pg_tables WHERE tablename = '{table}'"),
    };
    match place.number(&there) {
        0 => 0,
        _ => place.number(&format!("SELECT COUNT(*) FROM {table}")),
    }
}

on_both_backends! {
    fn a_killed_restore_leaves_an_empty_or_a_whole_database(backend) {
        let mut rng = seed::rng("restore_killed");
        let mut world = World::start(Backend::Sqlite);
        let mut crowd = Crowd::enrol(&world, PHONES);
        crowd.push_while(|progress| progress.wait_for(PHONES * 30));
        let all = [crowd.ops() as i64, world.district.members.len() as i64];
        assert!(world.server.stop().success());
        let folder = TempDir::new().expect("a temporary folder");
        let file = folder.path().join("backup").to_str().expect("text").to_owned();
        done(&["backup", "--to", &file, "--database", &world.server.place().url()]);

        let started = Instant::now();
        done(&["restore", "--from", &file, "--database", &backend.place().url()]);
        let whole = started.elapsed();
        for _ in 0..seed::rounds(KILLS) {
            let place = backend.place();
            let url = place.url();
            let mut restore = begin(&["restore", "--from", &file, "--database", &url]);
            thread::sleep(whole.mul_f64(rng.random_range(0.05..1.1)));
            // It may be done already: then there is nothing to kill.
            let _ = restore.kill();
            restore.wait().expect("a killed process ends");
            let left = [rows(&place, "op"), rows(&place, "member")];
            println!("{left:?} of {all:?}");
            assert!(left == [0, 0] || left == all, "half: {left:?} of {all:?}");
            // Nothing that was left behind stands in the way of the next try.
            let again = wuyuan(&["restore", "--from", &file, "--database", &url]);
            assert_eq!(again.status.success(), left == [0, 0], "{again:?}");
            assert_eq!([rows(&place, "op"), rows(&place, "member")], all);
            assert!(done(&["verify", "--database", &url]).ends_with("all is right\n"));
        }
    }
}
