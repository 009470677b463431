//! Names that the cases share. All are made up.

use sync_protocol::id::{DeviceId, MemberId, RecordId};

/// The device `n`.
pub fn device(n: u8) -> DeviceId {
    DeviceId(id(0xd0, n))
}

/// The record `n`.
pub fn record(n: u8) -> RecordId {
    RecordId(id(0xe0, n))
}

/// The member `n`.
pub fn member(n: u8) -> MemberId {
    MemberId(id(0xa0, n))
}

fn id(kind: u8, n: u8) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..2].copy_from_slice(&[0x01, 0x97]);
    bytes[6] = 0x70;
    bytes[8] = 0x80;
    bytes[14] = kind;
    bytes[15] = n;
    bytes
}

/// A unit.
pub const UNIT: &str = "350111001026";
