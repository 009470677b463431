//! Exports.

use std::fs::File;
use std::io::{self, Read};

use actix_web::body::SizedStream;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::{self, Bytes};
use actix_web::{HttpResponse, post};
use futures_util::{Stream, stream};
use serde::Deserialize;
use utoipa::ToSchema;

use super::body::Json;
use super::caller::Caller;
use super::deadlines::DeadlineState;
use super::params::InLedger;
use super::problem::{Problem, ProblemBody, ProblemCode};
use super::{blocking, figures};
use crate::app::App;
use crate::exports::{self, Format, Order, What};

/// Bytes that are read and sent at a time.
const PIECE: usize = 64 * 1024;

/// What is exported.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportWhat {
    /// The figures of `period`.
    Report,
    /// The records of `kind`.
    Records,
    /// The postings of `ledger` in `period`.
    Hours,
    /// The deadline board.
    Deadlines,
}

/// As which kind of file.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// Comma-separated values in UTF-8 with a byte order mark.
    Csv,
    /// A workbook.
    Xlsx,
}

/// An export that somebody asks for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportRequest {
    /// What is exported.
    what: ExportWhat,
    /// As which kind of file.
    format: ExportFormat,
    /// What for, in 4 to 200 characters: it stands in the access log.
    #[schema(min_length = 4, max_length = 200)]
    purpose: String,
    /// Of this unit and those below it; absent: of all that the caller may.
    #[schema(pattern = "^[0-9]{12}$")]
    unit: Option<String>,
    /// For a report and for hours: `YYYY-MM` or `YYYY`.
    #[schema(pattern = "^2[0-9]{3}(-(0[1-9]|1[0-2]))?$")]
    period: Option<String>,
    /// For a report: as it was issued.
    #[serde(default)]
    issued: bool,
    /// For records: of which kind.
    kind: Option<String>,
    /// For records: sensitive fields too. They are left out unless they are asked for.
    #[serde(default)]
    sensitive: bool,
    /// For hours: from which ledger.
    ledger: Option<InLedger>,
    /// For deadlines: those that stand so.
    state: Option<DeadlineState>,
}

impl ExportRequest {
    fn what(&self) -> Result<What, Problem> {
        let lacks = |what: &str| {
            Problem::with(
                ProblemCode::RequestInvalid,
                format!("{what}: it is needed for this export"),
            )
        };
        let period = || figures::period(self.period.as_deref().ok_or_else(|| lacks("period"))?);
        Ok(match self.what {
            ExportWhat::Report => What::Report {
                period: period()?,
                issued: self.issued,
            },
            ExportWhat::Records => What::Records {
                kind: self.kind.clone().ok_or_else(|| lacks("kind"))?,
                sensitive: self.sensitive,
            },
            ExportWhat::Hours => What::Hours {
                ledger: self.ledger.ok_or_else(|| lacks("ledger"))?.code().to_owned(),
                period: period()?,
            },
            ExportWhat::Deadlines => What::Deadlines {
                standing: self.state.map(Into::into),
            },
        })
    }
}

/// A report, records, hours or deadlines as CSV or XLSX, as far as the caller may read them.
///
/// It is written into the access log, with its purpose, before its first byte is sent. Numbers about one or two people
/// are hidden in reports.
#[utoipa::path(operation_id = "export", tag = "figures", security(("token" = [])),
    request_body = ExportRequest,
    responses(
        (status = 200, description = "The file", content(
            (Vec<u8> = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        (status = 400, description = "request_invalid", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "push_only, forbidden", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found: no such kind, or no report was issued", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "export_too_large", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[post("/v1/exports")]
pub async fn export(
    app: web::Data<App>,
    caller: Caller,
    request: Json<ExportRequest>,
) -> Result<HttpResponse, Problem> {
    let request = request.0;
    let order = Order {
        member: caller.member,
        what: request.what()?,
        format: match request.format {
            ExportFormat::Csv => Format::Csv,
            ExportFormat::Xlsx => Format::Xlsx,
        },
        unit: figures::unit(request.unit.as_deref())?,
        purpose: request.purpose,
    };
    let format = order.format;
    // Each holds a snapshot while it is written: few at once, and the others wait.
    let place = app
        .exports
        .clone()
        .acquire_owned()
        .await
        .map_err(|_| Problem::new(ProblemCode::Internal))?;
    let made = blocking::run(&app, move |app| {
        let made = exports::make(app, &order);
        drop(place);
        made
    })
    .await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, format.media()))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", made.name)))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(SizedStream::new(made.bytes, pieces(made.file))))
}

/// The file, piece by piece.
fn pieces(file: File) -> impl Stream<Item = io::Result<Bytes>> {
    stream::try_unfold(file, |mut file| async move {
        let read = web::block(move || {
            let mut piece = vec![0; PIECE];
            let length = file.read(&mut piece)?;
            piece.truncate(length);
            Ok::<_, io::Error>((piece, file))
        });
        let (piece, file) = read.await.map_err(io::Error::other)??;
        Ok((!piece.is_empty()).then(|| (Bytes::from(piece), file)))
    })
}
