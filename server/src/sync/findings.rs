//! The findings that the write path itself makes: what a person must look at.

use sha2::{Digest, Sha256};
use sync_protocol::id::{DeviceId, RecordId, Seq};

use super::rows::FindingRow;

/// Concurrent values of a field under `review` differ.
pub(super) const CONTESTED: &str = "contested_field";
/// A transition or edit was made by somebody who had not seen the present state.
pub(super) const STALE: &str = "stale_transition";
/// The phone's clock was off, or the time of writing cannot be known.
pub(super) const CLOCK: &str = "clock_off";
/// A feed has two histories.
pub(super) const FORKED: &str = "forked_feed";
/// A client could not reach the count and sum it was told.
pub(super) const DIVERGED: &str = "diverged";

/// What a finding is about; its id follows from it, so that the same cause is the same finding.
#[derive(Debug, Clone, Default)]
pub(super) struct About {
    pub unit: Option<String>,
    pub record: Option<RecordId>,
    pub device: Option<DeviceId>,
    pub seq: Option<Seq>,
}

/// The finding `code` about something, open or closed.
pub(super) fn finding(code: &'static str, about: About, opened_ms: i64, closed_ms: Option<i64>) -> FindingRow {
    let mut hash = Sha256::new()
        .chain_update(b"wuyuan-finding-v1")
        .chain_update(code.as_bytes());
    hash.update([0]);
    hash.update(about.record.map_or([0; 16], |id| id.0));
    hash.update(about.device.map_or([0; 16], |id| id.0));
    hash.update(about.seq.unwrap_or(0).to_be_bytes());
    // A record is in one unit for ever; for what is about no record the unit is part of the cause.
    if about.record.is_none() {
        hash.update(about.unit.as_deref().unwrap_or_default());
    }
    let digest: [u8; 32] = hash.finalize().into();
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    FindingRow {
        id,
        code,
        unit: about.unit,
        record: about.record,
        device: about.device,
        seq: about.seq,
        opened_ms,
        closed_ms,
    }
}
