//! `kill -9` in the middle of 64 clients' pushing: everything that was acknowledged is there afterwards, once, and
//! every client finishes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sync_protocol::role::Role;
use wuyuan_tests::command::done;
use wuyuan_tests::district::{Handset, World};
use wuyuan_tests::on_both_backends;

use wuyuan_tests::reports::{record, report};

const CLIENTS: usize = 64;
const PUSHES: usize = 12;
const OPS: usize = 5;
const KILLS: usize = 4;
/// For all clients together; they need some seconds.
const DEADLINE: Duration = Duration::from_secs(300);

/// A client of the protocol: it sends what is next until an answer says that it is stored.
fn deliver(handset: &mut Handset, acknowledged: &AtomicUsize) -> BTreeSet<String> {
    let mut records = BTreeSet::new();
    let started = Instant::now();
    for push in 0..PUSHES {
        let first = handset.phone.seq() + 1;
        for op in 0..OPS {
            let id = record();
            let draft = report(&handset.phone, id, &format!("push {push}, operation {op}"));
            handset.phone.record(&draft);
            records.insert(id.to_string());
        }
        let body = handset.phone.push(first..=handset.phone.seq()).text();
        loop {
            let sent = handset.api.try_send(
                "POST",
                "/v1/sync",
                &[("content-type", "application/json")],
                body.as_bytes(),
            );
            match sent {
                Ok(answer) if answer.status == 503 => {}
                Ok(answer) => {
                    let answer = answer.ok();
                    let lines = answer["verdicts"].as_array().expect("a verdict for each operation");
                    assert!(
                        lines.len() == OPS && lines.iter().all(|line| line["fate"] == "accepted"),
                        "{answer}"
                    );
                    assert_eq!(answer["feed"]["head"]["seq"], handset.phone.seq());
                    break;
                }
                // The server is gone: whether it stored the push, only a repeat can tell.
                Err(_) => {}
            }
            assert!(started.elapsed() < DEADLINE, "the client does not get through");
            thread::sleep(Duration::from_millis(20));
        }
        acknowledged.fetch_add(1, Ordering::Relaxed);
    }
    records
}

/// Everything that the reader is shown of `unit`, page by page, each record with how often it came.
fn pull_all(reader: &Handset) -> BTreeMap<String, usize> {
    let mut cursors: BTreeMap<String, String> = BTreeMap::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    loop {
        let answer = reader.api.post("/v1/sync", &reader.phone.pull(&cursors)).ok();
        for page in answer["units"].as_array().into_iter().flatten() {
            let unit = page["unit"].as_str().expect("a page names its unit");
            if let Some(cursor) = page["cursor"].as_str() {
                cursors.insert(unit.to_owned(), cursor.to_owned());
            }
            for change in page["changes"].as_array().into_iter().flatten() {
                let id = change["put"]["id"].as_str().expect("nothing disappears in this test");
                *seen.entry(id.to_owned()).or_default() += 1;
            }
        }
        if answer["more"] != Value::Bool(true) {
            return seen;
        }
    }
}

on_both_backends! {
    fn nothing_acknowledged_is_lost_or_doubled(backend) {
        // It seals all the time, so that it is killed while it does.
        let mut world = World::with(backend, &[("seal_interval_ms", "5"), ("seal_batch", "64")]);
        // Two phones each for 32 volunteers of the district.
        let holders: Vec<_> = (0..CLIENTS / 2).map(|nth| world.holder(Role::Volunteer, nth % 24).clone()).collect();
        let mut handsets: Vec<Handset> = Vec::with_capacity(CLIENTS);
        for member in &holders {
            let api = world.sign_in(member);
            handsets.push(world.enrol(api.clone(), member));
            handsets.push(world.enrol(api, member));
        }

        let acknowledged = AtomicUsize::new(0);
        let total = CLIENTS * PUSHES;
        let records: BTreeSet<String> = thread::scope(|scope| {
            let clients: Vec<_> =
                handsets.iter_mut().map(|handset| scope.spawn(|| deliver(handset, &acknowledged))).collect();
            // Killed at a fifth, two fifths, … of what is to be delivered: always in the middle of it.
            for kill in 1..=KILLS {
                let due = total * kill / (KILLS + 1);
                while acknowledged.load(Ordering::Relaxed) < due && !clients.iter().all(|c| c.is_finished()) {
                    thread::yield_now();
                }
                world.server.kill();
                world.server.run();
            }
            clients.into_iter().flat_map(|client| client.join().expect("a client finishes")).collect()
        });
        assert_eq!(records.len(), total * OPS);

        for handset in &handsets {
            let state = handset.api.post("/v1/sync", &json!({"device": handset.phone.device})).ok();
            let head = json!({"seq": handset.phone.seq(), "hash": hex::encode(handset.phone.hash(handset.phone.seq()))});
            assert_eq!(state["feed"]["head"], head);
        }
        let reader = world.handset(world.holder(Role::Prosecutor, 0));
        let seen = pull_all(&reader);
        assert!(seen.values().all(|times| *times == 1));
        assert_eq!(seen.into_keys().collect::<BTreeSet<_>>(), records);

        // Everything was sealed, and nothing twice.
        assert!(world.server.stop().success());
        let place = world.server.place();
        let said = done(&["verify", "--database", &place.url()]);
        assert!(said.ends_with("all is right\n") && !said.contains("wait to be sealed"), "{said}");
        assert_eq!(place.number("SELECT SUM(last - first + 1) FROM sealed WHERE source = 1"), (total * OPS) as i64);
    }
}
