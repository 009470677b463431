use std::io::Write;

use clap::Parser;

use super::*;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    settings: SettingsArgs,
}

fn flags(line: &[&str]) -> SettingsArgs {
    Line::try_parse_from([&["wuyuan"], line].concat()).unwrap().settings
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

#[test]
fn the_defaults_parse_and_hold() {
    let settings = SettingsArgs::default().resolve().unwrap();
    assert_eq!(settings.listen.port(), 8080);
    assert_eq!(settings.database.reveal(), "sqlite://data/wuyuan.db");
    assert_eq!(settings.limits(), sync_protocol::limits::Limits::default());
}

#[test]
fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
    let file = file("listen = \"127.0.0.1:1\"\nworkers = 3\n");
    let path = file.path().to_str().unwrap();
    let settings = flags(&["--config", path, "--listen", "127.0.0.1:2"]).resolve().unwrap();
    assert_eq!(settings.listen.port(), 2);
    assert_eq!(settings.workers, 3);
    assert_eq!(settings.pool_size, 8);
}

#[test]
fn every_setting_has_its_own_variable_and_flag() {
    use clap::CommandFactory;
    let command = Line::command();
    for definition in DEFINITIONS {
        let argument = command.get_arguments().find(|a| a.get_id() == definition.name).unwrap();
        assert_eq!(argument.get_long().map(|l| format!("--{l}")), Some(definition.flag()));
        assert_eq!(argument.get_env().and_then(|v| v.to_str()), Some(definition.variable));
        assert_eq!(
            definition.variable,
            format!("WUYUAN_{}", definition.name.to_uppercase())
        );
    }
}

#[test]
fn an_impossible_setting_is_refused_in_one_line_that_names_it() {
    let cases: &[(&[&str], &str)] = &[
        (&["--database", "mysql://db"], "database"),
        (&["--database", "sqlite://:memory:"], "database"),
        (&["--pool-size", "0"], "pool_size"),
        (&["--database", "postgres://db/x", "--committers", "8"], "committers"),
        (&["--max-inflated-bytes", "100000"], "max_inflated_bytes"),
        (&["--max-body-bytes", "65536"], "max_body_bytes"),
        (&["--access-token-secs", "1"], "access_token_secs"),
        (&["--queue-length", "3"], "queue_length"),
    ];
    for (line, name) in cases {
        let error = flags(line).resolve().unwrap_err().to_string();
        assert!(error.starts_with(&format!("setting {name}: ")), "{error}");
        assert_eq!(error.lines().count(), 1);
    }
}

#[test]
fn an_unknown_name_in_the_file_is_refused_with_its_line_and_without_its_value() {
    let file = file("workers = 3\npassword = \"hush\"\n");
    let error = flags(&["--config", file.path().to_str().unwrap()])
        .resolve()
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("line 2") && error.contains("password") && !error.contains("hush"),
        "{error}"
    );
}

#[test]
fn no_password_shows_in_debug() {
    for url in ["postgres://u:hush@db/wuyuan", "postgres://db/wuyuan?password=hush"] {
        let settings = flags(&["--database", url]).resolve().unwrap();
        assert!(!format!("{settings:?}").contains("hush"));
    }
}

#[test]
fn the_page_of_settings_is_fresh() {
    let page = include_str!("../../../docs/SETTINGS.md");
    assert!(
        page == documentation(),
        "docs/SETTINGS.md is stale: run `wuyuan settings > docs/SETTINGS.md`"
    );
}
