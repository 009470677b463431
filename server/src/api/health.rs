//! Whether the server lives, can work, and what it counts.

use actix_web::{HttpResponse, get, web};

use super::blocking;
use super::problem::{Problem, ProblemBody, ProblemCode};
use crate::app::App;
use crate::query;
use crate::store::StoreError;

/// The process answers.
#[utoipa::path(tag = "health", responses((status = 200, description = "It lives", body = String, content_type = "text/plain")))]
#[get("/healthz")]
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("ok\n")
}

/// The database answers too.
#[utoipa::path(tag = "health", responses(
    (status = 200, description = "It can work", body = String, content_type = "text/plain"),
    (status = 503, description = "It cannot", body = ProblemBody, content_type = "application/problem+json"),
))]
#[get("/readyz")]
pub async fn readyz(app: web::Data<App>) -> Result<HttpResponse, Problem> {
    blocking::run(&app, |app| app.store.read(|db| query!(db, meta::ping())))
        .await
        .map_err(|problem: Problem| {
            if problem.code == ProblemCode::Internal {
                StoreError::Unavailable.into()
            } else {
                problem
            }
        })?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("ready\n"))
}

/// Figures for Prometheus (text format 0.0.4).
#[utoipa::path(tag = "health", responses(
    (status = 200, description = "The figures", body = String, content_type = "text/plain"),
    (status = 404, description = "Switched off", body = ProblemBody, content_type = "application/problem+json"),
))]
#[get("/metrics")]
pub async fn metrics(app: web::Data<App>) -> Result<HttpResponse, Problem> {
    if !app.settings.metrics {
        return Err(Problem::new(ProblemCode::RouteUnknown));
    }
    let text = app.metrics.render().map_err(|_| Problem::new(ProblemCode::Internal))?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(text))
}
