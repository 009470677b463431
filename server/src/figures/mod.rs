//! Figures: the monthly report, counted from facts that only grow, as of a place in their order.
//!
//! A figure is defined as data ([`definitions`]). It counts facts told from records ([`facts`]) and postings of the
//! hours ledgers. A report as of a position ([`ground::Position`]) is the same whenever it is counted; what is written
//! later for its month goes to the next report as late. Issued reports are kept byte for byte ([`report`]).

pub mod count;
pub mod definitions;
pub mod drill;
mod error;
pub mod facts;
pub mod ground;
pub mod period;
pub mod report;
pub mod right;

pub use error::FigureError;
