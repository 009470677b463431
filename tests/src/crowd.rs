//! Many phones that push at once and give in to no fault, and what must hold of everything that they were told.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use sync_protocol::id::{DeviceId, RecordId};
use sync_protocol::role::Role;

use crate::api::Api;
use crate::command::done;
use crate::district::{Handset, World};
use crate::reports::{edit, record, report};

/// For one push, faults and all.
const DEADLINE: Duration = Duration::from_secs(120);
/// Before the same is sent again: an impatient phone, which does not wait as long as it is asked to.
const AGAIN: Duration = Duration::from_millis(25);
/// Between two pushes of a phone.
const THINKING: Duration = Duration::from_millis(15);

/// Operations in one push: fewer than a server takes at once.
const AT_ONCE: usize = 400;

/// One phone, what it wrote and what it was told.
pub struct Writer {
    /// The phone with its connection.
    pub handset: Handset,
    /// What the description of each record must be in the end.
    records: BTreeMap<RecordId, Option<String>>,
    /// What a record's last operation is.
    last: BTreeMap<RecordId, u64>,
    /// The verdict lines as first told, by number, without `repeat`.
    told: BTreeMap<u64, Value>,
}

/// Many of them.
pub struct Crowd {
    /// The phones.
    pub writers: Vec<Writer>,
}

/// What a crowd has met so far.
#[derive(Debug, Default)]
pub struct Progress {
    /// Pushes that were answered with verdicts.
    pub acknowledged: AtomicUsize,
    /// Answers 503, each with a stable code and Retry-After.
    pub refused: AtomicUsize,
    /// Requests whose connection broke before the answer.
    pub broken: AtomicUsize,
    /// The last operation of each device that was acknowledged.
    heads: Mutex<BTreeMap<DeviceId, u64>>,
    finished: AtomicBool,
}

impl Progress {
    /// Waits until `count` pushes more have been acknowledged.
    pub fn wait_for(&self, count: usize) {
        wait_until(&self.acknowledged, self.acknowledged.load(Ordering::SeqCst) + count);
    }

