//! Hours as they stand in answers.

use std::collections::BTreeMap;

use serde::Serialize;
use sync_protocol::id::{DeviceId, MemberId, RecordId};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ledger::drill::{Ground, Grounded};
use crate::ledger::reason::Reason;
use crate::ledger::totals::Total;
use crate::store::hours::HoursOf;
use crate::store::rows::ClaimRow;

/// Sums of the hours ledger.
#[derive(Debug, Serialize, ToSchema)]
pub struct HoursTotals {
    /// The number of the last posting that the caller may see.
    pub position: i64,
    /// A line for each ledger and whatever they are summed by.
    pub totals: Vec<HoursTotal>,
    /// There are more lines than one answer holds; ask for fewer units or days.
    pub more: bool,
}

/// A sum.
#[derive(Debug, Serialize, ToSchema)]
pub struct HoursTotal {
    /// `volunteer` or `social_service`. The two are never added together.
    pub ledger: String,
    /// A member's id, or in the ledger of social service a subject's; a unit, kind, day or month. Null: not settled yet.
    pub key: Option<String>,
    /// What is in the ledger.
    pub confirmed: Confirmed,
    /// What is claimed and not in the ledger.
    pub pending: Pending,
}

/// What is in the ledger.
#[derive(Debug, Serialize, ToSchema)]
pub struct Confirmed {
    /// Minutes.
    pub minutes: i64,
    /// Of how many postings, reversals included.
    pub postings: i64,
}

/// What is claimed and waits.
#[derive(Debug, Serialize, ToSchema)]
pub struct Pending {
    /// Minutes.
    pub minutes: i64,
    /// Of how many sessions.
    pub sessions: i64,
    /// How many of them wait for what, by the reason's code; one may wait for several things.
    pub reasons: BTreeMap<String, i64>,
}

/// A page of postings.
#[derive(Debug, Serialize, ToSchema)]
pub struct Postings {
    /// The number of the last posting that the caller may see.
    pub position: i64,
    /// In the order of their numbers.
    pub postings: Vec<PostingLine>,
    /// `after` of the next page; absent: there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Minutes put to an account, or taken back from it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostingLine {
    /// Its number in the ledger.
    pub number: i64,
    /// Its id, 32 hexadecimal digits.
    pub id: String,
    /// `volunteer` or `social_service`.
    pub ledger: String,
    /// Whose, in the volunteer ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub member: Option<MemberId>,
    /// Whose, in the ledger of social service.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub subject: Option<RecordId>,
    /// The session.
    #[schema(value_type = String, format = Uuid)]
    pub session: RecordId,
    /// 1 for the first of the session, one more after each reversal.
    pub round: i64,
    /// Minutes; negative: taken back.
    pub minutes: i64,
    /// The session's unit.
    pub unit: String,
    /// The session's kind.
    pub kind: String,
    /// The session's day in China.
    pub day: String,
    /// When it was posted, ms since 1970-01-01T00:00:00Z.
    pub posted: i64,
    /// SHA-256 of the values that were approved, hexadecimal.
    pub digest: String,
    /// The number of the entry that it takes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reverses: Option<i64>,
    /// The number of the reversal that took it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reversed_by: Option<i64>,
    /// The operation that approved it, or took it back.
    pub by: OpPlace,
    /// The operations on the session and on its attestations, as far as the caller may read these.
    pub operations: Vec<OpGround>,
    /// Where the proof is that the transparency log contains it, once it is sealed.
    pub proof: String,
}

/// An operation.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpPlace {
    /// Its device.
    #[schema(value_type = String, format = Uuid)]
    pub device: DeviceId,
    /// Its number in the device's feed.
    pub seq: i64,
}

/// An operation that hours stand on.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpGround {
    /// The record.
    #[schema(value_type = String, format = Uuid)]
    pub record: RecordId,
    /// Its kind.
    pub kind: String,
    /// The device.
    #[schema(value_type = String, format = Uuid)]
    pub device: DeviceId,
    /// Its number in the device's feed.
    pub seq: i64,
    /// SHA-256 of its bytes, hexadecimal.
    pub hash: String,
}

