//! The real grid that comes with the program.

use sync_protocol::id::UnitCode;

use crate::accounts::unit::Level;

/// The file's text, as `wuyuan unit import` would read it.
pub(super) const CSV: &str = include_str!("../../demo/jinan_units.csv");

/// A unit of the grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoUnit {
    /// Its division code.
    pub code: UnitCode,
    /// Its name.
    pub name: String,
    /// How high it stands.
    pub level: Level,
    /// The unit above it.
    pub parent: Option<UnitCode>,
}

/// The grid that comes with the program cannot be read: the program is damaged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the demonstration's grid, row {row}: {what}")]
pub struct GridError {
    row: usize,
    what: String,
}

pub(super) fn units() -> Result<Vec<DemoUnit>, GridError> {
    let mut reader = csv::Reader::from_reader(CSV.as_bytes());
    let mut units = Vec::new();
    for (row, record) in reader.records().enumerate() {
        let fault = |what: String| GridError { row: row + 2, what };
        let record = record.map_err(|e| fault(e.to_string()))?;
        let cell = |column: usize| record.get(column).unwrap_or_default();
        let parent = match cell(3) {
            "" => None,
            code => Some(code.parse().map_err(|_| fault("parent".to_owned()))?),
        };
        units.push(DemoUnit {
            code: cell(0).parse().map_err(|_| fault("code".to_owned()))?,
            name: cell(1).to_owned(),
            level: cell(2).parse().map_err(|_| fault("level".to_owned()))?,
            parent,
        });
    }
    Ok(units)
}
