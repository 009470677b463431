//! A photo report of an information officer in a stairwell: three photos of 4 MB, the network drops nine times, the phone
//! dies once. It arrives, whole and byte for byte.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rand::RngExt;
use rand::rngs::StdRng;
use tempfile::TempDir;
use wuyuan_client::Phone;
use wuyuan_client::env::SystemEnv;
use wuyuan_client::photos::PhotoState;
use wuyuan_server::demo;
use wuyuan_tests::backend::{Backend, Place};
use wuyuan_tests::command;
use wuyuan_tests::on_both_backends;
use wuyuan_tests::photos::{hash, photo};
use wuyuan_tests::proxy::{Cut, Proxy, Way};
use wuyuan_tests::seed;
use wuyuan_tests::server::Server;

const PHOTO_BYTES: usize = 4_000_000;
/// How often the network drops.
const CUTS: usize = 9;
/// For anything that is waited for.
const DEADLINE: Duration = Duration::from_secs(60);

/// A phone in a folder, used by the program alone.
pub struct Terminal {
    folder: TempDir,
}

impl Terminal {
    /// A member's new phone, whose server is found at `url`.
    pub fn enrol(number: &str, url: &str) -> Terminal {
        let terminal = Terminal {
            folder: TempDir::new().expect("a temporary folder"),
        };
        let password = ["--password", demo::PASSWORD];
        let arguments = ["enrol", "--server", url, "--number", number];
        command::done(&terminal.arguments(&[&arguments[..], &password].concat()));
        terminal
    }

    /// The arguments of `wuyuan` for this phone.
    pub fn arguments<'a>(&'a self, rest: &[&'a str]) -> Vec<&'a str> {
        let home = self.folder.path().to_str().expect("text");
        [&["phone", "--lang", "en", "--home", home], rest].concat()
    }

    /// Writes a file as a camera would.
    pub fn camera(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).expect("a file");
        path
    }

    /// The phone itself.
    pub fn phone(&self) -> Phone {
        let env = Box::new(SystemEnv::new().expect("random bits"));
        Phone::open(&self.folder.path().join("phone.db"), env).expect("a phone")
    }
}

/// What the server's store has of a photo.
pub fn stored(place: &Place, photo: &[u8]) -> Option<Vec<u8>> {
    let url = place.blobs();
    let root = Path::new(url.strip_prefix("file://").expect("a folder"));
    let known = format!("FROM blob WHERE sha256 = {}", place.literal(&hash(photo)));
    if place.number(&format!("SELECT COUNT(*) {known}")) == 0 {
        return None;
    }
    let object = root.join(place.text(&format!("SELECT object {known}")));
    Some(fs::read(object).expect("the object of a blob"))
}

/// Waits for something that comes by itself.
fn until(what: &str, mut come: impl FnMut() -> bool) {
    let started = Instant::now();
    while !come() {
        assert!(started.elapsed() < DEADLINE, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

on_both_backends! {
    fn three_photos_arrive_byte_for_byte_through_nine_cuts_and_a_dying_phone(backend) {
        scenario(backend, &mut seed::rng("three_photos"));
    }
}

fn scenario(backend: Backend, random: &mut StdRng) {
    let server = Server::demo(backend);
    let proxy = Proxy::before(&[server.address()]);
    let terminal = Terminal::enrol("D0004", &format!("http://{}", proxy.address()));
    let photos: Vec<Vec<u8>> = (0..3).map(|_| photo(random.random(), PHOTO_BYTES)).collect();
    let files: Vec<PathBuf> = (0..3)
        .map(|n| terminal.camera(&format!("{n}.jpg"), &photos[n]))
        .collect();
    let mut arguments = terminal.arguments(&[
        "record",
        "photo_report",
        "--unit",
        "350111001001",
        "--set",
        "channel=app",
    ]);
    arguments.extend([
        "--set",
        "interest=accessibility",
        "--set",
        "title=盲道被占",
        "--source",
        "camera",
        "--photo",
    ]);
    arguments.extend(files.iter().map(|file| file.to_str().expect("text")));
    let said = command::done(&arguments);
    assert!(said.contains("1 waiting, 0 of 3 photos delivered"), "{said}");
    // The camera's own files may go: what was taken in is the phone's.
    files
        .iter()
        .for_each(|file| fs::remove_file(file).expect("it is there"));

    let sync = terminal.arguments(&["sync"]);
    for nth in 0..CUTS {
        // Up to two pieces further, so twelve megabytes outlast nine of them.
        let further = random.random_range(10_000..1_200_000);
        if nth == CUTS / 2 {
            proxy.arm(Cut::Hold(Way::Up, further));
            let mut process = command::begin(&sync);
            until("the network holds the phone", || {
                // The server may still be at work on what was cut: then the phone ends and comes again.
                if process.try_wait().expect("a process of ours can be asked").is_some() {
                    process = command::begin(&sync);
                }
                proxy.cuts() > nth
            });
            process.kill().expect("a process of ours can be killed");
            assert!(!process.wait().expect("it ends").success());
            continue;
        }
        // Now and then it is the answer that is lost.
        proxy.arm(match nth % 3 {
            2 => Cut::After(Way::Down, random.random_range(1_500..3_000)),
            _ => Cut::After(Way::Up, further),
        });
        until("the network drops", || {
            let (_, err) = command::refused(&sync);
            assert!(err.contains("cannot sync at the moment"), "{err}");
            proxy.cuts() > nth
        });
    }
    until("everything is delivered", || {
        let said = command::wuyuan(&sync);
        String::from_utf8_lossy(&said.stdout).contains("everything delivered")
    });

    let sent = terminal.phone().photos().expect("a list");
    assert!(
        sent.iter()
            .all(|photo| photo.state == PhotoState::Received && photo.kept)
    );
    let shown = command::done(&terminal.arguments(&["photos"]));
    assert_eq!(
        shown.lines().filter(|line| line.contains("delivered")).count(),
        3,
        "{shown}"
    );
    for photo in &photos {
        assert!(
            stored(server.place(), photo).as_ref() == Some(photo),
            "it is there byte for byte"
        );
    }
    // Another member sees the record; his phone owes nothing.
    let desk = Terminal::enrol("D9001", &server.url());
    let list = command::done(&desk.arguments(&["list"]));
    assert!(list.contains("盲道被占") && !list.contains("photos"), "{list}");
}
