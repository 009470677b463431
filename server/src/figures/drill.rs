//! From a figure down to what it counts: records, or postings, of kinds that the reader reads.

use std::collections::{BTreeSet, HashMap};

use sync_protocol::id::{RecordId, UnitCode};

use super::count::takes;
use super::definitions::{Source, Take};
use super::error::FigureError;
use super::ground::{Frame, Part};
use super::report::Sight;
use crate::app::App;
use crate::query;
use crate::store::rows::{FactQuery, FactRow, SumRow};
use crate::store::{Db, StoreError, StoreResult};
use crate::sync::sealed::Sealed;

/// Most rows of one page.
pub const PAGE: usize = 500;

/// What a figure counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The place in the facts' order, or in the postings'.
    pub number: i64,
    /// The record; of a posting, the session.
    pub record: RecordId,
    /// Its unit.
    pub unit: String,
    /// When it happened, days since 1970-01-01.
    pub day: i64,
    /// Of which sort.
    pub sort: String,
    /// How much, negative where an earlier row is taken back.
    pub value: i64,
}

/// A page of rows.
#[derive(Debug, Default)]
pub struct Rows {
    /// The rows.
    pub rows: Vec<Row>,
    /// Rows of this page that the reader may not see.
    pub hidden: usize,
    /// The number after which the next page begins; `None`: this was the last.
    pub next: Option<i64>,
}

/// Which rows are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'w> {
    /// The figure's code.
    pub figure: &'w str,
    /// Which part of it.
    pub part: Part,
    /// After this number.
    pub after: i64,
    /// Most rows.
    pub limit: usize,
}

/// A page of what a figure's upper number counts, after a number.
pub fn rows(
    db: &mut Db<'_>,
    app: &App,
    sight: &Sight<'_>,
    frame: &Frame,
    wanted: Wanted<'_>,
) -> Result<Rows, FigureError> {
    let Wanted {
        figure,
        part,
        after,
        limit,
    } = wanted;
    let figure = app.definitions.named(figure).ok_or(FigureError::NotFound)?;
    if !sight.tables.contains(figure.table.as_str()) {
        return Err(FigureError::Forbidden);
    }
    let limit = limit.clamp(1, PAGE) as i64;
    let named = frame.named();
    let units = named.as_deref();
    let mut found: Vec<Row> = Vec::new();
    match &figure.top {
        Source::Special { .. } => return Ok(Rows::default()),
        Source::Ledger { ledger, .. } => {
            for query in frame.postings(part, units) {
                let query = from(query, after);
                for (number, session, day, unit, _, _, minutes, _) in
                    query!(db, posted::page(ledger, query, limit + 1))?
                {
                    found.push(Row {
                        number,
                        record: RecordId(session.0),
                        unit,
                        day: day
                            .parse()
                            .map(sync_protocol::calendar::day_of)
                            .map_err(|_| StoreError::Corrupt)?,
                        sort: String::new(),
                        value: minutes,
                    });
                }
            }
        }
        Source::Facts { facts, take, .. } => {
            let codes: Vec<&str> = facts.iter().map(String::as_str).collect();
            let stock = FactQuery {
                codes: Some(&codes),
                units,
                days: (i64::MIN, frame.period.last),
                numbers: (0, frame.position.facts),
                at: None,
            };
            let queries = if *take == Take::Stock {
                vec![stock]
            } else {
                frame.facts(part, Some(&codes), units)
            };
            for query in queries {
                let query = FactQuery {
                    codes: Some(&codes),
                    ..from(query, after)
                };
                found.extend(query!(db, facts::page(query, limit + 1))?.into_iter().map(row));
            }
        }
    }
    found.sort_by_key(|row| row.number);
    let more = found.len() as i64 > limit;
    found.truncate(limit as usize);
    let mut page = Rows {
        next: found.last().filter(|_| more).map(|row| row.number),
        ..Rows::default()
    };
    let shown = shown(db, app, sight, &found)?;
    for row in found {
        let counts = SumRow {
            code: String::new(),
            dim: row.sort.clone(),
            unit: row.unit.clone(),
            who: None,
            count: 0,
            value: 0,
        };
        if !sorts(&figure.top, &counts) || !frame.has(&row.unit) {
            continue;
        }
        if shown.contains(&row.record) {
            page.rows.push(row);
        } else {
            page.hidden += 1;
        }
    }
    Ok(page)
}

/// Whether a row is of a sort that the source takes; its code is right already.
fn sorts(source: &Source, row: &SumRow) -> bool {
    match source {
        Source::Facts { facts, .. } => facts.iter().any(|code| {
            takes(
                source,
                &SumRow {
                    code: code.clone(),
                    ..row.clone()
                },
            )
        }),
        Source::Ledger { .. } | Source::Special { .. } => true,
    }
}

fn from(query: FactQuery<'_>, after: i64) -> FactQuery<'_> {
    FactQuery {
        numbers: (query.numbers.0.max(after), query.numbers.1),
        ..query
    }
}

fn row(fact: FactRow) -> Row {
    Row {
        number: fact.number,
        record: fact.record,
        unit: fact.unit,
        day: fact.day,
        sort: fact.dim,
        value: fact.value * i64::from(fact.sign),
    }
}

/// Those of the rows' records that the reader reads as one of his unit's, those about sealed persons left out.
fn shown(db: &mut Db<'_>, app: &App, sight: &Sight<'_>, rows: &[Row]) -> StoreResult<BTreeSet<RecordId>> {
    let ids: BTreeSet<RecordId> = rows.iter().map(|row| row.record).collect();
    let ids: Vec<&[u8]> = ids.iter().map(|id| id.0.as_slice()).collect();
    let mut shown = BTreeSet::new();
    let mut sealed = Sealed::new(&app.catalog);
    let mut units: HashMap<String, Option<UnitCode>> = HashMap::new();
    for some in ids.chunks(PAGE) {
        for record in query!(db, records::by_ids(some))? {
            let unit = units
                .entry(record.unit.clone())
                .or_insert_with(|| record.unit.parse().ok());
            let roles = unit.as_ref().and_then(|unit| sight.scope.get(unit));
            let kind = app.catalog.kinds().get(&record.kind);
            let reads = kind
                .zip(roles)
                .is_some_and(|(kind, roles)| !kind.read.unit.is_disjoint(roles));
            if reads && !sealed.holds(db, &record)? {
                shown.insert(record.id);
            }
        }
    }
    Ok(shown)
}
