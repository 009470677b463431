//! What goes on behind the pushes: how much of it is still to be done, and when all of it is.

use std::time::{Duration, Instant};

use chrono::Utc;
use wuyuan_server::log::source;

use crate::backend::Place;

/// How long everything may take. It needs some seconds after the longest run.
const DEADLINE: Duration = Duration::from_secs(120);

/// How many units and records the follower has still to look at.
pub fn to_follow(place: &Place) -> i64 {
    let behind = "SELECT COUNT(*) FROM unit LEFT JOIN reconciled ON reconciled.unit = unit.code \
        WHERE unit.head > COALESCE(reconciled.pos, 0)";
    let due = format!(
        "SELECT COUNT(*) FROM reconcile_due WHERE due_ms <= {}",
        Utc::now().timestamp_millis()
    );
    place.number(&format!("SELECT ({behind}) + ({due})"))
}

/// How many rows and postings wait to be sealed.
pub fn to_seal(place: &Place) -> i64 {
    let last = "SELECT COALESCE(MAX(number), 0) FROM posting";
    let sealed = format!(
        "SELECT COALESCE(MAX(last), 0) FROM sealed WHERE source = {}",
        source::POSTINGS
    );
    place.number(&format!(
        "SELECT (SELECT COUNT(*) FROM unsealed) + ({last}) - ({sealed})"
    ))
}

/// Waits until the follower has looked at everything and all of it is sealed. Nobody may push meanwhile.
///
/// # Panics
/// When it takes too long.
pub fn caught_up(place: &Place) {
    let started = Instant::now();
    // What is followed first may have something sealed, never the other way round.
    for (what, left) in [("follow", to_follow as fn(&Place) -> i64), ("seal", to_seal)] {
        while left(place) > 0 {
            assert!(
                started.elapsed() < DEADLINE,
                "there is still something to {what}: {}",
                left(place)
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
