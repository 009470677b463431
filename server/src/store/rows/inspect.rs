//! Rows as a verification reads them.

use diesel::prelude::*;
use sync_protocol::feed::Hash;
use sync_protocol::id::{DeviceId, MemberId, RecordId};

use crate::store::column::Fixed;
use crate::store::schema::{fork_evidence, reissue, viewer, visibility};

/// One who reads a record beside the unit-wide readers, and the unit under which he finds it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Queryable, Selectable)]
#[diesel(table_name = viewer)]
pub struct SightRow {
    /// What.
    #[diesel(deserialize_as = Fixed<16>)]
    pub record: RecordId,
    /// Who.
    #[diesel(deserialize_as = Fixed<16>)]
    pub member: MemberId,
    /// Where.
    pub unit: String,
}

/// The place of a visibility change.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = visibility)]
pub struct VisibilityPlaceRow {
    /// Unit.
    pub unit: String,
    /// Place in its log.
    pub pos: i64,
}

/// A re-issue that was granted, and to which operation.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = reissue)]
pub struct GrantRow {
    /// The number of the operation that was issued again.
    pub seq: i64,
    /// Its bytes' SHA-256.
    #[diesel(deserialize_as = Fixed<32>)]
    pub hash: Hash,
    /// The device that issued it again.
    #[diesel(deserialize_as = Fixed<16>)]
    pub by_device: DeviceId,
    /// The number under which it did.
    pub by_seq: i64,
}

/// An operation that contradicts a stored one.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = fork_evidence)]
pub struct EvidenceRow {
    /// The number that it claims.
    pub seq: i64,
    /// Its bytes' SHA-256.
    #[diesel(deserialize_as = Fixed<32>)]
    pub hash: Hash,
    /// Its bytes.
    pub body: Vec<u8>,
}
