//! The hours ledger: sums, and from each sum down to its postings and what is pending.

use std::sync::Arc;

use actix_web::{HttpResponse, get, web};
use serde::Deserialize;
use sync_protocol::id::UnitCode;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::caller::Caller;
use super::hours_lines::{ClaimLine, Claims, HoursTotal, HoursTotals, PostingLine, Postings};
use super::params::{InLedger, Query};
use super::problem::{Problem, ProblemBody, ProblemCode};
use super::sync;
use crate::app::App;
use crate::ledger::{drill, sight, totals};
use crate::store::Db;
use crate::store::hours::{HoursFilter, HoursKey, HoursSight};
use crate::sync::SyncError;

/// By what hours are summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The ledger alone.
    Ledger,
    /// Whose they are: a member, or in the ledger of social service a subject.
    Person,
    /// The unit.
    Unit,
    /// The kind of session.
    Kind,
    /// The day of the session, in China.
    Day,
    /// Its month.
    Month,
}

/// Which hours. Days are those of the sessions, in China.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct HoursQuery {
    /// By what they are summed; absent: by the ledger. Not read by the other two addresses.
    #[param(inline)]
    by: Option<By>,
    /// Only of this ledger.
    #[param(inline)]
    ledger: Option<InLedger>,
    /// Only of this unit and those below it.
    #[param(value_type = Option<String>, pattern = "^[0-9]{12}$")]
    unit: Option<String>,
    /// Only of this kind of session.
    kind: Option<String>,
    /// Only of this member.
    #[param(value_type = Option<String>, format = Uuid)]
    member: Option<Uuid>,
    /// Only of this subject.
    #[param(value_type = Option<String>, format = Uuid)]
    subject: Option<Uuid>,
    /// First day, `YYYY-MM-DD`.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// Last day, `YYYY-MM-DD`.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<String>,
    /// Where a page begins: behind this number of a posting, or this session of a claim.
    after: Option<String>,
    /// Most entries of a page, 1 to 200; absent: 100. Fewer or more are taken as the nearest.
    limit: Option<i64>,
}

impl HoursQuery {
    /// The filter for a caller who sees `sight`.
    fn filter(&self, db: &mut Db<'_>, app: &App, sight: HoursSight) -> Result<HoursFilter, SyncError> {
        let wrong = |what: &str| SyncError::Malformed(what.to_owned());
        for day in [&self.from, &self.to].into_iter().flatten() {
            if chrono::NaiveDate::parse_from_str(day, "%Y-%m-%d").is_err() || day.len() != 10 {
                return Err(wrong("from and to are days, YYYY-MM-DD"));
            }
        }
        let units = match &self.unit {
            None => None,
            Some(code) => {
                let unit: UnitCode = code.parse().map_err(|_| wrong("unit: a unit's code"))?;
                let covered = app.grid.get(db, app.now_ms())?.covered(&unit);
                Some(covered.into_iter().map(|unit| unit.as_str().to_owned()).collect())
            }
        };
        Ok(HoursFilter {
            sight,
            units,
            ledger: self.ledger.map(|ledger| ledger.code().to_owned()),
            kind: self.kind.clone(),
            member: self.member.map(Uuid::into_bytes),
            subject: self.subject.map(Uuid::into_bytes),
            from: self.from.clone(),
            to: self.to.clone(),
        })
    }

    fn limit(&self) -> i64 {
        self.limit.unwrap_or(100).clamp(1, drill::PAGE)
    }
}

