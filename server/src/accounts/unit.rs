//! The grid's levels.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How high a unit stands in the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 区: the whole grid; has no parent.
    District,
    /// 片区: a township or street.
    Area,
    /// 社区、村.
    Community,
}

impl Level {
    /// The stable code in the database, on the wire and in import files.
    pub fn code(self) -> &'static str {
        match self {
            Level::District => "district",
            Level::Area => "area",
            Level::Community => "community",
        }
    }

    /// The level of the unit above it.
    pub fn above(self) -> Option<Level> {
        match self {
            Level::District => None,
            Level::Area => Some(Level::District),
            Level::Community => Some(Level::Area),
        }
    }
}

/// A text that names no level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a level is district, area or community")]
pub struct UnknownLevel;

impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(text: &str) -> Result<Self, UnknownLevel> {
        [Level::District, Level::Area, Level::Community]
            .into_iter()
            .find(|l| l.code() == text)
            .ok_or(UnknownLevel)
    }
}
