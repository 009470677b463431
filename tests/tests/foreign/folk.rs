//! People with phones of either make.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use wuyuan_server::demo::{self, DemoMember};
use wuyuan_tests::crew::Hand;
use wuyuan_tests::foreign::{Died, Foreign};

/// For one sync, faults and all.
const DEADLINE: Duration = Duration::from_secs(120);
/// Before a sync that was told to wait is tried again.
const AGAIN: Duration = Duration::from_millis(25);

/// A member with a foreign phone.
pub struct Stranger {
    pub phone: Foreign,
    pub member: DemoMember,
    folder: TempDir,
    seed: u64,
    copies: usize,
    /// Every operation that any life of this phone was told of, by device, number and hash.
    told: BTreeSet<(String, u64, String)>,
}

impl Stranger {
    /// Enrols a new phone.
    pub fn enrol(url: &str, member: &DemoMember, seed: u64) -> Stranger {
        let folder = TempDir::new().expect("a temporary folder");
        let mut phone = Foreign::start(&folder.path().join("phone"), url, Some(seed));
        phone.ok(&json!({"do": "enrol", "number": member.number, "password": demo::PASSWORD}));
        Stranger {
            phone,
            member: member.clone(),
            folder,
            seed,
            copies: 0,
            told: BTreeSet::new(),
        }
    }

    /// The next seed: another life of this phone must not make the same ids again.
    fn next_seed(&mut self) -> Option<u64> {
        self.seed += 1 << 32;
        Some(self.seed)
    }

    /// Saves `what` (`set`, `add`, `remove`, …) into a new photo report in `unit`, or into a record.
    pub fn save(&mut self, record: Option<&str>, unit: &str, what: &Value, die: Option<&str>) -> Result<Value, Died> {
        let mut command = json!({
            "do": "save", "record": record, "kind": "photo_report", "unit": unit,
            "appointment": self.member.appointments[0].id,
        });
        for (name, value) in what.as_object().expect("an object") {
            command[name] = value.clone();
        }
        if let Some(point) = die {
            command["die"] = json!({"at": point});
        }
        self.phone.try_say(&command)
    }

    /// Writes a report; its id.
    pub fn report(&mut self, unit: &str, title: &str) -> String {
        let what = json!({"set": {"channel": "app", "interest": "accessibility", "title": title}});
        let answer = self.save(None, unit, &what, None).expect("it lives");
        answer["ok"]["record"]
            .as_str()
            .unwrap_or_else(|| panic!("{answer}"))
            .to_owned()
    }

    /// Edits what the phone shows.
    pub fn edit(&mut self, record: &str, unit: &str, what: &Value) {
        let answer = self.save(Some(record), unit, what, None).expect("it lives");
        assert!(answer.get("ok").is_some(), "{answer}");
    }

    /// Syncs until everything is delivered and pulled, signing in where the phone asks for it.
    pub fn sync(&mut self) {
        let started = Instant::now();
        loop {
            let outcome = self.phone.ok(&json!({"do": "sync"}));
            match outcome["outcome"].as_str() {
                Some("up_to_date") => return,
                Some("wait") => std::thread::sleep(AGAIN),
                Some("sign_in") => {
                    self.phone.ok(&json!({"do": "sign_in", "password": demo::PASSWORD}));
                }
                _ => panic!("{}: {outcome}", self.member.number),
            }
            assert!(
                started.elapsed() < DEADLINE,
                "{} does not get through",
                self.member.number
            );
        }
    }

    /// Syncs until nothing of it waits on the server either.
    pub fn settle(&mut self) {
        let started = Instant::now();
        loop {
            self.sync();
            if self.phone.ok(&json!({"do": "status"}))["held"] == 0 {
                return;
            }
            assert!(started.elapsed() < DEADLINE, "{} waits for ever", self.member.number);
            std::thread::sleep(AGAIN);
        }
    }

