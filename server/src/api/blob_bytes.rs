//! The bytes of photos, voice notes and documents.

use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_RANGE, ETAG, HeaderMap, HeaderValue,
    IF_NONE_MATCH, IF_RANGE, RANGE,
};
use actix_web::web::{self, Bytes, Path};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, get, head};
use futures_util::stream;
use sync_protocol::wire::parse_hash;

use super::caller::Caller;
use super::problem::{Problem, ProblemBody, ProblemCode};
use super::{conditional, sync};
use crate::app::App;
use crate::blobs::right::{self, Readable};
use crate::blobs::vault::VaultError;
use crate::store::rows::BlobRow;

/// When to come back to a blob store that failed, ms.
const COME_BACK_MS: u64 = 5_000;

/// Bytes that hash to an address never change. A shared cache would not ask whether the next one may read them.
const FOR_EVER: &str = "private, max-age=31536000, immutable";

/// A blob's bytes, whole or one range of them.
#[utoipa::path(operation_id = "blob_bytes", tag = "blobs", security(("token" = [])),
    params(
        ("sha256" = String, Path, description = "SHA-256 of the bytes, 64 lower-case hexadecimal digits"),
        ("range" = Option<String>, Header, description = "One range of bytes (RFC 9110 section 14.2); several, or one that is malformed, are answered by the whole"),
    ),
    responses(
        (status = 200, description = "The bytes, of the media type that was found out when they arrived", content((String = "image/*"), (String = "audio/*"), (String = "application/pdf")),
            headers(("etag" = String, description = "The hash"), ("accept-ranges" = String, description = "bytes"))),
        (status = 206, description = "The range", content((String = "image/*"), (String = "audio/*"), (String = "application/pdf")),
            headers(("content-range" = String, description = "Which bytes of how many"))),
        (status = 304, description = "It is the one that If-None-Match names"),
        (status = 403, description = "push_only", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found: no such blob, or not for this caller", body = ProblemBody, content_type = "application/problem+json"),
        (status = 416, description = "range_wrong", body = ProblemBody, content_type = "application/problem+json",
            headers(("content-range" = String, description = "How many bytes there are"))),
    ))]
#[get("/v1/blobs/{sha256}")]
pub async fn bytes(
    app: web::Data<App>,
    caller: Caller,
    sha256: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Readable { blob, reading } = readable(&app, caller, &sha256).await?;
    let etag = etag(&blob);
    let headers = request.headers();
    if conditional::has(headers, IF_NONE_MATCH, &etag) {
        return Ok(answer(StatusCode::NOT_MODIFIED, &etag).finish());
    }
    let size = blob.bytes as u64;
    let range = match wanted(headers, &etag) {
        None => None,
        Some(range) => Some(range.within(size).ok_or_else(|| outside(size))?),
    };
    // Asked for first: what cannot be read is not disclosed either.
    let stream = app.vault.read(&blob.object, range.clone()).await;
    let stream = stream.map_err(|error| unreadable(&blob, &error))?;
    sync::note(&app, reading).await?;
    let (status, length) = match &range {
        None => (StatusCode::OK, size),
        Some(range) => (StatusCode::PARTIAL_CONTENT, range.end - range.start),
    };
    let mut answer = described(status, &blob, &etag);
    if let Some(range) = range {
        answer.insert_header((CONTENT_RANGE, format!("bytes {}-{}/{size}", range.start, range.end - 1)));
    }
    Ok(answer.body(SizedStream::new(length, stream)))
}

/// What a GET would answer, without the bytes.
#[utoipa::path(operation_id = "blob_head", tag = "blobs", security(("token" = [])),
    params(("sha256" = String, Path, description = "SHA-256 of the bytes, 64 lower-case hexadecimal digits")),
    responses(
        (status = 200, description = "Its size, its media type and its hash are in the headers", headers(("etag" = String, description = "The hash"))),
        (status = 304, description = "It is the one that If-None-Match names"),
        (status = 403, description = "push_only", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found: no such blob, or not for this caller", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[head("/v1/blobs/{sha256}")]
pub async fn head(
    app: web::Data<App>,
    caller: Caller,
    sha256: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Readable { blob, .. } = readable(&app, caller, &sha256).await?;
    let etag = etag(&blob);
    if conditional::has(request.headers(), IF_NONE_MATCH, &etag) {
        return Ok(answer(StatusCode::NOT_MODIFIED, &etag).finish());
    }
    let nothing = stream::empty::<Result<Bytes, VaultError>>();
    Ok(described(StatusCode::OK, &blob, &etag).body(SizedStream::new(blob.bytes as u64, nothing)))
}

/// Finds a blob by its hash in a path for the caller.
pub(super) async fn readable(app: &web::Data<App>, caller: Caller, sha256: &str) -> Result<Readable, Problem> {
    let hash = parse_hash(sha256).ok_or_else(|| Problem::new(ProblemCode::NotFound))?;
    let now_ms = app.now_ms();
    sync::look(app, caller, move |db, looker| right::readable(db, looker, hash, now_ms)).await
}

/// A blob whose bytes the store does not give. One that has lost them is a fault that `wuyuan verify` names.
pub(super) fn unreadable(blob: &BlobRow, error: &VaultError) -> Problem {
    tracing::error!(sha256 = hex::encode(blob.sha256), object = blob.object, %error, "a blob cannot be read");
    match error {
        VaultError::Missing | VaultError::Place(_) => Problem::new(ProblemCode::Internal),
        VaultError::Full | VaultError::Failed(_) => Problem::new(ProblemCode::Unavailable).retry_after(COME_BACK_MS),
    }
}

fn etag(blob: &BlobRow) -> String {
    format!("\"{}\"", hex::encode(blob.sha256))
}

/// What every answer about unchanging bytes says.
pub(super) fn answer(status: StatusCode, etag: &str) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header((ETAG, etag))
        .insert_header((CACHE_CONTROL, FOR_EVER));
    answer
}

/// The same with what the blob is. It is to be saved, not shown: even if a file is a picture and a page at once.
fn described(status: StatusCode, blob: &BlobRow, etag: &str) -> HttpResponseBuilder {
    let mut answer = answer(status, etag);
    answer
        .content_type(blob.media.as_str())
        .insert_header((ACCEPT_RANGES, "bytes"))
        .insert_header((CONTENT_DISPOSITION, "attachment"))
        // Compression would change the bytes that the hash is of, and find nothing to save.
        .insert_header((CONTENT_ENCODING, "identity"));
    answer
}

/// The range that is asked for, if it is one and of these very bytes.
fn wanted(headers: &HeaderMap, etag: &str) -> Option<conditional::ByteRange> {
    let same = match headers.get(IF_RANGE) {
        None => true,
        Some(tag) => tag.as_bytes() == etag.as_bytes(),
    };
    let text = headers.get(RANGE)?.to_str().ok()?;
    if same { conditional::ByteRange::read(text) } else { None }
}

fn outside(size: u64) -> Problem {
    let problem = Problem::new(ProblemCode::RangeWrong);
    match HeaderValue::from_str(&format!("bytes */{size}")) {
        Ok(value) => problem.header(CONTENT_RANGE, value),
        Err(_) => problem,
    }
}
