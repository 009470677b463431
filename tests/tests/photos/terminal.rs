//! What the phone program says of files that it or the server does not take.

use wuyuan_tests::backend::Backend;
use wuyuan_tests::command::{done, refused, wuyuan};
use wuyuan_tests::photos::photo;
use wuyuan_tests::server::Server;

use crate::report::Terminal;

const REPORT: [&str; 8] = [
    "record",
    "photo_report",
    "--set",
    "channel=app",
    "--set",
    "interest=accessibility",
    "--unit",
    "350111001001",
];

#[test]
fn a_file_that_is_not_taken_is_said_at_once_and_stays_visible() {
    let server = Server::demo(Backend::Sqlite);
    let terminal = Terminal::enrol("D0004", &server.url());
    let file = |name, bytes: &[u8]| terminal.camera(name, bytes).to_str().expect("text").to_owned();
    let with = |rest: &[&str]| -> Vec<String> {
        let all = [&REPORT[..], &["--set", "title=x"], rest].concat();
        terminal.arguments(&all).into_iter().map(str::to_owned).collect()
    };
    let fails = |rest: &[&str]| {
        let all = with(rest);
        refused(&all.iter().map(String::as_str).collect::<Vec<_>>()).1
    };
    let (empty, page, good) = (
        file("empty.jpg", b""),
        file("page.html", b"<html>x"),
        file("good.jpg", &photo(1, 5_000)),
    );
    assert!(fails(&["--photo", &good, &empty]).contains("[photo_empty]"));
    assert!(fails(&["--photo", &good, "none.jpg"]).contains("[photo_unreadable]"));
    assert!(fails(&["--photo", &good, "--photo-field", "title"]).contains("photos | voice"));
    assert!(fails(&["--photo", &good, "--captured", "noon"]).contains("2026-11-22T08:00:00"));
    assert!(fails(&["--source", "camera"]).contains("--photo"));
    let large = file("large.jpg", &photo(2, 33 << 20));
    assert!(fails(&["--photo", &large]).contains("[blob_too_large]"));
    assert!(terminal.phone().photos().expect("a list").is_empty());
    assert!(
        done(&terminal.arguments(&["list"])).contains("no records"),
        "nothing was saved"
    );

    let all = with(&[
        "--photo",
        &good,
        "--photo",
        &page,
        "--captured",
        "2026-11-22T08:00:00+08:00",
    ]);
    let said = wuyuan(&all.iter().map(String::as_str).collect::<Vec<_>>());
    let warned = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.status.success() && warned.contains("text/html"), "{warned}");
    let synced = done(&terminal.arguments(&["sync"]));
    assert!(
        synced.contains("1 needs attention, 1 of 2 photos delivered"),
        "{synced}"
    );
    for command in ["photos", "status"] {
        let said = done(&terminal.arguments(&[command]));
        assert!(said.contains("blob_media_refused"), "{command}: {said}");
    }
    let zh = done(&terminal.arguments(&["status", "--lang", "zh"]));
    assert!(zh.contains("照片 1/2 已送达"), "{zh}");
    let said = done(&terminal.arguments(&["photos", "--retry"]));
    assert!(
        said.contains("2026-11-22T08:00:00") && !said.contains("blob_media_refused"),
        "{said}"
    );
    // Nobody else has the page: it is not lost by signing out.
    let (_, err) = refused(&terminal.arguments(&["sign-out"]));
    assert!(err.contains("[undelivered]"), "{err}");
    done(&terminal.arguments(&["sign-out", "--lose-undelivered"]));
}
