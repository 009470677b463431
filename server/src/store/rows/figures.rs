//! Deadlines, and what the figures count.

use diesel::prelude::*;
use sync_protocol::id::{MemberId, RecordId};

use crate::store::column::Fixed;
use crate::store::schema::{deadline, fact, op, report};

/// A deadline that a record has set going. Days count from 1970-01-01, in China.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = deadline)]
pub struct DeadlineRow {
    /// The record.
    #[diesel(deserialize_as = Fixed<16>)]
    pub record: RecordId,
    /// Which deadline.
    pub code: String,
    /// The record's unit.
    pub unit: String,
    /// The record's kind.
    pub kind: String,
    /// The day that does not count.
    pub start_day: i64,
    /// The last day.
    pub due_day: i64,
    /// The day on which it was met.
    pub met_day: Option<i64>,
    /// A year without a holiday table took part.
    pub provisional: bool,
}

/// How a deadline stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Not met, and there is time left.
    Open,
    /// Met in time.
    Met,
    /// Met too late, or not met and over.
    Missed,
}

/// Which deadlines of a list are meant.
#[derive(Debug, Clone, Copy, Default)]
pub struct DeadlineQuery<'q> {
    /// Those that stand so today.
    pub standing: Option<(Standing, i64)>,
    /// Due on this day or later.
    pub from_day: Option<i64>,
    /// Due on this day or earlier.
    pub to_day: Option<i64>,
    /// After this one, in the order of due day, record and code.
    pub after: Option<(i64, &'q [u8], &'q str)>,
}

/// One thing that figures count, or that is taken back.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = fact)]
pub struct FactRow {
    /// Its place in the dense order of all of them.
    pub number: i64,
    /// The record it was told from.
    #[diesel(deserialize_as = Fixed<16>)]
    pub record: RecordId,
    /// What is counted.
    pub code: String,
    /// Where.
    pub unit: String,
    /// When it happened.
    pub day: i64,
    /// Of which sort, words joined by `|`.
    pub dim: String,
    /// The member or person that it is about.
    pub who: Option<Fixed<16>>,
    /// How much; 1 where things are counted.
    pub value: i64,
    /// 1, or -1 where an earlier row is taken back.
    pub sign: i32,
    /// When what it was told from reached the server, ms.
    pub at_ms: i64,
    /// The record's place in its unit's log then.
    pub pos: i64,
}

/// Which facts or postings are meant.
#[derive(Debug, Clone, Copy)]
pub struct FactQuery<'q> {
    /// With one of these codes; `None`: with any.
    pub codes: Option<&'q [&'q str]>,
    /// In one of these units; `None`: anywhere.
    pub units: Option<&'q [&'q str]>,
    /// First and last day.
    pub days: (i64, i64),
    /// Of numbers above the first, up to the last.
    pub numbers: (i64, i64),
    /// That came from the first moment on, before the last, ms; `None`: whenever.
    pub at: Option<(i64, i64)>,
}

/// Facts that are alike, added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SumRow {
    /// What is counted.
    pub code: String,
    /// Of which sort.
    pub dim: String,
    /// Where.
    pub unit: String,
    /// Whom it is about.
    pub who: Option<[u8; 16]>,
    /// How many.
    pub count: i64,
    /// How much.
    pub value: i64,
}

/// What an accepted operation tells of its record's way.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = op)]
pub struct WayRow {
    /// The record.
    pub record: Option<Fixed<16>>,
    /// The author.
    #[diesel(deserialize_as = Fixed<16>)]
    pub member: MemberId,
    /// Its place in the unit's log.
    pub pos: Option<i64>,
    /// First arrival, ms.
    pub arrival_ms: i64,
    /// Estimated time of writing, ms.
    pub written_ms: Option<i64>,
    /// What it did, as JSON.
    pub effect: Option<String>,
}

/// An issued monthly report.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = report)]
pub struct ReportRow {
    /// `YYYY-MM`.
    pub month: String,
    /// When it was issued, ms.
    pub issued_ms: i64,
    /// By whom.
    #[diesel(deserialize_as = Fixed<16>, serialize_as = Fixed<16>)]
    pub issued_by: MemberId,
    /// The version of the definitions.
    pub definitions: i64,
    /// Facts up to this number are in it.
    pub fact_number: i64,
    /// Postings up to this number are in it.
    pub posting_number: i64,
    /// SHA-256 of the text.
    #[diesel(deserialize_as = Fixed<32>, serialize_as = Fixed<32>)]
    pub sha256: [u8; 32],
    /// Its JSON text.
    pub body: Vec<u8>,
}
