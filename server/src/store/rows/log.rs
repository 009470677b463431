//! The transparency log's rows, and what is sealed as it is read for that.

use diesel::prelude::*;
use sync_protocol::feed::Hash;
use sync_protocol::id::DeviceId;

use crate::store::column::Fixed;
use crate::store::schema::{log, op, posting, sealed, unsealed, verdict_change, visibility};

/// A log.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = log)]
pub struct LogRow {
    /// Its number, from 1; the greatest one grows.
    pub number: i64,
    /// Its name.
    pub origin: String,
    /// When it was opened, ms.
    pub opened_ms: i64,
    /// How many leaves it has.
    pub size: i64,
    /// Its root.
    #[diesel(deserialize_as = Fixed<32>)]
    pub root: Hash,
}

/// A run of leaves and what they are of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Queryable, Selectable)]
#[diesel(table_name = sealed)]
pub struct SealedRow {
    /// Of which source.
    pub source: i32,
    /// Whose.
    pub key: Vec<u8>,
    /// The first number.
    pub first: i64,
    /// The last number.
    pub last: i64,
    /// In which log.
    pub log: i64,
    /// The first one's leaf.
    pub leaf: i64,
}

/// What waits to be sealed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Queryable, Selectable)]
#[diesel(table_name = unsealed)]
pub struct UnsealedRow {
    /// Of which source.
    pub source: i32,
    /// Whose.
    pub key: Vec<u8>,
    /// The first number.
    pub first: i64,
    /// The last number.
    pub last: i64,
}

/// An operation without its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = op)]
pub struct OpSealRow {
    /// Device.
    #[diesel(deserialize_as = Fixed<16>)]
    pub device: DeviceId,
    /// Number in its feed.
    pub seq: i64,
    /// SHA-256 of the body.
    #[diesel(deserialize_as = Fixed<32>)]
    pub hash: Hash,
    /// First arrival, ms.
    pub arrival_ms: i64,
    /// Estimated time of writing, ms.
    pub written_ms: Option<i64>,
    /// Author.
    pub member: Vec<u8>,
    /// The record that it names.
    pub record: Option<Vec<u8>>,
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
}

/// A change of an operation's verdict.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = verdict_change)]
pub struct VerdictChangeRow {
    /// Device.
    #[diesel(deserialize_as = Fixed<16>)]
    pub device: DeviceId,
    /// Number in its feed.
    pub seq: i64,
    /// Which change it is, from 1.
    pub number: i64,
    /// When, ms.
    pub at_ms: i64,
    /// What the operation was.
    pub was_state: i32,
    /// Why.
    pub was_code: Option<String>,
    /// What it became.
    pub state: i32,
    /// Why.
    pub code: Option<String>,
}

/// A change of who may see a record, with the member.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = visibility)]
pub struct SightChangeRow {
    /// Unit.
    pub unit: String,
    /// Place in its log.
    pub pos: i64,
    /// Who.
    pub member: Vec<u8>,
    /// What.
    pub record: Vec<u8>,
    /// Comes into sight or goes out of it.
    pub present: bool,
}

/// A posting.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = posting)]
pub struct PostingSealRow {
    /// Its number in the ledger.
    pub number: i64,
    /// Its id.
    pub id: Vec<u8>,
    /// Which ledger.
    pub ledger: String,
    /// Whose account: a volunteer's.
    pub member: Option<Vec<u8>>,
    /// Whose account: a subject's.
    pub subject: Option<Vec<u8>>,
    /// The session.
    pub session: Vec<u8>,
    /// Which entry of the session it is.
    pub round: i64,
    /// Minutes, negative in a reversal.
    pub minutes: i64,
    /// Unit.
    pub unit: String,
    /// Kind.
    pub kind: String,
    /// Day.
    pub day: String,
    /// What was approved.
    pub digest: Vec<u8>,
    /// The approval's device.
    pub approved_device: Vec<u8>,
    /// The approval's number.
    pub approved_seq: i64,
    /// When it was posted, ms.
    pub posted_ms: i64,
    /// The posting that it takes back.
    pub reverses: Option<i64>,
}
