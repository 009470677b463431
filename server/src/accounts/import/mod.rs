//! CSV files of units and members, taken whole or not at all.
//!
//! A file is UTF-8, with or without a byte order mark, and begins with a header. Every wrong cell is
//! reported with its line, its column and a stable code, so that a file is corrected in one go.

mod members;
mod sheet;
mod units;

pub use members::{ImportedMembers, MemberCode, Person, members_by, members_from_command_line, read_members};
pub use sheet::Errors;
pub use units::{ImportedUnits, read_units, units_by, units_from_command_line};

use serde::Serialize;
use utoipa::ToSchema;

/// Most wrong cells that are reported.
const MOST_ERRORS: usize = 100;

/// A wrong cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RowError {
    /// The line in the file, from 1; the header is line 1.
    pub line: u64,
    /// The column's name.
    pub column: String,
    /// What is wrong: a stable code.
    pub code: &'static str,
    /// The same for people.
    pub detail: String,
}

impl std::fmt::Display for RowError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "line {}, column {}: {} ({})",
            self.line, self.column, self.detail, self.code
        )
    }
}

#[cfg(test)]
mod tests;
