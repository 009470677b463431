//! The one write path, and reading what it made.

use std::collections::BTreeSet;

use actix_web::web::{self, Bytes, Path};
use actix_web::{HttpResponse, get, post};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use sync_protocol::id::{DeviceId, RecordId, Seq, UnitCode};
use sync_protocol::verdict::Fate;
use sync_protocol::wire::{Head, SyncAnswer};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::blocking;
use super::body::Inflated;
use super::caller::{Caller, PushCaller};
use super::params::Query;
use super::problem::{Problem, ProblemBody, ProblemCode};
use super::schema;
use crate::accounts::scope::{self, Scope};
use crate::app::App;
use crate::metrics::Metrics;
use crate::query;
use crate::store::Db;
use crate::store::rows::AccessRow;
use crate::sync::SyncError;
use crate::sync::committer::{Done, Work};
use crate::sync::desk::{self, Looker, OpLine};
use crate::sync::events::Hint;
use crate::sync::release::Release;

/// When to come back after 503, ms.
const COME_BACK_MS: u64 = 1_000;

impl From<SyncError> for Problem {
    fn from(error: SyncError) -> Problem {
        let detail = error.to_string();
        let head = |problem: Problem, head: &Head| {
            problem
                .member("expected_seq", head.seq + 1)
                .member("expected_hash", hex::encode(head.hash))
        };
        match &error {
            SyncError::Malformed(_) => Problem::with(ProblemCode::RequestInvalid, detail),
            SyncError::TooManyOps(limit) => Problem::with(ProblemCode::TooManyOps, detail).member("limit", *limit),
            SyncError::TooManyUnits(limit) => Problem::with(ProblemCode::TooManyUnits, detail).member("limit", *limit),
            SyncError::DeviceUnknown => Problem::with(ProblemCode::DeviceUnknown, detail),
            SyncError::DeviceNotYours => Problem::with(ProblemCode::DeviceNotYours, detail),
            SyncError::DeviceRevoked => Problem::with(ProblemCode::DeviceRevoked, detail),
            SyncError::BadSignature => Problem::with(ProblemCode::BadSignature, detail),
            SyncError::Gap(at) => head(Problem::with(ProblemCode::Gap, detail), at),
            SyncError::Forked(at) => server_head(Problem::with(ProblemCode::Forked, detail), at),
            SyncError::FeedClosed(at) => server_head(Problem::with(ProblemCode::FeedClosed, detail), at),
            SyncError::CursorForged => Problem::with(ProblemCode::CursorForged, detail),
            SyncError::PushOnly => Problem::new(ProblemCode::PushOnly),
            SyncError::Forbidden => Problem::new(ProblemCode::Forbidden),
            SyncError::NotFound => Problem::new(ProblemCode::NotFound),
            SyncError::OtherPerson => Problem::with(ProblemCode::FormOtherPerson, detail),
            SyncError::NotHeld => Problem::with(ProblemCode::NotHeld, detail),
            SyncError::Busy | SyncError::Stopping => Problem::with(ProblemCode::Busy, detail).retry_after(COME_BACK_MS),
            SyncError::Slow => Problem::with(ProblemCode::Unavailable, detail).retry_after(COME_BACK_MS),
            SyncError::Internal => Problem::new(ProblemCode::Internal),
            SyncError::Store(store) => (*store).into(),
        }
    }
}

fn server_head(problem: Problem, head: &Head) -> Problem {
    let value = serde_json::json!({ "seq": head.seq, "hash": hex::encode(head.hash) });
    problem.member("server_head", value)
}

