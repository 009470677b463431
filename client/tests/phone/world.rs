//! A phone's surroundings that obey the test: a clock that stands still and randomness from a seed.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use sync_protocol::value::Instant;
use wuyuan_client::env::{Env, NoEntropy, Uptime};

/// 2026-11-22T08:00:00+08:00.
pub const START_MS: i64 = 1_795_305_600_000;

/// Shared by everybody in a test.
#[derive(Clone, Default)]
pub struct World {
    clock: Arc<AtomicI64>,
    draws: Arc<AtomicU64>,
}

impl World {
    pub fn new() -> World {
        let world = World::default();
        world.clock.store(START_MS, Ordering::Relaxed);
        world
    }

    pub fn now_ms(&self) -> i64 {
        self.clock.load(Ordering::Relaxed)
    }

    pub fn advance(&self, ms: i64) {
        self.clock.fetch_add(ms, Ordering::Relaxed);
    }

    pub fn env(&self) -> Box<dyn Env> {
        Box::new(self.clone())
    }
}

impl Env for World {
    fn now(&self) -> Instant {
        Instant {
            ms: self.now_ms(),
            offset_s: 8 * 3600,
        }
    }

    fn uptime(&self) -> Uptime {
        Uptime {
            boot: "boot-1".into(),
            ms: (self.now_ms() - START_MS) as u64,
        }
    }

    /// SplitMix64 (Steele, Lea and Flood 2014) over one counter: every draw is another.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        for chunk in bytes.chunks_mut(8) {
            let mut z = self
                .draws
                .fetch_add(1, Ordering::Relaxed)
                .wrapping_add(1)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}
