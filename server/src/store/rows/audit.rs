//! What is written down about changes and readings, and the catalogues that were served.

use diesel::prelude::*;
use sync_protocol::id::MemberId;

use crate::store::column::Fixed;
use crate::store::schema::{access_log, catalog_version, journal};

/// One change of accounts, appointments or devices.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = journal)]
pub struct JournalRow {
    /// UUIDv7 of the time, so that ids are in order.
    #[diesel(deserialize_as = Fixed<16>, serialize_as = Fixed<16>)]
    pub id: [u8; 16],
    /// When, ms.
    pub at_ms: i64,
    /// The member who did it; none: the command line or the server.
    pub actor: Option<Fixed<16>>,
    /// What happened, a stable code.
    pub event: String,
    /// To what: an id or a code.
    pub subject: String,
    /// A JSON object; never a secret.
    pub detail: String,
}

/// One reading of sensitive fields, or an export.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = access_log)]
pub struct AccessRow {
    /// UUIDv7 of the time.
    #[diesel(deserialize_as = Fixed<16>, serialize_as = Fixed<16>)]
    pub id: [u8; 16],
    /// When, ms.
    pub at_ms: i64,
    /// Who read.
    #[diesel(deserialize_as = Fixed<16>, serialize_as = Fixed<16>)]
    pub member: MemberId,
    /// With which device.
    pub device: Option<Fixed<16>>,
    /// Of which unit.
    pub unit: String,
    /// Which kind of record.
    pub kind: String,
    /// Which fields, separated by commas.
    pub fields: String,
    /// How many records.
    pub records: i64,
}

/// A catalogue that this server has served.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = catalog_version)]
pub struct CatalogRow {
    /// Its version.
    pub version: i64,
    /// SHA-256 of `body`.
    #[diesel(deserialize_as = Fixed<32>, serialize_as = Fixed<32>)]
    pub sha256: [u8; 32],
    /// Its JSON.
    pub body: String,
    /// First served at, ms.
    pub at_ms: i64,
}
