//! Deadlines, monthly figures and exports on both databases.

mod baseline;
mod deadlines;
mod office;
mod report;
