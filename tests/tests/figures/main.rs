//! Deadlines, monthly figures and exports on both databases.

mod deadlines;
mod office;
