//! Files and requests that mean harm.

use serde_json::json;
use sync_protocol::role::Role;
use wuyuan_tests::api::{Answer, Api};
use wuyuan_tests::backend::Backend;
use wuyuan_tests::district::World;
use wuyuan_tests::on_both_backends;
use wuyuan_tests::uploads::*;

use crate::life::{files, folder};

fn create(api: &Api, headers: &[(&str, &str)]) -> Answer {
    send(api, "POST", "/v1/blobs", headers, &[])
}

fn sent(api: &Api, bytes: &[u8]) -> Answer {
    let answer = begin(api, bytes);
    if answer.status != 201 {
        return answer;
    }
    append(api, answer.header("location").expect("an address"), 0, bytes)
}

on_both_backends! {
    fn what_is_not_taken_is_thrown_away(backend) {
        let world = World::start(backend);
        let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
        let page = b"<!DOCTYPE html><html><script>alert(document.cookie)</script></html>";
        let drawing = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
        let archive = [b"PK\x03\x04".as_slice(), &[0; 500]].concat();
        let program = [b"\x7fELF\x02\x01\x01".as_slice(), &[0; 500]].concat();
        for bytes in [page.as_slice(), drawing, &archive, &program, b"words", b"\xff\xd8"] {
            assert_eq!(sent(&api, bytes).problem(), (415, "blob_media_refused".to_owned()));
            assert_eq!(state(&api, bytes), "absent");
        }
        assert_eq!(sent(&api, b"").problem(), (415, "blob_media_refused".to_owned()));
        assert_eq!(files(&folder(&world)).len(), 0);
    }

    fn more_than_is_allowed_or_announced_is_refused(backend) {
        let world = World::with(backend, &[("max_blob_bytes", "100000"), ("max_voice_bytes", "65536")]);
        let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
        let answer = begin(&api, &photo(1, 100_001));
        assert_eq!(answer.problem(), (413, "blob_too_large".to_owned()));
        assert_eq!(answer.json()["limit"], 100_000);
        assert_eq!(sent(&api, &photo(1, 100_000)).status, 204);

        let bytes = photo(2, 50_000);
        let path = begun(&api, &bytes[..49_999]);
        assert_eq!(append(&api, &path, 0, &bytes).problem(), (413, "blob_too_large".to_owned()));
        assert_eq!(offset(&api, &path), 0);

        // Without a length, in chunks that announce nothing.
        let headers = [("upload-defer-length", "1"), ("upload-metadata", &announcing(&photo(3, 100_001)))];
        let path = create(&api, &headers).header("location").unwrap().to_owned();
        let headers = [("upload-offset", "0"), ("content-type", BYTES), ("transfer-encoding", "chunked")];
        let answer = send(&api, "PATCH", &path, &headers, &photo(3, 100_001));
        assert_eq!(answer.problem(), (413, "blob_too_large".to_owned()));

        let voice = [b"ID3\x04".as_slice(), &vec![0; 70_000]].concat();
        assert_eq!(sent(&api, &voice).problem(), (413, "blob_too_large".to_owned()));
        assert_eq!(files(&folder(&world)).len(), 1);
    }

    fn an_offset_that_is_not_the_uploads_changes_nothing(backend) {
        let world = World::start(backend);
        let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
        let bytes = photo(4, 30_000);
        let path = begun(&api, &bytes);
        assert_eq!(append(&api, &path, 0, &bytes[..10_000]).status, 204);
        for wrong in [0, 9_999, 10_001, 30_000, u64::MAX] {
            let answer = append(&api, &path, wrong, &bytes[10_000..]);
            assert_eq!(answer.problem(), (409, "upload_offset_wrong".to_owned()), "{wrong}");
        }
        assert_eq!(offset(&api, &path), 10_000);
        assert_eq!(append(&api, &path, 10_000, &bytes[10_000..]).status, 204);
        // The last request again, as after a lost answer.
        assert_eq!(append(&api, &path, 10_000, &bytes[10_000..]).status, 409);
        assert_eq!(append(&api, &path, 30_000, &[]).status, 204);
        assert_eq!(state(&api, &bytes), "received");
    }

    fn a_member_can_only_begin_so_many(backend) {
        let world = World::with(backend, &[("max_uploads", "3")]);
        let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
        let paths: Vec<String> = (0..3).map(|n| begun(&api, &photo(n, 1_000))).collect();
        let answer = begin(&api, &photo(9, 1_000));
        assert_eq!(answer.problem(), (429, "too_many_uploads".to_owned()));
        assert_eq!(answer.json()["limit"], 3);
        // Somebody else is not held up, and who finishes one may begin another.
        begun(&world.sign_in(world.holder(Role::InfoOfficer, 1)), &photo(9, 1_000));
        assert_eq!(append(&api, &paths[0], 0, &photo(0, 1_000)).status, 204);
        begun(&api, &photo(9, 1_000));
    }
}

