//! What the frame and the extractors can answer on every route of a kind, written into the documentation once, so that
//! no route repeats it and none forgets it.

use utoipa::openapi::path::Operation;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::{ContentBuilder, HeaderBuilder, ObjectBuilder, OpenApi, PathItem, Ref, RefOr, Type};

/// Adds to every operation the refusals that come before or around its handler.
pub(super) fn complete(openapi: &mut OpenApi) {
    for item in openapi.paths.paths.values_mut() {
        operations(item).for_each(one);
    }
}

/// The operations of a path, by whichever method.
pub(super) fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let methods = [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.delete,
        &mut item.patch,
        &mut item.head,
        &mut item.options,
    ];
    methods.into_iter().flatten()
}

fn one(operation: &mut Operation) {
    if operation.security.is_some() {
        add(operation, 401, &["token_missing", "token_invalid", "token_expired"]);
        add(operation, 429, &["too_many_requests"]);
        // A token that only serves to set up TOTP, or to deliver, is good for a few routes; those say so.
        let any = operation.tags.iter().flatten().any(|tag| tag == "auth");
        if !any {
            add(operation, 403, &["totp_enrolment"]);
        }
    }
    if operation.parameters.as_ref().is_some_and(|all| !all.is_empty()) {
        add(operation, 400, &["request_invalid"]);
    }
    if operation.request_body.is_some() {
        add(operation, 400, &["request_invalid"]);
        add(operation, 413, &["body_too_large", "inflate_limit"]);
        add(operation, 415, &["encoding_unsupported", "media_unsupported"]);
    }
    let reads_nothing = ["healthz", "jwks", "metrics", "config", "catalog"];
    if !operation
        .operation_id
        .as_deref()
        .is_some_and(|id| reads_nothing.contains(&id))
    {
        add(operation, 500, &["internal"]);
        add(operation, 503, &["busy", "unavailable"]);
    }
}

/// Adds codes to an operation's answer of `status`, making it if it has none.
fn add(operation: &mut Operation, status: u16, codes: &[&str]) {
    let answers = &mut operation.responses.responses;
    let answer = answers
        .entry(status.to_string())
        .or_insert_with(|| RefOr::T(problem(status)));
    let RefOr::T(answer) = answer else { return };
    for code in codes {
        let known = answer.description.split(|c: char| !c.is_ascii_lowercase() && c != '_');
        if known.into_iter().any(|word| word == *code) {
            continue;
        }
        if !answer.description.is_empty() {
            answer.description.push_str(", ");
        }
        answer.description.push_str(code);
    }
}

fn problem(status: u16) -> Response {
    let body = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("ProblemBody")))
        .build();
    let header = |about: &str| {
        HeaderBuilder::new()
            .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
            .description(Some(about))
            .build()
    };
    let answer = ResponseBuilder::new().content("application/problem+json", body);
    let answer = match status {
        401 => answer.header(
            "www-authenticate",
            header("How to prove who asks (RFC 9110 section 11.6.1)."),
        ),
        429 | 503 => answer.header("retry-after", header("Whole seconds after which to come back.")),
        _ => answer,
    };
    answer.build()
}
