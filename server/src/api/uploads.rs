//! Uploads over tus 1.0.0 (<https://tus.io/protocols/resumable-upload>).

use actix_web::web::{self, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, delete, head, options, patch, post};
use sync_protocol::id::MemberId;
use uuid::Uuid;

use super::caller::{PushCaller, UploadCaller};
use super::problem::{Problem, ProblemBody, ProblemCode};
use super::tus;
use crate::app::App;
use crate::blobs::digest::{ALGORITHMS, Checksum};
use crate::blobs::receive::Arriving;
use crate::blobs::uploads::{Creation, Standing};

fn with(mut answer: HttpResponseBuilder, headers: Vec<(&'static str, String)>) -> HttpResponse {
    for header in headers {
        answer.insert_header(header);
    }
    answer.finish()
}

/// What this server speaks.
#[utoipa::path(tag = "blobs", responses(
    (status = 204, description = "tus 1.0.0, its extensions and limits, in headers",
        headers(("tus-version" = String), ("tus-extension" = String), ("tus-max-size" = u64), ("tus-checksum-algorithm" = String))),
))]
#[options("/v1/blobs")]
pub async fn abilities(app: web::Data<App>) -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header(("tus-extension", tus::EXTENSIONS))
        .insert_header(("tus-max-size", app.uploads.limits().blob_bytes.to_string()))
        .insert_header(("tus-checksum-algorithm", ALGORITHMS))
        .finish()
}

