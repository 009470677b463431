//! What a program of the first schema wrote: its backup and its database, which knew nothing of photos' bytes.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use tempfile::TempDir;
use wuyuan_tests::backend::{Backend, Place};
use wuyuan_tests::command::{done, refused};
use wuyuan_tests::on_both_backends;
use wuyuan_tests::server::Server;
use wuyuan_tests::workspace;

fn fixture(name: &str) -> PathBuf {
    workspace::root().join("tests/fixtures/schema-0001").join(name)
}

/// How many references to the photo whose hash is this byte over and over.
fn references(place: &Place, byte: u8) -> i64 {
    place.number(&format!(
        "SELECT COUNT(*) FROM blob_ref WHERE sha256 = {}",
        place.literal(&[byte; 32])
    ))
}

/// Operations of each fate are there, and nothing is wrong with them, before and after a server has been there.
fn holds(place: Arc<Place>) {
    let url = place.url();
    assert!(done(&["verify", "--database", &url]).ends_with("all is right\n"));
    let all = [0xaa, 0xab, 0xbb, 0xcc];
    assert_eq!(all.map(|byte| references(&place, byte)), [1, 1, 0, 0]);
    let mut server = Server::on(Arc::clone(&place), &[]);
    assert!(server.stop().success());
    // What was refused or waits may be issued again: its photos are kept as well now.
    assert_eq!(all.map(|byte| references(&place, byte)), [1; 4]);
    let said = done(&["verify", "--database", &url]);
    assert!(
        said.ends_with("all is right\n") && said.contains("4 references to blobs"),
        "{said}"
    );
    place.change(&format!(
        "DELETE FROM blob_ref WHERE sha256 = {}",
        place.literal(&[0xbb; 32])
    ));
    let (out, _) = refused(&["verify", "--database", &url]);
    assert!(
        out.starts_with(&format!("blob_ref_missing blob {}", "bb".repeat(32))),
        "{out}"
    );
}

on_both_backends! {
    fn a_backup_of_the_first_schema_is_verified_and_restored(backend) {
        let file = fixture("wuyuan.backup");
        let file = file.to_str().expect("text");
        // It is copied, for a backup is looked at in a database beside it.
        let folder = TempDir::new().expect("a temporary folder");
        let copy = folder.path().join("wuyuan.backup");
        fs::copy(file, &copy).expect("a file can be copied");
        let copy = copy.to_str().expect("text");
        let said = done(&["verify", "--from", copy]);
        assert!(said.contains("3 operations") && said.ends_with("all is right\n"), "{said}");
        let place = Arc::new(backend.place());
        done(&["restore", "--from", copy, "--database", &place.url()]);
        holds(place);
    }
}

#[test]
fn a_database_of_the_first_schema_goes_on() {
    let place = Backend::Sqlite.place();
    let url = place.url();
    let packed = fs::read(fixture("wuyuan.db.zst")).expect("the fixture is there");
    let bytes = zstd::decode_all(packed.as_slice()).expect("a zstd stream");
    fs::write(url.trim_start_matches("sqlite://"), bytes).expect("a file can be written");
    holds(Arc::new(place));
}
