//! HTTP: extract, call one function of the domain, map, answer. The only place besides `serve` that knows actix.
//!
//! [`routes`] registers every route together with its documentation: one line each. `openapi.yaml` follows
//! from that list.

mod account_problem;
mod answers;
mod audit;
mod auth;
mod blob_bytes;
mod blob_status;
mod blocking;
pub mod body;
pub mod caller;
mod conditional;
mod deadlines;
mod devices;
mod draws;
mod evidence;
mod exports;
mod figures;
mod finding_shapes;
mod findings;
mod forms;
pub mod frame;
mod health;
mod hours;
mod hours_lines;
mod ids;
mod imports;
mod log;
mod members;
mod methods;
pub mod pages;
mod params;
pub mod problem;
mod reference;
mod schema;
mod sync;
mod texts;
mod thumbnails;
mod tus;
mod uploads;

use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;

/// Every route, each with its documentation.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(health::healthz)
        .service(health::readyz)
        .service(health::metrics)
        .service(auth::sign_in_route)
        .service(auth::activate)
        .service(auth::refresh_route)
        .service(auth::sign_out)
        .service(auth::totp_begin)
        .service(auth::totp_confirm)
        .service(auth::jwks)
        .service(devices::enrol)
        .service(devices::list)
        .service(devices::revoke)
        .service(members::me)
        .service(members::page)
        .service(members::create)
        .service(members::one)
        .service(members::change)
        .service(members::issue_code)
        .service(members::reset_totp)
        .service(members::appoint)
        .service(members::end)
        .service(imports::units)
        .service(imports::members)
        .service(audit::journal)
        .service(audit::access_log)
        .service(reference::config)
        .service(reference::catalog)
        .service(reference::directory)
        .service(log::checkpoint)
        .service(log::origins)
        .service(log::consistency)
        .service(log::inclusion)
        .service(log::entries)
        // After those whose paths this one's parameter would match too.
        .service(log::tile)
        .service(sync::sync)
        .service(sync::events)
        .service(sync::history)
        .service(sync::refused)
        .service(sync::release)
        .service(sync::chain)
        .service(uploads::abilities)
        .service(uploads::create)
        .service(uploads::look)
        .service(uploads::append)
        .service(uploads::end)
        .service(uploads::instead)
        .service(blob_status::status)
        // After those whose paths this one's parameter would match too.
        .service(blob_bytes::bytes)
        .service(blob_bytes::head)
        .service(thumbnails::thumbnail)
        .service(evidence::record_blobs)
        .service(evidence::record_evidence)
        .service(findings::list_findings)
        .service(findings::one_finding)
        .service(findings::rule_book)
        .service(deadlines::board)
        .service(hours::hours_totals)
        .service(hours::hours_postings)
        .service(hours::hours_claims)
        .service(figures::figure_definitions)
        .service(figures::preview)
        .service(figures::issued_report)
        .service(figures::issue_report)
        .service(figures::figure_rows)
        .service(exports::export)
        .service(draws::draw_observers)
        .service(draws::one_draw)
        .service(forms::form_draft)
        .service(forms::form_page)
        .service(forms::form_export);
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Wuyuan",
        description = "Phones record offline, one server merges, nothing is lost. Everything that a person enters \
            is an operation pushed to POST /v1/sync; accounts, appointments and devices are plain REST. \
            docs/PROTOCOL.md explains the whole.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/")),
    modifiers(&Bearer),
)]
struct Api;

/// The access token, as every route with a security requirement takes it.
struct Bearer;

impl utoipa::Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .build();
        openapi
            .components
            .get_or_insert_default()
            .add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// The API as OpenAPI 3.1.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut api = actix_web::App::new()
        .into_utoipa_app()
        .openapi(Api::openapi())
        .configure(routes)
        .split_for_parts()
        .1;
    answers::complete(&mut api);
    texts::complete(&mut api);
    api
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn operations() -> Vec<(String, serde_json::Value)> {
        let api = serde_json::to_value(openapi()).unwrap();
        let paths = api["paths"].as_object().unwrap().clone();
        paths
            .into_iter()
            .flat_map(|(path, methods)| {
                let methods = methods.as_object().unwrap().clone();
                methods
                    .into_iter()
                    .map(move |(method, operation)| (format!("{method} {path}"), operation))
            })
            .collect()
    }

    #[test]
    fn every_route_is_named_once_and_says_what_it_does() {
        let mut names = HashSet::new();
        for (route, operation) in operations() {
            let name = operation["operationId"].as_str().unwrap().to_owned();
            assert!(names.insert(name), "{route}: its operation id is taken");
            assert!(
                operation["summary"].as_str().is_some_and(|s| !s.is_empty()),
                "{route} has no summary"
            );
            assert!(operation["tags"][0].is_string(), "{route} has no tag");
        }
    }

    #[test]
    fn every_route_but_a_few_needs_a_token() {
        let open: Vec<_> = operations()
            .into_iter()
            .filter(|(_, o)| o.get("security").is_none())
            .map(|(route, _)| route)
            .collect();
        assert_eq!(
            open,
            [
                "get /.well-known/jwks.json",
                "get /healthz",
                "get /metrics",
                "get /readyz",
                "post /v1/auth/activate",
                "post /v1/auth/refresh",
                "post /v1/auth/sign-in",
                "options /v1/blobs",
                "get /v1/catalog",
                "get /v1/config",
                "get /v1/log/checkpoint",
                "get /v1/log/tile/{level}/{index}",
            ]
        );
    }

    #[test]
    fn every_route_says_what_can_go_wrong_before_its_handler() {
        for (route, operation) in operations() {
            let says = |status: &str, code: &str| {
                let answer = &operation["responses"][status];
                assert!(
                    answer["description"].as_str().is_some_and(|d| d.contains(code)),
                    "{route} does not say {status} {code}"
                );
                assert!(
                    answer["content"]["application/problem+json"].is_object(),
                    "{route} {status}"
                );
            };
            if operation.get("security").is_some() {
                says("401", "token_missing");
                says("429", "too_many_requests");
            }
            if operation.get("requestBody").is_some() {
                says("400", "request_invalid");
                says("413", "body_too_large");
                says("415", "media_unsupported");
            }
            if operation.get("parameters").is_some() {
                says("400", "request_invalid");
            }
        }
    }

    #[test]
    fn texts_of_a_request_hold_no_nul() {
        let api = serde_json::to_value(openapi()).unwrap();
        let sign_in = &api["components"]["schemas"]["SignIn"]["properties"];
        for text in ["number", "password", "totp"] {
            assert_eq!(sign_in[text]["pattern"], r"^[^\u0000]*$", "{text}");
        }
        let after = &api["paths"]["/v1/members"]["get"]["parameters"][0];
        assert_eq!(after["schema"]["pattern"], r"^[^\u0000]*$");
    }

    #[test]
    fn every_security_requirement_names_a_scheme_that_is_described() {
        let api = serde_json::to_value(openapi()).unwrap();
        let schemes = &api["components"]["securitySchemes"];
        for (route, operation) in operations() {
            for requirement in operation["security"].as_array().into_iter().flatten() {
                for scheme in requirement.as_object().unwrap().keys() {
                    assert!(schemes[scheme].is_object(), "{route} asks for {scheme}");
                }
            }
        }
    }

    #[test]
    fn the_description_is_fresh() {
        let stored = include_str!("../../../openapi.yaml");
        assert!(
            stored == openapi().to_yaml().unwrap(),
            "openapi.yaml is stale: run `wuyuan openapi > openapi.yaml`"
        );
    }
}
