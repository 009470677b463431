//! How failed attempts slow down the next ones.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use lru::LruCache;
use sha2::{Digest, Sha256};

/// Failures that cost nothing: people mistype.
const FREE: i32 = 4;

/// The wait after the first failure that counts, ms; each further one doubles it.
const FIRST_MS: i64 = 30_000;

/// The longest wait, ms. Not for ever: a stranger could lock anybody out.
const LONGEST_MS: i64 = 3_600_000;

/// Until when an account is locked after its `failures`-th failure in a row at `now_ms`.
pub fn locked_until(failures: i32, now_ms: i64) -> Option<i64> {
    let counted = failures - FREE;
    (counted > 0).then(|| now_ms + FIRST_MS.saturating_mul(1_i64 << (counted - 1).min(20)).min(LONGEST_MS))
}

/// Attempts on numbers that nobody has. They are treated like those on real ones, or the lock itself would
/// tell which numbers exist. Kept in memory alone: a stranger must not fill the database.
pub struct Strangers(Mutex<LruCache<[u8; 32], Attempts>>);

#[derive(Clone, Copy, Default)]
struct Attempts {
    failures: i32,
    locked_until_ms: Option<i64>,
}

/// Numbers that are remembered.
const REMEMBERED: NonZeroUsize = NonZeroUsize::MIN.saturating_add(16_383);

impl Default for Strangers {
    fn default() -> Self {
        Strangers(Mutex::new(LruCache::new(REMEMBERED)))
    }
}

impl Strangers {
    /// Until when attempts on `number` are not judged.
    pub fn locked_until(&self, number: &str) -> Option<i64> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&name(number)).and_then(|a| a.locked_until_ms)
    }

    /// Counts a failed attempt.
    pub fn fail(&self, number: &str, now_ms: i64) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let attempts = known.get_or_insert_mut(name(number), Attempts::default);
        attempts.failures = attempts.failures.saturating_add(1);
        attempts.locked_until_ms = locked_until(attempts.failures, now_ms).or(attempts.locked_until_ms);
    }
}

fn name(number: &str) -> [u8; 32] {
    Sha256::digest(number.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_and_is_capped() {
        assert_eq!((1..=4).map(|n| locked_until(n, 100)).collect::<Vec<_>>(), [None; 4]);
        assert_eq!(locked_until(5, 100), Some(30_100));
        assert_eq!(locked_until(6, 100), Some(60_100));
        for many in [12, 40, i32::MAX] {
            assert_eq!(locked_until(many, 100), Some(3_600_100));
        }
    }

    #[test]
    fn a_number_that_nobody_has_locks_like_any_other() {
        let strangers = Strangers::default();
        for _ in 0..4 {
            strangers.fail("X1", 0);
        }
        assert_eq!(strangers.locked_until("X1"), None);
        strangers.fail("X1", 0);
        assert_eq!(strangers.locked_until("X1"), locked_until(5, 0));
        assert_eq!(strangers.locked_until("X2"), None);
    }
}