/// Push what is pending, learn verdicts, pull what is new. See docs/PROTOCOL.md.
#[utoipa::path(tag = "sync", security(("token" = [])),
    request_body(content = schema::SyncRequest, description = "May travel as gzip or zstd (Content-Encoding)"),
    responses(
        (status = 200, description = "Everything was stored; each operation has a verdict", body = schema::SyncAnswer),
        (status = 400, description = "request_invalid, bad_signature, cursor_forged", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "device_not_yours, device_revoked, push_only", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "device_unknown", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "gap, forked, feed_closed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "body_too_large, inflate_limit, too_many_ops, too_many_units", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "encoding_unsupported", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "too_many_requests", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "busy, unavailable", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[post("/v1/sync")]
pub async fn sync(app: web::Data<App>, caller: PushCaller, body: Inflated) -> Result<HttpResponse, Problem> {
    let answer = app.sync.sync(caller.member, caller.push_only, body.0).await?;
    count(&app.metrics, &answer);
    Ok(HttpResponse::Ok().json(answer))
}

/// Counts what came for the first time.
fn count(metrics: &Metrics, answer: &SyncAnswer) {
    for (fate, name) in [
        (Fate::Accepted, "accepted"),
        (Fate::Held, "held"),
        (Fate::Quarantined, "quarantined"),
    ] {
        let new = answer
            .verdicts
            .iter()
            .filter(|line| line.fate == fate && !line.repeat)
            .count();
        if new > 0 {
            metrics.operations.with_label_values(&[name]).inc_by(new as u64);
        }
    }
}

/// The caller's roles, unit by unit, by the appointments active now.
pub(super) fn scope_of(app: &App, db: &mut Db<'_>, caller: Caller, now_ms: i64) -> Result<Scope, SyncError> {
    let appointments = query!(db, appointments::of_member(caller.member))?;
    let grid = app.grid.get(db, now_ms)?;
    Ok(scope::scope(&grid, &appointments, now_ms))
}

/// Runs a reading by the caller's roles on one snapshot.
pub(super) async fn look<T: Send + 'static>(
    app: &web::Data<App>,
    caller: Caller,
    work: impl FnOnce(&mut Db<'_>, Looker<'_>) -> Result<T, SyncError> + Send + 'static,
) -> Result<T, Problem> {
    blocking::run(app, move |app| {
        let now_ms = app.now_ms();
        app.store.read(|db| {
            let scope = scope_of(app, db, caller, now_ms)?;
            work(
                db,
                Looker {
                    catalog: &app.catalog,
                    member: caller.member,
                    scope: &scope,
                },
            )
        })
    })
    .await
}

/// Writes down what was read of sensitive fields, before it is sent.
pub(super) async fn note(app: &App, readings: impl IntoIterator<Item = AccessRow>) -> Result<(), Problem> {
    let readings: Vec<AccessRow> = readings.into_iter().collect();
    if !readings.is_empty() {
        app.sync.committer().commit(Work::Readings(readings)).await?;
    }
    Ok(())
}

/// A list of operations.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpList {
    /// The operations.
    pub ops: Vec<OpLine>,
}

