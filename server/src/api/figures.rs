//! The monthly report: as of now, issued, and down to what it counts.

use actix_web::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use actix_web::web::{self, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use sync_protocol::calendar::date_of;
use sync_protocol::id::{RecordId, UnitCode};
use utoipa::{IntoParams, ToSchema};

use super::caller::Caller;
use super::params::Query;
use super::problem::{Problem, ProblemBody, ProblemCode};
use super::{blocking, conditional};
use crate::app::App;
use crate::figures::definitions::Definitions;
use crate::figures::drill;
use crate::figures::ground::Part;
use crate::figures::period::Period;
use crate::figures::report::{self, Asker, Issued, Report};
use crate::figures::{FigureError, drill::Rows};
use crate::query;

impl From<FigureError> for Problem {
    fn from(error: FigureError) -> Problem {
        let detail = error.to_string();
        match error {
            FigureError::Forbidden => Problem::new(ProblemCode::Forbidden),
            FigureError::NotFound => Problem::with(ProblemCode::NotFound, detail),
            FigureError::Period | FigureError::Invalid(_) => Problem::with(ProblemCode::RequestInvalid, detail),
            FigureError::NotOver => Problem::new(ProblemCode::MonthNotOver),
            FigureError::Order => Problem::new(ProblemCode::ReportOrder),
            FigureError::TooLarge => Problem::new(ProblemCode::ExportTooLarge),
            FigureError::File => Problem::new(ProblemCode::Internal),
            FigureError::Store(error) => error.into(),
        }
    }
}

/// An issued report in the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuedLine {
    /// Its month.
    month: String,
    /// When it was issued, ms since 1970-01-01T00:00:00Z.
    issued_ms: i64,
    /// SHA-256 of its text, hexadecimal.
    sha256: String,
}

/// What the figures mean and which reports were issued.
#[derive(Debug, Serialize, ToSchema)]
pub struct FigureList {
    /// Every table and figure: its code, its unit, and what exactly it counts.
    #[schema(value_type = Object)]
    definitions: Definitions,
    /// Issued reports, the newest first.
    issued: Vec<IssuedLine>,
}

/// Of which unit.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfUnit {
    /// The unit with those below it; absent: the highest of which the caller sees figures.
    #[param(value_type = String, required = false, pattern = "^[0-9]{12}$")]
    unit: Option<String>,
    /// As they were issued, counted again for this unit from what was in the report.
    #[serde(default)]
    #[param(value_type = bool, required = false)]
    issued: bool,
}

/// The parts of a figure.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FigurePart {
    /// What happened in the period.
    Happened,
    /// What reached the server in it.
    Committed,
    /// What happened before and stands in no earlier report.
    Late,
}

/// Which rows.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfFigure {
    /// The unit with those below it; absent: the highest of which the caller sees figures.
    #[param(value_type = String, required = false, pattern = "^[0-9]{12}$")]
    unit: Option<String>,
    /// As the report was issued.
    #[serde(default)]
    #[param(value_type = bool, required = false)]
    issued: bool,
    /// Of which part; absent: what happened.
    #[param(inline, required = false)]
    part: Option<FigurePart>,
    /// `next` of the page before.
    #[param(value_type = i64, required = false, minimum = 0, maximum = 4294967295i64)]
    after: Option<u32>,
    /// Most rows, 1 to 500; absent: 100. More are taken as the nearest.
    #[param(value_type = u16, required = false, maximum = 65535)]
    limit: Option<u16>,
}

/// What a figure counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct FigureRow {
    /// Its place in the order of facts, or of postings.
    number: i64,
    /// The record; of a posting, the session.
    #[schema(value_type = String, format = Uuid)]
    record: RecordId,
    /// Its unit.
    unit: String,
    /// When it happened.
    #[schema(value_type = String, format = Date)]
    day: String,
    /// Of which sort, words joined by `|`.
    sort: String,
    /// How much; negative where an earlier row is taken back.
    value: i64,
}

