//! The command line as a person meets it: one clear line for what cannot be.

use std::process::{Command, Output};

use tempfile::TempDir;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::district::World;
use wuyuan_tests::workspace;

fn wuyuan(folder: &TempDir, arguments: &[&str]) -> Output {
    let mut command = Command::new(workspace::program("wuyuan"));
    command.args(arguments).current_dir(folder.path());
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("WUYUAN_")) {
        command.env_remove(name);
    }
    command.output().expect("the program starts")
}

/// Refused with one line that holds every one of `words`.
fn refused(folder: &TempDir, arguments: &[&str], words: &[&str]) {
    let output = wuyuan(folder, arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{arguments:?}");
    assert_eq!(said.trim_end().lines().count(), 1, "{arguments:?}: {said}");
    for word in words {
        assert!(said.contains(word), "{arguments:?}: no {word:?} in {said}");
    }
}

#[test]
fn an_impossible_setting_is_refused_at_start() {
    let folder = TempDir::new().expect("a temporary folder");
    let serve = |rest: &[&'static str]| [&["serve", "--listen", "127.0.0.1:0"], rest].concat();
    refused(
        &folder,
        &serve(&["--database", "mysql://x"]),
        &["database", "sqlite://", "postgres://"],
    );
    refused(
        &folder,
        &serve(&["--database", "sqlite://:memory:"]),
        &["database", "memory"],
    );
    refused(&folder, &serve(&["--page-records", "0"]), &["page_records", "0"]);
    refused(&folder, &serve(&["--max-inflated-bytes", "5"]), &["max_inflated_bytes"]);
    refused(&folder, &serve(&["--config", "absent.toml"]), &["absent.toml"]);
    refused(&folder, &serve(&["--web", "absent-folder"]), &["web", "absent-folder"]);
    std::fs::write(folder.path().join("odd.toml"), "page_recordz = 5\n").expect("a file can be written");
    refused(
        &folder,
        &serve(&["--config", "odd.toml"]),
        &["odd.toml", "page_recordz"],
    );
    let absent = "postgres://nobody:secret@127.0.0.1:1/nothing";
    refused(
        &folder,
        &serve(&["--database", absent, "--pool-wait-ms", "200"]),
        &["connect"],
    );
    let output = wuyuan(&folder, &serve(&["--database", absent, "--pool-wait-ms", "200"]));
    assert!(!String::from_utf8_lossy(&output.stderr).contains("secret"));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    refused(&folder, &["serve", "--listen", &address], &["listen", &address]);
}

#[test]
fn the_demonstration_is_never_mixed_with_anything_else_nor_shown_to_other_machines() {
    let folder = TempDir::new().expect("a temporary folder");
    refused(
        &folder,
        &["serve", "--demo", "--listen", "0.0.0.0:0"],
        &["demonstration", "127.0.0.1"],
    );

    let mut world = World::start(Backend::Sqlite);
    let url = world.server.place().url();
    assert!(world.server.stop().success());
    // The small district is marked as a demonstration too: its password is published as well.
    refused(
        &folder,
        &["serve", "--listen", "0.0.0.0:0", "--database", &url],
        &["demonstration", "127.0.0.1"],
    );

    std::fs::write(
        folder.path().join("units.csv"),
        "code,name,level,parent\n350111000000,晋安区,district,\n",
    )
    .expect("a file can be written");
    let import = wuyuan(
        &folder,
        &["unit", "import", "units.csv", "--database", "sqlite://own.db"],
    );
    assert!(import.status.success(), "{}", String::from_utf8_lossy(&import.stderr));
    let own = [
        "serve",
        "--demo",
        "--listen",
        "127.0.0.1:0",
        "--database",
        "sqlite://own.db",
    ];
    refused(&folder, &own, &["no demonstration", "--demo"]);
}