    /// The last operation of each device that was acknowledged so far.
    pub fn heads(&self) -> BTreeMap<DeviceId, u64> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, device: DeviceId, seq: u64) {
        self.heads
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(device, seq);
    }

    /// Waits until `count` requests more have been refused or broken.
    pub fn wait_for_trouble(&self, count: usize) {
        let seen = || self.refused.load(Ordering::SeqCst) + self.broken.load(Ordering::SeqCst);
        let (due, started) = (seen() + count, Instant::now());
        while seen() < due {
            assert!(started.elapsed() < DEADLINE, "there is no trouble: {self:?}");
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Waits until `count` answers 503 more have come.
    pub fn wait_for_refused(&self, count: usize) {
        wait_until(&self.refused, self.refused.load(Ordering::SeqCst) + count);
    }
}

fn wait_until(counter: &AtomicUsize, due: usize) {
    let started = Instant::now();
    while counter.load(Ordering::SeqCst) < due {
        assert!(started.elapsed() < DEADLINE, "nothing moves: {counter:?} of {due}");
        thread::sleep(Duration::from_millis(1));
    }
}

impl Crowd {
    /// `count` phones of the district's volunteers.
    pub fn enrol(world: &World, count: usize) -> Crowd {
        let volunteers = world
            .district
            .members
            .iter()
            .filter(|m| m.appointments[0].role == Role::Volunteer);
        let signed_in: Vec<_> = volunteers
            .take(count.min(8))
            .map(|member| (world.sign_in(member), member))
            .collect();
        let writers = (0..count).map(|nth| {
            let (api, member) = &signed_in[nth % signed_in.len()];
            Writer {
                handset: world.enrol(api.clone(), member),
                records: BTreeMap::new(),
                last: BTreeMap::new(),
                told: BTreeMap::new(),
            }
        });
        Crowd {
            writers: writers.collect(),
        }
    }

    /// Sends everybody to another address.
    pub fn turn_to(&mut self, url: &str) {
        for writer in &mut self.writers {
            writer.handset.api = writer.handset.api.at(url);
        }
    }

    /// Everybody writes and pushes until `meanwhile` has returned; then each finishes what is begun.
    pub fn push_while<T>(&mut self, meanwhile: impl FnOnce(&Progress) -> T) -> T {
        let progress = Progress::default();
        let result = thread::scope(|scope| {
            // A failing `meanwhile` must not leave the others running for ever.
            let finish = Finish(&progress);
            for writer in &mut self.writers {
                scope.spawn(|| {
                    while !progress.finished.load(Ordering::SeqCst) {
                        writer.write();
                        writer.deliver(&progress);
                        thread::sleep(THINKING);
                    }
                });
            }
            let result = meanwhile(&progress);
            drop(finish);
            result
        });
        println!("{progress:?}");
        result
    }

    /// How many operations were written.
    pub fn ops(&self) -> u64 {
        self.writers.iter().map(|writer| writer.handset.phone.seq()).sum()
    }

    /// Everything that was acknowledged is on the server, once, with the verdicts that were told; a reader of the whole
    /// district is shown each record once, as it was last written; `wuyuan verify` finds no fault.
    pub fn check(&self, world: &World) {
        self.check_beside(world, &[], 0);
    }

    /// The same where others have written `records` with `ops` operations.
    pub fn check_beside(&self, world: &World, records: &[RecordId], ops: u64) {
        for writer in &self.writers {
            writer.check();
        }
        let stored = world.server.place().number("SELECT COUNT(*) FROM op");
        assert_eq!(stored as u64, self.ops() + ops, "every operation once");
        let reader = world.handset(world.holder(Role::Prosecutor, 0));
        let mut shown = pull_all(&reader);
        for (record, description) in self.writers.iter().flat_map(|writer| &writer.records) {
            let view = shown
                .remove(&record.to_string())
                .unwrap_or_else(|| panic!("{record} is not shown"));
            let values = view["fields"]["description"].as_array().cloned().unwrap_or_default();
            let values: Vec<_> = values
                .iter()
                .map(|value| value["value"].as_str().map(str::to_owned))
                .collect();
            assert_eq!(
                values,
                description.iter().map(|text| Some(text.clone())).collect::<Vec<_>>(),
                "{record}"
            );
        }
        for record in records {
            assert!(shown.remove(&record.to_string()).is_some(), "{record} is not shown");
        }
        assert!(shown.is_empty(), "{} records that nobody wrote", shown.len());
        let said = done(&["verify", "--database", &world.server.place().url()]);
        assert!(said.ends_with("all is right\n"), "{said}");
    }
}

struct Finish<'p>(&'p Progress);

impl Drop for Finish<'_> {
    fn drop(&mut self) {
        self.0.finished.store(true, Ordering::SeqCst);
    }
}

impl Writer {
    /// A new record and an edit of an earlier one.
    fn write(&mut self) {
        let phone = &mut self.handset.phone;
        let id = record();
        let seq = phone.record(&report(phone, id, "in the crowd"));
        self.records.insert(id, None);
        self.last.insert(id, seq);
        let nth = seq as usize / 2 % self.records.len();
        let (earlier, description) = self.records.iter_mut().nth(nth).expect("there is one at least");
        let text = format!("after operation {seq}");
        let seq = phone.record(&edit(phone, *earlier, self.last[earlier], &text));
        *description = Some(text);
        self.last.insert(*earlier, seq);
    }