/// A page of what a figure counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct FigureRows {
    /// The rows.
    rows: Vec<FigureRow>,
    /// Rows of this page of kinds that the caller does not read, or of sealed records.
    hidden: usize,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<i64>,
}

pub(super) fn unit(text: Option<&str>) -> Result<Option<UnitCode>, Problem> {
    let unit = text.map(str::parse::<UnitCode>).transpose();
    unit.map_err(|_| Problem::with(ProblemCode::RequestInvalid, "unit: the 12 digits of a unit's code"))
}

pub(super) fn period(name: &str) -> Result<Period, Problem> {
    Period::parse(name).ok_or_else(|| FigureError::Period.into())
}

fn month(name: &str) -> Result<Period, Problem> {
    let period = period(name)?;
    if period.month {
        Ok(period)
    } else {
        Err(FigureError::Period.into())
    }
}

/// What each figure counts, in which unit, and which reports were issued.
#[utoipa::path(operation_id = "figure_definitions", tag = "figures", security(("token" = [])), responses(
    (status = 200, description = "The definitions", body = FigureList),
    (status = 403, description = "push_only, forbidden", body = ProblemBody, content_type = "application/problem+json"),
))]
#[get("/v1/figures")]
pub async fn figure_definitions(app: web::Data<App>, caller: Caller) -> Result<HttpResponse, Problem> {
    let asker = Asker {
        member: caller.member,
        unit: None,
    };
    let (definitions, issued) = blocking::run(&app, move |app| {
        app.store.read(|db| {
            report::sight(db, app, &asker, app.now_ms())?;
            Ok::<_, FigureError>((app.definitions.clone(), query!(db, reports::all())?))
        })
    })
    .await?;
    let line = |(month, issued_ms, sha256): (String, i64, Vec<u8>)| IssuedLine {
        month,
        issued_ms,
        sha256: hex::encode(sha256),
    };
    Ok(HttpResponse::Ok().json(FigureList {
        definitions,
        issued: issued.into_iter().map(line).collect(),
    }))
}

/// The figures of a month or a year as of now, or of one unit as they were issued.
///
/// Rates have two numbers, `top` and `bottom`; hours are minutes. What was pushed a moment ago may take a second to count.
#[utoipa::path(operation_id = "figures", tag = "figures", security(("token" = [])),
    params(("period" = String, Path, description = "`YYYY-MM` or `YYYY`", pattern = "^2[0-9]{3}(-(0[1-9]|1[0-2]))?$"), OfUnit),
    responses(
        (status = 200, description = "The figures", body = Report),
        (status = 400, description = "request_invalid", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "push_only, forbidden", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found: no report was issued", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[get("/v1/figures/{period}")]
pub async fn preview(
    app: web::Data<App>,
    caller: Caller,
    name: Path<String>,
    Query(of): Query<OfUnit>,
) -> Result<HttpResponse, Problem> {
    let period = period(&name)?;
    let asker = Asker {
        member: caller.member,
        unit: unit(of.unit.as_deref())?,
    };
    let report = blocking::run(&app, move |app| {
        app.store.read(|db| {
            if of.issued {
                report::issued_part(db, app, &asker, &period)
            } else {
                report::preview(db, app, &asker, &period)
            }
        })
    })
    .await?;
    Ok(HttpResponse::Ok().json(report))
}

/// The issued report of a month, byte for byte as it was issued; the ETag is its SHA-256.
#[utoipa::path(operation_id = "issued_report", tag = "figures", security(("token" = [])),
    params(("month" = String, Path, description = "`YYYY-MM`", pattern = "^2[0-9]{3}-(0[1-9]|1[0-2])$")),
    responses(
        (status = 200, description = "The report", body = Report, headers(("etag" = String, description = "Its SHA-256"))),
        (status = 304, description = "It is the one that If-None-Match names"),
        (status = 400, description = "request_invalid", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "push_only, forbidden: not for who sees a part only", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[get("/v1/figures/{month}/issued")]
pub async fn issued_report(
    app: web::Data<App>,
    caller: Caller,
    name: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let month = month(&name)?;
    let asker = Asker {
        member: caller.member,
        unit: None,
    };
    let issued = blocking::run(&app, move |app| {
        app.store.read(|db| report::issued(db, app, &asker, &month))
    })
    .await?;
    let etag = format!("\"{}\"", hex::encode(issued.sha256));
    if conditional::has(request.headers(), IF_NONE_MATCH, &etag) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, etag)).finish());
    }
    Ok(answer(issued))
}

