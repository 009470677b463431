//! A form as it comes out of a printer: a headless Chromium prints it under the page's own policy.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use wuyuan_server::forms::{html, page};
use wuyuan_tests::backend::Backend;
use wuyuan_tests::driven::{CHROMIUM, installed};
use wuyuan_tests::office::{Office, Person};
use wuyuan_tests::{pictures, workspace};

use crate::desk::{draft, issue, reviewed, served};

/// Prints `html` into `folder`; what the browser saw, and how many pages came out.
fn print(folder: &Path, name: &str, html: &str) -> (Value, usize) {
    let file = |end: &str| folder.join(format!("{name}.{end}"));
    std::fs::write(file("html"), html).expect("written");
    let mut command = Command::new("node");
    command
        .arg(workspace::root().join("tests/browser/print.cjs"))
        .arg(CHROMIUM)
        .arg(file("html"))
        .arg(html::policy())
        .args([file("pdf"), file("png")])
        .env("NODE_PATH", installed("browser/node_modules"));
    let output = command
        .output()
        .unwrap_or_else(|e| panic!("node: {e}: run `scripts/setup`"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = serde_json::from_slice(&output.stdout).expect("a line of JSON");
    let pdf = std::fs::read(file("pdf")).expect("a PDF");
    assert!(
        has_chinese(&pdf),
        "no font with Chinese characters: run `scripts/setup`"
    );
    (said, pages(&pdf))
}

/// The pages of a PDF that Chromium wrote: their objects are not packed.
fn pages(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    text.match_indices("/Type /Page")
        .filter(|(at, found)| !text[at + found.len()..].starts_with('s'))
        .count()
}

/// Whether a font with Chinese characters is in a PDF: without one every character would be an empty box.
fn has_chinese(pdf: &[u8]) -> bool {
    let text = String::from_utf8_lossy(pdf).to_lowercase();
    let fonts = text
        .split("/basefont /")
        .skip(1)
        .filter_map(|rest| rest.split_whitespace().next());
    let chinese = ["wenquanyi", "noto", "cjk", "songti", "simsun", "sourcehan"];
    fonts
        .into_iter()
        .any(|font| chinese.iter().any(|name| font.contains(name)))
}

fn holds(said: &Value) {
    for nothing in ["wide", "over", "said", "asked"] {
        assert_eq!(said[nothing], Value::Array(Vec::new()), "{nothing}: {said}");
    }
    assert_eq!(said["styled"], "collapse", "the policy lets the page's own style in");
}

#[test]
fn a_form_prints_on_as_many_pages_as_it_needs_and_nothing_is_cut_off() {
    // `FORMS_SHOWN` keeps the pages for somebody to look at.
    let shown = std::env::var_os("FORMS_SHOWN").map(std::path::PathBuf::from);
    let own = tempfile::TempDir::new().expect("a temporary folder");
    let folder = shown.as_deref().unwrap_or(own.path());
    let signature = pictures::jpeg(480, 160, 7);
    for (count, expected) in [(1, 1), (60, 2)] {
        let mut office = Office::open(Backend::Sqlite);
        let order = office.order();
        served(&mut office, order, count);
        let drafted = draft(&office, Person::Supervisor, order).expect("his arrangement");
        let form = reviewed(&mut office, &drafted, &"cd".repeat(32));
        assert_eq!(issue(&mut office, form), "accepted");
        office.engine.seal();
        let now_ms = office.engine.app.now_ms();
        let prosecutor = office.member(Person::Prosecutor);
        let (page, _) = office
            .engine
            .look(prosecutor, |db, looker| page::page(db, looker, form, now_ms))
            .expect("he reads forms");
        assert_eq!(page.sessions.as_ref().map(Vec::len), Some(count as usize));
        assert_eq!(page.total, Some(u64::from(count) * 60));
        assert!(page.is_issued && page.form_hash.is_some() && page.checkpoint.is_some());
        let (said, printed) = print(folder, &format!("form-{count}"), &html::render(&page, Some(&signature)));
        holds(&said);
        assert!(said["pictures"][0].as_u64() > Some(0), "the signature is shown: {said}");
        assert_eq!(printed, expected, "{count} sessions");
    }
}

#[test]
fn texts_of_any_length_stay_within_the_page() {
    let long = |text: &str, count: usize| Some(text.repeat(count));
    let page = page::Page {
        id: "01a20dbd-65e3-7514-b12c-afac1d58e641".to_owned(),
        state: "草稿".to_owned(),
        has_changed: true,
        form_no: long("A", 40),
        unit: "很长的社区居民委员会名称".repeat(3),
        subject: long("W", 50),
        observers: vec!["演示·某".to_owned(); 10],
        observers_opinion: long("无空格的长文字", 280),
        opinion: long("wordswithoutanyspace", 100),
        grade: Some("优秀".to_owned()),
        supervisor: long("名", 40),
        issued_on: Some("2026-12-01".to_owned()),
        replaces: Some("01a20dbd-65e3-7514-b12c-afac1d58e641".to_owned()),
        list_hash: long("f", 64),
        form_hash: Some([0xaa; 32]),
        sessions: Some(Vec::new()),
        ..page::Page::default()
    };
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let (said, printed) = print(folder.path(), "long", &html::render(&page, None));
    holds(&said);
    assert!((1..=4).contains(&printed), "{printed}");
}
