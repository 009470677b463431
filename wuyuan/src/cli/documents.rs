//! Pages that are written from the code.

use std::io::Write;

use wuyuan_server::api;
use wuyuan_server::config;

use super::Failure;

/// Prints `openapi.yaml`.
pub fn openapi() -> Result<(), Failure> {
    print(&api::openapi().to_yaml()?)
}

/// Prints `docs/SETTINGS.md`.
pub fn settings() -> Result<(), Failure> {
    print(&config::documentation())
}

/// Prints `docs/PROBLEMS.md`.
pub fn problems() -> Result<(), Failure> {
    print(&api::problem::documentation())
}

fn print(page: &str) -> Result<(), Failure> {
    std::io::stdout().lock().write_all(page.as_bytes())?;
    Ok(())
}
