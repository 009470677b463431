//! The transparency log: everything is sealed once, whoever is killed; what is altered is named; phones believe no other
//! past.

mod phones;
mod served;
mod tampering;

use std::time::{Duration, Instant};

use wuyuan_tests::backend::Place;

/// How long sealing may take; it takes some milliseconds.
const DEADLINE: Duration = Duration::from_secs(60);

/// Seals as fast as it can, so that tests need not wait.
const QUICK: (&str, &str) = ("seal_interval_ms", "20");

/// Waits until nothing waits to be sealed.
fn await_sealed(place: &Place) {
    let started = Instant::now();
    while place.number("SELECT COUNT(*) FROM unsealed") > 0 {
        assert!(started.elapsed() < DEADLINE, "nobody seals");
        std::thread::sleep(Duration::from_millis(10));
    }
}