/// A page of claims.
#[derive(Debug, Serialize, ToSchema)]
pub struct Claims {
    /// The number of the last posting that the caller may see.
    pub position: i64,
    /// In the order of their sessions' ids.
    pub claims: Vec<ClaimLine>,
    /// `after` of the next page; absent: there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Hours that are claimed and not in the ledger.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClaimLine {
    /// The session.
    #[schema(value_type = String, format = Uuid)]
    pub session: RecordId,
    /// The ledger to which they would be posted.
    pub ledger: String,
    /// Whose they would be, in the volunteer ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub member: Option<MemberId>,
    /// Whose they would be, in the ledger of social service.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub subject: Option<RecordId>,
    /// The session's unit.
    pub unit: String,
    /// The session's kind.
    pub kind: String,
    /// The session's day in China, if it is settled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<String>,
    /// Minutes.
    pub minutes: i64,
    /// What they wait for.
    pub waits: Vec<WaitsFor>,
}

/// What claimed hours wait for.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitsFor {
    /// The stable code; `finding.` and a finding's code where one is open.
    pub code: String,
    /// The words for people, in simplified Chinese.
    pub zh: &'static str,
    /// The words for people, in English.
    pub en: &'static str,
}

impl From<((HoursOf, String), Total)> for HoursTotal {
    fn from(((of, ledger), total): ((HoursOf, String), Total)) -> HoursTotal {
        HoursTotal {
            ledger,
            key: match of {
                HoursOf::Unsettled => None,
                HoursOf::Person(id) => Uuid::from_slice(&id).ok().map(|id| id.to_string()),
                HoursOf::Word(word) => Some(word),
            },
            confirmed: Confirmed {
                minutes: total.confirmed_minutes,
                postings: total.postings,
            },
            pending: Pending {
                minutes: total.pending_minutes,
                sessions: total.claims,
                reasons: total.reasons,
            },
        }
    }
}

impl From<Ground> for OpGround {
    fn from(ground: Ground) -> OpGround {
        OpGround {
            record: ground.record,
            kind: ground.kind,
            device: ground.device,
            seq: ground.seq,
            hash: hex::encode(ground.hash),
        }
    }
}

impl From<Grounded> for PostingLine {
    fn from(
        Grounded {
            row,
            reversed_by,
            grounds,
        }: Grounded,
    ) -> PostingLine {
        PostingLine {
            number: row.number,
            id: hex::encode(row.id),
            ledger: row.ledger,
            member: row.member.map(MemberId::from),
            subject: row.subject.map(RecordId::from),
            session: row.session,
            round: row.round,
            minutes: row.minutes,
            unit: row.unit,
            kind: row.kind,
            day: row.day,
            posted: row.posted_ms,
            digest: hex::encode(row.digest),
            reverses: row.reverses,
            reversed_by,
            by: OpPlace {
                device: row.approved_device,
                seq: row.approved_seq,
            },
            operations: grounds.into_iter().map(OpGround::from).collect(),
            proof: format!("/v1/log/proof/inclusion?posting={}", row.number),
        }
    }
}

impl From<ClaimRow> for ClaimLine {
    fn from(row: ClaimRow) -> ClaimLine {
        let waits = row.reasons.split(',').filter_map(Reason::parse).map(|reason| {
            let (zh, en) = reason.words();
            WaitsFor {
                code: reason.to_string(),
                zh,
                en,
            }
        });
        ClaimLine {
            waits: waits.collect(),
            session: row.session,
            ledger: row.ledger,
            member: row.member.map(MemberId::from),
            subject: row.subject.map(RecordId::from),
            unit: row.unit,
            kind: row.kind,
            day: row.day,
            minutes: row.minutes,
        }
    }
}
