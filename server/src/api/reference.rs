//! What a client needs to know beforehand: the configuration, the catalogue, the directory.

use actix_web::http::header::{CACHE_CONTROL, ETAG, HeaderMap, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Serialize;
use sha2::{Digest, Sha256};
use sync_protocol::feed;
use sync_protocol::limits::Limits;
use utoipa::ToSchema;

use super::blocking;
use super::caller::Caller;
use super::conditional;
use super::problem::{Problem, ProblemBody, ProblemCode};
use super::schema;
use crate::app::App;
use crate::blobs::media;
use crate::directory::listing::{self, Directory};
use crate::log::sign;

/// What this server is and allows.
#[derive(Serialize, ToSchema)]
pub struct Config {
    /// The random name of this server's history. Another one than last time: the server was restored.
    generation: String,
    /// The server's clock, ms since 1970-01-01T00:00:00Z.
    server_time: i64,
    /// The newest catalogue version.
    catalog: u32,
    /// Every limit; bytes of a body count after inflation unless the name says otherwise.
    #[schema(value_type = schema::Limits)]
    limits: Limits,
    /// Media types of blobs that are taken.
    blob_media: Vec<&'static str>,
    /// The keys that verify receipts.
    receipt_keys: Vec<ReceiptKey>,
    /// The key of the transparency log that grows, with its origin (C2SP signed-note).
    log_vkey: String,
    /// For how many seconds an access token serves.
    access_token_secs: u64,
    /// For how many days an ended member may deliver what is pending.
    push_only_days: u64,
    /// How often an event stream says that it is alive, in seconds.
    events_interval_secs: u64,
}

/// A key that verifies receipts.
#[derive(Serialize, ToSchema)]
pub struct ReceiptKey {
    /// Its name, as in a receipt.
    id: String,
    /// Its suite.
    suite: &'static str,
    /// The public key, unpadded base64url.
    public_key: String,
}

/// Limits, generation, keys, the server's clock.
#[utoipa::path(tag = "reference", responses((status = 200, description = "The configuration", body = Config)))]
#[get("/v1/config")]
pub async fn config(app: web::Data<App>) -> web::Json<Config> {
    let receipt = &app.keys.receipt;
    web::Json(Config {
        generation: app.keys.generation.clone(),
        server_time: app.now_ms(),
        catalog: app.catalog.version(),
        limits: app.settings.limits(),
        blob_media: media::TAKEN.to_vec(),
        receipt_keys: vec![ReceiptKey {
            id: receipt.id.clone(),
            suite: feed::SUITE,
            public_key: receipt.public(),
        }],
        log_vkey: app.keys.log.verifier(&sign::origin(&app.keys.generation)).text(),
        access_token_secs: app.settings.access_token_secs,
        push_only_days: app.settings.push_only_days,
        events_interval_secs: app.settings.events_interval_secs,
    })
}

/// The catalogue of record kinds: fields, who reads and writes, workflow, wording.
#[utoipa::path(tag = "reference", responses(
    (status = 200, description = "The catalogue; its form is in docs/PROTOCOL.md, section 3", body = Object, headers(("etag" = String))),
    (status = 304, description = "It is the one that If-None-Match names"),
))]
#[get("/v1/catalog")]
pub async fn catalog(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    cached(request.headers(), &app.served.etag(), || app.served.body.clone())
}

/// The units and members in the caller's scope, for choice lists that work offline.
#[utoipa::path(tag = "reference", security(("token" = [])), responses(
    (status = 200, description = "Units and members", body = Directory, headers(("etag" = String))),
    (status = 304, description = "It is the one that If-None-Match names"),
    (status = 403, description = "push_only", body = ProblemBody, content_type = "application/problem+json"),
))]
#[get("/v1/directory")]
pub async fn directory(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let directory = blocking::run(&app, move |app| listing::directory(app, caller.member)).await?;
    let body = serde_json::to_string(&directory).map_err(|_| Problem::new(ProblemCode::Internal))?;
    let etag = format!("\"{}\"", hex::encode(Sha256::digest(body.as_bytes())));
    Ok(cached(request.headers(), &etag, || body))
}

/// Answers 304 if the client has it (RFC 9110 section 13.1.2).
pub(super) fn cached(headers: &HeaderMap, etag: &str, body: impl FnOnce() -> String) -> HttpResponse {
    let has = conditional::has(headers, IF_NONE_MATCH, etag);
    let mut answer = if has {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    answer
        .insert_header((ETAG, etag))
        .insert_header((CACHE_CONTROL, "private, no-cache"));
    if has {
        answer.finish()
    } else {
        answer.content_type("application/json").body(body())
    }
}
