//! What is sealed, and how it waits for that. A source's number is the kind of its leaves.

use sync_protocol::id::{DeviceId, Seq};
use sync_protocol::log;

/// Operations: the key is the device, the numbers are those of its feed.
pub const OPERATIONS: i32 = log::OPERATION as i32;
/// Later verdicts: the key is device and number, the numbers count the changes.
pub const VERDICTS: i32 = log::VERDICT as i32;
/// Visibility changes: the key is the unit, the numbers are places in its log.
pub const VISIBILITY: i32 = log::VISIBILITY as i32;
/// The journal: the key is the entry, the number 1.
pub const JOURNAL: i32 = log::JOURNAL as i32;
/// The catalogue: no key, the numbers are versions.
pub const CATALOG: i32 = log::CATALOG as i32;
/// Postings: no key, the numbers are those of the ledger. They do not wait in `unsealed`: their numbers are dense, and
/// what is above the last one sealed waits.
pub const POSTINGS: i32 = log::POSTING as i32;

/// The key of an operation's changes of verdict.
pub fn verdict_key(device: DeviceId, seq: Seq) -> [u8; 24] {
    let mut key = [0; 24];
    key[..16].copy_from_slice(&device.0);
    key[16..].copy_from_slice(&seq.to_be_bytes());
    key
}

/// The operation of such a key.
pub fn verdict_of(key: &[u8]) -> Option<(DeviceId, Seq)> {
    let (device, seq) = key.split_at_checked(16)?;
    let seq = u64::from_be_bytes(seq.try_into().ok()?);
    Some((DeviceId(device.try_into().ok()?), seq))
}

/// The sources of which there were rows before there was a log.
pub const BEFORE: [i32; 4] = [OPERATIONS, VISIBILITY, JOURNAL, CATALOG];

/// Whether a database of this schema lets things wait by itself.
pub fn is_in(schema: &str) -> bool {
    schema >= SINCE
}

/// The schema that brought the log.
const SINCE: &str = "0003";
