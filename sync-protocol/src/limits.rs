//! Limits that phones and server share. `GET /v1/config` announces the ones in force.

use serde::{Deserialize, Serialize};

/// Most bytes of one operation's JSON text. Held by the client when it writes its outbox, and never lowered:
/// a phone may carry an operation for months.
pub const OP_BYTES: usize = 64 * 1024;

/// Most characters of a `reason`.
pub const REASON_CHARS: usize = 1_000;

/// Most devices that `seen` may name.
pub const SEEN_DEVICES: usize = 256;

/// The limits that one server announces. Bytes are of the body after inflation unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Most bytes of a request body as it travels.
    pub body_bytes: u64,
    /// Most bytes of a request body after inflation.
    pub inflated_bytes: u64,
    /// Most operations in one push.
    pub push_ops: u32,
    /// Most bytes of one operation.
    pub op_bytes: u32,
    /// Most records in one answer.
    pub page_records: u32,
    /// About how many bytes of records one answer carries.
    pub page_bytes: u64,
    /// Most units that one request may name.
    pub units: u32,
    /// Most bytes of a photo or document.
    #[serde(default = "blob_bytes")]
    pub blob_bytes: u64,
    /// Most bytes of a voice note.
    #[serde(default = "voice_bytes")]
    pub voice_bytes: u64,
}

fn blob_bytes() -> u64 {
    Limits::default().blob_bytes
}

fn voice_bytes() -> u64 {
    Limits::default().voice_bytes
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            body_bytes: 4 << 20,
            inflated_bytes: 16 << 20,
            push_ops: 500,
            op_bytes: OP_BYTES as u32,
            page_records: 1_000,
            page_bytes: 1 << 20,
            units: 4_096,
            blob_bytes: 32 << 20,
            voice_bytes: 8 << 20,
        }
    }
}
