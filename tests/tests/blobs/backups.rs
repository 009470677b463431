//! Photos that are kept on S3 are backed up, verified, restored and collected like those in a folder.

use sync_protocol::role::Role;
use tempfile::TempDir;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::command::{done, refused};
use wuyuan_tests::district::World;
use wuyuan_tests::photos::{deliver, photo};
use wuyuan_tests::s3::S3;

/// `arguments` and the settings, as flags.
fn with(arguments: &[&str], settings: &[(String, String)]) -> Vec<String> {
    let flags = settings
        .iter()
        .flat_map(|(name, value)| [format!("--{}", name.replace('_', "-")), value.clone()]);
    arguments
        .iter()
        .map(|argument| (*argument).to_owned())
        .chain(flags)
        .collect()
}

fn run(arguments: &[&str], settings: &[(String, String)]) -> String {
    let all = with(arguments, settings);
    done(&all.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn photos_on_s3_are_in_backups_and_come_back_to_s3_or_to_a_folder() {
    let (service, other) = (S3::start(), S3::start());
    let settings = service.settings();
    let own: Vec<(&str, &str)> = settings
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let mut world = World::with(Backend::Sqlite, &own);
    let member = world.holder(Role::Volunteer, 0);
    let api = world.sign_in(member);
    // The last one takes several parts.
    for (nth, size) in [(1, 40_000), (2, 3_000_000), (3, 18_000_000)] {
        let answer = deliver(&api, &photo(nth, size));
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
    let url = world.server.place().url();
    let folder = TempDir::new().expect("a temporary folder");
    let file = folder.path().join("backup").to_str().expect("text").to_owned();
    let said = run(&["backup", "--to", &file, "--database", &url], &settings);
    assert!(said.contains("3 photos copied, 21040000 bytes"), "{said}");
    let said = run(&["verify", "--database", &url], &settings);
    assert!(said.contains(" 3 blobs,") && said.ends_with("all is right\n"), "{said}");
    // Nothing that is named goes, and what asks the service for the time leaves nothing.
    let said = run(&["collect", "--database", &url], &settings);
    assert!(
        said.starts_with("0 expired uploads, 0 photos that nothing refers to and 0 leftovers"),
        "{said}"
    );
    assert!(world.server.stop().success());

    let away = Backend::Postgres.place();
    let said = run(
        &["restore", "--from", &file, "--database", &away.url()],
        &other.settings(),
    );
    assert!(said.contains(", 3 photos\n"), "{said}");
    let said = run(&["verify", "--database", &away.url()], &other.settings());
    assert!(said.contains(" 3 blobs,") && said.ends_with("all is right\n"), "{said}");
    let here = Backend::Sqlite.place();
    let blobs = [("blobs".to_owned(), here.blobs())];
    run(&["restore", "--from", &file, "--database", &here.url()], &blobs);
    assert!(run(&["verify", "--database", &here.url()], &blobs).ends_with("all is right\n"));
    // A service that is away is no missing photo.
    let settings = other.settings();
    drop(other);
    let all = with(&["verify", "--database", &away.url()], &settings);
    let (out, err) = refused(&all.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(
        err.contains("the blob store failed") && !out.contains("blob_missing"),
        "{out}{err}"
    );
}