    /// Syncs and dies at `point`, if it comes there, then starts again. Whether it died.
    pub fn die_at(&mut self, point: &str) -> bool {
        let died = self
            .phone
            .try_say(&json!({"do": "sync", "die": {"at": point}}))
            .is_err();
        if died {
            self.phone.kill();
            let seed = self.next_seed();
            self.phone.again(seed);
        }
        died
    }

    /// Starts it again after it has died.
    pub fn again(&mut self) {
        self.phone.kill();
        let seed = self.next_seed();
        self.phone.again(seed);
    }

    /// Turns to the server at another address.
    pub fn turn_to(&mut self, url: &str) {
        self.phone.quit();
        let seed = self.next_seed();
        self.phone.turn_to(url, seed);
    }

    /// Copies the phone's file as a backup would.
    pub fn copy(&mut self) {
        self.phone.quit();
        self.copies += 1;
        let copy = self.folder.path().join(format!("copy {}", self.copies));
        copy_folder(self.phone.home(), &copy);
        let seed = self.next_seed();
        self.phone.again(seed);
    }

    /// Puts the last copy in the place of the phone's file.
    pub fn restore(&mut self) {
        self.remember();
        self.phone.quit();
        let home = self.phone.home().to_owned();
        fs::remove_dir_all(&home).expect("the phone's folder");
        copy_folder(&self.folder.path().join(format!("copy {}", self.copies)), &home);
        let seed = self.next_seed();
        self.phone.again(seed);
    }

    /// The operations as the phone lists them.
    pub fn ops(&mut self) -> Vec<Value> {
        let answer = self.phone.ok(&json!({"do": "ops"}));
        answer["ops"].as_array().expect("a list").clone()
    }

    /// Every record that it has pulled, by id.
    pub fn replica(&mut self) -> BTreeMap<String, Value> {
        let answer = self.phone.ok(&json!({"do": "replica"}));
        assert_eq!(answer["diverged"], json!([]), "{}", self.member.number);
        serde_json::from_value(answer["records"].clone()).expect("records by id")
    }

    /// Every record as shown, by id.
    pub fn shown(&mut self) -> BTreeMap<String, Value> {
        let answer = self.phone.ok(&json!({"do": "shown"}));
        serde_json::from_value(answer["records"].clone()).expect("records by id")
    }

    /// Notes what this life was told of its operations.
    fn remember(&mut self) {
        for op in self.ops() {
            if !op["fate"].is_null() {
                let text = |name: &str| op[name].as_str().expect("text").to_owned();
                let seq = op["seq"].as_u64().expect("a number");
                self.told.insert((text("device"), seq, text("hash")));
            }
        }
    }

    /// Checks that every operation ever saved has come to something, and answers all that were told of.
    pub fn accounted(&mut self) -> BTreeSet<(String, u64, String)> {
        self.remember();
        for op in self.ops() {
            let settled = matches!(op["fate"].as_str(), Some("accepted" | "quarantined"));
            assert!(
                settled || op["rewritten_as"].is_object(),
                "{}: {op}",
                self.member.number
            );
        }
        self.told.clone()
    }
}

/// Syncs one of our own phones until nothing of it waits on the server either.
pub fn settle(hand: &mut Hand) {
    let started = Instant::now();
    loop {
        hand.sync();
        if hand.phone.status().expect("readable").counts.held == 0 {
            return;
        }
        assert!(started.elapsed() < DEADLINE, "{} waits for ever", hand.member.number);
        std::thread::sleep(AGAIN);
    }
}

/// What one of our own phones shows, by id, as the wire would carry it.
pub fn shown(hand: &Hand) -> BTreeMap<String, Value> {
    let records = hand.shown().into_iter();
    records
        .map(|record| {
            let json = serde_json::to_value(&record).expect("a record is JSON");
            (record.id.to_string(), json)
        })
        .collect()
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).expect("a new folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("a file");
        fs::copy(entry.path(), to.join(entry.file_name())).expect("copied");
    }
}
