//! What deadlines and figures are told by: the catalogue, the holidays and the statutory deadlines.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use sync_protocol::calendar::{Calendar, CalendarError};
use sync_protocol::catalog::Catalog;
use sync_protocol::deadlines::{DeadlineError, Deadlines};

use crate::figures::facts;

/// Why a server has no law to go by. One line.
#[derive(Debug, thiserror::Error)]
pub enum LawError {
    /// The folder of holiday tables.
    #[error("cannot read the holiday tables in {0}: {1}")]
    Folder(String, io::Error),
    /// A holiday table.
    #[error("holidays: {0}")]
    Calendar(#[from] CalendarError),
    /// The deadlines.
    #[error(transparent)]
    Deadlines(#[from] DeadlineError),
}

/// What deadlines and figures are told by.
#[derive(Debug, Clone)]
pub struct Law {
    /// The catalogue in force.
    pub catalog: Arc<Catalog>,
    /// Working days.
    pub calendar: Arc<Calendar>,
    /// Statutory deadlines.
    pub deadlines: Arc<Deadlines>,
}

impl Law {
    /// The law of this build, with the holiday tables of a folder (`*.toml`) besides; an empty name: none.
    pub fn load(catalog: Arc<Catalog>, holidays: &str) -> Result<Law, LawError> {
        let mut calendar = Calendar::builtin()?;
        if !holidays.is_empty() {
            let files = tables(Path::new(holidays)).map_err(|e| LawError::Folder(holidays.to_owned(), e))?;
            calendar = calendar.with(files.iter().map(|(name, text)| (name.as_str(), text.as_str())))?;
        }
        Ok(Law {
            deadlines: Arc::new(Deadlines::builtin(&catalog)?),
            calendar: Arc::new(calendar),
            catalog,
        })
    }

    /// What changes whenever anything else would be told from the same records.
    pub(super) fn basis(&self) -> String {
        let hash = Sha256::new()
            .chain_update(self.catalog.to_json().1)
            .chain_update(self.calendar.hash())
            .chain_update(self.deadlines.hash())
            .chain_update(facts::VERSION.to_be_bytes());
        hex::encode(hash.finalize())
    }
}

/// Name and text of every table in a folder, by name.
fn tables(folder: &Path) -> io::Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "toml") {
            found.push((path.display().to_string(), fs::read_to_string(&path)?));
        }
    }
    found.sort();
    Ok(found)
}
