//! A restore that dies in the middle leaves the database empty or whole, never half; a backup that does, leaves what the
//! next one goes on with.

use std::thread;
use std::time::Instant;

use rand::RngExt;
use sync_protocol::role::Role;
use tempfile::TempDir;
use wuyuan_tests::backend::{Backend, Place};
use wuyuan_tests::command::{begin, done, wuyuan};
use wuyuan_tests::crowd::Crowd;
use wuyuan_tests::district::World;
use wuyuan_tests::on_both_backends;
use wuyuan_tests::photos::{deliver, photo};
use wuyuan_tests::seed;

const PHONES: usize = 16;
const KILLS: usize = 6;
/// Photos, each of 100 kB.
const PHOTOS: u64 = 20;

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
        let api = world.sign_in(world.holder(Role::Volunteer, 0));
        for nth in 0..PHOTOS {
            assert_eq!(deliver(&api, &photo(nth, 100_000)).status, 201);
        }
        assert!(world.server.stop().success());
        let folder = TempDir::new().expect("a temporary folder");
        let file = folder.path().join("backup").to_str().expect("text").to_owned();
        let from = world.server.place();
        done(&["backup", "--to", &file, "--database", &from.url(), "--blobs", &from.blobs()]);

        let (started, place) = (Instant::now(), backend.place());
        done(&["restore", "--from", &file, "--database", &place.url(), "--blobs", &place.blobs()]);
        let whole = started.elapsed();
        for _ in 0..seed::rounds(KILLS) {
            let place = backend.place();
            let (url, blobs) = (place.url(), place.blobs());
            let mut restore = begin(&["restore", "--from", &file, "--database", &url, "--blobs", &blobs]);
            thread::sleep(whole.mul_f64(rng.random_range(0.05..1.1)));
            // It may be done already: then there is nothing to kill.
            let _ = restore.kill();
            restore.wait().expect("a killed process ends");
            let left = [rows(&place, "op"), rows(&place, "member")];
            println!("{left:?} of {all:?}");
            assert!(left == [0, 0] || left == all, "half: {left:?} of {all:?}");
            // Nothing that was left behind stands in the way of the next try.
            let again = wuyuan(&["restore", "--from", &file, "--database", &url, "--blobs", &blobs]);
            assert_eq!(again.status.success(), left == [0, 0], "{again:?}");
            assert_eq!([rows(&place, "op"), rows(&place, "member")], all);
            let said = done(&["verify", "--database", &url, "--blobs", &blobs]);
            assert!(said.contains(&format!("{PHOTOS} blobs")) && said.ends_with("all is right\n"), "{said}");
        }
    }

    fn a_killed_backup_is_gone_on_with_by_the_next(backend) {
        let mut rng = seed::rng("backup_killed");
        let mut world = World::start(backend);
        let api = world.sign_in(world.holder(Role::Volunteer, 0));
        for nth in 0..4 * PHOTOS {
            assert_eq!(deliver(&api, &photo(nth, 100_000)).status, 201);
        }
        assert!(world.server.stop().success());
        let place = world.server.place();
        let (url, blobs) = (place.url(), place.blobs());
        let folder = TempDir::new().expect("a temporary folder");
        let named = |name: &str| folder.path().join(name).to_str().expect("text").to_owned();
        let arguments = |file: &str, shelf: &str| {
            ["backup", "--to", file, "--blobs-to", shelf, "--database", &url, "--blobs", &blobs].map(str::to_owned)
        };
        let started = Instant::now();
        let whole = arguments(&named("whole"), &named("first"));
        done(&whole.each_ref().map(String::as_str));
        let took = started.elapsed();
        for nth in 0..seed::rounds(KILLS) {
            place.change("UPDATE blob SET durable = FALSE");
            let shelf = named(&format!("shelf-{nth}"));
            let killed = arguments(&named(&format!("killed-{nth}")), &shelf);
            let mut backup = begin(&killed.each_ref().map(String::as_str));
            thread::sleep(took.mul_f64(rng.random_range(0.05..1.1)));
            // It may be done already: then there is nothing to kill.
            let _ = backup.kill();
            backup.wait().expect("a killed process ends");
            let marked = place.number("SELECT COUNT(*) FROM blob WHERE durable");
            assert!(marked == 0 || marked == 4 * PHOTOS as i64, "{marked}");
            let file = named(&format!("next-{nth}"));
            let next = arguments(&file, &shelf);
            let said = done(&next.each_ref().map(String::as_str));
            println!("{said}");
            assert!(done(&["verify", "--from", &file, "--blobs-from", &shelf]).ends_with("all is right\n"));
        }
    }
}
