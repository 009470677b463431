//! From the first byte to the last, in one request or in many.

use sync_protocol::role::Role;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::district::World;
use wuyuan_tests::on_both_backends;
use wuyuan_tests::uploads::*;

/// The files of a folder and all below it.
pub fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else {
        return found;
    };
    for entry in entries {
        let path = entry.expect("a folder can be read").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Where the server's photos are.
pub fn folder(world: &World) -> std::path::PathBuf {
    world.server.place().blobs().trim_start_matches("file://").into()
}

on_both_backends! {
    fn an_upload_in_parts_is_admitted_with_its_last_byte(backend) {
        let world = World::start(backend);
        let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
        let bytes = photo(1, 300_000);
        let path = begun(&api, &bytes);
        assert_eq!(offset(&api, &path), 0);
        let mut at = 0;
        for part in bytes.chunks(70_000) {
            assert_eq!(state(&api, &bytes), "absent");
            let answer = append(&api, &path, at, part);
            assert_eq!(answer.status, 204, "{}", answer.text());
            assert_eq!(answer.header("tus-resumable"), Some("1.0.0"));
            assert!(answer.header("upload-expires").is_some_and(|date| date.ends_with(" GMT")));
            at += part.len() as u64;
            assert_eq!(number(&answer, "upload-offset"), at);
        }
        assert_eq!(state(&api, &bytes), "received");
        let told = send(&api, "HEAD", &path, &[], &[]);
        assert_eq!((number(&told, "upload-offset"), number(&told, "upload-length")), (300_000, 300_000));
        assert_eq!(told.header("cache-control"), Some("no-store"));
        assert_eq!(told.header("upload-metadata"), Some(announcing(&bytes).as_str()));
        // The pieces are gone, the whole is there, byte for byte.
        let kept = files(&folder(&world));
        assert_eq!(kept.len(), 1, "{kept:?}");
        assert_eq!(std::fs::read(&kept[0]).unwrap(), bytes);
    }

    fn all_of_it_may_come_with_the_creation(backend) {
        let world = World::start(backend);
        let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
        let bytes = photo(2, 100_000);
        let headers = [("upload-length", "100000"), ("content-type", BYTES), ("upload-metadata", &announcing(&bytes))];
        let answer = send(&api, "POST", "/v1/blobs", &headers, &bytes);
        assert_eq!(answer.status, 201, "{}", answer.text());
        assert_eq!(number(&answer, "upload-offset"), 100_000);
        assert_eq!(state(&api, &bytes), "received");
        assert_eq!(offset(&api, answer.header("location").unwrap()), 100_000);
    }

    fn the_length_may_be_said_with_the_last_part(backend) {
        let world = World::start(backend);
        let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
        let bytes = photo(3, 50_000);
        for empty_end in [false, true] {
            let headers = [("upload-defer-length", "1"), ("upload-metadata", &announcing(&bytes))];
            let answer = send(&api, "POST", "/v1/blobs", &headers, &[]);
            let path = answer.header("location").unwrap().to_owned();
            let told = send(&api, "HEAD", &path, &[], &[]);
            assert_eq!(told.header("upload-defer-length"), Some("1"));
            assert_eq!(told.header("upload-length"), None);
            let cut = if empty_end { 50_000 } else { 20_000 };
            assert_eq!(append(&api, &path, 0, &bytes[..cut]).status, 204);
            let at = cut.to_string();
            let headers = [("upload-offset", at.as_str()), ("upload-length", "50000"), ("content-type", BYTES)];
            let answer = send(&api, "PATCH", &path, &headers, &bytes[cut..]);
            assert_eq!(answer.status, 204, "{}", answer.text());
            assert_eq!(state(&api, &bytes), "received");
        }
        assert_eq!(files(&folder(&world)).len(), 1);
    }

    fn what_ends_is_gone_and_leaves_nothing(backend) {
        let world = World::start(backend);
        let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
        let bytes = photo(4, 50_000);
        let path = begun(&api, &bytes);
        assert_eq!(append(&api, &path, 0, &bytes[..20_000]).status, 204);
        assert_eq!(files(&folder(&world)).len(), 1);
        assert_eq!(send(&api, "DELETE", &path, &[], &[]).status, 204);
        assert_eq!(send(&api, "HEAD", &path, &[], &[]).status, 410);
        assert_eq!(append(&api, &path, 20_000, &bytes[20_000..]).problem(), (410, "upload_gone".to_owned()));
        assert_eq!(files(&folder(&world)).len(), 0);
    }

    fn the_same_bytes_are_kept_once(backend) {
        let world = World::start(backend);
        let bytes = photo(5, 50_000);
        for nth in [0, 1, 1] {
            let api = world.sign_in(world.holder(Role::InfoOfficer, nth));
            let path = begun(&api, &bytes);
            assert_eq!(append(&api, &path, 0, &bytes).status, 204);
            assert_eq!(state(&api, &bytes), "received");
        }
        // Who has not delivered them himself hears that they are absent: a hash alone is worth nothing.
        let other = world.sign_in(world.holder(Role::Volunteer, 0));
        assert_eq!(state(&other, &bytes), "absent");
        assert_eq!(files(&folder(&world)).len(), 1);
    }

    fn an_object_that_was_lost_is_healed_by_whoever_sends_it_again(backend) {
        let world = World::start(backend);
        let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
        let bytes = photo(6, 50_000);
        assert_eq!(append(&api, &begun(&api, &bytes), 0, &bytes).status, 204);
        std::fs::remove_file(&files(&folder(&world))[0]).unwrap();
        assert_eq!(append(&api, &begun(&api, &bytes), 0, &bytes).status, 204);
        let kept = files(&folder(&world));
        assert_eq!(kept.len(), 1);
        assert_eq!(std::fs::read(&kept[0]).unwrap(), bytes);
    }
}

#[test]
fn the_server_says_what_it_speaks_to_everybody() {
    let world = World::start(Backend::Sqlite);
    let answer = world.api().send("OPTIONS", "/v1/blobs", &[], &[]);
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("tus-version"), Some("1.0.0"));
    assert_eq!(answer.header("tus-max-size"), Some("33554432"));
    assert_eq!(answer.header("tus-checksum-algorithm"), Some("sha256,sha1"));
    let extensions = answer.header("tus-extension").unwrap();
    for extension in [
        "creation",
        "creation-with-upload",
        "expiration",
        "checksum",
        "termination",
        "concatenation",
    ] {
        assert!(extensions.split(',').any(|one| one == extension), "{extensions}");
    }
    assert!(extensions.contains("creation-defer-length"));
}

#[test]
fn a_method_may_be_named_in_a_header() {
    let world = World::start(Backend::Sqlite);
    let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
    let bytes = photo(7, 10_000);
    let path = begun(&api, &bytes);
    let patch = [
        ("x-http-method-override", "PATCH"),
        ("upload-offset", "0"),
        ("content-type", BYTES),
    ];
    assert_eq!(send(&api, "POST", &path, &patch, &bytes[..4_000]).status, 204);
    let head = send(&api, "POST", &path, &[("x-http-method-override", "HEAD")], &[]);
    assert_eq!((head.status, number(&head, "upload-offset")), (200, 4_000));
    let delete = send(&api, "POST", &path, &[("x-http-method-override", "DELETE")], &[]);
    assert_eq!(delete.status, 204);
    assert_eq!(
        send(&api, "POST", &path, &[], &[]).problem(),
        (405, "method_wrong".to_owned())
    );
}
