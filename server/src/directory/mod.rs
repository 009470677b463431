//! The grid and the people in it, as far as a caller may see them.

pub mod grid;
pub mod listing;
