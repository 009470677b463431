//! The report of a period: as of now, or issued once and for all.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sync_protocol::id::{MemberId, UnitCode};
use sync_protocol::role::Role;

use super::count::{Counted, count};
use super::definitions::Definitions;
use super::error::FigureError;
use super::ground::{Earlier, Frame, Part, Position};
use super::period::Period;
use super::right::{self, ISSUERS};
use crate::accounts::scope::{self, Grid, Scope};
use crate::app::App;
use crate::query;
use crate::store::rows::ReportRow;
use crate::store::{Db, StoreError, StoreResult};

/// A report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Report {
    /// `YYYY-MM`; a preview also `YYYY`.
    pub period: String,
    /// The unit with those below it.
    pub unit: String,
    /// The last second of the period.
    pub cut_off: String,
    /// The version of the definitions.
    pub definitions: u32,
    /// Facts and postings up to these numbers are in it.
    #[schema(value_type = Object)]
    pub position: Position,
    /// The month of the report before, whose late entries this one has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier: Option<String>,
    /// When it was issued, ms since 1970-01-01T00:00:00Z; absent in a preview.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_ms: Option<i64>,
    /// The figures.
    pub figures: Vec<Counted>,
    /// What an issued report was counted from, by code of fact.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<RowsOf>,
}

/// The facts of one code that are in an issued report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RowsOf {
    /// The code.
    pub code: String,
    /// How many facts of the month, or late ones.
    pub rows: i64,
    /// SHA-256 over number (8 bytes, big-endian) and record of each, in the order of numbers; hexadecimal.
    pub sha256: String,
}

/// An issued report as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// Its month.
    pub month: String,
    /// SHA-256 of the text.
    pub sha256: [u8; 32],
    /// Its JSON text.
    pub body: Vec<u8>,
}

/// Who asks, and for which unit.
#[derive(Debug, Clone)]
pub struct Asker {
    /// The member.
    pub member: MemberId,
    /// The unit; `None`: the highest of which he sees figures.
    pub unit: Option<UnitCode>,
}

/// What somebody may see, worked out.
pub struct Sight<'d> {
    /// The unit.
    pub unit: UnitCode,
    /// It and the units below it.
    pub units: BTreeSet<UnitCode>,
    /// It is the whole.
    pub whole: bool,
    /// His roles there.
    pub roles: BTreeSet<Role>,
    /// The tables that he sees.
    pub tables: BTreeSet<&'d str>,
    /// His roles, unit by unit.
    pub scope: Scope,
}

/// Works out what somebody may see.
pub fn sight<'d>(db: &mut Db<'_>, app: &'d App, asker: &Asker, now_ms: i64) -> Result<Sight<'d>, FigureError> {
    let appointments = query!(db, appointments::of_member(asker.member))?;
    let grid = app.grid.get(db, now_ms)?;
    let scope = scope::scope(&grid, &appointments, now_ms);
    let found = right::unit(&app.definitions, &scope, asker.unit.as_ref()).ok_or(FigureError::Forbidden)?;
    let (unit, roles) = (found.0.clone(), found.1.clone());
    Ok(Sight {
        units: grid.covered(&unit),
        whole: grid.above(&unit).is_empty(),
        tables: right::tables(&app.definitions, &roles),
        roles,
        unit,
        scope,
    })
}

/// The report as of now. Late entries are those after the last issued report.
pub fn preview(db: &mut Db<'_>, app: &App, asker: &Asker, period: &Period) -> Result<Report, FigureError> {
    let now_ms = app.now_ms();
    let sight = sight(db, app, asker, now_ms)?;
    let now = position(db)?;
    let frame = frame(db, &sight, period, now)?;
    let grid = app.grid.get(db, now_ms)?;
    Ok(made(db, app, &grid, &frame, &sight, None)?)
}

