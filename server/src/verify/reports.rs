//! Issued reports: the bytes are those of their hash, they say of themselves what is written beside them, and what they
//! count of facts and postings comes out again as of the same numbers.
//!
//! What a report counts besides, people in office or findings, is not kept as it was and cannot be counted again.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::{Kind, Place, Run};
use crate::accounts::scope::Grid;
use crate::figures::count::{Counted, count};
use crate::figures::definitions::{Definition, Definitions, Source};
use crate::figures::ground::Frame;
use crate::figures::period::Period;
use crate::figures::report::{self, Report};
use crate::query;
use crate::store::rows::ReportRow;
use crate::store::{Db, StoreError, StoreResult};

/// Walks along the issued reports, the newest first.
pub(super) fn check(db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
    let definitions = Definitions::builtin().map_err(|_| StoreError::Internal)?;
    let grid = Grid::new(&query!(db, units::parents())?);
    for (month, _, _) in query!(db, reports::all())? {
        let Some(row) = query!(db, reports::of_month(&month))? else {
            continue;
        };
        if let Some(kind) = fault(db, &definitions, &grid, &row)? {
            run.fault(kind, Place::Report(month.clone()));
        }
        if !query!(db, reports::heads_fit(&month))? {
            run.fault(Kind::ReportHead, Place::Report(month));
        }
        run.count("reports", 1);
    }
    Ok(())
}

fn fault(db: &mut Db<'_>, definitions: &Definitions, grid: &Grid, row: &ReportRow) -> StoreResult<Option<Kind>> {
    let hash: [u8; 32] = Sha256::digest(&row.body).into();
    if hash != row.sha256 {
        return Ok(Some(Kind::ReportBytes));
    }
    let told = serde_json::from_slice::<Report>(&row.body).ok();
    let (Some(told), Some(period)) = (told, Period::parse(&row.month)) else {
        return Ok(Some(Kind::ReportValue));
    };
    let says = told.period == row.month
        && told.issued_ms == Some(row.issued_ms)
        && i64::from(told.definitions) == row.definitions
        && told.position == report::position_of(row)
        && query!(db, members::by_id(row.issued_by))?.is_some();
    if !says {
        return Ok(Some(Kind::ReportValue));
    }
    // Other definitions count otherwise.
    let counts = told.definitions != definitions.version || counts(db, definitions, grid, &period, row, &told)?;
    Ok((!counts).then_some(Kind::ReportFigures))
}

/// Whether its lasting figures come out again.
fn counts(
    db: &mut Db<'_>,
    definitions: &Definitions,
    grid: &Grid,
    period: &Period,
    row: &ReportRow,
    told: &Report,
) -> StoreResult<bool> {
    let earlier = report::before(db, period)?;
    let frame = Frame {
        period: period.clone(),
        units: None,
        position: report::position_of(row),
        earlier: earlier.as_ref().and_then(report::earlier),
    };
    let totals = match earlier.as_ref().map(report::totals) {
        None => BTreeMap::new(),
        Some(Ok(totals)) => totals,
        // The report before is damaged and named; from it nothing can be told.
        Some(Err(StoreError::Corrupt)) => return Ok(true),
        Some(Err(error)) => return Err(error),
    };
    let tables = definitions.tables.iter().map(|table| table.code.as_str()).collect();
    let again = count(db, definitions, grid, &frame, &tables, Some(&totals))?;
    let lasting = |counted: &[Counted]| -> Vec<Counted> {
        let of = |figure: &Counted| definitions.named(&figure.code).filter(|one| lasts(one));
        let kept = counted.iter().filter_map(|figure| Some((figure, of(figure)?)));
        kept.map(|(figure, definition)| as_it_lasts(figure, definition))
            .collect()
    };
    Ok(lasting(&again) == lasting(&told.figures) && report::rows(db, &frame)? == told.rows)
}

/// Whether a figure counts facts and postings alone.
fn lasts(figure: &Definition) -> bool {
    let sources = [Some(&figure.top), figure.bottom.as_ref()];
    !sources
        .into_iter()
        .flatten()
        .any(|source| matches!(source, Source::Special { .. }))
}

/// Communities may have gone to another area since.
fn as_it_lasts(figure: &Counted, definition: &Definition) -> Counted {
    let mut figure = figure.clone();
    if definition.by.as_deref() == Some("area") {
        figure.by.clear();
    }
    figure
}
