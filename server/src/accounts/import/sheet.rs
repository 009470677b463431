//! A CSV file as rows of named cells, and the list of what is wrong with it.

use std::collections::HashMap;

use super::{MOST_ERRORS, RowError};
use crate::accounts::AccountError;

/// A row with its line in the file.
pub struct Row {
    /// From 1; the header is line 1.
    pub line: u64,
    cells: HashMap<&'static str, String>,
}

impl Row {
    /// The trimmed cell of `column`; empty if the file has no such column.
    pub fn cell(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", |c| c.trim())
    }
}

/// What is wrong, collected.
#[derive(Default)]
pub struct Errors(Vec<RowError>);

impl Errors {
    /// Notes a wrong cell.
    pub fn add(&mut self, line: u64, column: &str, code: &'static str, detail: impl Into<String>) {
        if self.0.len() < MOST_ERRORS {
            self.0.push(RowError {
                line,
                column: column.to_owned(),
                code,
                detail: detail.into(),
            });
        }
    }

    /// Refuses the file if anything is wrong with it.
    pub fn refuse(self) -> Result<(), AccountError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(AccountError::ImportRefused(self.0))
        }
    }

    /// Whether nothing is wrong so far.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Reads the rows of `text`, whose header must name exactly `columns`, in any order.
pub fn rows(text: &str, columns: &[&'static str], errors: &mut Errors) -> Vec<Row> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(true)
        .flexible(true)
        .from_reader(text.as_bytes());
    let header: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(|h| h.trim().to_owned()).collect(),
        Err(_) => {
            errors.add(1, "", "header_unreadable", "the header cannot be read");
            return Vec::new();
        }
    };
    for column in columns {
        match header.iter().filter(|h| h == column).count() {
            1 => {}
            0 => errors.add(
                1,
                column,
                "column_missing",
                format!("the header must name {}", columns.join(",")),
            ),
            _ => errors.add(1, column, "column_twice", "the header names the column twice"),
        }
    }
    for unknown in header.iter().filter(|h| !columns.contains(&h.as_str())) {
        errors.add(
            1,
            unknown,
            "column_unknown",
            format!("the columns are {}", columns.join(",")),
        );
    }
    if !errors.is_empty() {
        return Vec::new();
    }
    let order: Vec<&'static str> = header
        .iter()
        .filter_map(|h| columns.iter().copied().find(|column| column == h))
        .collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                if record.len() != order.len() {
                    let detail = format!("{} cells where {} belong", record.len(), order.len());
                    errors.add(line, "", "cells_wrong", detail);
                    continue;
                }
                let cells = order.iter().copied().zip(record.iter().map(str::to_owned)).collect();
                rows.push(Row { line, cells });
            }
            Err(error) => {
                errors.add(
                    error.position().map_or(0, csv::Position::line),
                    "",
                    "row_unreadable",
                    "not CSV",
                );
            }
        }
    }
    if rows.is_empty() && errors.is_empty() {
        errors.add(1, "", "file_empty", "there is nothing below the header");
    }
    rows
}
