//! What the others rely on: that a loss is noticed. Here the disk forgets what it had taken.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::crowd::Crowd;
use wuyuan_tests::district::World;

const PHONES: usize = 4;

/// The database's files, its write-ahead log among them, but not what SQLite makes anew, nor the folder of photos.
fn files(folder: &Path) -> Vec<PathBuf> {
    let all = fs::read_dir(folder)
        .expect("a folder")
        .flatten()
        .map(|entry| entry.path());
    all.filter(|path| path.is_file() && !path.to_string_lossy().ends_with("-shm"))
        .collect()
}

#[test]
fn a_server_that_has_lost_acknowledged_operations_does_not_pass_the_check() {
    let mut world = World::start(Backend::Sqlite);
    let mut crowd = Crowd::enrol(&world, PHONES);
    crowd.push_while(|progress| progress.wait_for(PHONES));
    crowd.check(&world);
    assert!(world.server.stop().success());
    let url = world.server.place().url();
    let folder = Path::new(url.trim_start_matches("sqlite://"))
        .parent()
        .expect("it lies in a folder");
    let copy = TempDir::new().expect("a temporary folder");
    for file in files(folder) {
        fs::copy(&file, copy.path().join(file.file_name().expect("a name"))).expect("a file can be copied");
    }
    world.server.run();
    crowd.push_while(|progress| progress.wait_for(PHONES));
    assert!(world.server.stop().success());
    for file in fs::read_dir(folder).expect("a folder").flatten() {
        if file.path().is_file() {
            fs::remove_file(file.path()).expect("a file can be removed");
        }
    }
    for file in files(copy.path()) {
        fs::copy(&file, folder.join(file.file_name().expect("a name"))).expect("a file can be copied");
    }
    world.server.run();
    assert!(
        catch_unwind(AssertUnwindSafe(|| crowd.check(&world))).is_err(),
        "nobody noticed"
    );
}
