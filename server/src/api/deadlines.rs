//! The deadline board.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, get, web};
use serde::{Deserialize, Serialize};
use sync_protocol::calendar::{china_date, date_of, day_of};
use sync_protocol::catalog::Label;
use sync_protocol::id::{RecordId, UnitCode};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::caller::Caller;
use super::params::Query;
use super::problem::{Problem, ProblemBody, ProblemCode};
use super::{blocking, sync};
use crate::app::App;
use crate::deadlines::{Asked, Band, Board, Count, Line, Standing};
use crate::sync::SyncError;
use crate::sync::desk::Looker;

/// How a deadline stands.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineState {
    /// Not met, and there is time left.
    Open,
    /// Met in time.
    Met,
    /// Met too late, or not met and over.
    Missed,
}

/// Which deadlines to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeadlineParams {
    /// Of this kind of record only.
    #[param(value_type = String, required = false)]
    kind: Option<String>,
    /// Of this unit and those below it only.
    #[param(value_type = String, required = false, pattern = "^[0-9]{12}$")]
    unit: Option<String>,
    /// Those that stand so today.
    #[param(inline, required = false)]
    state: Option<DeadlineState>,
    /// Open ones due within so many days.
    #[param(value_type = u16, required = false, maximum = 65535)]
    within: Option<u16>,
    /// `next` of the page before.
    #[param(value_type = String, required = false,
        pattern = r"^-?[0-9]{1,7}\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\.[a-z][a-z_]{0,63}$")]
    after: Option<String>,
    /// Most lines, 1 to 500; absent: 100. More are taken as the nearest.
    #[param(value_type = u16, required = false, maximum = 65535)]
    limit: Option<u16>,
}

/// A deadline of a record.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeadlineLine {
    /// The record.
    #[schema(value_type = String, format = Uuid)]
    record: RecordId,
    /// Which deadline; `rules` says more of it.
    code: String,
    /// The record's unit.
    unit: String,
    /// The record's kind.
    kind: String,
    /// The day that does not count; where the due day is entered, that one.
    #[schema(value_type = String, format = Date)]
    start: String,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    due: String,
    /// When it was met.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    met: Option<String>,
    /// How it stands today.
    state: DeadlineState,
    /// Days left; negative: days over. Absent when it is met.
    #[serde(skip_serializing_if = "Option::is_none")]
    days_left: Option<i64>,
    /// `red`, `amber` or `green`; absent when it is met.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    band: Option<&'static str>,
    /// `official`, or `provisional`: a year whose holidays are not known was counted by weekends alone.
    #[schema(value_type = String)]
    calendar: &'static str,
}

/// How many of one deadline are not met.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeadlineCount {
    /// All of them.
    open: i64,
    /// Those that are over.
    overdue: i64,
    /// Shown red: over, or few days are left.
    red: i64,
    /// Shown amber.
    amber: i64,
    /// Shown green.
    green: i64,
}

/// A deadline, as it holds for what begins today.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeadlineRule {
    /// Its code.
    code: String,
    /// What people call it.
    #[schema(value_type = Object)]
    name: Label,
    /// The law that gives it.
    #[schema(value_type = Object)]
    law: Label,
}

/// A page of the board.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeadlineBoard {
    /// Today, in China.
    #[schema(value_type = String, format = Date)]
    today: String,
    /// The deadlines, the first due first.
    deadlines: Vec<DeadlineLine>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// What is not met in the units and of the kind asked about, by code, whatever page and state.
    counts: BTreeMap<String, DeadlineCount>,
    /// The same by colour.
    bands: BTreeMap<&'static str, i64>,
    /// What the codes mean.
    rules: Vec<DeadlineRule>,
}

impl From<DeadlineState> for Standing {
    fn from(state: DeadlineState) -> Standing {
        match state {
            DeadlineState::Open => Standing::Open,
            DeadlineState::Met => Standing::Met,
            DeadlineState::Missed => Standing::Missed,
        }
    }
}

impl From<Line> for DeadlineLine {
    fn from(line: Line) -> DeadlineLine {
        let date = |day: i64| date_of(day).to_string();
        DeadlineLine {
            record: line.row.record,
            start: date(line.row.start_day),
            due: date(line.row.due_day),
            met: line.row.met_day.map(date),
            state: match line.standing {
                Standing::Open => DeadlineState::Open,
                Standing::Met => DeadlineState::Met,
                Standing::Missed => DeadlineState::Missed,
            },
            days_left: line.days_left,
            band: line.band.map(|band| match band {
                Band::Red => "red",
                Band::Amber => "amber",
                Band::Green => "green",
            }),
            calendar: calendar(line.row.provisional),
            code: line.row.code,
            unit: line.row.unit,
            kind: line.row.kind,
        }
    }
}