/// Begin an upload, with its first bytes or all of them if you like. See docs/PROTOCOL.md, section 11.
#[utoipa::path(tag = "blobs", operation_id = "create_upload", security(("token" = [])),
    params(
        ("Tus-Resumable" = String, Header, description = "1.0.0"),
        ("Upload-Length" = Option<u64>, Header, description = "How many bytes it will have"),
        ("Upload-Defer-Length" = Option<u8>, Header, description = "1: that is said later"),
        ("Upload-Metadata" = Option<String>, Header, description = "sha256 and what else is known, base64"),
        ("Upload-Concat" = Option<String>, Header, description = "partial, or final; and addresses of parts"),
        ("Upload-Checksum" = Option<String>, Header, description = "Of the bytes that come along"),
    ),
    request_body(content = Option<String>, content_type = "application/offset+octet-stream", description = "The first bytes, or none"),
    responses(
        (status = 201, description = "Begun; if all bytes came along, admitted", headers(("location" = String), ("upload-offset" = u64), ("upload-expires" = String))),
        (status = 404, description = "not_found: a part that is not the caller's", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "upload_offset_wrong", body = ProblemBody, content_type = "application/problem+json"),
        (status = 410, description = "upload_gone: a part that has ended", body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, description = "tus_version", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "blob_too_large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "blob_media_refused, media_unsupported", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "blob_hash_wrong", body = ProblemBody, content_type = "application/problem+json"),
        (status = 423, description = "upload_locked", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "too_many_uploads, too_many_unreferred", body = ProblemBody, content_type = "application/problem+json"),
        (status = 460, description = "upload_checksum_wrong", body = ProblemBody, content_type = "application/problem+json"),
        (status = 507, description = "storage_full", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[post("/v1/blobs")]
pub async fn create(
    app: web::Data<App>,
    caller: PushCaller,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    tus::version(&request)?;
    let concat = tus::text(&request, "upload-concat")?.map(str::to_owned);
    let composed = concat.as_deref().is_some_and(|concat| concat != "partial");
    let length = tus::count(&request, "upload-length")?;
    let deferred = match tus::text(&request, "upload-defer-length")? {
        None => false,
        Some("1") => true,
        Some(_) => return Err(invalid("Upload-Defer-Length is 1 or not there")),
    };
    if !composed && length.is_some() == deferred {
        return Err(invalid("send either Upload-Length or Upload-Defer-Length: 1"));
    }
    let checksum = checksum(&request)?;
    let brings = tus::brings_bytes(&request)?;
    let asked = Creation {
        length,
        metadata: tus::text(&request, "upload-metadata")?.unwrap_or_default().to_owned(),
        concat,
    };
    let mut standing = begin(&app, caller.member, asked).await?;
    let id = standing.id;
    if brings && !composed {
        let arriving = Arriving {
            offset: 0,
            length: None,
            announced: tus::count(&request, "content-length")?,
            checksum,
            body: payload,
        };
        standing = receive(&app, caller.member, id, arriving).await?;
    }
    let mut answer = HttpResponse::Created();
    answer.insert_header(("location", format!("{}{}", tus::UPLOADS, Uuid::from_bytes(id))));
    Ok(with(answer, tus::standing(&standing)))
}

/// How far an upload is.
#[utoipa::path(tag = "blobs", operation_id = "look_at_upload", security(("token" = [])),
    params(("id" = Uuid, Path, description = "The upload"), ("Tus-Resumable" = String, Header, description = "1.0.0")),
    responses(
        (status = 200, description = "How far; upload-offset equal to upload-length: whole, and admitted if it is no part",
            headers(("upload-offset" = u64), ("upload-length" = u64), ("upload-defer-length" = u8), ("upload-metadata" = String), ("upload-concat" = String), ("upload-expires" = String))),
        (status = 404, description = "not_found: no such upload, or not the caller's", body = ProblemBody, content_type = "application/problem+json"),
        (status = 410, description = "upload_gone", body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, description = "tus_version", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[head("/v1/blobs/uploads/{id}")]
pub async fn look(
    app: web::Data<App>,
    caller: UploadCaller,
    id: Path<Uuid>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    tus::version(&request)?;
    told(&app, caller.member, id.into_inner().into_bytes()).await
}

async fn told(app: &web::Data<App>, member: MemberId, id: [u8; 16]) -> Result<HttpResponse, Problem> {
    let standing = app.uploads.look(member, id).await?;
    let mut headers = tus::standing(&standing);
    headers.push(match standing.length {
        Some(length) => ("upload-length", length.to_string()),
        None => ("upload-defer-length", "1".to_owned()),
    });
    if !standing.metadata.is_empty() {
        headers.push(("upload-metadata", standing.metadata));
    }
    if let Some(concat) = standing.concat {
        headers.push(("upload-concat", concat));
    }
    Ok(with(HttpResponse::Ok(), headers))
}

/// Bytes of an upload, from where it is.
#[utoipa::path(tag = "blobs", operation_id = "append_to_upload", security(("token" = [])),
    params(
        ("id" = Uuid, Path, description = "The upload"),
        ("Tus-Resumable" = String, Header, description = "1.0.0"),
        ("Upload-Offset" = u64, Header, description = "Where the bytes begin"),
        ("Upload-Length" = Option<u64>, Header, description = "Of an upload whose length was not known"),
        ("Upload-Checksum" = Option<String>, Header, description = "Of these bytes"),
    ),
    request_body(content = String, content_type = "application/offset+octet-stream"),
    responses(
        (status = 204, description = "Taken; with the last byte admitted", headers(("upload-offset" = u64), ("upload-expires" = String))),
        (status = 403, description = "forbidden: it is put together of others", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found: no such upload, or not the caller's", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "upload_offset_wrong", body = ProblemBody, content_type = "application/problem+json"),
        (status = 410, description = "upload_gone", body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, description = "tus_version", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "blob_too_large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "blob_media_refused, media_unsupported", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "blob_hash_wrong", body = ProblemBody, content_type = "application/problem+json"),
        (status = 423, description = "upload_locked", body = ProblemBody, content_type = "application/problem+json"),
        (status = 460, description = "upload_checksum_wrong", body = ProblemBody, content_type = "application/problem+json"),
        (status = 507, description = "storage_full", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[patch("/v1/blobs/uploads/{id}")]
pub async fn append(
    app: web::Data<App>,
    caller: UploadCaller,
    id: Path<Uuid>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    tus::version(&request)?;
    taken(&app, caller.member, id.into_inner().into_bytes(), &request, payload).await
}

async fn taken(
    app: &web::Data<App>,
    member: MemberId,
    id: [u8; 16],
    request: &HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    tus::media(request)?;
    let offset = tus::count(request, "upload-offset")?.ok_or_else(|| invalid("Upload-Offset is missing"))?;
    let arriving = Arriving {
        offset,
        length: tus::count(request, "upload-length")?,
        announced: tus::count(request, "content-length")?,
        checksum: checksum(request)?,
        body: payload,
    };
    let standing = receive(app, member, id, arriving).await?;
    Ok(with(HttpResponse::NoContent(), tus::standing(&standing)))
}

/// End an upload and throw away what came of it. A blob that was admitted stays.
#[utoipa::path(tag = "blobs", operation_id = "end_upload", security(("token" = [])),
    params(("id" = Uuid, Path, description = "The upload"), ("Tus-Resumable" = String, Header, description = "1.0.0")),
    responses(
        (status = 204, description = "Ended"),
        (status = 404, description = "not_found: no such upload, or not the caller's", body = ProblemBody, content_type = "application/problem+json"),
        (status = 410, description = "upload_gone", body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, description = "tus_version", body = ProblemBody, content_type = "application/problem+json"),
        (status = 423, description = "upload_locked", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[delete("/v1/blobs/uploads/{id}")]
pub async fn end(
    app: web::Data<App>,
    caller: UploadCaller,
    id: Path<Uuid>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    tus::version(&request)?;
    app.uploads.end(caller.member, id.into_inner().into_bytes()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// PATCH, HEAD or DELETE for clients that cannot send them: X-HTTP-Method-Override names the method.
#[utoipa::path(tag = "blobs", operation_id = "override_method", security(("token" = [])),
    params(
        ("id" = Uuid, Path, description = "The upload"),
        ("Tus-Resumable" = String, Header, description = "1.0.0"),
        ("X-HTTP-Method-Override" = String, Header, description = "PATCH, HEAD or DELETE"),
        ("Upload-Offset" = Option<u64>, Header, description = "As of PATCH"),
        ("Upload-Length" = Option<u64>, Header, description = "As of PATCH"),
        ("Upload-Checksum" = Option<String>, Header, description = "As of PATCH"),
    ),
    request_body(content = Option<String>, content_type = "application/offset+octet-stream"),
    responses(
        (status = 200, description = "As of HEAD", headers(("upload-offset" = u64), ("upload-length" = u64))),
        (status = 204, description = "As of PATCH or DELETE", headers(("upload-offset" = u64), ("upload-expires" = String))),
        (status = 403, description = "forbidden: it is put together of others", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found: no such upload, or not the caller's", body = ProblemBody, content_type = "application/problem+json"),
        (status = 405, description = "method_wrong", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "upload_offset_wrong", body = ProblemBody, content_type = "application/problem+json"),
        (status = 410, description = "upload_gone", body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, description = "tus_version", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "blob_too_large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "blob_media_refused, media_unsupported", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "blob_hash_wrong", body = ProblemBody, content_type = "application/problem+json"),
        (status = 423, description = "upload_locked", body = ProblemBody, content_type = "application/problem+json"),
        (status = 460, description = "upload_checksum_wrong", body = ProblemBody, content_type = "application/problem+json"),
        (status = 507, description = "storage_full", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[post("/v1/blobs/uploads/{id}")]
pub async fn instead(
    app: web::Data<App>,
    caller: UploadCaller,
    id: Path<Uuid>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    tus::version(&request)?;
    let id = id.into_inner().into_bytes();
    match tus::text(&request, "x-http-method-override")? {
        Some("PATCH") => taken(&app, caller.member, id, &request, payload).await,
        Some("HEAD") => told(&app, caller.member, id).await,
        Some("DELETE") => {
            app.uploads.end(caller.member, id).await?;
            Ok(HttpResponse::NoContent().finish())
        }
        _ => Err(Problem::new(ProblemCode::MethodWrong)),
    }
}

/// Begins in a task of its own: parts that are being put together are not left half-way when the connection is gone.
async fn begin(app: &web::Data<App>, member: MemberId, asked: Creation) -> Result<Standing, Problem> {
    let uploads = app.uploads.clone();
    match actix_web::rt::spawn(async move { uploads.begin(member, asked).await }).await {
        Ok(begun) => Ok(begun?),
        Err(_) => Err(Problem::new(ProblemCode::Internal)),
    }
}

/// Receives in a task of its own: it goes on, and puts down what came, when the connection and with it this request's
/// handler are gone.
async fn receive(
    app: &web::Data<App>,
    member: MemberId,
    id: [u8; 16],
    arriving: Arriving<Payload>,
) -> Result<Standing, Problem> {
    let uploads = app.uploads.clone();
    let received = actix_web::rt::spawn(async move { uploads.append(member, id, arriving).await }).await;
    match received {
        Ok(received) => Ok(received?),
        Err(_) => Err(Problem::new(ProblemCode::Internal)),
    }
}

fn checksum(request: &HttpRequest) -> Result<Option<Checksum>, Problem> {
    Ok(tus::text(request, "upload-checksum")?.map(Checksum::read).transpose()?)
}

fn invalid(detail: &str) -> Problem {
    Problem::with(ProblemCode::RequestInvalid, detail)
}