/// What a unit contributed to an issued report, counted again from the facts that were in it.
pub fn issued_part(db: &mut Db<'_>, app: &App, asker: &Asker, month: &Period) -> Result<Report, FigureError> {
    let now_ms = app.now_ms();
    let sight = sight(db, app, asker, now_ms)?;
    let row = query!(db, reports::of_month(&month.name))?.ok_or(FigureError::NotFound)?;
    let frame = frame(db, &sight, month, position_of(&row))?;
    let grid = app.grid.get(db, now_ms)?;
    Ok(made(db, app, &grid, &frame, &sight, Some(row.issued_ms))?)
}

/// The issued report of a month, byte for byte: for those who see all of the whole.
pub fn issued(db: &mut Db<'_>, app: &App, asker: &Asker, month: &Period) -> Result<Issued, FigureError> {
    let sight = sight(db, app, asker, app.now_ms())?;
    if !sight.whole || sight.tables.len() < app.definitions.tables.len() {
        return Err(FigureError::Forbidden);
    }
    let row = query!(db, reports::of_month(&month.name))?.ok_or(FigureError::NotFound)?;
    Ok(kept(row))
}

/// Issues the report of a month that is over. A report that was issued is answered again, the same bytes.
pub fn issue(app: &App, member: MemberId, month: &Period) -> Result<Issued, FigureError> {
    let now_ms = app.now_ms();
    if !month.month {
        return Err(FigureError::Period);
    }
    let asker = Asker { member, unit: None };
    let known = app.store.read(|db| {
        let sight = sight(db, app, &asker, now_ms)?;
        if !sight.whole || !ISSUERS.iter().any(|role| sight.roles.contains(role)) {
            return Err(FigureError::Forbidden);
        }
        Ok(query!(db, reports::of_month(&month.name))?)
    })?;
    if let Some(row) = known {
        return Ok(kept(row));
    }
    if now_ms < month.moments().1 {
        return Err(FigureError::NotOver);
    }
    app.follower.catch_up()?;
    // One snapshot: its facts, its marks and its position belong together, however long counting takes.
    let (row, marks) = app.store.read(|db| {
        if query!(db, reports::later(&month.name))? {
            return Err(FigureError::Order);
        }
        let sight = sight(db, app, &asker, now_ms)?;
        let now = position(db)?;
        let frame = frame(db, &sight, month, now)?;
        let grid = app.grid.get(db, now_ms)?;
        let mut report = made(db, app, &grid, &frame, &sight, Some(now_ms))?;
        report.rows = rows(db, &frame)?;
        let body = serde_json::to_vec(&report).map_err(|_| StoreError::Internal)?;
        let row = ReportRow {
            month: month.name.clone(),
            issued_ms: now_ms,
            issued_by: member,
            definitions: i64::from(app.definitions.version),
            fact_number: frame.position.facts,
            posting_number: frame.position.postings,
            sha256: Sha256::digest(&body).into(),
            body,
        };
        Ok((row, query!(db, reports::marks())?))
    })?;
    let written = app.store.write(|db| {
        if let Some(row) = query!(db, reports::of_month(&month.name))? {
            return Ok(row);
        }
        if query!(db, reports::later(&month.name))? {
            return Err(FigureError::Order);
        }
        query!(db, reports::insert(row.clone(), &marks))?;
        Ok::<_, FigureError>(row.clone())
    });
    match written {
        // Somebody else issued it at the same moment.
        Err(FigureError::Store(StoreError::Conflict)) => app.store.read(|db| {
            let row = query!(db, reports::of_month(&month.name))?.ok_or(StoreError::Internal)?;
            Ok(kept(row))
        }),
        row => Ok(kept(row?)),
    }
}

fn kept(row: ReportRow) -> Issued {
    Issued {
        month: row.month,
        sha256: row.sha256,
        body: row.body,
    }
}

/// Up to which numbers an issued report counts.
pub(crate) fn position_of(row: &ReportRow) -> Position {
    Position {
        facts: row.fact_number,
        postings: row.posting_number,
    }
}

