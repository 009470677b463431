//! Deadlines, monthly figures and exports on both databases.

mod baseline;
mod deadlines;
mod exports;
mod office;
mod report;
