//! Findings, and the operations of the desk.

use diesel::prelude::*;
use sync_protocol::id::{DeviceId, RecordId};

use crate::store::column::Fixed;
use crate::store::schema::{desk_op, finding, finding_decision, finding_fact};

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = finding)]
pub struct FindingNowRow {
    /// Id.
    #[diesel(deserialize_as = Fixed<16>)]
    pub id: [u8; 16],
    /// What is the matter.
    pub code: String,
    /// Where.
    pub unit: Option<String>,
    /// The record.
    pub record: Option<Fixed<16>>,
    /// The device.
    pub device: Option<Fixed<16>>,
    /// Its operation.
    pub seq: Option<i64>,
    /// When it was opened, ms.
    pub opened_ms: i64,
    /// When it was closed, ms; absent while it is open.
    pub closed_ms: Option<i64>,
}

/// What a rule saw.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = finding_fact)]
pub struct FindingFactRow {
    /// A digest of it.
    #[diesel(deserialize_as = Fixed<32>)]
    pub basis: [u8; 32],
    /// The other record that it is about.
    pub neighbour: Option<Fixed<16>>,
}

/// An accepted operation that proposes, confirms or decides.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = desk_op)]
pub struct DeskOpRow {
    /// The record.
    #[diesel(deserialize_as = Fixed<16>)]
    pub record: RecordId,
    /// Its device.
    #[diesel(deserialize_as = Fixed<16>)]
    pub device: DeviceId,
    /// Its number.
    pub seq: i64,
    /// Its place in the unit's log.
    pub pos: i64,
    /// The proposal that it carries out: the device.
    pub confirms_device: Option<Fixed<16>>,
    /// See `confirms_device`: the number.
    pub confirms_seq: Option<i64>,
}

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = finding_decision)]
pub struct DecisionRow {
    /// The finding.
    #[diesel(deserialize_as = Fixed<16>)]
    pub finding: [u8; 16],
    /// The device of the operation.
    #[diesel(deserialize_as = Fixed<16>)]
    pub device: DeviceId,
    /// Its number.
    pub seq: i64,
    /// What the finding stood on.
    #[diesel(deserialize_as = Fixed<32>)]
    pub basis: [u8; 32],
    /// The conclusion's code.
    pub conclusion: String,
}
