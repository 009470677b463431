//! Operations, records and what hangs on them.

use diesel::prelude::*;
use sync_protocol::feed::Hash;
use sync_protocol::id::{DeviceId, MemberId, RecordId};

use crate::store::column::Fixed;
use crate::store::schema::{held, op, record, record_link, reissue, unit_sum, viewer, visibility};

/// A stored operation.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = op)]
pub struct OpRow {
    /// Device.
    #[diesel(deserialize_as = Fixed<16>)]
    pub device: DeviceId,
    /// Number in its feed.
    pub seq: i64,
    /// SHA-256 of the body.
    #[diesel(deserialize_as = Fixed<32>)]
    pub hash: Hash,
    /// The chain's hash after it.
    #[diesel(deserialize_as = Fixed<32>)]
    pub chain: Hash,
    /// First arrival, ms.
    pub arrival_ms: i64,
    /// Estimated time of writing, ms.
    pub written_ms: Option<i64>,
    /// Author.
    #[diesel(deserialize_as = Fixed<16>)]
    pub member: MemberId,
    /// The record that it names, if it could be read.
    pub record: Option<Fixed<16>>,
    /// The kind that it names.
    pub kind: Option<String>,
    /// The unit that it names.
    pub unit: Option<String>,
    /// 0 accepted, 1 held, 2 quarantined.
    pub state: i32,
    /// Why not accepted.
    pub code: Option<String>,
    /// Place in the unit's log.
    pub pos: Option<i64>,
    /// What cannot be told from the body alone, as JSON.
    pub effect: Option<String>,
    /// The bytes as the phone wrote them.
    pub body: Vec<u8>,
}

/// Where an operation stands.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = op)]
pub struct OpPlaceRow {
    /// Device.
    #[diesel(deserialize_as = Fixed<16>)]
    pub device: DeviceId,
    /// Number in its feed.
    pub seq: i64,
    /// The record that it names, if it could be read.
    pub record: Option<Fixed<16>>,
    /// 0 accepted, 1 held, 2 quarantined.
    pub state: i32,
}

/// What became of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = op)]
pub struct OpVerdictRow {
    /// Number in its feed.
    pub seq: i64,
    /// SHA-256 of the body.
    #[diesel(deserialize_as = Fixed<32>)]
    pub hash: Hash,
    /// The chain's hash after it.
    #[diesel(deserialize_as = Fixed<32>)]
    pub chain: Hash,
    /// First arrival, ms.
    pub arrival_ms: i64,
    /// 0 accepted, 1 held, 2 quarantined.
    pub state: i32,
    /// Why not accepted.
    pub code: Option<String>,
}

/// A merged record.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = record)]
pub struct RecordRow {
    /// Id.
    #[diesel(deserialize_as = Fixed<16>)]
    pub id: RecordId,
    /// Kind.
    pub kind: String,
    /// Unit.
    pub unit: String,
    /// Who created it.
    #[diesel(deserialize_as = Fixed<16>)]
    pub creator: MemberId,
    /// Place of its last operation in the unit's log.
    pub pos: i64,
    /// Packed `sync_protocol::record::Record`.
    pub state: Vec<u8>,
}

/// Count and sum of one kind in one unit.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = unit_sum)]
pub struct UnitSumRow {
    /// Unit.
    pub unit: String,
    /// Kind.
    pub kind: String,
    /// How many records.
    pub records: i64,
    /// The sum modulo 2^128, big-endian.
    #[diesel(deserialize_as = Fixed<16>)]
    pub sum: [u8; 16],
}

/// One who reads a record beside the unit-wide readers.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = viewer)]
pub struct ViewerRow {
    /// Who.
    #[diesel(deserialize_as = Fixed<16>)]
    pub member: MemberId,
    /// What.
    #[diesel(deserialize_as = Fixed<16>)]
    pub record: RecordId,
}

/// A change of who may see a record.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = visibility)]
pub struct VisibilityRow {
    /// Place in the unit's log.
    pub pos: i64,
    /// What.
    #[diesel(deserialize_as = Fixed<16>)]
    pub record: RecordId,
    /// Comes into sight or goes out of it.
    pub present: bool,
}

/// An operation that waits.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = held)]
pub struct HeldRow {
    /// Device.
    #[diesel(deserialize_as = Fixed<16>)]
    pub device: DeviceId,
    /// Number in its feed.
    pub seq: i64,
    /// The record that it names.
    pub record: Option<Fixed<16>>,
}

/// A re-issue that was granted.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = reissue)]
pub struct ReissueRow {
    /// The operation's device.
    #[diesel(deserialize_as = Fixed<16>)]
    pub device: DeviceId,
    /// Its number.
    pub seq: i64,
    /// Its bytes' SHA-256.
    #[diesel(deserialize_as = Fixed<32>)]
    pub hash: Hash,
}

/// A link whose target decides who may see the source.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = record_link)]
pub struct LinkRow {
    /// The record that links.
    #[diesel(deserialize_as = Fixed<16>)]
    pub source: RecordId,
    /// The record linked to.
    #[diesel(deserialize_as = Fixed<16>)]
    pub target: RecordId,
}
