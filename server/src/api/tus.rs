//! What every request and answer of the upload protocol carries (tus 1.0.0).

use actix_web::HttpRequest;
use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING};
use chrono::{DateTime, Utc};

use super::problem::{Problem, ProblemCode};
use crate::blobs::BlobError;
use crate::blobs::uploads::Standing;
use crate::blobs::vault::VaultError;

/// Where it is spoken.
pub(super) const PLACE: &str = "/v1/blobs";

/// Where uploads have their addresses.
pub(super) const UPLOADS: &str = "/v1/blobs/uploads/";

/// The version.
pub(super) const VERSION: &str = "1.0.0";

/// The extensions.
pub(super) const EXTENSIONS: &str =
    "creation,creation-with-upload,creation-defer-length,expiration,checksum,termination,concatenation";

/// The media type of an upload's bytes.
pub(super) const BYTES: &str = "application/offset+octet-stream";

/// When to come back to an upload that somebody writes to, to a store that fails, and with more uploads, ms.
const LOCKED_MS: u64 = 1_000;
const FAILED_MS: u64 = 5_000;
const MANY_MS: u64 = 30_000;

/// Adds what every answer has.
pub(super) fn sign(headers: &mut HeaderMap) {
    for name in ["tus-resumable", "tus-version"] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(VERSION));
    }
}

/// A request that names its method in a header has that one, whichever it was sent with. At an upload's address POST
/// is the one that looks there.
pub(super) fn named_method(request: &mut ServiceRequest) {
    let named = request.headers().get("x-http-method-override");
    // Some clients send a name with nothing behind it.
    let Some(named) = named.filter(|value| !value.as_bytes().trim_ascii().is_empty()) else {
        return;
    };
    let method = if request.path().starts_with(UPLOADS) {
        Method::POST
    } else if request.path() == PLACE {
        // A name that is none leads nowhere, and is answered so.
        Method::from_bytes(named.as_bytes()).unwrap_or(Method::TRACE)
    } else {
        return;
    };
    request.head_mut().method = method;
}

/// Refuses another version, and none.
pub(super) fn version(request: &HttpRequest) -> Result<(), Problem> {
    match text(request, "tus-resumable")? {
        Some(VERSION) => Ok(()),
        _ => Err(Problem::new(ProblemCode::TusVersion)),
    }
}

/// A header, if it is there and says something.
pub(super) fn text<'r>(request: &'r HttpRequest, name: &str) -> Result<Option<&'r str>, Problem> {
    let Some(value) = request.headers().get(name) else {
        return Ok(None);
    };
    let value = value
        .to_str()
        .map_err(|_| Problem::with(ProblemCode::RequestInvalid, format!("{name} is not ASCII")))?;
    // Some clients send a name with nothing behind it.
    Ok(Some(value.trim()).filter(|value| !value.is_empty()))
}

/// A header that counts bytes.
pub(super) fn count(request: &HttpRequest, name: &str) -> Result<Option<u64>, Problem> {
    let wrong = || Problem::with(ProblemCode::RequestInvalid, format!("{name} is not a number of bytes"));
    text(request, name)?
        .map(|value| match value.bytes().all(|b| b.is_ascii_digit()) {
            true => value.parse().map_err(|_| wrong()),
            false => Err(wrong()),
        })
        .transpose()
}

/// Whether the request brings bytes of an upload, and if so, whether it says so.
pub(super) fn brings_bytes(request: &HttpRequest) -> Result<bool, Problem> {
    let headers = request.headers();
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if length.is_none_or(|length| length.trim() == "0") && !headers.contains_key(TRANSFER_ENCODING) {
        return Ok(false);
    }
    media(request)?;
    Ok(true)
}

/// Refuses bytes of another media type.
pub(super) fn media(request: &HttpRequest) -> Result<(), Problem> {
    let given = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    match given {
        Some(given) if given.trim().eq_ignore_ascii_case(BYTES) => Ok(()),
        _ => Err(Problem::with(
            ProblemCode::MediaUnsupported,
            format!("send Content-Type: {BYTES}"),
        )),
    }
}

/// What an answer says of an upload.
pub(super) fn standing(standing: &Standing) -> Vec<(&'static str, String)> {
    let mut headers = vec![("upload-offset", standing.reached.to_string())];
    if let Some(expires) = DateTime::<Utc>::from_timestamp_millis(standing.expires_ms) {
        let date = expires.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        headers.push(("upload-expires", date));
    }
    headers
}

impl From<BlobError> for Problem {
    fn from(error: BlobError) -> Problem {
        let detail = error.to_string();
        match error {
            BlobError::Malformed(_) | BlobError::Cut => Problem::with(ProblemCode::RequestInvalid, detail),
            BlobError::NotFound => Problem::new(ProblemCode::NotFound),
            BlobError::Gone | BlobError::TooManyPieces => Problem::new(ProblemCode::UploadGone),
            BlobError::TooMuch(limit) => Problem::new(ProblemCode::TooManyUnreferred)
                .member("limit", limit)
                .retry_after(MANY_MS),
            BlobError::Composed => Problem::with(ProblemCode::Forbidden, detail),
            BlobError::OffsetWrong(offset) => {
                Problem::with(ProblemCode::UploadOffsetWrong, detail).member("offset", offset)
            }
            BlobError::Locked => Problem::new(ProblemCode::UploadLocked).retry_after(LOCKED_MS),
            BlobError::ChecksumWrong => Problem::new(ProblemCode::UploadChecksumWrong),
            BlobError::TooMany(limit) => Problem::new(ProblemCode::TooManyUploads)
                .member("limit", limit)
                .retry_after(MANY_MS),
            BlobError::TooLarge(limit) => Problem::new(ProblemCode::BlobTooLarge).member("limit", limit),
            BlobError::HashWrong => Problem::new(ProblemCode::BlobHashWrong),
            BlobError::MediaRefused => Problem::new(ProblemCode::BlobMediaRefused),
            BlobError::Stopping => Problem::with(ProblemCode::Unavailable, detail).retry_after(LOCKED_MS),
            BlobError::Vault(VaultError::Full) => Problem::new(ProblemCode::StorageFull).retry_after(MANY_MS),
            BlobError::Vault(error) => {
                tracing::error!(%error, "the blob store");
                Problem::new(ProblemCode::Unavailable).retry_after(FAILED_MS)
            }
            BlobError::Store(error) => error.into(),
            BlobError::Random(_) | BlobError::Thread => Problem::new(ProblemCode::Internal),
        }
    }
}
