//! Rows by which a record's neighbours are found.

use diesel::prelude::*;
use sync_protocol::feed::Hash;
use sync_protocol::id::{DeviceId, MemberId, RecordId};

use crate::store::column::Fixed;
use crate::store::schema::{finding, finding_fact, member_point, op, presence, report_place};

/// Somebody's part in a session.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = presence)]
pub struct PresenceRow {
    /// The session.
    #[diesel(deserialize_as = Fixed<16>)]
    pub record: RecordId,
    /// Who.
    #[diesel(deserialize_as = Fixed<16>)]
    pub person: [u8; 16],
    /// In which way.
    pub part: i32,
    /// From when, ms.
    pub from_ms: i64,
    /// Until when, ms.
    pub until_ms: i64,
    /// The minutes that count.
    pub minutes: i64,
}

/// A member's own point.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = member_point)]
pub struct StandRow {
    /// The record.
    #[diesel(deserialize_as = Fixed<16>)]
    pub record: RecordId,
    /// The field.
    pub field: String,
    /// Whose.
    #[diesel(deserialize_as = Fixed<16>)]
    pub member: MemberId,
    /// What it is about.
    #[diesel(deserialize_as = Fixed<16>)]
    pub matter: RecordId,
    /// When, ms.
    pub at_ms: i64,
    /// East, 1e-7 degrees.
    pub lng: i64,
    /// North, 1e-7 degrees.
    pub lat: i64,
    /// How exact, metres; -1: not said.
    pub accuracy_m: i64,
    /// Whether it is where its holder was.
    pub moves: bool,
}

/// A report's place.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = report_place)]
pub struct PlaceRow {
    /// The report.
    #[diesel(deserialize_as = Fixed<16>)]
    pub record: RecordId,
    /// Its category.
    pub interest: String,
    /// The cell.
    pub cell: i64,
    /// When, ms.
    pub at_ms: i64,
    /// East, 1e-7 degrees.
    pub lng: i64,
    /// North, 1e-7 degrees.
    pub lat: i64,
    /// How exact, metres; -1: not said.
    pub accuracy_m: i64,
}

/// Who wrote an operation and when it came.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = op)]
pub struct ToldRow {
    /// Its device.
    #[diesel(deserialize_as = Fixed<16>)]
    pub device: DeviceId,
    /// Its number.
    pub seq: i64,
    /// Its author.
    #[diesel(deserialize_as = Fixed<16>)]
    pub member: MemberId,
    /// First arrival, ms.
    pub arrival_ms: i64,
}

/// A finding with what its rule saw.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = finding)]
pub struct FoundRow {
    /// Its id.
    #[diesel(deserialize_as = Fixed<16>)]
    pub id: [u8; 16],
    /// The rule.
    pub code: String,
    /// The unit.
    pub unit: Option<String>,
    /// The record.
    pub record: Option<Fixed<16>>,
    /// The device.
    pub device: Option<Fixed<16>>,
    /// The number of its operation.
    pub seq: Option<i64>,
    /// First opened, ms.
    pub opened_ms: i64,
    /// Closed, ms.
    pub closed_ms: Option<i64>,
    /// What it stands on; nothing in a finding that an earlier program made.
    #[diesel(select_expression = finding_fact::basis.nullable())]
    pub basis: Option<Fixed<32>>,
    /// The other record.
    #[diesel(select_expression = finding_fact::neighbour.nullable())]
    pub neighbour: Option<Fixed<16>>,
    /// What the rule saw, as JSON.
    #[diesel(select_expression = finding_fact::detail.nullable())]
    pub detail: Option<String>,
    /// Last opened, changed or closed, ms.
    #[diesel(select_expression = finding_fact::updated_ms.nullable())]
    pub updated_ms: Option<i64>,
    /// Why it is closed: `gone` or `decided`.
    #[diesel(select_expression = finding_fact::closed_why.nullable())]
    pub closed_why: Option<String>,
}

/// A photo's perceptual hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrintRow {
    /// Its number.
    pub number: i64,
    /// The photo.
    pub sha256: Hash,
    /// The hash.
    pub bits: i64,
}
