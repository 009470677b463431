//! What a phone is given by its surroundings: the time, the boot and randomness.
//!
//! They are behind a trait so that a simulator can set clocks back, restart phones and repeat a run from a seed.

use sync_protocol::value::Instant;
use uuid::Uuid;

/// How long the phone has been running since which start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uptime {
    /// Names the boot; another after every restart. At most 64 bytes.
    pub boot: String,
    /// Milliseconds since that boot, never going back within it.
    pub ms: u64,
}

/// The operating system gave no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system gives no random numbers")]
pub struct NoEntropy;

/// The surroundings of a phone.
pub trait Env: Send {
    /// The wall clock with its offset from UTC. Testimony only: it may be wrong or jump.
    fn now(&self) -> Instant;

    /// The boot and the time since it.
    fn uptime(&self) -> Uptime;

    /// Fills `bytes` with random bits fit for keys.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy>;
}

/// The real surroundings.
#[derive(Debug)]
pub struct SystemEnv {
    fallback_boot: String,
    started: std::time::Instant,
}

impl SystemEnv {
    /// Looks at the system once.
    pub fn new() -> Result<SystemEnv, NoEntropy> {
        let mut bits = [0u8; 16];
        getrandom::fill(&mut bits).map_err(|_| NoEntropy)?;
        let fallback_boot = Uuid::from_bytes(bits).as_simple().to_string();
        Ok(SystemEnv {
            fallback_boot,
            started: std::time::Instant::now(),
        })
    }

    /// The kernel's own boot id and uptime, where there is one (Linux, Android).
    fn kernel() -> Option<Uptime> {
        let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
            .ok()?
            .trim()
            .to_owned();
        let text = std::fs::read_to_string("/proc/uptime").ok()?;
        let seconds: f64 = text.split_whitespace().next()?.parse().ok()?;
        (boot.len() <= 64 && seconds.is_finite() && seconds >= 0.0).then_some(Uptime {
            boot,
            ms: (seconds * 1000.0) as u64,
        })
    }
}

impl Env for SystemEnv {
    fn now(&self) -> Instant {
        let now = chrono::Local::now();
        Instant {
            ms: now.timestamp_millis(),
            offset_s: now.offset().local_minus_utc(),
        }
    }

    fn uptime(&self) -> Uptime {
        // Without the kernel's word each process counts as a boot: the server then relies on the wall clock.
        SystemEnv::kernel().unwrap_or_else(|| Uptime {
            boot: self.fallback_boot.clone(),
            ms: u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
        })
    }

    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        getrandom::fill(bytes).map_err(|_| NoEntropy)
    }
}

/// A random UUID of version 4 (RFC 9562 section 5.4).
pub(crate) fn uuid_v4(env: &dyn Env) -> Result<Uuid, NoEntropy> {
    let mut bits = [0u8; 16];
    env.fill(&mut bits)?;
    Ok(uuid::Builder::from_random_bytes(bits).into_uuid())
}

/// A UUID of version 7 (RFC 9562 section 5.7): the clock is only a convenience for ordering.
pub(crate) fn uuid_v7(env: &dyn Env) -> Result<Uuid, NoEntropy> {
    let mut bits = [0u8; 10];
    env.fill(&mut bits)?;
    let ms = u64::try_from(env.now().ms).unwrap_or(0);
    Ok(uuid::Builder::from_unix_timestamp_millis(ms, &bits).into_uuid())
}
