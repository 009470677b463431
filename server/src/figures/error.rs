//! Why figures are not shown or not issued.

use crate::store::StoreError;

/// The refusals.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FigureError {
    /// Not for this role, or not of this unit.
    #[error("not for this role, or not of this unit")]
    Forbidden,
    /// No such figure, or no report was issued.
    #[error("no such figure, or no report was issued for that month")]
    NotFound,
    /// The period is none.
    #[error("a month as YYYY-MM, or where nothing is issued a year as YYYY")]
    Period,
    /// The month is not over.
    #[error("a month's report is issued when the month is over")]
    NotOver,
    /// A later month's report was issued.
    #[error("the report of a later month was issued; what is late stands there")]
    Order,
    /// What is written for people does not fit.
    #[error("{0}")]
    Invalid(&'static str),
    /// More rows than a file holds.
    #[error("more rows than the file may hold: name a kind, a unit or a shorter time")]
    TooLarge,
    /// The file could not be written.
    #[error("the file could not be written")]
    File,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}
