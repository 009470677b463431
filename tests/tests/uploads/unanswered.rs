//! The database commits and its answer is lost: whatever a client is told of its bytes is there.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sync_protocol::role::Role;
use wuyuan_tests::api::Api;
use wuyuan_tests::backend::Place;
use wuyuan_tests::district::World;
use wuyuan_tests::postgres::Database;
use wuyuan_tests::proxy::{Cut, Proxy};
use wuyuan_tests::uploads::*;

use crate::life::{files, folder};

/// Commits of a request and a few of what the server does beside it.
const COMMITS: usize = 12;
const DEADLINE: Duration = Duration::from_secs(60);

/// Asks and sends until the upload is whole.
fn finish(api: &Api, path: &str, bytes: &[u8]) {
    let deadline = Instant::now() + DEADLINE;
    loop {
        assert!(Instant::now() < deadline, "{path} never becomes whole");
        let told = send(api, "HEAD", path, &[], &[]);
        if told.status == 503 {
            continue;
        }
        assert_eq!(told.status, 200);
        let at = number(&told, "upload-offset") as usize;
        if at == bytes.len() {
            return;
        }
        let answer = append(api, path, at as u64, &bytes[at..]);
        assert!(matches!(answer.status, 204 | 409 | 423 | 503), "{}", answer.text());
    }
}

#[test]
fn bytes_that_were_committed_without_an_answer_are_kept() {
    let database = Database::create();
    let proxy = Proxy::before(&[database.address()]);
    let place = Place::Postgres(database.through(proxy.address()));
    let settings = [("pool_wait_ms", "5000"), ("piece_bytes", "65536")];
    let world = World::on(Arc::new(place), &settings);
    let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
    let mut cuts = 0;
    for nth in 0..COMMITS {
        // Two pieces that are put down one after the other, and the rest with which the blob is admitted.
        let bytes = photo(nth as u64, 150_000);
        let path = begun(&api, &bytes);
        let before = proxy.cuts();
        proxy.arm(Cut::AtCommitAfter(nth));
        append(&api, &path, 0, &bytes);
        // One that has not happened by now does not happen.
        proxy.arm(Cut::AtCommitAfter(usize::MAX));
        cuts += proxy.cuts() - before;
        finish(&api, &path, &bytes);
        assert_eq!(state(&api, &bytes), "received");
        let kept = files(&folder(&world));
        let whole = kept.iter().filter(|file| std::fs::read(file).unwrap() == bytes);
        assert_eq!(whole.count(), 1, "after commit {nth}");
    }
    assert!(cuts > COMMITS / 2, "only {cuts} answers were lost");
}
