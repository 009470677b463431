//! Randomness from the operating system.

use uuid::{Builder, Uuid};

/// The operating system gave no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct NoRandomness;

/// `N` random bytes.
pub fn bytes<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// A random UUID (version 4).
pub fn uuid() -> Result<Uuid, NoRandomness> {
    Ok(Builder::from_random_bytes(bytes()?).into_uuid())
}

/// A UUID that sorts by time (version 7).
pub fn uuid_at(now_ms: i64) -> Result<Uuid, NoRandomness> {
    Ok(Builder::from_unix_timestamp_millis(u64::try_from(now_ms).unwrap_or(0), &bytes()?).into_uuid())
}
