//! What an evaluation form is drafted from.

use diesel::prelude::*;
use sync_protocol::feed::Hash;
use sync_protocol::id::RecordId;

use crate::store::column::Fixed;
use crate::store::schema::posting;

/// A posting of a session.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = posting)]
pub struct StandingRow {
    /// Its number in the ledger.
    pub number: i64,
    /// Whose account.
    pub subject: Option<Fixed<16>>,
    /// The session.
    #[diesel(deserialize_as = Fixed<16>)]
    pub session: RecordId,
    /// Which entry of the session it is.
    pub round: i64,
    /// Minutes, negative in a reversal.
    pub minutes: i64,
    /// The day of the service.
    pub day: String,
    /// What was approved.
    #[diesel(deserialize_as = Fixed<32>)]
    pub digest: Hash,
    /// The posting that it takes back.
    pub reverses: Option<i64>,
}
