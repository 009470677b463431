//! The draw of observers.

use actix_web::web::{self, Path};
use actix_web::{HttpResponse, get, post};
use serde::Deserialize;
use sync_protocol::id::RecordId;
use utoipa::ToSchema;
use uuid::Uuid;

use super::blocking;
use super::body::Json;
use super::caller::Caller;
use super::problem::{Problem, ProblemBody, ProblemCode};
use super::sync;
use crate::app::App;
use crate::draw::{self, DrawError, Maker, Shown};
use crate::sync::SyncError;
use crate::sync::desk::Looker;

impl From<DrawError> for Problem {
    fn from(error: DrawError) -> Problem {
        let detail = error.to_string();
        let code = match error {
            DrawError::NotFound | DrawError::Sync(SyncError::NotFound) => ProblemCode::NotFound,
            DrawError::NotRequest => ProblemCode::DrawNotRequest,
            DrawError::NotOpen => ProblemCode::DrawNotOpen,
            DrawError::Forbidden => ProblemCode::Forbidden,
            DrawError::ReasonMissing => ProblemCode::DrawReasonMissing,
            DrawError::CheckpointUnknown => ProblemCode::DrawCheckpointUnknown,
            DrawError::CheckpointAge => ProblemCode::DrawCheckpointAge,
            DrawError::Exists => ProblemCode::DrawExists,
            DrawError::PoolSmall => ProblemCode::DrawPoolSmall,
            DrawError::ExclusionsMany => ProblemCode::DrawExclusionsMany,
            DrawError::Sync(error) => return error.into(),
            DrawError::Store(error) => return error.into(),
        };
        Problem::with(code, detail)
    }
}

/// Which request to draw for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DrawRequest {
    /// The record that asks, of the kind `observer_draw`.
    record: Uuid,
}

/// A draw with everything that it was made from. docs/PROTOCOL.md, section 13, says how it is worked out again.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the shape of `sync_protocol::draw::Proof`")]
pub struct DrawProof {
    /// The record that asked for it; its id is the draw's.
    #[schema(format = Uuid)]
    record: String,
    /// The arrangement to be observed.
    #[schema(format = Uuid)]
    order: String,
    /// Which draw for it this is, from 1.
    number: u64,
    /// The unit whose volunteers stand on the roster.
    pool: String,
    /// The operation that asked.
    request: DrawAsked,
    /// The signed checkpoint that it names.
    checkpoint: String,
    /// The server's signature over the request, base64url without padding.
    beacon: String,
    /// The key of that signature, base64url without padding: the receipts' key of `GET /v1/config`.
    public_key: String,
    /// Everybody who might have been drawn, and why some were not.
    roster: String,
    /// When it was worked out, ms since 1970-01-01T00:00:00Z.
    drawn_ms: i64,
    /// What came out.
    drawn: DrawResult,
}

/// The operation that asked for a draw.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a shape, never a value")]
pub struct DrawAsked {
    /// Its device.
    #[schema(format = Uuid)]
    device: String,
    /// Its number.
    seq: u64,
    /// Its text.
    text: String,
    /// When it arrived, ms since 1970-01-01T00:00:00Z.
    arrival: i64,
}

/// What came out of a draw.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a shape, never a value")]
pub struct DrawResult {
    /// SHA-256 of the roster's text, hexadecimal.
    roster_hash: String,
    /// How many could be drawn.
    pool_size: u64,
    /// The seed, hexadecimal.
    seed: String,
    /// Who observes: two members.
    observers: Vec<String>,
    /// Who takes an observer's place, in this order: up to two members.
    substitutes: Vec<String>,
}

/// Draw two observers and two substitutes for a request that was pushed. A second call answers the same draw.
#[utoipa::path(tag = "draws", security(("token" = [])), request_body = DrawRequest,
    responses(
        (status = 200, description = "The draw with everything that it was made from", body = DrawProof),
        (status = 403, description = "forbidden, push_only", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "draw_not_open, draw_checkpoint_age, draw_exists, draw_pool_small, draw_exclusions_many", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "draw_not_request, draw_reason_missing, draw_checkpoint_unknown", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[post("/v1/draws")]
pub async fn draw_observers(
    app: web::Data<App>,
    caller: Caller,
    body: Json<DrawRequest>,
) -> Result<HttpResponse, Problem> {
    let id = RecordId::from(body.0.record);
    let shown = blocking::run(&app, move |app| {
        let now_ms = app.now_ms();
        app.store.write(|db| {
            let scope = sync::scope_of(app, db, caller, now_ms)?;
            let looker = Looker {
                catalog: &app.catalog,
                member: caller.member,
                scope: &scope,
            };
            let grid = app.grid.get(db, now_ms)?;
            let maker = Maker {
                looker,
                grid: &grid,
                key: &app.keys.receipt,
                now_ms,
            };
            draw::make(db, maker, id)
        })
    })
    .await?;
    answer(&app, shown).await
}

/// A draw with everything that it was made from, for whoever reads whom it excluded.
#[utoipa::path(tag = "draws", security(("token" = [])),
    params(("id" = Uuid, Path, description = "The record that asked for it")),
    responses(
        (status = 200, description = "The draw", body = DrawProof),
        (status = 403, description = "push_only", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[get("/v1/draws/{id}")]
pub async fn one_draw(app: web::Data<App>, caller: Caller, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let id = RecordId::from(*id);
    let now_ms = app.now_ms();
    let shown = sync::look(&app, caller, move |db, looker| Ok(draw::find(db, looker, id, now_ms))).await??;
    answer(&app, shown).await
}

async fn answer(app: &web::Data<App>, shown: Shown) -> Result<HttpResponse, Problem> {
    sync::note(app, shown.reading).await?;
    Ok(HttpResponse::Ok().json(shown.proof))
}
