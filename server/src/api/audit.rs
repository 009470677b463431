//! The journal and the access log, for auditors.

use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::blocking;
use super::caller::Caller;
use super::params::Query;
use super::problem::{Problem, ProblemBody, ProblemCode};
use crate::accounts::audit;
use crate::app::App;
use crate::store::rows::{AccessRow, JournalRow};

/// Where a page begins and how long it is.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct After {
    /// The id after which the page begins; absent: the first entry.
    #[serde(default)]
    #[param(value_type = String, format = Uuid, required = false)]
    after: Option<String>,
    /// Most entries, 1 to 500; absent: 100. Fewer or more are taken as the nearest.
    #[serde(default)]
    #[param(value_type = i64, required = false)]
    limit: Option<i64>,
}

impl After {
    fn id(&self) -> Result<[u8; 16], Problem> {
        match &self.after {
            None => Ok([0; 16]),
            Some(text) => Uuid::try_parse(text)
                .map(Uuid::into_bytes)
                .map_err(|_| Problem::with(ProblemCode::RequestInvalid, "after: the id of an entry")),
        }
    }

    fn limit(&self) -> i64 {
        self.limit.unwrap_or(100).clamp(1, audit::PAGE)
    }
}

/// A change of accounts, appointments or devices.
#[derive(Serialize, ToSchema)]
pub struct JournalEntry {
    /// Id; in order of time.
    #[schema(value_type = String, format = Uuid)]
    id: Uuid,
    /// When, ms since 1970-01-01T00:00:00Z.
    at_ms: i64,
    /// The member who did it; null: the command line or the server.
    #[schema(value_type = Option<String>, format = Uuid)]
    actor: Option<Uuid>,
    /// What happened: a stable code.
    event: String,
    /// To what: an id or a code.
    subject: String,
    /// More.
    #[schema(value_type = Object)]
    detail: serde_json::Value,
}

impl From<JournalRow> for JournalEntry {
    fn from(row: JournalRow) -> JournalEntry {
        JournalEntry {
            id: Uuid::from_bytes(row.id),
            at_ms: row.at_ms,
            actor: row.actor.map(|a| Uuid::from_bytes(a.0)),
            event: row.event,
            subject: row.subject,
            detail: serde_json::from_str(&row.detail).unwrap_or(serde_json::Value::String(row.detail)),
        }
    }
}

/// A reading of sensitive fields, or an export.
#[derive(Serialize, ToSchema)]
pub struct AccessEntry {
    /// Id; in order of time.
    #[schema(value_type = String, format = Uuid)]
    id: Uuid,
    /// When, ms since 1970-01-01T00:00:00Z.
    at_ms: i64,
    /// Who read.
    #[schema(value_type = String, format = Uuid)]
    member: Uuid,
    /// With which device.
    #[schema(value_type = Option<String>, format = Uuid)]
    device: Option<Uuid>,
    /// Of which unit.
    unit: String,
    /// Which kind of record.
    kind: String,
    /// Which fields.
    fields: Vec<String>,
    /// How many records; of an export, how many rows.
    records: i64,
    /// Of an export: what for.
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<String>,
}

impl From<(AccessRow, Option<String>)> for AccessEntry {
    fn from((row, purpose): (AccessRow, Option<String>)) -> AccessEntry {
        AccessEntry {
            id: Uuid::from_bytes(row.id),
            at_ms: row.at_ms,
            member: row.member.into(),
            device: row.device.map(|d| Uuid::from_bytes(d.0)),
            unit: row.unit,
            kind: row.kind,
            fields: row
                .fields
                .split(',')
                .filter(|f| !f.is_empty())
                .map(str::to_owned)
                .collect(),
            records: row.records,
            purpose,
        }
    }
}

/// The journal, the oldest entry first.
#[utoipa::path(tag = "audit", security(("token" = [])), params(After), responses(
    (status = 200, description = "A page; ask again after its last id until it is empty", body = Vec<JournalEntry>),
    (status = 403, description = "forbidden", body = ProblemBody, content_type = "application/problem+json"),
))]
#[get("/v1/journal")]
pub async fn journal(
    app: web::Data<App>,
    caller: Caller,
    Query(from): Query<After>,
) -> Result<web::Json<Vec<JournalEntry>>, Problem> {
    let (after, limit) = (from.id()?, from.limit());
    let rows = blocking::run(&app, move |app| audit::journal(app, caller.member, &after, limit)).await?;
    Ok(web::Json(rows.into_iter().map(JournalEntry::from).collect()))
}

/// The access log, the oldest entry first.
#[utoipa::path(tag = "audit", security(("token" = [])), params(After), responses(
    (status = 200, description = "A page; ask again after its last id until it is empty", body = Vec<AccessEntry>),
    (status = 403, description = "forbidden", body = ProblemBody, content_type = "application/problem+json"),
))]
#[get("/v1/access-log")]
pub async fn access_log(
    app: web::Data<App>,
    caller: Caller,
    Query(from): Query<After>,
) -> Result<web::Json<Vec<AccessEntry>>, Problem> {
    let (after, limit) = (from.id()?, from.limit());
    let rows = blocking::run(&app, move |app| audit::access_log(app, caller.member, &after, limit)).await?;
    Ok(web::Json(rows.into_iter().map(AccessEntry::from).collect()))
}
