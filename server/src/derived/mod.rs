//! What is told from records for the board and the reports: deadlines, and facts that figures count.
//!
//! It is a step of the follower ([`crate::reconcile`]). What it writes is a function of the record as it is, its
//! operations and the [`Law`]; when a holiday table, a deadline, the catalogue or what facts are told has changed,
//! everything is read again.

mod law;
mod step;
mod story;

pub use law::{Law, LawError};
pub(crate) use step::is_told_by;
pub use step::{Tell, begin};
pub(crate) use story::tell;
pub use story::{Passed, Story};
