//! Bad weather: connections that are cut at random bytes, and a server that is killed, while a client uploads.

use std::time::{Duration, Instant};

use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::Value;
use wuyuan_server::blobs::vault::VaultPlace;
use wuyuan_tests::driven::Driven;
use wuyuan_tests::proxy::{Cut, Proxy, Way};

use crate::kept;

const DEADLINE: Duration = Duration::from_secs(90);

/// Cuts whatever connection carries the chosen byte, `cuts` times at most, each after at most `most` more bytes, until
/// the client answers. The first cut comes after the creation of the upload, which not every client tries again. One in
/// four comes within the first `answer` bytes of an answer.
pub fn answer_among_cuts(
    client: &mut Driven,
    proxy: &Proxy,
    rng: &mut StdRng,
    cuts: usize,
    most: usize,
    answer: usize,
) -> Value {
    const CREATION: usize = 4_096;
    let before = proxy.cuts();
    proxy.arm(Cut::After(Way::Up, CREATION + rng.random_range(0..most)));
    let (mut done, started) = (0, Instant::now());
    loop {
        if let Some(said) = client.answer_within(Duration::from_millis(1)) {
            println!("{done} cuts");
            return said;
        }
        let now = proxy.cuts() - before;
        if now > done && now < cuts {
            proxy.arm(match rng.random_range(0..4) {
                0 => Cut::After(Way::Down, rng.random_range(1..=answer)),
                _ => Cut::After(Way::Up, rng.random_range(1..most)),
            });
        }
        done = now;
        assert!(
            started.elapsed() < DEADLINE,
            "the client has not answered after {done} cuts"
        );
    }
}

/// Waits until more than `few` objects lie in a store: an upload is under way.
pub fn until_under_way(place: &VaultPlace, few: usize) {
    let started = Instant::now();
    while kept::objects(place) <= few {
        assert!(started.elapsed() < DEADLINE, "nothing arrives in the store");
        std::thread::sleep(Duration::from_millis(1));
    }
}
