//! Backups: made while phones push, carried from one database to the other, refused when damaged.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::{Value, json};
use sync_protocol::role::Role;
use tempfile::TempDir;
use wuyuan_server::store::portable::TABLES;
use wuyuan_tests::backend::{Backend, Place};
use wuyuan_tests::command::{done, refused};
use wuyuan_tests::district::{Handset, World};
use wuyuan_tests::on_both_backends;

use crate::{desk_life, history};
use wuyuan_tests::reports::{record, report, verdicts};

/// A file in a folder, as an argument.
fn named(folder: &TempDir, name: &str) -> String {
    folder
        .path()
        .join(name)
        .to_str()
        .expect("a temporary folder's name is text")
        .to_owned()
}

fn durable(handset: &Handset) -> (u64, u64) {
    let feed = handset
        .api
        .post("/v1/sync", &json!({"device": handset.phone.device}))
        .ok()["feed"]
        .clone();
    let number = |value: &Value| value.as_u64().expect("a number");
    (number(&feed["durable_seq"]), number(&feed["head"]["seq"]))
}

/// The rows of a backup by table, those left out that a restore itself writes.
fn content(file: &str) -> BTreeMap<String, Vec<Value>> {
    let bytes = zstd::decode_all(File::open(file).expect("a backup")).expect("a zstd stream");
    let text = String::from_utf8(bytes).expect("lines of JSON");
    let mut rows: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let Some((table, row)) = line.as_object().and_then(|line| line.iter().next()) else {
            panic!("{line}")
        };
        let own = match table.as_str() {
            "rows" => true,
            "meta" => row[0].as_str().is_some_and(|key| key.starts_with("generation")),
            "journal" => row[3] == "database_restored",
            // The log that goes on after a restore, and the entry of the journal that it will seal.
            "log" | "log_tile" | "log_entries" | "log_checkpoint" => row[0] != 1,
            "unsealed" => row[0] == 4,
            _ => false,
        };
        let mut row = row.clone();
        if table == "blob" {
            // Its bytes lie under a new key.
            row[4] = Value::Null;
        }
        if !own {
            rows.entry(table.clone()).or_default().push(row);
        }
    }
    rows
}

