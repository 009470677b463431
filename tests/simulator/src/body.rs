//! What surrounds a phone: its clock, its boots, its randomness, and the moment when its power fails.

use std::sync::{Arc, Mutex, PoisonError};

use sync_protocol::value::Instant;
use wuyuan_client::env::{Env, NoEntropy, Uptime};
use wuyuan_server::clock::{Clock, ManualClock};

use crate::dice::Dice;

/// What a phone unwinds with when its power fails.
#[derive(Debug)]
pub struct PowerLoss;

/// East of Greenwich, s: Fuzhou.
const OFFSET_S: i32 = 8 * 3_600;

/// One handset, whatever is installed on it.
#[derive(Debug)]
pub struct Body(Mutex<State>);

#[derive(Debug)]
struct State {
    time: Arc<ManualClock>,
    /// What its wall clock shows beyond the true time, ms.
    skew_ms: i64,
    name: String,
    boot: u32,
    booted_ms: i64,
    dice: Dice,
    /// The power fails at this many looks at the surroundings or the network from now.
    power: Option<u32>,
}

impl Body {
    /// A handset that has just been switched on, with a right clock.
    pub fn new(name: &str, time: Arc<ManualClock>, dice: Dice) -> Arc<Body> {
        let booted_ms = time.now_ms();
        Arc::new(Body(Mutex::new(State {
            time,
            skew_ms: 0,
            name: name.to_owned(),
            boot: 1,
            booted_ms,
            dice,
            power: None,
        })))
    }

    fn with<T>(&self, body: impl FnOnce(&mut State) -> T) -> T {
        // A power failure unwinds through here; what is kept is whole all the same.
        body(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Switches off and on: another boot.
    pub fn reboot(&self) {
        self.with(|s| {
            s.boot += 1;
            s.booted_ms = s.time.now_ms();
            s.power = None;
        });
    }

    /// Moves the wall clock, which keeps running from there.
    pub fn shift(&self, by_ms: i64) {
        self.with(|s| s.skew_ms += by_ms);
    }

    /// Sets the wall clock.
    pub fn set(&self, wall_ms: i64) {
        self.with(|s| s.skew_ms = wall_ms - s.time.now_ms());
    }

    /// Lets the power fail after some more looks at the surroundings; none: it stays on.
    pub fn power(&self, after: Option<u32>) {
        self.with(|s| s.power = after);
    }

    /// The power stays on for now. Answers what was to come.
    pub fn pause(&self) -> Option<u32> {
        self.with(|s| s.power.take())
    }

    /// One look. Unwinds when the power fails.
    pub fn spend(&self) {
        let fails = self.with(|s| match &mut s.power {
            Some(0) => true,
            Some(left) => {
                *left -= 1;
                false
            }
            None => false,
        });
        if fails {
            std::panic::resume_unwind(Box::new(PowerLoss));
        }
    }

    /// What marks an operation that is written now, in whatever feed it ends up: boot and uptime are copied when
    /// a feed is rewritten, and the simulator lets time pass between two saves.
    pub fn mark(&self) -> Mark {
        let uptime = self.uptime();
        Mark(uptime.boot, uptime.ms)
    }

    fn uptime(&self) -> Uptime {
        self.with(|s| Uptime {
            boot: format!("{}-{}", s.name, s.boot),
            ms: (s.time.now_ms() - s.booted_ms).max(0) as u64,
        })
    }
}

/// What an operation keeps of the moment of its writing through every rewriting: boot and uptime.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark(pub String, pub u64);

/// The surroundings as the phone sees them.
pub struct Surroundings(pub Arc<Body>);

impl Env for Surroundings {
    fn now(&self) -> Instant {
        self.0.spend();
        self.0.with(|s| Instant {
            ms: s.time.now_ms() + s.skew_ms,
            offset_s: OFFSET_S,
        })
    }

    fn uptime(&self) -> Uptime {
        self.0.spend();
        self.0.uptime()
    }

    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        self.0.spend();
        self.0.with(|s| s.dice.fill(bytes));
        Ok(())
    }
}
