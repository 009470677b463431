//! Photos in backups and restores, and under `wuyuan verify`: real bytes, delivered to the real program.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use sync_protocol::feed::Hash;
use sync_protocol::role::Role;
use tempfile::TempDir;
use wuyuan_tests::backend::{Backend, Place};
use wuyuan_tests::command::{done, refused};
use wuyuan_tests::district::{Handset, World};
use wuyuan_tests::on_both_backends;
use wuyuan_tests::photos::{deliver, hash, photo};
use wuyuan_tests::reports::{record, report, verdicts};
use wuyuan_tests::server::Server;

const SIZE: usize = 300_000;

/// A volunteer who reported with three photos, of which one has not arrived, and with one more in a report that was
/// refused.
struct Reported {
    volunteer: Handset,
    photos: Vec<Vec<u8>>,
}

fn reported(world: &World) -> Reported {
    let mut volunteer = world.handset(world.holder(Role::Volunteer, 0));
    let photos: Vec<Vec<u8>> = (0..4).map(|nth| photo(nth, SIZE + nth as usize)).collect();
    let named = |range: std::ops::Range<usize>| {
        photos[range]
            .iter()
            .map(|photo| json!(hex::encode(hash(photo))))
            .collect::<Vec<_>>()
    };
    let mut draft = report(&volunteer.phone, record(), "three photos");
    draft.add.insert("photos".to_owned(), named(0..3));
    volunteer.phone.record(&draft);
    let mut draft = report(&volunteer.phone, record(), "");
    draft.set.remove("title");
    draft.add.insert("photos".to_owned(), named(3..4));
    volunteer.phone.record(&draft);
    let answer = volunteer.push_from(1);
    assert_eq!(verdicts(&answer), ["accepted", "missing_required"]);
    let wanted = answer.ok()["want"].as_array().map_or(0, Vec::len);
    assert_eq!(wanted, 4, "also what a refused report shows is wanted");
    for photo in [&photos[0], &photos[1], &photos[3]] {
        let answer = deliver(&volunteer.api, photo);
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
    Reported { volunteer, photos }
}

fn states(handset: &Handset, photos: &[Vec<u8>]) -> Vec<String> {
    let hashes: Vec<String> = photos.iter().map(|photo| hex::encode(hash(photo))).collect();
    let answer = handset.api.post("/v1/blobs/status", &json!({"hashes": hashes})).ok();
    let blobs = answer["blobs"].as_array().expect("a list").clone();
    blobs
        .iter()
        .map(|blob| blob["state"].as_str().expect("a state").to_owned())
        .collect()
}

fn text(path: &Path) -> String {
    path.to_str().expect("a temporary folder's name is text").to_owned()
}

/// The command with the database and the blob store of `place`.
fn on(place: &Place, arguments: &[&str]) -> Vec<String> {
    let (database, blobs) = (place.url(), place.blobs());
    let all = [arguments, &["--database", &database, "--blobs", &blobs]].concat();
    all.into_iter().map(str::to_owned).collect()
}

fn run(place: &Place, arguments: &[&str]) -> String {
    let all = on(place, arguments);
    done(&all.iter().map(String::as_str).collect::<Vec<_>>())
}

fn fails(place: &Place, arguments: &[&str]) -> (String, String) {
    let all = on(place, arguments);
    refused(&all.iter().map(String::as_str).collect::<Vec<_>>())
}

/// A blob's file in a backup's folder.
fn shelved(folder: &Path, blob: &Hash) -> PathBuf {
    let name = hex::encode(blob);
    folder.join("blobs").join(&name[..2]).join(&name[2..4]).join(&name)
}

/// A blob's file in the blob store.
fn stored(place: &Place, blob: &Hash) -> PathBuf {
    let root = place.blobs();
    let root = Path::new(root.strip_prefix("file://").expect("a folder"));
    let object = place.text(&format!(
        "SELECT object FROM blob WHERE sha256 = {}",
        place.literal(blob)
    ));
    root.join(object)
}

fn flip(file: &Path) {
    let mut bytes = fs::read(file).expect("the file is there");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(file, bytes).expect("the file can be written");
}

on_both_backends! {
    fn photos_are_copied_once_and_restored_into_the_other_database(backend) {
        let mut world = World::start(backend);
        let Reported { volunteer, photos } = reported(&world);
        let place = world.server.place().clone();
        let said = run(&place, &["verify"]);
        assert!(said.contains("3 blobs") && said.contains("\n1 photos that records refer to have not arrived\n"), "{said}");
        assert_eq!(states(&volunteer, &photos), ["received", "received", "absent", "received"]);

        let folder = TempDir::new().expect("a temporary folder");
        let first = text(&folder.path().join("first.backup"));
        let said = run(&place, &["backup", "--to", &first]);
        assert!(said.contains("3 photos copied, 900004 bytes; 0 were there"), "{said}");
        assert!(said.contains("and 3 more photos"), "{said}");
        for photo in [&photos[0], &photos[1], &photos[3]] {
            assert_eq!(&fs::read(shelved(folder.path(), &hash(photo))).expect("it was copied"), photo);
        }
        assert_eq!(states(&volunteer, &photos), ["durable", "durable", "absent", "durable"]);

        assert_eq!(deliver(&volunteer.api, &photos[2]).status, 201);
        let second = text(&folder.path().join("second.backup"));
        let said = run(&place, &["backup", "--to", &second]);
        assert!(said.contains("1 photos copied, 300002 bytes; 3 were there"), "{said}");
        assert_eq!(states(&volunteer, &photos), ["durable"; 4]);
        for file in [&first, &second] {
            assert!(done(&["verify", "--from", file]).ends_with("all is right\n"));
        }

        assert!(world.server.stop().success());
        let other = match backend {
            Backend::Sqlite => Backend::Postgres,
            Backend::Postgres => Backend::Sqlite,
        };
        for (file, whole) in [(&first, 3), (&second, 4)] {
            let place = other.place();
            let said = run(&place, &["restore", "--from", file]);
            assert!(said.contains(&format!("{whole} photos\n")) && !said.contains("left out"), "{said}");
            let said = run(&place, &["verify"]);
            assert!(said.contains(&format!("{whole} blobs")) && said.ends_with("all is right\n"), "{said}");
            for photo in &photos[..2] {
                assert_eq!(&fs::read(stored(&place, &hash(photo))).expect("it was restored"), photo);
            }
        }
    }

    fn a_photo_that_was_damaged_or_lost_is_named(backend) {
        // What is sealed meanwhile would be counted.
        let world = World::with(backend, &[("follow", "false"), ("seal_interval_ms", "0")]);
        let Reported { volunteer, photos } = reported(&world);
        let place = world.server.place();
        let (one, two) = (hash(&photos[0]), hash(&photos[1]));
        let clean = run(place, &["verify"]);
        let named = |kind: &str, blob: &Hash| format!("{kind} blob {}: ", hex::encode(blob));
        let only = |expected: String| {
            let (out, err) = fails(place, &["verify"]);
            assert!(out.starts_with(&expected), "no {expected} in {out}");
            assert!(err.ends_with("1 fault\n"), "{out}{err}");
        };
        let condition = format!("sha256 = {}", place.literal(&one));
        place.flip("blob", "sm3", &condition);
        only(named("blob_sm3", &one));
        place.flip("blob", "sm3", &condition);
        place.change(&format!("UPDATE blob SET bytes = bytes + 1 WHERE {condition}"));
        only(named("blob_size", &one));
        place.change(&format!("UPDATE blob SET bytes = bytes - 1 WHERE {condition}"));
        let columns = "sha256, member, device, source, captured, hashed, received_ms";
        place.change(&format!("CREATE TABLE kept AS SELECT {columns} FROM collection WHERE {condition}"));
        place.change(&format!("DELETE FROM collection WHERE {condition}"));
        only(named("blob_undelivered", &one));
        place.change(&format!("INSERT INTO collection ({columns}) SELECT {columns} FROM kept"));
        place.change("DROP TABLE kept");
        let stray = place.literal(&[7; 32]);
        place.change(&format!("INSERT INTO collection ({columns}) SELECT {stray}, member, NULL, NULL, NULL, NULL, 1 FROM collection WHERE {condition}"));
        only(named("collection_stray", &[7; 32]));
        place.change(&format!("DELETE FROM collection WHERE sha256 = {stray}"));
        place.change(&format!("UPDATE blob_ref SET sha256 = {stray} WHERE {condition}"));
        let (out, _) = fails(place, &["verify"]);
        let blob = hex::encode(one);
        assert!(out.contains(&format!("blob_ref_missing blob {blob} device {} seq 1: ", volunteer.phone.device)), "{out}");
        assert!(out.contains(&format!("blob_ref_stray blob {} record ", "07".repeat(32))), "{out}");
        place.change(&format!("UPDATE blob_ref SET sha256 = {} WHERE sha256 = {stray}", place.literal(&one)));
        assert_eq!(run(place, &["verify"]), clean);

        // One bit of one photo, and another photo altogether.
        flip(&stored(place, &one));
        only(named("blob_bytes", &one));
        let lost = stored(place, &two);
        fs::rename(&lost, lost.with_extension("away")).expect("a file can be moved");
        let (out, err) = fails(place, &["verify"]);
        assert!(out.contains(&named("blob_bytes", &one)) && out.contains(&named("blob_missing", &two)), "{out}");
        assert!(err.ends_with("2 faults\n"), "{err}");

        // A backup has all the rest, and phones are told nothing.
        let folder = TempDir::new().expect("a temporary folder");
        let file = text(&folder.path().join("first.backup"));
        let (out, err) = fails(place, &["backup", "--to", &file]);
        assert!(out.contains(&named("blob_bytes", &one)) && out.contains(&named("blob_missing", &two)), "{out}");
        assert!(out.contains("1 photos copied") && err.contains("2 photos could not be copied"), "{out}{err}");
        assert_eq!(&fs::read(shelved(folder.path(), &hash(&photos[3]))).expect("it was copied"), &photos[3]);
        assert_eq!(place.number("SELECT COUNT(*) FROM blob WHERE durable"), 0);
        assert_eq!(place.number("SELECT SUM(durable_seq) FROM device"), 0);
        let (out, _) = refused(&["verify", "--from", &file]);
        assert!(out.contains(&named("blob_missing", &one)) && out.contains(&named("blob_missing", &two)), "{out}");

        // Once they are there again, the next one goes on from what is there.
        fs::rename(lost.with_extension("away"), &lost).expect("a file can be moved");
        flip(&stored(place, &one));
        let said = run(place, &["backup", "--to", &text(&folder.path().join("second.backup"))]);
        assert!(said.contains("2 photos copied") && said.contains("1 were there"), "{said}");
        assert!(said.contains("and 3 more photos"), "{said}");
    }

    fn a_backup_without_its_photos_is_restored_without_them(backend) {
        let mut world = World::start(backend);
        let Reported { photos, .. } = reported(&world);
        let place = world.server.place().clone();
        let folder = TempDir::new().expect("a temporary folder");
        let (file, shelf) = (text(&folder.path().join("backup")), folder.path().join("elsewhere"));
        run(&place, &["backup", "--to", &file, "--blobs-to", &text(&shelf)]);
        assert!(world.server.stop().success());
        fs::rename(&shelf, folder.path().join("blobs")).expect("a folder can be moved");
        flip(&shelved(folder.path(), &hash(&photos[0])));
        fs::remove_file(shelved(folder.path(), &hash(&photos[1]))).expect("a file can be removed");
        let (out, _) = refused(&["verify", "--from", &file]);
        let named = |kind: &str, nth: usize| format!("{kind} blob {}: ", hex::encode(hash(&photos[nth])));
        assert!(out.contains(&named("blob_bytes", 0)) && out.contains(&named("blob_missing", 1)), "{out}");

        let place = std::sync::Arc::new(backend.place());
        let said = run(&place, &["restore", "--from", &file]);
        assert!(said.contains(&named("blob_bytes", 0)) && said.contains(&named("blob_missing", 1)), "{said}");
        assert!(said.contains(" 1 photos\n2 photos left out"), "{said}");
        assert!(run(&place, &["verify"]).ends_with("all is right\n"));
        // The phone hears it and heals what was lost.
        world.server = Server::on(place, &wuyuan_tests::district::with_usual(&[]));
        let volunteer = world.handset(world.holder(Role::Volunteer, 0));
        assert_eq!(states(&volunteer, &photos), ["absent", "absent", "absent", "received"]);
        for nth in [0, 1] {
            assert_eq!(deliver(&volunteer.api, &photos[nth]).status, 201);
        }
        assert_eq!(states(&volunteer, &photos), ["received", "received", "absent", "received"]);
    }
}

on_both_backends! {
    fn the_command_collects_what_nothing_refers_to(backend) {
        let world = World::start(backend);
        let Reported { volunteer, photos } = reported(&world);
        let place = world.server.place();
        let orphan = photo(9, SIZE);
        assert_eq!(deliver(&volunteer.api, &orphan).status, 201);
        let condition = format!("sha256 = {}", place.literal(&hash(&orphan)));
        let month_ms = 31 * 86_400_000i64;
        for table in ["blob", "collection"] {
            place.change(&format!("UPDATE {table} SET received_ms = received_ms - {month_ms}"));
        }
        let said = run(place, &["collect"]);
        assert!(said.contains("1 photos go in an hour"), "{said}");
        assert_eq!(place.number(&format!("SELECT COUNT(*) FROM blob WHERE {condition}")), 1);
        let file = stored(place, &hash(&orphan));
        place.change("UPDATE blob SET condemned_ms = condemned_ms - 3700000 WHERE condemned_ms IS NOT NULL");
        let said = run(place, &["collect"]);
        assert!(said.contains("0 expired uploads, 1 photos that nothing refers to and 0 leftovers"), "{said}");
        assert!(!file.exists());
        assert_eq!(states(&volunteer, &photos), ["received", "received", "absent", "received"]);
        assert!(run(place, &["verify"]).ends_with("all is right\n"));
    }
}

#[test]
fn a_store_that_is_not_there_is_needed_only_for_photos() {
    let world = World::start(Backend::Sqlite);
    let place = world.server.place();
    let folder = TempDir::new().expect("a temporary folder");
    let (absent, file) = (folder.path().join("absent"), folder.path().join("backup"));
    let url = format!("file://{}", absent.display());
    let database = place.url();
    let with_absent = |first: &[&str]| {
        let all = [first, &["--database", &database, "--blobs", &url]].concat();
        all.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let verify = with_absent(&["verify"]);
    let verify: Vec<&str> = verify.iter().map(String::as_str).collect();
    assert!(done(&verify).ends_with("all is right\n"));
    let backup = with_absent(&["backup", "--to", &text(&file)]);
    done(&backup.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(
        !absent.exists() && !folder.path().join("blobs").exists(),
        "nothing was made"
    );
    reported(&world);
    let (_, err) = refused(&verify);
    assert!(err.contains("there is no blob store"), "{err}");
    assert!(!absent.exists());
}
