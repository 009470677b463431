//! Who asks too often: a token bucket for each member.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use lru::LruCache;
use sync_protocol::id::MemberId;

use crate::config::Settings;

/// Members whose buckets are remembered. A forgotten one starts full, which at worst allows one burst more.
const REMEMBERED: NonZeroUsize = NonZeroUsize::MIN.saturating_add(4_095);

/// Buckets of members with full tokens and with push-only ones.
pub struct Rates {
    full: Buckets,
    push_only: Buckets,
}

struct Buckets {
    per_second: f64,
    levels: Mutex<LruCache<MemberId, Level>>,
}

#[derive(Clone, Copy)]
struct Level {
    left: f64,
    at_ms: i64,
}

impl Rates {
    /// All full.
    pub fn new(settings: &Settings) -> Rates {
        Rates {
            full: Buckets::new(settings.rate_per_member),
            push_only: Buckets::new(settings.rate_push_only),
        }
    }

    /// Takes one request of `member`, or says how many milliseconds to wait.
    pub fn take(&self, member: MemberId, push_only: bool, now_ms: i64) -> Result<(), u64> {
        if push_only {
            self.push_only.take(member, now_ms)
        } else {
            self.full.take(member, now_ms)
        }
    }
}

impl Buckets {
    fn new(per_second: u32) -> Buckets {
        Buckets {
            per_second: f64::from(per_second),
            levels: Mutex::new(LruCache::new(REMEMBERED)),
        }
    }

    fn take(&self, member: MemberId, now_ms: i64) -> Result<(), u64> {
        let burst = self.per_second * 2.0;
        let mut levels = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
        let level = levels.get_or_insert_mut(member, || Level {
            left: burst,
            at_ms: now_ms,
        });
        let passed_ms = now_ms.saturating_sub(level.at_ms).max(0);
        level.left = (level.left + self.per_second * passed_ms as f64 / 1_000.0).min(burst);
        level.at_ms = now_ms;
        if level.left >= 1.0 {
            level.left -= 1.0;
            Ok(())
        } else {
            Err(((1.0 - level.left) / self.per_second * 1_000.0).ceil() as u64)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_then_the_average_holds() {
        let buckets = Buckets::new(2);
        let member = MemberId([1; 16]);
        assert_eq!((0..4).filter(|_| buckets.take(member, 0).is_ok()).count(), 4);
        assert_eq!(buckets.take(member, 0), Err(500));
        assert_eq!(buckets.take(MemberId([2; 16]), 0), Ok(()));
        assert_eq!(buckets.take(member, 500), Ok(()));
        assert!(buckets.take(member, 500).is_err());
        assert!(
            buckets.take(member, 100).is_err(),
            "a clock that goes back fills nothing"
        );
    }
}
