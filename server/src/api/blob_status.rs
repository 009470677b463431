//! What a phone need not send.

use std::collections::HashMap;

use actix_web::{HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use sync_protocol::feed::Hash;
use sync_protocol::wire;
use utoipa::ToSchema;

use super::blocking;
use super::body::Json;
use super::caller::PushCaller;
use super::problem::{Problem, ProblemBody, ProblemCode};
use crate::app::App;

/// Most hashes of one question.
const MOST: usize = 1_000;

/// SHA-256, 64 lower-case hexadecimal digits.
#[derive(ToSchema)]
#[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
#[expect(dead_code, reason = "a shape, never a value")]
struct HashText(String);

/// Blobs to be told of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BlobQuestion {
    /// Their SHA-256, 64 lower-case hexadecimal digits each.
    #[schema(max_items = 1000, value_type = Vec<HashText>)]
    hashes: Vec<String>,
}

/// How a blob stands.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(rename_all = "snake_case")]
enum BlobState {
    /// The caller has not delivered it.
    Absent,
    /// He has.
    Received,
    /// He has, and a verified backup contains it.
    Durable,
}

/// A blob, as far as the caller is concerned.
#[derive(Debug, Serialize, ToSchema)]
struct BlobLine {
    /// SHA-256.
    sha256: String,
    /// How it stands.
    state: BlobState,
}

/// The answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct BlobStates {
    /// A line per hash, in the order asked.
    blobs: Vec<BlobLine>,
}

/// Which blobs the caller has delivered, and which of them are in a verified backup.
#[utoipa::path(tag = "blobs", operation_id = "blob_status", security(("token" = [])),
    request_body(content = BlobQuestion),
    responses(
        (status = 200, description = "How each stands", body = BlobStates),
        (status = 400, description = "request_invalid", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[post("/v1/blobs/status")]
pub async fn status(
    app: web::Data<App>,
    caller: PushCaller,
    question: Json<BlobQuestion>,
) -> Result<HttpResponse, Problem> {
    let hashes = question.0.hashes;
    if hashes.len() > MOST {
        return Err(invalid("hashes has more than 1000 members"));
    }
    let hashes: Option<Vec<Hash>> = hashes.iter().map(|text| wire::parse_hash(text)).collect();
    let hashes = hashes.ok_or_else(|| invalid("a member of hashes is not 64 lower-case hexadecimal digits"))?;
    let blobs = blocking::run(&app, move |app| {
        let delivered = app.uploads.delivered(caller.member, &hashes)?;
        let delivered: HashMap<Hash, bool> = delivered.into_iter().collect();
        let line = |hash: &Hash| BlobLine {
            sha256: hex::encode(hash),
            state: match delivered.get(hash) {
                None => BlobState::Absent,
                Some(false) => BlobState::Received,
                Some(true) => BlobState::Durable,
            },
        };
        Ok::<_, Problem>(hashes.iter().map(line).collect())
    })
    .await?;
    Ok(HttpResponse::Ok().json(BlobStates { blobs }))
}

fn invalid(detail: &str) -> Problem {
    Problem::with(ProblemCode::RequestInvalid, detail)
}