/// How a count of working days is marked.
fn calendar(provisional: bool) -> &'static str {
    if provisional { "provisional" } else { "official" }
}

/// Deadlines of the records that the caller reads, the first due first.
///
/// Who reads a record and all fields that a deadline is told from knows of the deadline. What was pushed a moment ago
/// may take a second to show.
#[utoipa::path(operation_id = "deadlines", tag = "deadlines", security(("token" = [])), params(DeadlineParams), responses(
    (status = 200, description = "A page of the board", body = DeadlineBoard),
    (status = 400, description = "request_invalid", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "push_only", body = ProblemBody, content_type = "application/problem+json"),
))]
#[get("/v1/deadlines")]
pub async fn board(
    app: web::Data<App>,
    caller: Caller,
    Query(params): Query<DeadlineParams>,
) -> Result<HttpResponse, Problem> {
    let unit = params.unit.as_deref().map(str::parse::<UnitCode>).transpose();
    let unit = unit.map_err(|_| invalid("unit: the 12 digits of a unit's code"))?;
    let asked = Asked {
        kind: params.kind,
        units: None,
        standing: params.state.map(Standing::from),
        within_days: params.within.map(u32::from),
        after: params.after.as_deref().map(after).transpose()?,
        limit: params.limit.unwrap_or(100).into(),
    };
    let now_ms = app.now_ms();
    let today = day_of(china_date(now_ms));
    let shown = blocking::run(&app, move |app| {
        app.store.read(|db| {
            let scope = sync::scope_of(app, db, caller, now_ms)?;
            let grid = app.grid.get(db, now_ms)?;
            let looker = Looker {
                catalog: &app.catalog,
                member: caller.member,
                scope: &scope,
            };
            let asked = Asked {
                units: unit.map(|unit| grid.covered(&unit)),
                ..asked
            };
            Ok::<_, SyncError>(crate::deadlines::board(db, &app.law, looker, &asked, today, now_ms)?)
        })
    })
    .await?;
    sync::note(&app, shown.readings.iter().cloned()).await?;
    Ok(HttpResponse::Ok().json(page(&app, shown, today)))
}

fn page(app: &App, shown: Board, today: i64) -> DeadlineBoard {
    let next = shown.lines.last().filter(|_| shown.more).map(|last| {
        let row = &last.row;
        format!("{}.{}.{}", row.due_day, Uuid::from_bytes(row.record.0), row.code)
    });
    let mut bands = BTreeMap::from([("red", 0), ("amber", 0), ("green", 0)]);
    for count in shown.counts.values() {
        for (band, more) in [("red", count.red), ("amber", count.amber), ("green", count.green)] {
            *bands.entry(band).or_default() += more;
        }
    }
    let holds = |rule: &&sync_protocol::deadlines::Deadline| {
        rule.valid_to.is_none_or(|to| to >= date_of(today))
            && (shown.counts.contains_key(&rule.code) || shown.lines.iter().any(|line| line.row.code == rule.code))
    };
    let mut rules: Vec<DeadlineRule> = Vec::new();
    for rule in app.law.deadlines.all().iter().filter(holds) {
        if rules.last().is_none_or(|last| last.code != rule.code) {
            rules.push(DeadlineRule {
                code: rule.code.clone(),
                name: rule.name.clone(),
                law: rule.law.clone(),
            });
        }
    }
    let count = |(code, count): (String, Count)| {
        let Count {
            open,
            overdue,
            red,
            amber,
            green,
        } = count;
        let count = DeadlineCount {
            open,
            overdue,
            red,
            amber,
            green,
        };
        (code, count)
    };
    DeadlineBoard {
        today: date_of(today).to_string(),
        deadlines: shown.lines.into_iter().map(DeadlineLine::from).collect(),
        next,
        counts: shown.counts.into_iter().map(count).collect(),
        bands,
        rules,
    }
}

/// Reads where a page begins.
fn after(text: &str) -> Result<(i64, RecordId, String), Problem> {
    let mut parts = text.splitn(3, '.');
    let mut part = || parts.next().unwrap_or_default();
    let (day, record, code) = (part().parse().ok(), Uuid::try_parse(part()).ok(), part());
    match (day, record, code) {
        (Some(day), Some(record), code) if !code.is_empty() => Ok((day, RecordId::from(record), code.to_owned())),
        _ => Err(invalid("after: `next` of the page before")),
    }
}

fn invalid(what: &str) -> Problem {
    Problem::with(ProblemCode::RequestInvalid, what)
}
