//! Phones remember the log, and believe no other past of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sync_protocol::log::Distrust;
use sync_protocol::role::Role;
use tempfile::TempDir;
use wuyuan_client::status::LogStatus;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::command::done;
use wuyuan_tests::crew::Hand;
use wuyuan_tests::district::World;
use wuyuan_tests::on_both_backends;
use wuyuan_tests::server::Server;

use super::{QUICK, await_sealed};

fn size(log: &LogStatus) -> u64 {
    log.head.as_ref().expect("a log is remembered").1
}

fn warned(log: &LogStatus) -> Option<Distrust> {
    log.warning.as_ref().map(|warning| warning.why)
}

/// Copies a SQLite database with what it keeps beside it.
fn copy(from: &Path, to: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let name = |path: &Path| PathBuf::from(format!("{}{suffix}", path.display()));
        let _ = fs::remove_file(name(to));
        if name(from).exists() {
            fs::copy(name(from), name(to)).expect("a copy");
        }
    }
}

fn write(hand: &mut Hand, title: &str) {
    let unit = hand.unit().clone();
    hand.report(&unit, title);
    hand.sync();
}

#[test]
fn a_rolled_back_a_split_and_a_foreign_log_are_refused_and_records_go_on() {
    let mut world = World::with(Backend::Sqlite, &[QUICK]);
    let place = Arc::clone(world.server.place());
    let url = world.server.url();
    let mut writer = Hand::enrol(&url, world.holder(Role::Volunteer, 0));
    let prosecutor = world.holder(Role::Prosecutor, 0).clone();
    let mut readers: Vec<Hand> = (0..3).map(|_| Hand::enrol(&url, &prosecutor)).collect();
    write(&mut writer, "before the copy");
    await_sealed(&place);
    assert!(world.server.stop().success());
    let folder = TempDir::new().expect("a temporary folder");
    let (live, old) = (
        place.url().trim_start_matches("sqlite://").to_owned(),
        folder.path().join("old.db"),
    );
    copy(Path::new(&live), &old);

    world.server.run();
    write(&mut writer, "after the copy");
    await_sealed(&place);
    let grown: Vec<u64> = readers.iter_mut().map(|reader| size(&reader.look_at_log())).collect();
    assert!(grown.iter().all(|size| *size > 1 && *size == grown[0]));
    assert_eq!(
        readers[0].look_at_log().warning,
        None,
        "asking again finds nothing wrong"
    );

    // Rolled back, the history's name unchanged: somebody put yesterday's disk in.
    assert!(world.server.stop().success());
    copy(&old, Path::new(&live));
    world.server.run();
    let log = readers[0].look_at_log();
    assert_eq!((warned(&log), size(&log)), (Some(Distrust::Shrunken), grown[0]));
    let status = readers[0].phone.status().expect("a status");
    assert!(status.attention() > 0);

    // It grows again, to another tree: a split view.
    let mut stranger = Hand::enrol(&url, world.holder(Role::Volunteer, 1));
    for nth in 0..8 {
        write(&mut stranger, &format!("another past {nth}"));
    }
    await_sealed(&place);
    let log = readers[1].look_at_log();
    assert_eq!((warned(&log), size(&log)), (Some(Distrust::Inconsistent), grown[1]));
    assert!(log.warning.is_some_and(|warning| warning.evidence.contains("wuyuan/")));
    assert_eq!(readers[1].shown().len(), 9, "what was recorded comes all the same");
    // The first warning stays, whatever comes after.
    assert_eq!(warned(&readers[0].look_at_log()), Some(Distrust::Shrunken));

    // Signed by another key.
    assert!(world.server.stop().success());
    place.flip("secret", "value", "name = 'log_key'");
    world.server.run();
    write(&mut stranger, "sealed by another key");
    await_sealed(&place);
    assert_eq!(warned(&readers[2].look_at_log()), Some(Distrust::OtherKey));
}

on_both_backends! {
    fn a_restore_opens_a_log_that_names_the_one_before_and_phones_show_it(backend) {
        let mut world = World::with(backend, &[QUICK]);
        let place = Arc::clone(world.server.place());
        let url = world.server.url();
        let mut writer = Hand::enrol(&url, world.holder(Role::Volunteer, 0));
        let prosecutor = world.holder(Role::Prosecutor, 0).clone();
        let mut exact = Hand::enrol(&url, &prosecutor);
        let mut ahead = Hand::enrol(&url, &prosecutor);
        let mut cheated = Hand::enrol(&url, &prosecutor);
        write(&mut writer, "in the backup");
        await_sealed(&place);
        let in_backup = size(&exact.look_at_log());
        ahead.look_at_log();
        cheated.look_at_log();
        let folder = TempDir::new().expect("a temporary folder");
        let file = folder.path().join("old.backup").to_str().expect("text").to_owned();
        done(&["backup", "--to", &file, "--database", &place.url(), "--blobs", &place.blobs()]);
        write(&mut writer, "lost with the server");
        await_sealed(&place);
        let seen = size(&ahead.look_at_log());
        assert!(seen > in_backup);
        world.server.kill();

        let restored = Arc::new(backend.place());
        done(&["restore", "--from", &file, "--database", &restored.url(), "--blobs", &restored.blobs()]);
        let mut server = Server::on(Arc::clone(&restored), &[QUICK]);
        for hand in [&mut writer, &mut exact, &mut ahead] {
            hand.turn_to(&server.url());
            hand.sync();
        }
        for (hand, lost) in [(&mut exact, 0), (&mut ahead, seen - in_backup)] {
            let log = hand.look_at_log();
            assert_eq!(log.warning, None);
            let [restore] = log.restores.as_slice() else { panic!("{log:?}") };
            assert_eq!((restore.size, restore.lost()), (in_backup, lost));
            assert_eq!(log.head.as_ref().map(|(origin, _)| origin), Some(&restore.origin));
            assert_ne!(restore.origin, restore.before);
        }
        // What was lost is sealed again once the phone has brought it.
        await_sealed(&restored);
        assert_eq!(restored.number("SELECT COUNT(*) FROM log"), 2);
        assert!(server.stop().success());
        assert!(done(&["verify", "--database", &restored.url()]).ends_with("all is right\n"));

        // A new log that names nothing: somebody threw the old one away.
        for table in ["log", "log_tile", "log_entries", "log_checkpoint"] {
            restored.change(&format!("DELETE FROM {table}"));
        }
        restored.change("UPDATE meta SET value = 'made-up' WHERE key = 'generation'");
        server.run();
        cheated.turn_to(&server.url());
        let log = cheated.look_at_log();
        assert_eq!((warned(&log), log.restores.len()), (Some(Distrust::Unnamed), 0));
        assert_eq!(cheated.shown().len(), 2, "records come all the same");
    }
}