/// Issues the report of a month that is over; again, it answers the same bytes.
///
/// What is written for the month later goes to the next report as late and never changes this one.
#[utoipa::path(operation_id = "issue_report", tag = "figures", security(("token" = [])),
    params(("month" = String, Path, description = "`YYYY-MM`", pattern = "^2[0-9]{3}-(0[1-9]|1[0-2])$")),
    responses(
        (status = 200, description = "The report", body = Report, headers(("etag" = String, description = "Its SHA-256"))),
        (status = 400, description = "request_invalid", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "push_only, forbidden", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "month_not_over, report_order", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[post("/v1/figures/{month}/issue")]
pub async fn issue_report(app: web::Data<App>, caller: Caller, name: Path<String>) -> Result<HttpResponse, Problem> {
    let month = month(&name)?;
    let issued = blocking::run(&app, move |app| report::issue(app, caller.member, &month)).await?;
    Ok(answer(issued))
}

fn answer(issued: Issued) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((ETAG, format!("\"{}\"", hex::encode(issued.sha256))))
        .insert_header((CONTENT_TYPE, "application/json"))
        .body(issued.body)
}

/// What the upper number of a figure counts: the records, or the sessions of postings.
#[utoipa::path(operation_id = "figure_rows", tag = "figures", security(("token" = [])),
    params(
        ("period" = String, Path, description = "`YYYY-MM` or `YYYY`", pattern = "^2[0-9]{3}(-(0[1-9]|1[0-2]))?$"),
        ("figure" = String, Path, description = "The figure's code"),
        OfFigure,
    ),
    responses(
        (status = 200, description = "A page of rows", body = FigureRows),
        (status = 400, description = "request_invalid", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "push_only, forbidden", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found: no such figure, or no report was issued", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[get("/v1/figures/{period}/{figure}/rows")]
pub async fn figure_rows(
    app: web::Data<App>,
    caller: Caller,
    path: Path<(String, String)>,
    Query(of): Query<OfFigure>,
) -> Result<HttpResponse, Problem> {
    let (name, figure) = path.into_inner();
    let period = period(&name)?;
    let asker = Asker {
        member: caller.member,
        unit: unit(of.unit.as_deref())?,
    };
    let part = match of.part {
        None | Some(FigurePart::Happened) => Part::Happened,
        Some(FigurePart::Committed) => Part::Committed,
        Some(FigurePart::Late) => Part::Late,
    };
    let found: Rows = blocking::run(&app, move |app| {
        app.store.read(|db| {
            let sight = report::sight(db, app, &asker, app.now_ms())?;
            let position = report::position_for(db, &period, of.issued)?;
            let frame = report::frame(db, &sight, &period, position)?;
            let (after, limit) = (of.after.unwrap_or(0).into(), of.limit.unwrap_or(100).into());
            let wanted = drill::Wanted {
                figure: &figure,
                part,
                after,
                limit,
            };
            drill::rows(db, app, &sight, &frame, wanted)
        })
    })
    .await?;
    let row = |row: drill::Row| FigureRow {
        number: row.number,
        record: row.record,
        unit: row.unit,
        day: date_of(row.day).to_string(),
        sort: row.sort,
        value: row.value,
    };
    Ok(HttpResponse::Ok().json(FigureRows {
        rows: found.rows.into_iter().map(row).collect(),
        hidden: found.hidden,
        next: found.next,
    }))
}
