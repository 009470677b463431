//! Findings, and the operations of the desk.

use diesel::prelude::*;
use sync_protocol::id::{DeviceId, MemberId, RecordId};

use crate::store::column::Fixed;
use crate::store::schema::{desk_op, finding, finding_decision, finding_fact, op};

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

/// What a rule saw, as a list or a screen needs it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = finding_fact)]
pub struct FindingSawRow {
    /// The finding.
    #[diesel(deserialize_as = Fixed<16>)]
    pub finding: [u8; 16],
    /// A digest of it.
    #[diesel(deserialize_as = Fixed<32>)]
    pub basis: [u8; 32],
    /// The other record that it is about.
    pub neighbour: Option<Fixed<16>>,
    /// `{figures, limits, sides}` as JSON.
    pub detail: String,
    /// `gone` or `decided`; absent while it is open.
    pub closed_why: Option<String>,
}

/// A decision, and its operation's author.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = finding_decision)]
pub struct FindingDecisionRow {
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
    /// When it was made, ms.
    pub at_ms: i64,
    /// Who made it.
    #[diesel(deserialize_as = Fixed<16>, select_expression = op::member)]
    pub member: MemberId,
    /// On which record.
    #[diesel(select_expression = op::record)]
    pub record: Option<Fixed<16>>,
    /// The operation's bytes.
    #[diesel(select_expression = op::body)]
    pub body: Vec<u8>,
}

/// Units where the reader holds the same roles, and what he reads there.
#[derive(Debug, Clone, Default)]
pub struct FindingSight<'q> {
    /// The units.
    pub units: Vec<&'q str>,
    /// Kinds of which he reads every record.
    pub wide: Vec<&'q str>,
    /// Kinds of which he reads those that he created or is assigned to.
    pub own: Vec<&'q str>,
    /// He sits at the desk there.
    pub desk: bool,
}

/// How findings of a list stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingStanding {
    /// Waiting for somebody.
    Open,
    /// Closed, by themselves or by a decision.
    Closed,
    /// Closed, and somebody decided about them.
    Decided,
}

/// Which findings of a list are meant.
#[derive(Debug, Clone)]
pub struct FindingQuery<'q> {
    /// Who reads.
    pub member: &'q [u8],
    /// What he sees.
    pub sights: &'q [FindingSight<'q>],
    /// Codes that only the desk sees.
    pub desk_codes: &'q [&'q str],
    /// Only those of records that he created or is assigned to.
    pub mine: bool,
    /// Only this one.
    pub id: Option<&'q [u8]>,
    /// Only these codes.
    pub codes: Option<&'q [&'q str]>,
    /// Only of this record.
    pub record: Option<&'q [u8]>,
    /// Only of records of this kind.
    pub kind: Option<&'q str>,
    /// Only those opened earlier, ms.
    pub opened_before_ms: Option<i64>,
    /// Only those that stand so.
    pub standing: Option<FindingStanding>,
    /// After this one: when it was opened (of a list of closed ones: closed), ms, and its id.
    pub after: Option<(i64, &'q [u8])>,
}

/// How many findings: code, unit, all, and those opened before each of three moments.
pub type FindingCountRow = (String, Option<String>, i64, Option<i64>, Option<i64>, Option<i64>);