on_both_backends! {
    fn what_no_record_refers_to_may_not_fill_the_disk(backend) {
        let settings = [("max_blob_bytes", "100000"), ("max_unreferred_bytes", "250000")];
        let world = World::with(backend, &settings);
        let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
        for n in 0..2 {
            assert_eq!(sent(&api, &photo(n, 100_000)).status, 204);
        }
        let open = begun(&api, &photo(2, 100_000));
        assert_eq!(append(&api, &open, 0, &photo(2, 100_000)[..60_000]).status, 204);
        let answer = begin(&api, &photo(3, 100_000));
        assert_eq!(answer.problem(), (429, "too_many_unreferred".to_owned()));
        assert_eq!(answer.json()["limit"], 250_000);
        // Ending one makes room.
        assert_eq!(send(&api, "DELETE", &open, &[], &[]).status, 204);
        begun(&api, &photo(3, 100_000));
    }

    fn an_upload_in_crumbs_is_ended(backend) {
        let world = World::start(backend);
        let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
        let bytes = photo(4, 5_000);
        let path = begun(&api, &bytes);
        let refused = (0..1_100).map(|at| append(&api, &path, at, &bytes[at as usize..at as usize + 1])).find(|answer| answer.status != 204);
        let refused = refused.expect("it goes on for ever");
        assert_eq!(refused.problem(), (410, "upload_gone".to_owned()));
        assert_eq!(files(&folder(&world)).len(), 0);
        assert_eq!(sent(&api, &bytes).status, 204);
    }
}

#[test]
fn headers_that_cannot_be_are_refused() {
    let world = World::start(Backend::Sqlite);
    let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
    let good = announcing(&photo(1, 10));
    let invalid = (400, "request_invalid".to_owned());
    for headers in [
        &[("upload-length", "10")][..],
        &[("upload-length", "-1"), ("upload-metadata", &good)],
        &[("upload-length", "1e3"), ("upload-metadata", &good)],
        &[("upload-length", "+10"), ("upload-metadata", &good)],
        &[("upload-length", "99999999999999999999"), ("upload-metadata", &good)],
        &[("upload-metadata", &good)],
        &[
            ("upload-length", "10"),
            ("upload-defer-length", "1"),
            ("upload-metadata", &good),
        ],
        &[("upload-defer-length", "2"), ("upload-metadata", &good)],
        &[
            ("upload-length", "10"),
            ("upload-metadata", "sha256 Li4vLi4vZXRjL3Bhc3N3ZA=="),
        ],
        &[("upload-length", "10"), ("upload-metadata", "sha256")],
        &[
            ("upload-length", "10"),
            ("upload-concat", "both"),
            ("upload-metadata", &good),
        ],
    ] {
        assert_eq!(create(&api, headers).problem(), invalid, "{headers:?}");
    }
    let path = begun(&api, &photo(1, 10));
    for offset in ["", "-1", "x", "0x0"] {
        let headers = [("upload-offset", offset), ("content-type", BYTES)];
        assert_eq!(
            send(&api, "PATCH", &path, &headers, &photo(1, 10)).problem(),
            invalid,
            "{offset}"
        );
    }
    let headers = [("upload-offset", "0"), ("content-type", "image/jpeg")];
    let answer = send(&api, "PATCH", &path, &headers, &photo(1, 10));
    assert_eq!(answer.problem(), (415, "media_unsupported".to_owned()));
    for version in [&[][..], &[("tus-resumable", "0.2.2")]] {
        let headers = [version, &[("upload-offset", "0"), ("content-type", BYTES)]].concat();
        let answer = api.send("PATCH", &path, &headers, &photo(1, 10));
        assert_eq!(answer.problem(), (412, "tus_version".to_owned()));
        assert_eq!(answer.header("tus-version"), Some("1.0.0"));
    }
    assert_eq!(offset(&api, &path), 0);
}

#[test]
fn names_of_files_lead_nowhere() {
    let world = World::start(Backend::Sqlite);
    let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
    let bytes = photo(1, 1_000);
    for name in ["../../../../tmp/evil", "/etc/passwd", "a\0b", "CON", &"x".repeat(900)] {
        let metadata = metadata(&[("sha256", &sha256(&bytes)), ("filename", name), ("../../key", name)]);
        let headers = [("upload-length", "1000"), ("upload-metadata", &metadata)];
        let path = create(&api, &headers).header("location").unwrap().to_owned();
        assert_eq!(append(&api, &path, 0, &bytes).status, 204);
    }
    let kept = files(&folder(&world));
    assert_eq!(kept.len(), 1);
    assert!(kept[0].starts_with(folder(&world)));
}

#[test]
fn a_question_for_what_is_no_hash_is_refused() {
    let world = World::start(Backend::Sqlite);
    let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
    for hashes in [
        json!(["x"]),
        json!(["AB".repeat(32)]),
        json!(vec!["ab".repeat(32); 1_001]),
    ] {
        let answer = api.post("/v1/blobs/status", &json!({ "hashes": hashes }));
        assert_eq!(answer.problem(), (400, "request_invalid".to_owned()));
    }
}
