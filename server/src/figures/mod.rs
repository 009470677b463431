//! Figures: what the monthly report counts, from a table of facts that only grows.

pub mod facts;
