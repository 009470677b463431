//! Postings, and what is claimed and not posted.

use diesel::prelude::*;
use sync_protocol::feed::Hash;
use sync_protocol::id::{DeviceId, RecordId};

use crate::store::column::Fixed;
use crate::store::schema::{claim, posting};

/// Minutes put to an account. Columns stand in the order of the table.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = posting)]
pub struct PostingRow {
    /// Its number, from 1 without a gap.
    pub number: i64,
    /// Follows from session, round and whether it is a reversal.
    #[diesel(deserialize_as = Fixed<16>, serialize_as = Fixed<16>)]
    pub id: [u8; 16],
    /// `volunteer` or `social_service`.
    pub ledger: String,
    /// Whose, in the volunteer ledger.
    pub member: Option<Fixed<16>>,
    /// Whose, in the ledger of social service.
    pub subject: Option<Fixed<16>>,
    /// The session.
    #[diesel(deserialize_as = Fixed<16>, serialize_as = Fixed<16>)]
    pub session: RecordId,
    /// 1 for the first of the session, one more after each reversal.
    pub round: i64,
    /// Minutes, negative in a reversal.
    pub minutes: i64,
    /// The session's unit.
    pub unit: String,
    /// The session's kind.
    pub kind: String,
    /// The session's day in China, `YYYY-MM-DD`.
    pub day: String,
    /// What was approved.
    #[diesel(deserialize_as = Fixed<32>, serialize_as = Fixed<32>)]
    pub digest: Hash,
    /// The operation that approved it; of a reversal, the one that took it back.
    #[diesel(deserialize_as = Fixed<16>, serialize_as = Fixed<16>)]
    pub approved_device: DeviceId,
    /// Its number.
    pub approved_seq: i64,
    /// When it was posted, ms.
    pub posted_ms: i64,
    /// The number of the entry that it takes back.
    pub reverses: Option<i64>,
}

/// Hours that are claimed and not posted.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = claim)]
pub struct ClaimRow {
    /// The session.
    #[diesel(deserialize_as = Fixed<16>, serialize_as = Fixed<16>)]
    pub session: RecordId,
    /// The ledger to which it would be posted.
    pub ledger: String,
    /// Whose it would be, in the volunteer ledger.
    pub member: Option<Fixed<16>>,
    /// Whose it would be, in the ledger of social service.
    pub subject: Option<Fixed<16>>,
    /// The session's unit.
    pub unit: String,
    /// The session's kind.
    pub kind: String,
    /// The session's day in China, if it is settled.
    pub day: Option<String>,
    /// Minutes.
    pub minutes: i64,
    /// The codes of what it waits for, separated by commas.
    pub reasons: String,
    /// When that was found, ms.
    pub updated_ms: i64,
}