on_both_backends! {
    fn a_backup_made_while_phones_push_is_whole_and_makes_what_it_has_durable(backend) {
        let world = World::start(backend);
        let lived = history::write(&world);
        let mut busy: Vec<Handset> = (1..4).map(|nth| world.handset(world.holder(Role::Volunteer, nth))).collect();
        assert_eq!(durable(&lived.volunteer), (0, 5));
        let folder = TempDir::new().expect("a temporary folder");
        let file = named(&folder, "first.backup");
        let url = world.server.place().url();
        let stop = AtomicBool::new(false);
        let said = thread::scope(|scope| {
            for handset in &mut busy {
                let stop = &stop;
                scope.spawn(move || {
                    while !stop.load(Ordering::Relaxed) {
                        let draft = report(&handset.phone, record(), "meanwhile");
                        let seq = handset.phone.record(&draft);
                        assert_eq!(verdicts(&handset.push_from(seq)), ["accepted"]);
                    }
                });
            }
            let said = done(&["backup", "--to", &file, "--database", &url]);
            stop.store(true, Ordering::Relaxed);
            said
        });
        assert!(said.contains("verified"), "{said}");
        let mode = fs::metadata(&file).expect("the backup is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "it holds the server's keys");
        let left: Vec<_> = fs::read_dir(folder.path()).expect("a folder").flatten().map(|e| e.file_name()).collect();
        assert_eq!(left, ["first.backup"], "nothing else is left behind");

        assert_eq!(durable(&lived.volunteer), (5, 5));
        let rows = content(&file);
        for handset in &busy {
            let (durable, head) = durable(handset);
            let own = |row: &&Value| row[0] == json!(base64(&handset.phone.device.0));
            assert_eq!(durable, rows["op"].iter().filter(own).count() as u64);
            assert!(durable <= head && head == handset.phone.seq());
        }
        assert!(done(&["verify", "--from", &file]).ends_with("all is right\n"));
        assert!(done(&["verify", "--database", &url]).ends_with("all is right\n"));

        // It never overwrites, and it never goes back.
        let (_, err) = refused(&["backup", "--to", &file, "--database", &url]);
        assert!(err.contains("exists already"), "{err}");
        done(&["backup", "--to", &named(&folder, "second.backup"), "--database", &url]);
        for handset in &busy {
            let (durable, head) = durable(handset);
            assert_eq!(durable, head);
        }
    }

    fn what_does_not_verify_is_not_called_durable(backend) {
        let mut world = World::start(backend);
        let lived = history::write(&world);
        assert!(world.server.stop().success());
        let place = world.server.place();
        place.flip("record", "state", &format!("id = {}", place.literal(&lived.report.0)));
        let folder = TempDir::new().expect("a temporary folder");
        let file = named(&folder, "altered.backup");
        let (out, err) = refused(&["backup", "--to", &file, "--database", &place.url()]);
        assert!(out.contains(&format!("record_state record {}", lived.report)), "{out}");
        assert!(err.contains("nothing was marked as durable"), "{err}");
        assert_eq!(place.number("SELECT SUM(durable_seq) FROM device"), 0);
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[test]
fn a_backup_goes_to_the_other_database_and_back_unchanged() {
    let (mut world, _) = desk_life::live(Backend::Sqlite);
    assert!(world.server.stop().success());
    let folder = TempDir::new().expect("a temporary folder");
    let mut url = world.server.place().url();
    let mut blobs = world.server.place().blobs();
    let mut places: Vec<Place> = Vec::new();
    let mut contents = Vec::new();
    let mut generations = Vec::new();
    for (nth, to) in [Backend::Postgres, Backend::Sqlite, Backend::Postgres]
        .into_iter()
        .enumerate()
    {
        let file = named(&folder, &format!("{nth}.backup"));
        let said = done(&["backup", "--to", &file, "--database", &url, "--blobs", &blobs]);
        generations.push(said.split("generation ").nth(1).expect("a generation")[..32].to_owned());
        contents.push(content(&file));
        let place = to.place();
        (url, blobs) = (place.url(), place.blobs());
        let said = done(&["restore", "--from", &file, "--database", &url, "--blobs", &blobs]);
        assert!(said.contains(&format!("(before: {})", generations[nth])), "{said}");
        assert!(done(&["verify", "--database", &url, "--blobs", &blobs]).ends_with("all is right\n"));
        places.push(place);
    }
    let tables = TABLES.iter().map(|table| table.name);
    let empty: Vec<_> = tables.filter(|table| !contents[0].contains_key(*table)).collect();
    assert_eq!(empty, ["unsealed"], "every other table has something in it");
    assert!(!contents[0].contains_key("refresh_token"));
    for (nth, after) in contents[1..].iter().enumerate() {
        for (table, rows) in after {
            let before = contents[0].get(table).map(Vec::as_slice).unwrap_or_default();
            let other =
                |of: &[Value], not: &[Value]| of.iter().filter(|row| !not.contains(row)).cloned().collect::<Vec<_>>();
            let (lost, new) = (other(before, rows), other(rows, before));
            assert!(
                lost.is_empty() && new.is_empty(),
                "restore {nth}, {table}: lost {lost:?}, new {new:?}"
            );
        }
        assert_eq!(contents[0], *after);
    }
    generations.dedup();
    assert_eq!(generations.len(), 3, "each restore began a generation");
    assert_eq!(
        places[2].number("SELECT COUNT(*) FROM journal WHERE event = 'database_restored'"),
        3
    );
}

fn damaged(whole: &[u8], file: &str, bend: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = whole.to_vec();
    bend(&mut bytes);
    fs::write(file, bytes).expect("a file can be written");
}

/// The lines of a backup bent and packed again: what a careful forger would do.
fn repacked(whole: &[u8], file: &str, bend: impl FnOnce(String) -> String) {
    let text = String::from_utf8(zstd::decode_all(whole).expect("a zstd stream")).expect("text");
    fs::write(file, zstd::encode_all(bend(text).as_bytes(), 1).expect("zstd")).expect("a file can be written");
}

on_both_backends! {
    fn a_backup_that_is_not_whole_is_refused_and_nothing_is_written(backend) {
        let mut world = World::start(Backend::Sqlite);
        history::write(&world);
        assert!(world.server.stop().success());
        let own = world.server.place().url();
        let folder = TempDir::new().expect("a temporary folder");
        let good = named(&folder, "good.backup");
        done(&["backup", "--to", &good, "--database", &own]);
        let whole = fs::read(&good).expect("the backup");
        let place = backend.place();
        let bad = named(&folder, "bad.backup");
        let refuse = |words: &[&str]| {
            let (_, err) = refused(&["restore", "--from", &bad, "--database", &place.url()]);
            assert_eq!(err.lines().count(), 1, "{err}");
            for word in words {
                assert!(err.contains(word), "no {word:?} in {err}");
            }
        };
        for length in [whole.len() - 1, whole.len() / 2, 40] {
            damaged(&whole, &bad, |bytes| bytes.truncate(length));
            refuse(&["damaged at line"]);
        }
        damaged(&whole, &bad, |bytes| bytes.truncate(3));
        refuse(&["is not a backup"]);
        let middle = whole.len() / 2;
        damaged(&whole, &bad, |bytes| bytes[middle] ^= 1);
        refuse(&["damaged at line"]);
        damaged(&whole, &bad, |bytes| bytes.extend_from_slice(&whole));
        refuse(&["damaged at line", "follows the trailer"]);
        fs::write(&bad, "code,name,level,parent\n").expect("a file can be written");
        refuse(&["is not a backup"]);
        fs::remove_file(&bad).expect("a file can be removed");
        refuse(&["bad.backup"]);

        let cut = |text: String, table: &str| {
            let start = format!("{{\"{table}\":");
            let line = text.lines().position(|line| line.starts_with(&start)).expect("a row of the table");
            text.lines().enumerate().filter(|(i, _)| *i != line).map(|(_, l)| format!("{l}\n")).collect::<String>()
        };
        repacked(&whole, &bad, |text| cut(text, "op"));
        refuse(&["damaged at line", "counts other rows"]);
        repacked(&whole, &bad, |text| text.replacen("\"accessibility\"", "\"other\"", 1).replacen("\"community\"", "\"area\"", 1));
        refuse(&["damaged at line", "hash"]);
        repacked(&whole, &bad, |text| text.replacen("\"schema\":\"", "\"schema\":\"9", 1));
        refuse(&["schema"]);
        repacked(&whole, &bad, |text| text.replacen("wuyuan-backup-v1", "wuyuan-backup-v9", 1));
        refuse(&["is not a backup"]);

        // Nothing of all that was written: the database still takes a whole one, and no other after it.
        done(&["restore", "--from", &good, "--database", &place.url()]);
        fs::copy(&good, &bad).expect("a file can be copied");
        refuse(&["not empty", "new one"]);
        let (_, err) = refused(&["restore", "--from", &good, "--database", &own]);
        assert!(err.contains("not empty"), "{err}");
    }
}

#[test]
fn a_database_that_is_not_there_is_neither_backed_up_nor_verified() {
    let folder = TempDir::new().expect("a temporary folder");
    let url = format!("sqlite://{}", named(&folder, "absent.db"));
    for command in [vec!["verify"], vec!["backup", "--to", "x"]] {
        let (_, err) = refused(&[command.as_slice(), &["--database", &url]].concat());
        assert!(err.contains("there is no database"), "{err}");
    }
    assert!(!Path::new(&named(&folder, "absent.db")).exists());
    // One on which no server has run holds nothing.
    let empty = Backend::Sqlite.place();
    fs::write(empty.url().trim_start_matches("sqlite://"), "").expect("a file can be written");
    let (_, err) = refused(&["backup", "--to", &named(&folder, "y"), "--database", &empty.url()]);
    assert!(err.contains("nothing to back up"), "{err}");
}
