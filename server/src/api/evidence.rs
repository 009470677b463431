//! What is known of a record's photos, voice notes and documents.

use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::{self, Path};
use actix_web::{HttpResponse, get};
use serde::Serialize;
use sync_protocol::id::{MemberId, RecordId};
use utoipa::ToSchema;
use uuid::Uuid;

use super::caller::Caller;
use super::problem::{Problem, ProblemBody, ProblemCode};
use super::sync;
use crate::app::App;
use crate::blobs::evidence::{self, Listed, Listing};
use crate::blobs::exif;
use crate::blobs::sheet;
use crate::store::rows::CollectionRow;

/// A record's blobs.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordBlobs {
    /// How many of those that the record holds now have arrived: 2 of "2 of 3".
    pub arrived: usize,
    /// How many it holds now: 3 of "2 of 3".
    pub expected: usize,
    /// Each blob that was ever put into a field that the caller reads, in the order of the record's log.
    pub blobs: Vec<RecordBlob>,
}

/// A blob that a record refers to.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordBlob {
    /// SHA-256 of the bytes, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// The fields into which it was put.
    pub fields: Vec<String>,
    /// Whether the record still holds it. What was taken out of it can still be read.
    pub current: bool,
    /// The authors of the operations that put it there.
    #[schema(value_type = Vec<String>)]
    pub by: Vec<MemberId>,
    /// What arrived from one of them; absent while nothing has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrived: Option<Arrived>,
}

/// A blob that arrived.
#[derive(Debug, Serialize, ToSchema)]
pub struct Arrived {
    /// How many bytes.
    pub bytes: i64,
    /// The media type, found out from the bytes.
    pub media: String,
    /// SM3 of the bytes (GB/T 32905), 64 hexadecimal digits.
    pub sm3: String,
    /// Whether EXIF and likeness were looked for yet.
    pub examined: bool,
    /// A perceptual hash, 16 hexadecimal digits: pictures that look alike differ in few of its bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub likeness: Option<String>,
    /// What the picture says of itself. Anybody can write that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exif: Option<exif::Found>,
    /// Who delivered it, the earliest first.
    pub deliveries: Vec<Delivery>,
}

/// A delivery, and what the deliverer says of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Delivery {
    /// The member.
    #[schema(value_type = String, format = Uuid)]
    pub by: MemberId,
    /// With which device, as he says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub device: Option<Uuid>,
    /// `camera` or `album`, as he says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// When it was captured, RFC 3339, as he says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub captured: Option<String>,
    /// When it was hashed, RFC 3339, as he says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hashed: Option<String>,
    /// When the server had all of it, ms since 1970-01-01T00:00:00Z.
    pub received_ms: i64,
}

impl From<CollectionRow> for Delivery {
    fn from(row: CollectionRow) -> Delivery {
        Delivery {
            by: row.member,
            device: row.device.map(|id| Uuid::from_bytes(id.0)),
            source: row.source,
            captured: row.captured,
            hashed: row.hashed,
            received_ms: row.received_ms,
        }
    }
}

impl From<Listed> for RecordBlob {
    fn from(blob: Listed) -> RecordBlob {
        let deliveries = blob.deliveries;
        RecordBlob {
            sha256: hex::encode(blob.sha256),
            fields: blob.fields.into_iter().collect(),
            current: blob.current,
            by: blob.authors.into_iter().collect(),
            arrived: blob.arrived.map(|row| Arrived {
                bytes: row.bytes,
                media: row.media,
                sm3: hex::encode(row.sm3),
                examined: row.examined,
                likeness: row.likeness.map(hex::encode),
                exif: row.exif.as_deref().and_then(|text| serde_json::from_str(text).ok()),
                deliveries: deliveries.into_iter().map(Delivery::from).collect(),
            }),
        }
    }
}

/// A record's photos, voice notes and documents: which have arrived, and what is known of each. Only of fields that the
/// caller reads.
#[utoipa::path(tag = "blobs", security(("token" = [])),
    params(("id" = Uuid, Path, description = "The record")),
    responses(
        (status = 200, description = "Its blobs", body = RecordBlobs),
        (status = 403, description = "push_only", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found: no such record, or not for this caller", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[get("/v1/records/{id}/blobs")]
pub async fn record_blobs(app: web::Data<App>, caller: Caller, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let listing = list(&app, caller, *id).await?;
    sync::note(&app, listing.reading).await?;
    let current = listing.blobs.iter().filter(|blob| blob.current);
    let answer = RecordBlobs {
        arrived: current.clone().filter(|blob| blob.arrived.is_some()).count(),
        expected: current.count(),
        blobs: listing.blobs.into_iter().map(RecordBlob::from).collect(),
    };
    Ok(HttpResponse::Ok().json(answer))
}

/// The same as a 电子数据清单 (list of electronic data): CSV in UTF-8 with headings in Chinese and English, a line for
/// each delivery and for each blob that has not arrived. Every export is written down in the access log.
#[utoipa::path(tag = "blobs", security(("token" = [])),
    params(("id" = Uuid, Path, description = "The record")),
    responses(
        (status = 200, description = "The list", body = String, content_type = "text/csv"),
        (status = 403, description = "push_only", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found: no such record, or not for this caller", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[get("/v1/records/{id}/evidence")]
pub async fn record_evidence(app: web::Data<App>, caller: Caller, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let listing = list(&app, caller, *id).await?;
    let csv = sheet::csv(&listing, app.catalog.kinds().get(&listing.kind)).map_err(|error| {
        tracing::error!(%error, "a list of electronic data cannot be written");
        Problem::new(ProblemCode::Internal)
    })?;
    sync::note(&app, Some(listing.export)).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"evidence-{}.csv\"", listing.record),
        ))
        .body(csv))
}

async fn list(app: &web::Data<App>, caller: Caller, id: Uuid) -> Result<Listing, Problem> {
    let record = RecordId::from(id);
    let now_ms = app.now_ms();
    sync::look(app, caller, move |db, looker| {
        evidence::list(db, looker, record, now_ms)
    })
    .await
}
