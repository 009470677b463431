//! What waits for people: the list of findings, each of them, and the rules that make them.

use std::collections::BTreeMap;

use actix_web::web::{self, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use sync_protocol::id::{RecordId, UnitCode};
use sync_protocol::rules::{RuleCode, Severity};
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::caller::Caller;
use super::finding_shapes::{AgeCounts, FindingCase, FindingCounts, FindingLine, FindingPage};
use super::params::Query;
use super::problem::{Problem, ProblemBody, ProblemCode};
use super::reference::cached;
use super::sync;
use crate::app::App;
use crate::inbox::{self, Asked, Counts, Page, Standing};
use crate::sync::SyncError;

/// How a finding stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingState {
    /// It waits for somebody.
    #[default]
    Open,
    /// It is closed, by itself or by a decision.
    Closed,
    /// It is closed, and somebody decided about it.
    Decided,
}

impl From<FindingState> for Standing {
    fn from(state: FindingState) -> Standing {
        match state {
            FindingState::Open => Standing::Open,
            FindingState::Closed => Standing::Closed,
            FindingState::Decided => Standing::Decided,
        }
    }
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HowMuch {
    /// Worth a look.
    Low,
    /// To be looked at soon.
    Medium,
    /// Somebody's hours or rights hang on it.
    High,
}

impl From<HowMuch> for Severity {
    fn from(severity: HowMuch) -> Severity {
        match severity {
            HowMuch::Low => Severity::Low,
            HowMuch::Medium => Severity::Medium,
            HowMuch::High => Severity::High,
        }
    }
}

/// The codes of rules, as the description of the API lists them.
fn rule_codes() -> Object {
    let codes = RuleCode::ALL.iter().map(|rule| rule.code());
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(codes))
        .build()
}

/// Which findings to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FindingParams {
    /// How they stand; absent: those that are open.
    #[param(inline, required = false)]
    state: Option<FindingState>,
    /// Of this rule only.
    #[param(schema_with = rule_codes, required = false)]
    rule: Option<String>,
    /// Of rules that matter so much only.
    #[param(inline, required = false)]
    severity: Option<HowMuch>,
    /// Of this unit and those below it only.
    #[param(value_type = String, required = false, pattern = "^[0-9]{12}$")]
    unit: Option<String>,
    /// Of records of this kind only.
    #[param(value_type = String, required = false)]
    kind: Option<String>,
    /// Of this record only.
    #[param(value_type = String, required = false, format = Uuid)]
    record: Option<Uuid>,
    /// Opened at least so many days ago.
    #[param(value_type = u16, required = false, maximum = 65535)]
    days: Option<u16>,
    /// Only of records that the caller created or is assigned to.
    #[param(value_type = bool, required = false)]
    mine: Option<bool>,
    /// `next` of the page before.
    #[param(value_type = String, required = false, pattern = r"^[0-9]{1,15}\.[0-9a-f]{32}$")]
    after: Option<String>,
    /// Most lines, 1 to 200; absent: 100. More are taken as the nearest.
    #[param(value_type = u16, required = false, maximum = 65535)]
    limit: Option<u16>,
}

/// Findings that the caller may see: open ones the oldest first, closed ones the latest first.
///
/// Who reads a record sees its findings; what was refused and which devices are in doubt is shown at the desk. A finding
/// about two records is shown to who reads one of them. What was pushed a moment ago may take a second to show.
#[utoipa::path(operation_id = "findings", tag = "findings", security(("token" = [])), params(FindingParams), responses(
    (status = 200, description = "A page of the list; the first has the counts", body = FindingPage),
    (status = 400, description = "request_invalid", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "push_only", body = ProblemBody, content_type = "application/problem+json"),
))]
#[get("/v1/findings")]
pub async fn list_findings(
    app: web::Data<App>,
    caller: Caller,
    Query(params): Query<FindingParams>,
) -> Result<HttpResponse, Problem> {
    let unit = params.unit.as_deref().map(str::parse::<UnitCode>).transpose();
    let unit = unit.map_err(|_| invalid("unit: the 12 digits of a unit's code"))?;
    let rule = match &params.rule {
        None => None,
        Some(code) => Some(RuleCode::parse(code).ok_or_else(|| invalid("rule: a code of GET /v1/rules"))?),
    };
    let state = params.state.unwrap_or_default();
    let asked = Asked {
        standing: state.into(),
        rule,
        severity: params.severity.map(Severity::from),
        units: None,
        kind: params.kind,
        record: params.record.map(RecordId::from),
        days: params.days.map(u32::from),
        mine: params.mine.unwrap_or(false),
        after: params.after.as_deref().map(after).transpose()?,
        limit: params.limit.unwrap_or(100).into(),
    };
    let now_ms = app.now_ms();
    let parts = web::Data::clone(&app);
    let page = sync::look(&app, caller, move |db, looker| {
        let units = match unit {
            Some(unit) => Some(parts.grid.get(db, now_ms)?.covered(&unit)),
            None => None,
        };
        let asked = Asked { units, ..asked };
        inbox::list(db, &parts.rules, looker, &asked, now_ms)
    })
    .await?;
    Ok(HttpResponse::Ok().json(shown(&app, page, now_ms)))
}

