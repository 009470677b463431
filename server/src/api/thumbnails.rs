//! Photos made small.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_ENCODING, IF_NONE_MATCH};
use actix_web::web::{self, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;

use super::blob_bytes::{answer, readable, unreadable};
use super::caller::Caller;
use super::conditional;
use super::params::Query;
use super::problem::{Problem, ProblemBody, ProblemCode};
use super::sync;
use crate::app::App;
use crate::blobs::pictures::{PictureError, Pictures};
use crate::blobs::right::Readable;

/// When to come back to a server that has too many pictures to decode, ms.
const COME_BACK_MS: u64 = 5_000;

/// The size of one that does not say: enough for a list.
const USUAL: u64 = 320;

/// How large.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// The side of the square that it fits into, in pixels: 160, 320, 640 or 1280. Others are rounded up, 1280 is the
    /// largest. Absent: 320.
    #[serde(default)]
    #[param(value_type = u64, required = false)]
    size: Option<u64>,
}

/// A photo as a JPEG that fits into a square, turned as its EXIF says. A smaller photo keeps its size.
#[utoipa::path(tag = "blobs", security(("token" = [])),
    params(("sha256" = String, Path, description = "SHA-256 of the photo, 64 lower-case hexadecimal digits"), Size),
    responses(
        (status = 200, description = "The thumbnail", content((String = "image/jpeg")),
            headers(("etag" = String, description = "Of the photo at this size"))),
        (status = 304, description = "It is the one that If-None-Match names"),
        (status = 403, description = "push_only", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found: no such blob, or not for this caller", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "thumbnail_impossible: no picture, one that is not decoded (HEIF, AVIF), damaged, or too large", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[get("/v1/blobs/{sha256}/thumbnail")]
pub async fn thumbnail(
    app: web::Data<App>,
    caller: Caller,
    sha256: Path<String>,
    Query(asked): Query<Size>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let size = u32::try_from(asked.size.unwrap_or(USUAL)).unwrap_or(u32::MAX);
    let side = Pictures::side(size);
    let Readable { blob, reading } = readable(&app, caller, &sha256).await?;
    let etag = format!("\"{}-{side}\"", hex::encode(blob.sha256));
    if conditional::has(request.headers(), IF_NONE_MATCH, &etag) {
        return Ok(answer(StatusCode::NOT_MODIFIED, &etag).finish());
    }
    let made = app.pictures.thumbnail(&blob, side).await;
    let made = made.map_err(|error| match error {
        PictureError::Busy => Problem::new(ProblemCode::Busy).retry_after(COME_BACK_MS),
        PictureError::Vault(error) => unreadable(&blob, &error),
    })?;
    let jpeg = made.ok_or_else(|| Problem::new(ProblemCode::ThumbnailImpossible))?;
    sync::note(&app, reading).await?;
    Ok(answer(StatusCode::OK, &etag)
        .content_type("image/jpeg")
        .insert_header((CONTENT_ENCODING, "identity"))
        .body(jpeg))
}
