//! From an async handler into the domain, which blocks.

use actix_web::web;

use super::problem::{Problem, ProblemCode};
use crate::app::App;
use crate::store::StoreError;

/// How long a client waits before it asks a busy server again, ms.
const COME_BACK_MS: u64 = 2_000;

/// Runs a domain function on a thread that may block, and maps its error.
pub async fn run<T, E>(
    app: &web::Data<App>,
    work: impl FnOnce(&App) -> Result<T, E> + Send + 'static,
) -> Result<T, Problem>
where
    T: Send + 'static,
    E: Into<Problem> + Send + 'static,
{
    let app = app.clone();
    match web::block(move || work(&app)).await {
        Ok(done) => done.map_err(Into::into),
        // The work panicked or the runtime is shutting down.
        Err(_) => Err(Problem::new(ProblemCode::Internal)),
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        match error {
            StoreError::Unavailable => Problem::new(ProblemCode::Unavailable).retry_after(COME_BACK_MS),
            StoreError::Busy => Problem::new(ProblemCode::Busy).retry_after(COME_BACK_MS),
            StoreError::Conflict | StoreError::Corrupt | StoreError::Internal => Problem::new(ProblemCode::Internal),
        }
    }
}