/// Sums of hours: what is confirmed, and apart from it what is pending and why. The two ledgers are never added together.
/// Everybody reads his own; leaders their units', area managers the figures of theirs.
#[utoipa::path(tag = "hours", security(("token" = [])), params(HoursQuery),
    responses(
        (status = 200, description = "The sums", body = HoursTotals),
        (status = 400, description = "request_invalid", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "push_only", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[get("/v1/hours")]
pub async fn hours_totals(
    app: web::Data<App>,
    caller: Caller,
    Query(query): Query<HoursQuery>,
) -> Result<HttpResponse, Problem> {
    let by = query.by.unwrap_or(By::Ledger);
    let (parts, now_ms) = (Arc::clone(&app), app.now_ms());
    let (found, readings) = sync::look(&app, caller, move |db, looker| {
        let persons = by == By::Person || query.member.is_some() || query.subject.is_some();
        let sight = if persons {
            sight::persons(db, looker)?
        } else {
            sight::figures(db, looker)?
        };
        let key = match by {
            By::Ledger => HoursKey::Ledger,
            By::Person => HoursKey::Person,
            By::Unit => HoursKey::Unit,
            By::Kind => HoursKey::Kind,
            By::Day => HoursKey::Day,
            By::Month => HoursKey::Month,
        };
        let filter = query.filter(db, &parts, sight)?;
        let readings = match persons {
            true => totals::readings(db, looker, &filter, now_ms)?,
            false => Vec::new(),
        };
        Ok((totals::totals(db, &filter, key)?, readings))
    })
    .await?;
    sync::note(&app, readings).await?;
    Ok(HttpResponse::Ok().json(HoursTotals {
        position: found.position,
        totals: found.lines.into_iter().map(HoursTotal::from).collect(),
        more: found.more,
    }))
}

/// The postings that hours are the sum of, each with the operations that it stands on.
#[utoipa::path(tag = "hours", security(("token" = [])), params(HoursQuery),
    responses(
        (status = 200, description = "A page of postings", body = Postings),
        (status = 400, description = "request_invalid", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "push_only", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[get("/v1/hours/postings")]
pub async fn hours_postings(
    app: web::Data<App>,
    caller: Caller,
    Query(query): Query<HoursQuery>,
) -> Result<HttpResponse, Problem> {
    let after: i64 = match &query.after {
        None => 0,
        Some(text) => text.parse().map_err(|_| invalid("after: the number of a posting"))?,
    };
    let (limit, now_ms) = (query.limit(), app.now_ms());
    let parts = Arc::clone(&app);
    let page = sync::look(&app, caller, move |db, looker| {
        let sight = sight::persons(db, looker)?;
        let filter = query.filter(db, &parts, sight)?;
        drill::postings(db, looker, &filter, (after, limit), now_ms)
    })
    .await?;
    sync::note(&app, page.readings).await?;
    Ok(HttpResponse::Ok().json(Postings {
        position: page.position,
        next: page.next,
        postings: page.rows.into_iter().map(PostingLine::from).collect(),
    }))
}

/// Hours that are claimed and not in the ledger, each with what it waits for.
#[utoipa::path(tag = "hours", security(("token" = [])), params(HoursQuery),
    responses(
        (status = 200, description = "A page of claims", body = Claims),
        (status = 400, description = "request_invalid", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "push_only", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[get("/v1/hours/claims")]
pub async fn hours_claims(
    app: web::Data<App>,
    caller: Caller,
    Query(query): Query<HoursQuery>,
) -> Result<HttpResponse, Problem> {
    let after = match &query.after {
        None => Vec::new(),
        Some(text) => Uuid::try_parse(text)
            .map_err(|_| invalid("after: the id of a session"))?
            .into_bytes()
            .to_vec(),
    };
    let (limit, now_ms) = (query.limit(), app.now_ms());
    let parts = Arc::clone(&app);
    let page = sync::look(&app, caller, move |db, looker| {
        let sight = sight::persons(db, looker)?;
        let filter = query.filter(db, &parts, sight)?;
        Ok(drill::claims(db, looker, &filter, (&after, limit), now_ms)?)
    })
    .await?;
    sync::note(&app, page.readings).await?;
    Ok(HttpResponse::Ok().json(Claims {
        position: page.position,
        next: page.next,
        claims: page.rows.into_iter().map(ClaimLine::from).collect(),
    }))
}

fn invalid(detail: &str) -> Problem {
    Problem::with(ProblemCode::RequestInvalid, detail)
}
