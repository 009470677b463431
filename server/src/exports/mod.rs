//! Exports: reports, lists of records, postings and deadlines as CSV or XLSX.
//!
//! A file is written row by row into an unnamed temporary file, out of one snapshot of the database, and only then sent:
//! memory does not grow with it, whoever reads slowly holds no snapshot, and how many rows leave is known and written
//! into the access log, with the purpose, before the first byte does.

mod book;
mod deadlines;
mod hours;
mod label;
mod records;
mod report;
mod suppress;

use std::collections::BTreeSet;
use std::fs::File;

use sync_protocol::id::{MemberId, UnitCode};

use crate::app::App;
use crate::figures::FigureError;
use crate::figures::period::Period;
use crate::query;
use crate::store::rows::{AccessRow, Standing};

pub use book::{Book, Cell, Format, inert};

/// Fewest and most characters of a purpose.
pub const PURPOSE: std::ops::RangeInclusive<usize> = 4..=200;

/// What is exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The figures of a period; a month's as they were issued, if that is asked for.
    Report {
        /// The period.
        period: Period,
        /// As they were issued.
        issued: bool,
    },
    /// The records of a kind.
    Records {
        /// The kind.
        kind: String,
        /// Its sensitive fields too.
        sensitive: bool,
    },
    /// The postings of a ledger in a period.
    Hours {
        /// `volunteer` or `social_service`.
        ledger: String,
        /// The period.
        period: Period,
    },
    /// The deadline board.
    Deadlines {
        /// Those that stand so.
        standing: Option<Standing>,
    },
}

/// An export that somebody asks for.
#[derive(Debug, Clone)]
pub struct Order {
    /// Who.
    pub member: MemberId,
    /// What.
    pub what: What,
    /// As which kind of file.
    pub format: Format,
    /// Of this unit and those below it; `None`: of all that he may.
    pub unit: Option<UnitCode>,
    /// What for.
    pub purpose: String,
}

/// A file that is ready to be sent, and written down as sent.
#[derive(Debug)]
pub struct Made {
    /// The file, at its beginning.
    pub file: File,
    /// How many bytes it has.
    pub bytes: u64,
    /// What it might be called.
    pub name: String,
}

/// What a list has put into a book.
#[derive(Debug, Default)]
struct Filled {
    /// The unit that the access log names.
    unit: String,
    /// What the access log calls it, after `export:`.
    kind: String,
    /// The fields that are in it.
    fields: BTreeSet<String>,
    /// How many rows.
    rows: i64,
    /// What else is to be written down.
    readings: Vec<AccessRow>,
}

/// Makes an export, and writes it down.
pub fn make(app: &App, order: &Order) -> Result<Made, FigureError> {
    if !PURPOSE.contains(&order.purpose.trim().chars().count()) {
        return Err(FigureError::Invalid(
            "purpose: say in 4 to 200 characters what the export is for",
        ));
    }
    let now_ms = app.now_ms();
    let (file, filled) = app.store.read(|db| {
        let mut book = Book::begin(order.format)?;
        let filled = match &order.what {
            What::Report { period, issued } => report::fill(db, app, order, &mut book, period, *issued)?,
            What::Records { kind, sensitive } => records::fill(db, app, order, &mut book, kind, *sensitive)?,
            What::Hours { ledger, period } => hours::fill(db, app, order, &mut book, ledger, period)?,
            What::Deadlines { standing } => deadlines::fill(db, app, order, &mut book, *standing)?,
        };
        Ok::<_, FigureError>((book.end()?, filled))
    })?;
    let bytes = file.metadata().map_err(|_| FigureError::File)?.len();
    let id = *uuid::Uuid::now_v7().as_bytes();
    let entry = AccessRow {
        id,
        at_ms: now_ms,
        member: order.member,
        device: None,
        unit: filled.unit,
        kind: format!("export:{}", filled.kind),
        fields: filled.fields.into_iter().collect::<Vec<_>>().join(","),
        records: filled.rows,
    };
    let name = format!("{}.{}", filled.kind.replace(':', "-"), order.format.extension());
    app.store.write(|db| {
        query!(db, access_log::insert(entry.clone()))?;
        query!(
            db,
            reports::purpose(&id, order.format.extension(), order.purpose.trim())
        )?;
        for reading in &filled.readings {
            query!(db, access_log::insert(reading.clone()))?;
        }
        Ok::<_, FigureError>(())
    })?;
    Ok(Made { file, bytes, name })
}
