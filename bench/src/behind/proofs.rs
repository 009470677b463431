//! Proofs over HTTP from a long log, one client.

use std::time::Instant;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use wuyuan_server::query;
use wuyuan_server::store::StoreResult;

use super::scene::{IDLE, Scene};
use super::volunteers::Volunteer;
use crate::http::{Connection, request};
use crate::latency::{Answered, Steady};
use crate::report::{Report, Row, Target, number};
use crate::scale::crowd;
use crate::scale::writers;

/// Proofs of each kind; the first tenth is for warming up.
const PROOFS: usize = 2_000;

/// Measures inclusion of any leaf, of an own operation, and consistency.
pub fn measure(report: &mut Report, name: &str, scene: &mut Scene) {
    scene.serve(&IDLE[..1]);
    let mut crew = scene.crew(1);
    let volunteer = &mut crew[0];
    let own = sealed(scene, volunteer);
    let size = size(scene);
    let mut dice = StdRng::seed_from_u64(7);
    let mut numbers = |from: u64, to: u64| -> Vec<u64> { (0..PROOFS).map(|_| dice.random_range(from..to)).collect() };
    let token = format!("authorization: Bearer {}\r\n", volunteer.signed_in.token);
    let get = |path: &str| request("GET", path, &token, &[]);
    let leaves = numbers(0, size);
    let leaf = |n: &u64| get(&format!("/v1/log/proof/inclusion?leaf={n}"));
    let device = volunteer.signed_in.phone.device;
    let op = |n: &u64| get(&format!("/v1/log/proof/inclusion?device={device}&seq={n}"));
    let from = |n: &u64| get(&format!("/v1/log/proof/consistency?from={n}"));
    let kinds: [(&str, Vec<Vec<u8>>); 3] = [
        ("that any leaf is in a log", leaves.iter().map(leaf).collect()),
        (
            "that an own operation is in a log",
            numbers(1, own + 1).iter().map(op).collect(),
        ),
        (
            "that a log only grew, from any size to",
            numbers(1, size).iter().map(from).collect(),
        ),
    ];
    let floor = timed(scene, &vec![get("/healthz"); PROOFS]).percentile(50.0);
    for (what, requests) in kinds {
        let steady = timed(scene, &requests);
        report.add(Row {
            what: format!("{name}: proof {what} of {} leaves, p50", number(size as f64)),
            value: steady.percentile(50.0),
            unit: "ms",
            beside: format!(
                "p99 {} ms; `GET /healthz` p50 {} ms",
                number(steady.percentile(99.0)),
                number(floor)
            ),
            target: Target::None,
        });
    }
    scene.stage.server.stop();
}

/// Lets the volunteer push and waits until that is sealed; answers how many operations.
fn sealed(scene: &Scene, volunteer: &mut Volunteer) -> u64 {
    let before = size(scene);
    let first = volunteer.twelve_days();
    let push = writers::request(&volunteer.signed_in, first);
    crowd::accepted(Connection::open(&scene.stage.server.url()).send(&push));
    let own = volunteer.signed_in.phone.seq();
    let began = Instant::now();
    while size(scene) < before + own {
        assert!(began.elapsed().as_secs() < 60, "the server does not seal");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    own
}

fn size(scene: &Scene) -> u64 {
    let log: StoreResult<_> = scene.stage.store.read(|db| query!(db, logs::newest()));
    log.expect("the log can be read").map_or(0, |log| log.size as u64)
}

fn timed(scene: &Scene, requests: &[Vec<u8>]) -> Steady {
    let mut connection = Connection::open(&scene.stage.server.url());
    let send = |request: &Vec<u8>| {
        let due = Instant::now();
        let answer = connection.send(request);
        let done = Instant::now();
        answer.ok();
        Answered { due, done }
    };
    let times: Vec<Answered> = requests.iter().map(send).collect();
    Steady::of(&[times], PROOFS / 10)
}