/// A record's operations in the order of the log, fields left out that the caller may not read.
#[utoipa::path(tag = "sync", security(("token" = [])), params(("id" = Uuid, Path, description = "The record")),
    responses(
        (status = 200, description = "Its history", body = OpList),
        (status = 403, description = "push_only", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found: no such record, or not for this caller", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[get("/v1/records/{id}/history")]
pub async fn history(app: web::Data<App>, caller: Caller, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let record = RecordId::from(id.into_inner());
    let ops = look(&app, caller, move |db, looker| desk::history(db, looker, record)).await?;
    Ok(HttpResponse::Ok().json(OpList { ops }))
}

/// The fates of operations that are listed.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "a shape, never a value")]
enum RefusedFate {
    Held,
    Quarantined,
}

/// Which refused operations to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RefusedQuery {
    /// `held` or `quarantined`.
    #[param(inline, value_type = RefusedFate)]
    pub fate: Fate,
    /// Only those that arrived before this time, milliseconds since 1970; for the next page.
    #[param(value_type = i64, required = false)]
    pub before: Option<i64>,
}

/// What is held or quarantined in the units where the caller sits at the desk, the newest first.
#[utoipa::path(tag = "sync", security(("token" = [])), params(RefusedQuery),
    responses(
        (status = 200, description = "About 200; whole moments of arrival, so that `before` loses none", body = OpList),
        (status = 400, description = "request_invalid", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "forbidden", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[get("/v1/ops")]
pub async fn refused(
    app: web::Data<App>,
    caller: Caller,
    Query(query): Query<RefusedQuery>,
) -> Result<HttpResponse, Problem> {
    let RefusedQuery { fate, before } = query;
    let before = before.unwrap_or(i64::MAX);
    let ops = look(&app, caller, move |db, looker| desk::refused(db, looker, fate, before)).await?;
    Ok(HttpResponse::Ok().json(OpList { ops }))
}

/// What became of a release.
#[derive(Debug, Serialize, ToSchema)]
pub struct Released {
    /// Whether the operation has a final verdict now.
    pub released: bool,
}

/// Lets a held operation go, what it saw and does not exist being cut from its `seen`.
#[utoipa::path(tag = "sync", security(("token" = [])),
    params(("device" = Uuid, Path, description = "Its device"), ("seq" = u64, Path, description = "Its number")),
    responses(
        (status = 200, description = "It was judged again", body = Released),
        (status = 404, description = "not_found", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "not_held", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[post("/v1/ops/{device}/{seq}/release")]
pub async fn release(app: web::Data<App>, caller: Caller, path: Path<(Uuid, Seq)>) -> Result<HttpResponse, Problem> {
    let (device, seq) = path.into_inner();
    let device = DeviceId::from(device);
    look(&app, caller, move |db, looker| {
        desk::may_release(db, looker, device, seq)
    })
    .await?;
    let work = Work::Release(Release {
        ops: vec![(device, seq)],
        cut: true,
    });
    let released = matches!(app.sync.committer().commit(work).await?, Done::Released(n) if n > 0);
    Ok(HttpResponse::Ok().json(Released { released }))
}

/// Which part of a chain.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChainQuery {
    /// First number.
    pub from: Seq,
    /// Last number; at most 200 come at once.
    pub to: Seq,
}

/// A part of a feed's chain.
#[derive(Debug, Serialize, ToSchema)]
pub struct Chain {
    /// Number and chain hash of each operation.
    #[schema(value_type = Vec<schema::Head>)]
    pub chain: Vec<Head>,
}

/// The stored chain hashes of one's own device: for finding where two histories part.
#[utoipa::path(tag = "devices", security(("token" = [])),
    params(("id" = Uuid, Path, description = "The device"), ChainQuery),
    responses(
        (status = 200, description = "The hashes", body = Chain),
        (status = 400, description = "request_invalid", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "device_not_yours", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "device_unknown", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[get("/v1/devices/{id}/chain")]
pub async fn chain(
    app: web::Data<App>,
    caller: PushCaller,
    id: Path<Uuid>,
    Query(query): Query<ChainQuery>,
) -> Result<HttpResponse, Problem> {
    let device = DeviceId::from(id.into_inner());
    let ChainQuery { from, to } = query;
    let chain = blocking::run(&app, move |app| {
        app.store.read(|db| desk::chain(db, caller.member, device, from, to))
    })
    .await?;
    Ok(HttpResponse::Ok().json(Chain { chain }))
}

/// Server-sent events (HTML Living Standard, section 9.2): `event: unit`, `data: {"unit": …, "pos": …}` when a
/// unit of the caller's scope has moved, `event: all` when some moves were missed. A hint only.
#[utoipa::path(tag = "sync", security(("token" = [])),
    responses(
        (status = 200, description = "A stream that ends when the access token does", body = String, content_type = "text/event-stream"),
        (status = 403, description = "push_only", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[get("/v1/events")]
pub async fn events(app: web::Data<App>, caller: Caller) -> Result<HttpResponse, Problem> {
    let scope = look(&app, caller, |_, looker| {
        Ok(looker.scope.keys().cloned().collect::<BTreeSet<UnitCode>>())
    })
    .await?;
    let moves = app.sync.events().listen(scope);
    let interval = std::time::Duration::from_secs(app.settings.events_interval_secs);
    let ends = tokio::time::Instant::now() + std::time::Duration::from_secs(app.settings.access_token_secs);
    let hello = Bytes::from_static(b": wuyuan\n\n");
    let first = stream::once(async move { Ok::<Bytes, std::convert::Infallible>(hello) });
    let rest = stream::unfold(moves, move |mut moves| async move {
        let waited = tokio::time::timeout(
            interval.min(ends.saturating_duration_since(tokio::time::Instant::now())),
            moves.next(),
        );
        let text = match waited.await {
            Err(_) if tokio::time::Instant::now() >= ends => return None,
            Err(_) => ": alive\n\n".to_owned(),
            Ok(None) => return None,
            Ok(Some(Hint::Missed)) => "event: all\ndata: {}\n\n".to_owned(),
            Ok(Some(Hint::Moved(unit, pos))) => {
                format!("event: unit\ndata: {{\"unit\":\"{unit}\",\"pos\":{pos}}}\n\n")
            }
        };
        Some((Ok(Bytes::from(text)), moves))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream; charset=utf-8")
        // Compression would hold events back.
        .insert_header(("content-encoding", "identity"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(stream::StreamExt::chain(first, rest)))
}