fn shown(app: &App, page: Page, now_ms: i64) -> FindingPage {
    let next = page.next.map(|(at, id)| format!("{at}.{}", hex::encode(id)));
    let line = |line| FindingLine::of(&app.rules, line, now_ms);
    FindingPage {
        findings: page.lines.into_iter().map(line).collect(),
        next,
        counts: page.counts.map(counts),
    }
}

fn counts(counts: Counts) -> FindingCounts {
    let [under_3_days, under_7_days, under_30_days, older] = counts.ages;
    FindingCounts {
        all: counts.all,
        rules: counts.rules,
        units: counts.units,
        ages: AgeCounts {
            under_3_days,
            under_7_days,
            under_30_days,
            older,
        },
    }
}

/// A finding with all that is needed to decide it.
///
/// Its records are laid open as far as the caller reads them: the values that stand beside each other with who wrote
/// each, with which device, when, where and having seen what; the photos; the history. What it discloses of sensitive
/// fields is written down in the access log.
#[utoipa::path(operation_id = "finding", tag = "findings", security(("token" = [])),
    params(("id" = String, Path, description = "The finding", pattern = "^[0-9a-f]{32}$")),
    responses(
        (status = 200, description = "The finding", body = FindingCase),
        (status = 403, description = "push_only", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found: no such finding, or not for this caller", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[get("/v1/findings/{id}")]
pub async fn one_finding(app: web::Data<App>, caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = digits(&id).ok_or_else(|| Problem::new(ProblemCode::NotFound))?;
    let now_ms = app.now_ms();
    let parts = web::Data::clone(&app);
    let mut case = sync::look(&app, caller, move |db, looker| {
        inbox::open(db, &parts.rules, looker, id, now_ms)
    })
    .await?;
    sync::note(&app, std::mem::take(&mut case.readings)).await?;
    Ok(HttpResponse::Ok().json(FindingCase::of(&app.rules, case, now_ms)))
}

/// The rules that make findings: their wording, how much they matter, and their limits with the dates from which they
/// are in force.
#[utoipa::path(operation_id = "rules", tag = "findings", security(("token" = [])), responses(
    (status = 200, description = "The rules", body = RuleBook, headers(("etag" = String))),
    (status = 304, description = "They are the ones that If-None-Match names"),
    (status = 403, description = "push_only", body = ProblemBody, content_type = "application/problem+json"),
))]
#[get("/v1/rules")]
pub async fn rule_book(app: web::Data<App>, _: Caller, request: HttpRequest) -> HttpResponse {
    let (body, sha256) = app.rules.to_json();
    let etag = format!("\"{}\"", hex::encode(sha256));
    cached(request.headers(), &etag, || body.to_owned())
}

/// The rules as they are served.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a shape, never a value")]
pub struct RuleBook {
    /// Each rule by its code: `name` and `about` in zh-Hans and en, `severity`, `blocks_posting`, `limits`.
    rule: BTreeMap<String, serde_json::Map<String, serde_json::Value>>,
    /// Of each kind which fields the rules look at.
    facts: BTreeMap<String, serde_json::Map<String, serde_json::Value>>,
}

/// Reads where a page begins.
fn after(text: &str) -> Result<(i64, [u8; 16]), Problem> {
    text.split_once('.')
        .and_then(|(at, id)| Some((at.parse().ok()?, digits(id)?)))
        .ok_or_else(|| invalid("after: `next` of the page before"))
}

fn digits(text: &str) -> Option<[u8; 16]> {
    hex::decode(text).ok()?.try_into().ok()
}

fn invalid(what: &str) -> Problem {
    SyncError::Malformed(what.to_owned()).into()
}
