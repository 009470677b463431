//! A file of rows: CSV that spreadsheets open as UTF-8, or XLSX. A text can never become a formula.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};

use rust_xlsxwriter::{Workbook, XlsxError};

use crate::figures::FigureError;

/// The kinds of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values in UTF-8, with the mark by which Excel knows it.
    Csv,
    /// Office Open XML.
    Xlsx,
}

impl Format {
    /// The ending of a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Xlsx => "xlsx",
        }
    }

    /// The media type.
    pub fn media(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'c> {
    /// Nothing.
    Empty,
    /// Text, whatever is in it.
    Text(Cow<'c, str>),
    /// A whole number.
    Int(i64),
    /// Minutes, shown as hours.
    Hours(i64),
    /// A number with one digit behind the point, in tenths.
    Tenths(i64),
}

impl<'c> Cell<'c> {
    /// Text.
    pub fn text(text: impl Into<Cow<'c, str>>) -> Cell<'c> {
        Cell::Text(text.into())
    }
}

/// Most rows of a sheet, its head among them (ECMA-376 as Excel reads it).
const SHEET: u32 = 1_048_576;

/// A file that is being written.
pub enum Book {
    /// CSV.
    Csv(Box<Lines>),
    /// XLSX.
    Xlsx(Box<Sheets>),
}

/// Lines of CSV.
pub struct Lines {
    writer: csv::Writer<BufWriter<File>>,
    begun: bool,
}

/// A workbook whose rows lie in temporary files, and where the next row goes.
pub struct Sheets {
    workbook: Workbook,
    sheet: Option<usize>,
    row: u32,
}

fn lost(_: impl std::error::Error) -> FigureError {
    FigureError::File
}

fn spoilt(error: XlsxError) -> FigureError {
    tracing::error!(%error, "an XLSX file could not be written");
    FigureError::File
}

impl Book {
    /// An empty file.
    pub fn begin(format: Format) -> Result<Book, FigureError> {
        match format {
            Format::Csv => {
                let mut file = BufWriter::new(tempfile::tempfile().map_err(lost)?);
                file.write_all("\u{feff}".as_bytes()).map_err(lost)?;
                let mut builder = csv::WriterBuilder::new();
                builder.flexible(true).terminator(csv::Terminator::CRLF);
                Ok(Book::Csv(Box::new(Lines {
                    writer: builder.from_writer(file),
                    begun: false,
                })))
            }
            Format::Xlsx => Ok(Book::Xlsx(Box::new(Sheets {
                workbook: Workbook::new(),
                sheet: None,
                row: 0,
            }))),
        }
    }

    /// Begins a sheet; in CSV after an empty line, unless it is the first.
    pub fn sheet(&mut self, name: &str) -> Result<(), FigureError> {
        match self {
            Book::Csv(lines) => {
                if lines.begun {
                    lines.writer.write_record([""]).map_err(lost)?;
                }
                lines.begun = true;
            }
            Book::Xlsx(sheets) => {
                let next = sheets.sheet.map_or(0, |sheet| sheet + 1);
                let sheet = sheets.workbook.add_worksheet_with_constant_memory().map_err(spoilt)?;
                sheet.set_name(name).map_err(spoilt)?;
                (sheets.sheet, sheets.row) = (Some(next), 0);
            }
        }
        Ok(())
    }

    /// Writes a row.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), FigureError> {
        match self {
            Book::Csv(lines) => {
                let fields = cells.iter().map(written);
                lines.writer.write_record(fields.map(Cow::into_owned)).map_err(lost)
            }
            Book::Xlsx(sheets) => sheets.put(cells),
        }
    }

    /// Ends the file; it stands at its beginning.
    pub fn end(self) -> Result<File, FigureError> {
        let mut file = match self {
            Book::Csv(lines) => lines.writer.into_inner().map_err(lost)?.into_inner().map_err(lost)?,
            Book::Xlsx(mut sheets) => {
                let file = tempfile::tempfile().map_err(lost)?;
                sheets.workbook.save_to_writer(&file).map_err(spoilt)?;
                file
            }
        };
        file.seek(SeekFrom::Start(0)).map_err(lost)?;
        Ok(file)
    }
}

impl Sheets {
    fn put(&mut self, cells: &[Cell<'_>]) -> Result<(), FigureError> {
        let row = self.row;
        if row >= SHEET {
            return Err(FigureError::TooLarge);
        }
        let index = self.sheet.ok_or(FigureError::File)?;
        let sheet = self.workbook.worksheet_from_index(index).map_err(spoilt)?;
        for (column, cell) in (0u16..).zip(cells) {
            match cell {
                Cell::Empty => {}
                // Written as a string whatever it begins with: it is no formula.
                Cell::Text(text) => {
                    sheet.write_string(row, column, short(text)).map_err(spoilt)?;
                }
                Cell::Int(n) => {
                    sheet.write_number(row, column, *n as f64).map_err(spoilt)?;
                }
                Cell::Hours(minutes) => {
                    sheet
                        .write_number(row, column, hundredths(*minutes) as f64 / 100.0)
                        .map_err(spoilt)?;
                }
                Cell::Tenths(n) => {
                    sheet.write_number(row, column, *n as f64 / 10.0).map_err(spoilt)?;
                }
            }
        }
        self.row += 1;
        Ok(())
    }
}

/// Minutes as hundredths of an hour, rounded towards zero: nobody is credited what he has not given.
fn hundredths(minutes: i64) -> i64 {
    minutes * 100 / 60
}

/// Most characters of a cell in Excel.
const LONGEST: usize = 32_767;

fn short(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

/// A cell of CSV.
fn written<'c>(cell: &'c Cell<'_>) -> Cow<'c, str> {
    let decimal = |n: i64, digits: usize| {
        let unit = 10i64.pow(digits as u32);
        let sign = if n < 0 { "-" } else { "" };
        Cow::Owned(format!("{sign}{}.{:0digits$}", n.abs() / unit, n.abs() % unit))
    };
    match cell {
        Cell::Empty => Cow::Borrowed(""),
        Cell::Text(text) => inert(text),
        Cell::Int(n) => Cow::Owned(n.to_string()),
        Cell::Hours(minutes) => decimal(hundredths(*minutes), 2),
        Cell::Tenths(n) => decimal(*n, 1),
    }
}

/// A text that no spreadsheet takes for a formula: one that begins like one gets an apostrophe before it. CSV has no
/// other way to say that a field is text.
pub fn inert(text: &str) -> Cow<'_, str> {
    const BEGIN: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    let first = text.trim_start_matches(' ').chars().next();
    if first.is_some_and(|c| BEGIN.contains(&c)) {
        return Cow::Owned(format!("'{text}"));
    }
    Cow::Borrowed(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_a_formula_is_text() {
        for text in ["=1+1", "+86", "-1", "@SUM(A1)", "\t=1", "＝1", " =1", "\n=1"] {
            assert_eq!(inert(text), format!("'{text}"));
        }
        for text in ["", "盲道被占", "a=1", "'=1"] {
            assert_eq!(inert(text), text);
        }
    }

    #[test]
    fn hours_and_averages_are_written_as_decimals() {
        for (cell, text) in [
            (Cell::Hours(90), "1.50"),
            (Cell::Hours(-59), "-0.98"),
            (Cell::Tenths(-25), "-2.5"),
            (Cell::Int(-3), "-3"),
            (Cell::Empty, ""),
        ] {
            assert_eq!(written(&cell), text);
        }
    }
}
