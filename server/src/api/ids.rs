//! Identifiers in paths.

use std::str::FromStr;

use super::problem::{Problem, ProblemCode};

/// An identifier from a path. One that is none names nothing.
pub fn path<T: FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::new(ProblemCode::NotFound))
}