    /// Sends what has no verdict yet until an answer says that it is stored. Nothing but verdicts, 503 and a broken
    /// connection may come.
    fn deliver(&mut self, progress: &Progress) {
        let first = self.told.len() as u64 + 1;
        let body = self.handset.phone.push(first..=self.handset.phone.seq()).text();
        let started = Instant::now();
        loop {
            match try_push(&self.handset.api, &body) {
                Some(Ok(answer)) => {
                    self.take(&answer);
                    progress.note(self.handset.phone.device, self.handset.phone.seq());
                    progress.acknowledged.fetch_add(1, Ordering::SeqCst);
                    return;
                }
                Some(Err(())) => progress.refused.fetch_add(1, Ordering::SeqCst),
                None => progress.broken.fetch_add(1, Ordering::SeqCst),
            };
            assert!(
                started.elapsed() < DEADLINE,
                "a phone does not get through: {progress:?}"
            );
            thread::sleep(AGAIN);
        }
    }

    fn take(&mut self, answer: &Value) {
        let phone = &self.handset.phone;
        for line in answer["verdicts"].as_array().expect("a verdict for each operation") {
            assert_eq!(line["fate"], "accepted", "{line}");
            let seq = line["seq"].as_u64().expect("a number");
            assert!(
                self.told
                    .insert(seq, lasting(line))
                    .is_none_or(|before| before == lasting(line)),
                "{line}"
            );
        }
        assert_eq!(self.told.len() as u64, phone.seq(), "{answer}");
        assert_eq!(answer["feed"]["head"]["seq"], phone.seq());
        assert_eq!(answer["feed"]["head"]["hash"], hex::encode(phone.hash(phone.seq())));
    }

    /// Everything once more: the server has it and says the same.
    fn check(&self) {
        let phone = &self.handset.phone;
        if phone.seq() == 0 {
            return;
        }
        let mut lines = Vec::new();
        for first in (1..=phone.seq()).step_by(AT_ONCE) {
            let last = phone.seq().min(first + AT_ONCE as u64 - 1);
            let answer = self.handset.push_text(&phone.push(first..=last).text()).ok();
            let told = answer["verdicts"].as_array().expect("a verdict for each operation");
            lines.extend(told.iter().cloned());
        }
        assert_eq!(lines.len() as u64, phone.seq());
        for line in &lines {
            assert_eq!(
                line["repeat"], true,
                "it was acknowledged, and is new to the server: {line}"
            );
            assert_eq!(
                self.told.get(&line["seq"].as_u64().expect("a number")),
                Some(&lasting(line))
            );
        }
    }
}

/// A verdict line without what a repeat changes.
fn lasting(line: &Value) -> Value {
    let mut line = line.clone();
    line.as_object_mut().expect("a line is an object").remove("repeat");
    line
}

/// Pushes. `None`: the connection broke. `Err`: 503 as it must be.
///
/// # Panics
/// When anything else comes but verdicts.
pub fn try_push(api: &Api, body: &str) -> Option<Result<Value, ()>> {
    let headers = [("content-type", "application/json")];
    let answer = api.try_send("POST", "/v1/sync", &headers, body.as_bytes()).ok()?;
    if answer.status != 503 {
        return Some(Ok(answer.ok()));
    }
    let (_, code) = answer.problem();
    assert!(["busy", "unavailable"].contains(&code.as_str()), "{code}");
    Some(Err(()))
}

/// Every record that the reader is shown, page by page.
///
/// # Panics
/// When one comes twice.
pub fn pull_all(reader: &Handset) -> BTreeMap<String, Value> {
    let mut cursors: BTreeMap<String, String> = BTreeMap::new();
    let mut shown = BTreeMap::new();
    loop {
        let answer = reader.api.post("/v1/sync", &reader.phone.pull(&cursors)).ok();
        for page in answer["units"].as_array().into_iter().flatten() {
            let unit = page["unit"].as_str().expect("a page names its unit");
            if let Some(cursor) = page["cursor"].as_str() {
                cursors.insert(unit.to_owned(), cursor.to_owned());
            }
            for change in page["changes"].as_array().into_iter().flatten() {
                let view = &change["put"];
                let id = view["id"].as_str().expect("nothing disappears").to_owned();
                assert!(shown.insert(id, view.clone()).is_none(), "shown twice: {view}");
            }
        }
        if answer["more"] != Value::Bool(true) {
            return shown;
        }
    }
}
