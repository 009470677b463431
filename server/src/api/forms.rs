//! Evaluation forms: drafted from the ledger, and printed.

use actix_web::http::header::CONTENT_SECURITY_POLICY;
use actix_web::web::{self, Path};
use actix_web::{HttpResponse, get};
use serde::Deserialize;
use sync_protocol::feed::Hash;
use sync_protocol::id::RecordId;
use utoipa::IntoParams;
use uuid::Uuid;

use super::blob_bytes::unreadable;
use super::caller::Caller;
use super::params::Query;
use super::problem::{Problem, ProblemBody, ProblemCode};
use super::sync;
use crate::app::App;
use crate::blobs::pictures::PictureError;
use crate::blobs::right;
use crate::forms::draft::{self, Draft};
use crate::forms::export::{self, ExportError, Exported};
use crate::forms::{html, page};
use crate::sync::SyncError;

/// The side of the square into which a signature is made small for the page, in pixels.
const SIGNATURE: u32 = 640;

/// When to come back to a server that has too many pictures to decode, ms.
const COME_BACK_MS: u64 = 5_000;

/// For which arrangement.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Of {
    /// The arrangement, a record of the kind `service_order`.
    order: Uuid,
}

/// What a new evaluation form of an arrangement says, from the sessions that are posted now.
#[utoipa::path(tag = "forms", security(("token" = [])), params(Of),
    responses(
        (status = 200, description = "The draft", body = Draft),
        (status = 403, description = "push_only", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found: no such arrangement, or its forms are not for this caller", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "form_other_person", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[get("/v1/forms/draft")]
pub async fn form_draft(app: web::Data<App>, caller: Caller, Query(of): Query<Of>) -> Result<HttpResponse, Problem> {
    let order = RecordId::from(of.order);
    let now_ms = app.now_ms();
    let drafted = sync::look(&app, caller, move |db, looker| draft::draft(db, looker, order, now_ms)).await?;
    sync::note(&app, drafted.reading).await?;
    Ok(HttpResponse::Ok().json(drafted.draft))
}

/// A form as one page of HTML for printing on A4: it loads nothing and runs nothing. Every reading is written down.
#[utoipa::path(tag = "forms", security(("token" = [])),
    params(("id" = Uuid, Path, description = "The form's record")),
    responses(
        (status = 200, description = "The page", body = String, content_type = "text/html"),
        (status = 403, description = "push_only", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found: no such form, or not for this caller", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[get("/v1/forms/{id}/page")]
pub async fn form_page(app: web::Data<App>, caller: Caller, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let id = RecordId::from(*id);
    let now_ms = app.now_ms();
    let (page, reading) = sync::look(&app, caller, move |db, looker| page::page(db, looker, id, now_ms)).await?;
    let signature = match page.signature {
        Some(hash) => signature(&app, caller, hash, now_ms).await?,
        None => None,
    };
    sync::note(&app, Some(reading)).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, html::policy()))
        .body(html::render(&page, signature.as_deref())))
}

/// A form with all that it takes to check it offline (`wuyuan verify FORM`): the texts of its operations, its postings, and
/// the proofs that they are sealed. For whoever reads every field of it; each export is written down.
#[utoipa::path(tag = "forms", security(("token" = [])),
    params(("id" = Uuid, Path, description = "The form's record")),
    responses(
        (status = 200, description = "The export", body = Exported),
        (status = 403, description = "push_only", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found: no such form, or not for this caller", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "not_sealed, form_not_issued", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[get("/v1/forms/{id}/export")]
pub async fn form_export(app: web::Data<App>, caller: Caller, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let id = RecordId::from(*id);
    let now_ms = app.now_ms();
    let keys = app.keys.log.clone();
    let found = sync::look(&app, caller, move |db, looker| {
        Ok(export::export(db, looker, &keys, id, now_ms))
    });
    let (exported, reading) = found.await?.map_err(|error| match error {
        ExportError::NotSealed => Problem::new(ProblemCode::NotSealed),
        ExportError::NotIssued => Problem::new(ProblemCode::FormNotIssued),
        ExportError::Sync(error) => error.into(),
        ExportError::Store(error) => error.into(),
    })?;
    sync::note(&app, Some(reading)).await?;
    Ok(HttpResponse::Ok().json(exported))
}

/// The picture of a signature as a JPEG, if it has arrived, the caller may read it, and it can be shown.
async fn signature(app: &web::Data<App>, caller: Caller, hash: Hash, now_ms: i64) -> Result<Option<Vec<u8>>, Problem> {
    let found = sync::look(app, caller, move |db, looker| {
        match right::readable(db, looker, hash, now_ms) {
            Err(SyncError::NotFound) => Ok(None),
            found => found.map(Some),
        }
    });
    let Some(readable) = found.await? else {
        return Ok(None);
    };
    let made = app.pictures.thumbnail(&readable.blob, SIGNATURE).await;
    let made = made.map_err(|error| match error {
        PictureError::Busy => Problem::new(ProblemCode::Busy).retry_after(COME_BACK_MS),
        PictureError::Vault(error) => unreadable(&readable.blob, &error),
    })?;
    sync::note(app, readable.reading).await?;
    Ok(made.map(|jpeg| jpeg.to_vec()))
}
