//! What time it is, as something that a test can set.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// A difference that [`SharedClock`] lets be, ms, so that it does not follow every breath of the network.
const TOLERANCE_MS: i64 = 250;

/// A wall clock.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now_ms(&self) -> i64;

    /// Hears what the database that several servers share says the time is, ms, and by how many ms that may be wrong.
    /// Most clocks do not mind.
    fn agree(&self, _database_ms: i64, _within_ms: i64) {}
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> i64 {
        // A machine whose clock stands before 1970 counts as standing at 1970.
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX))
    }
}

/// A server's clock: the machine's, until it hears that of a database which several servers share. From then on it
/// goes by that one, carried on by the machine's steady clock, so that servers whose own clocks differ judge tokens and
/// appointments alike.
#[derive(Debug)]
pub struct SharedClock {
    started: Instant,
    /// The database's time when this clock started, ms; 0 while it has not been heard.
    origin_ms: AtomicI64,
}

impl Default for SharedClock {
    fn default() -> Self {
        SharedClock {
            started: Instant::now(),
            origin_ms: AtomicI64::new(0),
        }
    }
}

impl SharedClock {
    fn elapsed_ms(&self) -> i64 {
        i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

impl Clock for SharedClock {
    fn now_ms(&self) -> i64 {
        match self.origin_ms.load(Ordering::Relaxed) {
            0 => SystemClock.now_ms(),
            origin => origin.saturating_add(self.elapsed_ms()),
        }
    }

    fn agree(&self, database_ms: i64, within_ms: i64) {
        let apart_ms = (database_ms - self.now_ms()).abs();
        if apart_ms > TOLERANCE_MS.max(within_ms) || self.origin_ms.load(Ordering::Relaxed) == 0 {
            self.origin_ms.store(database_ms - self.elapsed_ms(), Ordering::Relaxed);
            let off_ms = SystemClock.now_ms() - database_ms;
            if off_ms.abs() > TOLERANCE_MS {
                tracing::warn!(off_ms, "this machine's clock is not the database's, which counts");
            }
        }
    }
}

/// A clock that stands still until it is set, for tests.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// Stands at `now_ms`.
    pub fn new(now_ms: i64) -> Self {
        ManualClock(AtomicI64::new(now_ms))
    }

    /// Moves on by `by_ms`.
    pub fn advance(&self, by_ms: i64) {
        self.0.fetch_add(by_ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_clock_goes_by_the_database_whose_clock_it_has_heard() {
        let clock = SharedClock::default();
        assert!((clock.now_ms() - SystemClock.now_ms()).abs() < 10_000);
        for hours in [-5, 0, 7] {
            let database_ms = SystemClock.now_ms() + hours * 3_600_000;
            clock.agree(database_ms, 1);
            assert!((0..10_000).contains(&(clock.now_ms() - database_ms + TOLERANCE_MS)));
        }
        // A little apart is let be, so that it does not go to and fro with the way to the database.
        let origin = clock.origin_ms.load(Ordering::Relaxed);
        clock.agree(clock.now_ms() - TOLERANCE_MS / 2, 1);
        // And an answer that was long on its way tells no more than that.
        clock.agree(clock.now_ms() + 4_000, 5_000);
        assert_eq!(clock.origin_ms.load(Ordering::Relaxed), origin);
        clock.agree(clock.now_ms() + 60_000, 5_000);
        assert_ne!(clock.origin_ms.load(Ordering::Relaxed), origin);
    }
}
