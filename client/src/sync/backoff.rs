//! How long to wait before trying again: exponential with full jitter, and never less than the server asked for.

use std::time::Duration;

use crate::env::{Env, NoEntropy};

/// Grows with every failure in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backoff {
    first: Duration,
    most: Duration,
    failures: u32,
}

impl Default for Backoff {
    /// From one second to five minutes.
    fn default() -> Self {
        Backoff::new(Duration::from_secs(1), Duration::from_secs(300))
    }
}

impl Backoff {
    /// The first wait is at most `first`, no wait that the server did not ask for is longer than `most`.
    pub fn new(first: Duration, most: Duration) -> Backoff {
        Backoff {
            first,
            most,
            failures: 0,
        }
    }

    /// One more failure: how long to wait. Full jitter, so that phones that failed together do not return together:
    /// a uniform share of the exponential wait, on top of what the server asked for.
    pub fn after_failure(&mut self, retry_after: Option<u64>, env: &dyn Env) -> Result<Duration, NoEntropy> {
        let ceiling = self.first.saturating_mul(1u32 << self.failures.min(20)).min(self.most);
        self.failures = self.failures.saturating_add(1);
        let mut bits = [0u8; 4];
        env.fill(&mut bits)?;
        let share = f64::from(u32::from_be_bytes(bits)) / f64::from(u32::MAX);
        Ok(Duration::from_secs(retry_after.unwrap_or(0)) + ceiling.mul_f64(share))
    }

    /// It worked.
    pub fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::Uptime;
    use sync_protocol::value::Instant;

    struct Fixed(u8);

    impl Env for Fixed {
        fn now(&self) -> Instant {
            Instant { ms: 0, offset_s: 0 }
        }
        fn uptime(&self) -> Uptime {
            Uptime {
                boot: "b".into(),
                ms: 0,
            }
        }
        fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
            bytes.fill(self.0);
            Ok(())
        }
    }

    #[test]
    fn waits_grow_are_capped_jittered_and_respect_the_server() {
        let seconds = |backoff: &mut Backoff, bits, retry| {
            backoff
                .after_failure(retry, &Fixed(bits))
                .map(|d| d.as_secs_f64())
                .unwrap()
        };
        let mut backoff = Backoff::default();
        assert_eq!(seconds(&mut backoff, 0xff, None), 1.0);
        assert_eq!(seconds(&mut backoff, 0xff, None), 2.0);
        assert_eq!(seconds(&mut backoff, 0, None), 0.0);
        assert_eq!(seconds(&mut backoff, 0xff, Some(60)), 68.0);
        for _ in 0..40 {
            assert!(seconds(&mut backoff, 0xff, None) <= 300.0);
        }
        backoff.reset();
        assert_eq!(seconds(&mut backoff, 0xff, None), 1.0);
    }
}
