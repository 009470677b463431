//! Concatenation: parts that are sent at the same time.

use sync_protocol::role::Role;
use wuyuan_tests::api::{Answer, Api};
use wuyuan_tests::backend::Backend;
use wuyuan_tests::district::World;
use wuyuan_tests::on_both_backends;
use wuyuan_tests::uploads::*;

use crate::life::{files, folder};

fn part(api: &Api, bytes: &[u8], sent: usize) -> String {
    let length = bytes.len().to_string();
    let headers = [("upload-length", length.as_str()), ("upload-concat", "partial")];
    let answer = send(api, "POST", "/v1/blobs", &headers, &[]);
    assert_eq!(answer.status, 201, "{}", answer.text());
    let path = answer.header("location").expect("an address").to_owned();
    if sent > 0 {
        assert_eq!(append(api, &path, 0, &bytes[..sent]).status, 204);
    }
    path
}

fn compose(api: &Api, bytes: &[u8], parts: &[&str]) -> Answer {
    let concat = format!("final;{}", parts.join(" "));
    let metadata = announcing(bytes);
    let headers = [
        ("upload-concat", concat.as_str()),
        ("upload-metadata", metadata.as_str()),
    ];
    send(api, "POST", "/v1/blobs", &headers, &[])
}

on_both_backends! {
    fn parts_make_a_whole_in_the_order_in_which_they_are_named(backend) {
        let world = World::start(backend);
        let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
        let bytes = photo(1, 90_000);
        let second = part(&api, &bytes[40_000..], 50_000);
        let first = part(&api, &bytes[..40_000], 40_000);
        assert_eq!(state(&api, &bytes), "absent");
        let wrong = compose(&api, &bytes, &[&second, &first]);
        assert_eq!(wrong.problem(), (422, "blob_hash_wrong".to_owned()));
        // The parts are still there, also under their whole addresses.
        let address = format!("{}{second}", world.server.url());
        let answer = compose(&api, &bytes, &[&first, &address]);
        assert_eq!(answer.status, 201, "{}", answer.text());
        assert_eq!(state(&api, &bytes), "received");
        let path = answer.header("location").unwrap();
        let told = send(&api, "HEAD", path, &[], &[]);
        assert_eq!((number(&told, "upload-offset"), number(&told, "upload-length")), (90_000, 90_000));
        assert!(told.header("upload-concat").unwrap().starts_with("final;"));
        assert_eq!(append(&api, path, 90_000, b"more").problem(), (403, "forbidden".to_owned()));
        // An answer that was lost may be asked for again.
        assert_eq!(compose(&api, &bytes, &[&first, &second]).status, 201);
        let whole: Vec<_> = files(&folder(&world)).into_iter().filter(|file| std::fs::read(file).unwrap() == bytes).collect();
        assert_eq!(whole.len(), 1);
    }
}

#[test]
fn what_is_no_part_or_not_all_there_makes_no_whole() {
    let world = World::start(Backend::Sqlite);
    let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
    let other = world.sign_in(world.holder(Role::InfoOfficer, 1));
    let bytes = photo(2, 60_000);
    let first = part(&api, &bytes[..30_000], 30_000);
    let half = part(&api, &bytes[30_000..], 10_000);
    let theirs = part(&other, &bytes[30_000..], 30_000);
    let whole = begun(&api, &bytes);
    assert_eq!(
        compose(&api, &bytes, &[&first, &half]).problem(),
        (400, "request_invalid".to_owned())
    );
    assert_eq!(
        compose(&api, &bytes, &[&first, &theirs]).problem(),
        (404, "not_found".to_owned())
    );
    assert_eq!(
        compose(&api, &bytes, &[&whole]).problem(),
        (400, "request_invalid".to_owned())
    );
    assert_eq!(
        compose(&api, &bytes, &[]).problem(),
        (400, "request_invalid".to_owned())
    );
    assert_eq!(
        compose(&api, &bytes, &["../../etc/passwd"]).problem(),
        (400, "request_invalid".to_owned())
    );
    // A part itself is no blob.
    assert_eq!(state(&api, &bytes[..30_000]), "absent");
}
