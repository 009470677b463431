//! What is said of findings.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value as Json};
use sync_protocol::id::{DeviceId, MemberId, RecordId};
use sync_protocol::rules::{Rules, Severity};
use sync_protocol::wire::RecordView;
use utoipa::ToSchema;

use super::evidence::RecordBlob;
use super::schema;
use crate::blobs::evidence::Listed;
use crate::inbox::{Case, DAY_MS, Decided, Line, Saw};
use crate::sync::desk::OpLine;
use crate::sync::sheet::{Beside, Sheet};

/// A finding.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingLine {
    /// Its id, 32 hexadecimal digits: the same cause has the same id whenever it returns.
    id: String,
    /// What it stands on, 64 hexadecimal digits: a decision names it, and is refused when it has moved.
    basis: String,
    /// The rule that made it; `GET /v1/rules` has the wording.
    rule: &'static str,
    /// `low`, `medium` or `high`.
    #[schema(value_type = String)]
    severity: Severity,
    /// While it is open, the session's hours are not posted.
    blocks_posting: bool,
    /// Its unit; absent where it has none, or the caller no role there.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    /// The record; absent where it is about none, or the caller does not read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    record: Option<RecordId>,
    /// The record's kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    /// The other record, of a finding about two; absent where the caller does not read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    neighbour: Option<RecordId>,
    /// A record takes part that the caller does not read: somebody who reads both has to decide.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    hidden: bool,
    /// The device, of a finding about a device or one of its operations.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    device: Option<DeviceId>,
    /// The operation's number in the device's feed.
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<i64>,
    /// When it was first opened, ms since 1970-01-01T00:00:00Z.
    opened_ms: i64,
    /// Whole days since then.
    days: i64,
    /// When it was closed; absent while it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_ms: Option<i64>,
    /// `gone`: its cause is; `decided`: somebody decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_why: Option<String>,
}

impl FindingLine {
    /// A line as it is sent.
    pub fn of(rules: &Rules, line: Line, now_ms: i64) -> FindingLine {
        let rule = rules.rule(line.rule);
        FindingLine {
            id: hex::encode(line.row.id),
            basis: hex::encode(line.basis),
            rule: line.rule.code(),
            severity: rule.severity,
            blocks_posting: rule.blocks_posting,
            unit: line.unit,
            record: line.record,
            kind: line.kind,
            neighbour: line.neighbour,
            hidden: line.hidden,
            device: line.op.map(|(device, _)| device),
            seq: line.op.and_then(|(_, seq)| seq),
            opened_ms: line.row.opened_ms,
            days: now_ms.saturating_sub(line.row.opened_ms).max(0) / DAY_MS,
            closed_ms: line.row.closed_ms,
            closed_why: line.closed_why,
        }
    }
}

/// A page of findings.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingPage {
    /// The findings.
    pub findings: Vec<FindingLine>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// How many there are on all pages; on the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<FindingCounts>,
}

/// How many findings there are.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingCounts {
    /// All of them.
    pub all: i64,
    /// By rule.
    pub rules: BTreeMap<String, i64>,
    /// By unit. Those of no unit of the caller's are in none.
    pub units: BTreeMap<String, i64>,
    /// By age since they were first opened.
    pub ages: AgeCounts,
}

/// How many findings are how old.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgeCounts {
    /// Opened less than 3 days ago.
    pub under_3_days: i64,
    /// 3 to 7 days ago.
    pub under_7_days: i64,
    /// 7 to 30 days ago.
    pub under_30_days: i64,
    /// 30 days ago or earlier.
    pub older: i64,
}

/// A finding with all that is needed to decide it.
#[derive(Serialize, ToSchema)]
pub struct FindingCase {
    /// The finding.
    finding: FindingLine,
    /// What the rule saw; absent where none wrote it down, or where the caller does not read all that it looks at.
    #[serde(skip_serializing_if = "Option::is_none")]
    saw: Option<FindingSaw>,
    /// The records that take part, laid open, its own first.
    records: Vec<FindingRecord>,
    /// Further records that take part: too many to lay them open here.
    #[schema(value_type = Vec<String>)]
    further: Vec<RecordId>,
    /// The operation that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    op: Option<OpLine>,
    /// Earlier decisions about it, the latest first.
    decisions: Vec<FindingDecision>,
}

/// What a rule saw.
#[derive(Serialize, ToSchema)]
pub struct FindingSaw {
    /// Figures; empty where a record takes part that the caller does not read.
    #[schema(value_type = Object)]
    figures: Map<String, Json>,
    /// The limits that applied.
    #[schema(value_type = Object)]
    limits: Map<String, Json>,
    /// What it saw of each record that the caller reads, by the record's id.
    #[schema(value_type = Object)]
    sides: BTreeMap<RecordId, Json>,
}

/// A record that takes part.
#[derive(Serialize, ToSchema)]
pub struct FindingRecord {
    /// The record as a pull shows it, with the proposals that wait.
    #[schema(value_type = schema::RecordView)]
    record: RecordView,
    /// The values that stand beside each other, each with the operation that wrote it.
    beside: Vec<Beside>,
    /// Its photos, voice notes and documents.
    photos: Vec<RecordBlob>,
    /// Its latest operations, in the order of the log.
    history: Vec<OpLine>,
    /// There are earlier ones: `GET /v1/records/{id}/history`.
    more_history: bool,
}

/// An earlier decision.
#[derive(Serialize, ToSchema)]
pub struct FindingDecision {
    /// The operation: its device.
    #[schema(value_type = String, format = Uuid)]
    device: DeviceId,
    /// Its number.
    seq: u64,
    /// Who decided.
    #[schema(value_type = String, format = Uuid)]
    by: MemberId,
    /// When, ms since 1970-01-01T00:00:00Z.
    at: i64,
    /// How: `keep_one`, `merge_fields`, `keep_both`, `link`, `return`, `void`, `reissue` or `dismiss`.
    conclusion: String,
    /// Why; absent where the caller does not read the record on which it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Whether the finding still stands on what was decided on.
    stands: bool,
}

impl FindingCase {
    /// A case as it is sent.
    pub fn of(rules: &Rules, case: Case, now_ms: i64) -> FindingCase {
        let basis = case.line.basis;
        FindingCase {
            saw: case.saw.map(FindingSaw::from),
            records: case.sheets.into_iter().map(FindingRecord::from).collect(),
            further: case.further,
            op: case.op,
            decisions: case.decisions.into_iter().map(|made| decision(made, &basis)).collect(),
            finding: FindingLine::of(rules, case.line, now_ms),
        }
    }
}

impl From<Saw> for FindingSaw {
    fn from(saw: Saw) -> FindingSaw {
        FindingSaw {
            figures: saw.figures,
            limits: saw.limits,
            sides: saw.sides,
        }
    }
}

impl From<(Sheet, Vec<Listed>)> for FindingRecord {
    fn from((sheet, photos): (Sheet, Vec<Listed>)) -> FindingRecord {
        FindingRecord {
            record: sheet.view,
            beside: sheet.beside,
            photos: photos.into_iter().map(RecordBlob::from).collect(),
            history: sheet.history,
            more_history: sheet.more,
        }
    }
}

fn decision(made: Decided, basis: &[u8; 32]) -> FindingDecision {
    FindingDecision {
        device: made.device,
        seq: made.seq,
        by: made.by,
        at: made.at_ms,
        conclusion: made.conclusion,
        reason: made.reason,
        stands: made.basis == *basis,
    }
}
