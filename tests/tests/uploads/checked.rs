//! Checksums: of one request, and of the whole.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use sync_protocol::role::Role;
use wuyuan_tests::api::{Answer, Api};
use wuyuan_tests::backend::Backend;
use wuyuan_tests::district::World;
use wuyuan_tests::on_both_backends;
use wuyuan_tests::uploads::*;

use crate::life::{files, folder};

fn with_checksum(api: &Api, path: &str, offset: &str, checksum: &str, bytes: &[u8]) -> Answer {
    let headers = [
        ("upload-offset", offset),
        ("content-type", BYTES),
        ("upload-checksum", checksum),
    ];
    send(api, "PATCH", path, &headers, bytes)
}

on_both_backends! {
    fn bytes_with_another_checksum_are_thrown_away_and_may_come_again(backend) {
        // Small pieces: also those that were full before the checksum was known are thrown away.
        let world = World::with(backend, &[("piece_bytes", "65536")]);
        let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
        let bytes = photo(1, 300_000);
        let path = begun(&api, &bytes);
        let right = |part: &[u8]| format!("sha256 {}", STANDARD.encode(Sha256::digest(part)));
        assert_eq!(with_checksum(&api, &path, "0", &right(&bytes[..100_000]), &bytes[..100_000]).status, 204);
        let wrong = right(b"other bytes");
        let answer = with_checksum(&api, &path, "100000", &wrong, &bytes[100_000..]);
        assert_eq!(answer.problem(), (460, "upload_checksum_wrong".to_owned()));
        assert_eq!(offset(&api, &path), 100_000);
        let last = right(&bytes[100_000..]);
        assert_eq!(with_checksum(&api, &path, "100000", &last, &bytes[100_000..]).status, 204);
        assert_eq!(state(&api, &bytes), "received");
        assert_eq!(files(&folder(&world)).len(), 1);
    }

    fn a_whole_with_another_hash_is_refused_and_may_be_sent_anew(backend) {
        let world = World::start(backend);
        let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
        let bytes = photo(2, 100_000);
        let mut damaged = bytes.clone();
        damaged[77_777] ^= 1;
        for cut in [0, 40_000] {
            let parts = [0..cut, cut..100_000];
            let path = begun(&api, &bytes);
            let mut answer = None;
            for part in parts.iter().filter(|part| !part.is_empty()) {
                answer = Some(append(&api, &path, part.start as u64, &damaged[part.clone()]));
            }
            assert_eq!(answer.unwrap().problem(), (422, "blob_hash_wrong".to_owned()));
            assert_eq!(send(&api, "HEAD", &path, &[], &[]).status, 410);
            assert_eq!(state(&api, &bytes), "absent");
            assert_eq!(files(&folder(&world)).len(), 0);
        }
        assert_eq!(append(&api, &begun(&api, &bytes), 0, &bytes).status, 204);
        assert_eq!(state(&api, &bytes), "received");
    }
}

#[test]
fn a_checksum_that_is_none_is_refused() {
    let world = World::start(Backend::Sqlite);
    let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
    let bytes = photo(3, 1_000);
    let path = begun(&api, &bytes);
    for checksum in ["sha256", "crc32 AAAA", "sha1 not*base64", "md5 AAAA"] {
        let answer = with_checksum(&api, &path, "0", checksum, &bytes);
        assert_eq!(answer.problem(), (400, "request_invalid".to_owned()), "{checksum}");
    }
    assert_eq!(offset(&api, &path), 0);
}