/// Up to where facts and postings are known now.
pub fn position(db: &mut Db<'_>) -> StoreResult<Position> {
    Ok(Position {
        facts: query!(db, facts::last())?,
        postings: query!(db, posted::last())?,
    })
}

/// The position of the report that was issued for a period, or that of now.
pub fn position_for(db: &mut Db<'_>, period: &Period, issued: bool) -> Result<Position, FigureError> {
    if !issued {
        return Ok(position(db)?);
    }
    let row = query!(db, reports::of_month(&period.name))?.ok_or(FigureError::NotFound)?;
    Ok(position_of(&row))
}

/// What a report of a period as of a position is of.
pub fn frame(db: &mut Db<'_>, sight: &Sight<'_>, period: &Period, position: Position) -> StoreResult<Frame> {
    let earlier = before(db, period)?.as_ref().and_then(earlier);
    Ok(Frame {
        period: period.clone(),
        units: (!sight.whole).then(|| sight.units.clone()),
        position,
        earlier,
    })
}

/// An issued report as the one before another.
pub(crate) fn earlier(row: &ReportRow) -> Option<Earlier> {
    Some(Earlier {
        position: position_of(row),
        last: Period::parse(&row.month)?.last,
    })
}

/// The report that was issued before that of a month.
pub(crate) fn before(db: &mut Db<'_>, period: &Period) -> StoreResult<Option<ReportRow>> {
    if !period.month {
        return Ok(None);
    }
    query!(db, reports::before(&period.name))
}

fn made(
    db: &mut Db<'_>,
    app: &App,
    grid: &Grid,
    frame: &Frame,
    sight: &Sight<'_>,
    issued_ms: Option<i64>,
) -> StoreResult<Report> {
    let definitions: &Definitions = &app.definitions;
    let earlier = before(db, &frame.period)?;
    let totals = match &earlier {
        _ if !sight.whole || !frame.period.month => None,
        None => Some(BTreeMap::new()),
        Some(row) => Some(totals(row)?),
    };
    let figures = count(db, definitions, grid, frame, &sight.tables, totals.as_ref())?;
    Ok(Report {
        period: frame.period.name.clone(),
        unit: sight.unit.as_str().to_owned(),
        cut_off: frame.period.cut_off(),
        definitions: definitions.version,
        position: frame.position,
        earlier: earlier.map(|row| row.month),
        issued_ms,
        figures,
        rows: Vec::new(),
    })
}

/// The totals of an issued report, by figure.
pub(crate) fn totals(row: &ReportRow) -> StoreResult<BTreeMap<String, i64>> {
    let report: Report = serde_json::from_slice(&row.body).map_err(|_| StoreError::Corrupt)?;
    Ok(report
        .figures
        .into_iter()
        .filter_map(|figure| Some((figure.code, figure.total?)))
        .collect())
}

/// What a report is counted from: the facts of the period and the late ones.
pub(crate) fn rows(db: &mut Db<'_>, frame: &Frame) -> StoreResult<Vec<RowsOf>> {
    let mut names: Vec<(String, i64, [u8; 16])> = Vec::new();
    for part in [Part::Happened, Part::Late] {
        for query in frame.facts(part, None, None) {
            names.extend(
                query!(db, facts::names(query))?
                    .into_iter()
                    .map(|(code, n, record)| (code, n, record.0)),
            );
        }
    }
    names.sort_unstable();
    let mut hashes: BTreeMap<String, (i64, Sha256)> = BTreeMap::new();
    for (code, number, record) in names {
        let of = hashes.entry(code).or_default();
        of.0 += 1;
        of.1.update(number.to_be_bytes());
        of.1.update(record);
    }
    let row = |(code, (rows, hash)): (String, (i64, Sha256))| RowsOf {
        code,
        rows,
        sha256: hex::encode(hash.finalize()),
    };
    Ok(hashes.into_iter().map(row).collect())
}
