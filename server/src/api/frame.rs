//! The frame around every request: its id, its log line, its figures, the shape of its errors.

use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_LANGUAGE, ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
    REFERRER_POLICY, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, web};

use super::methods;
use super::problem::{Problem, ProblemCode};
use super::tus;
use crate::app::App;
use crate::random;

/// The header by which a request is known in logs.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of the request being answered.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Longest request id that is taken over from a proxy.
const LONGEST_ID: usize = 64;

/// Wraps a request.
pub async fn frame(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let id = request_id(request.headers());
    request.extensions_mut().insert(RequestId(id.clone()));
    let chinese = reads_chinese(request.headers());
    let app = request.app_data::<web::Data<App>>().cloned();
    let method = request.method().clone();
    tus::named_method(&mut request);
    // Neither service errors nor a cancelled request may leave the gauge raised.
    let _in_flight = app.as_ref().map(|app| InFlight::enter(&app.metrics.in_flight));

    // Handlers and extractors answer with a response also when they refuse; nothing inside fails otherwise.
    let response = next.call(request).await?.map_into_boxed_body();
    let route = response
        .request()
        .match_pattern()
        .unwrap_or_else(|| "(none)".to_owned());
    let mut response = if response.status().is_client_error() || response.status().is_server_error() {
        explain(response, &id, chinese)
    } else {
        response
    };
    secure(response.headers_mut());
    if route.starts_with(tus::PLACE) {
        tus::sign(response.headers_mut());
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }

    let seconds = started.elapsed().as_secs_f64();
    let status = response.status().as_u16();
    if let Some(app) = app {
        app.metrics
            .requests
            .with_label_values(&[route.as_str(), response.status().as_str()])
            .inc();
        app.metrics
            .seconds
            .with_label_values(&[route.as_str()])
            .observe(seconds);
    }
    let bytes = match response.response().body().size() {
        actix_web::body::BodySize::Sized(bytes) => Some(bytes),
        _ => None,
    };
    tracing::info!(%method, route, status, ms = (seconds * 1_000_000.0).round() / 1_000.0, bytes, request_id = id, "request");
    Ok(response)
}

struct InFlight(prometheus::IntGauge);

impl InFlight {
    fn enter(gauge: &prometheus::IntGauge) -> InFlight {
        gauge.inc();
        InFlight(gauge.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Takes over a proxy's id if it is harmless in a log, else makes one.
fn request_id(headers: &HeaderMap) -> String {
    let harmless = |id: &&str| {
        !id.is_empty()
            && id.len() <= LONGEST_ID
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    match headers.get(REQUEST_ID).and_then(|v| v.to_str().ok()).filter(harmless) {
        Some(id) => id.to_owned(),
        // Without randomness the request is refused later on; it is logged all the same.
        None => random::uuid().map(|id| id.to_string()).unwrap_or_default(),
    }
}

fn reads_chinese(headers: &HeaderMap) -> bool {
    let languages = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or("zh");
    // The first language named decides; this is wording, not negotiation.
    !languages.trim_start().to_ascii_lowercase().starts_with("en")
}

/// Gives an error its body.
fn explain(response: ServiceResponse<BoxBody>, id: &str, chinese: bool) -> ServiceResponse<BoxBody> {
    let problem = match response.response().error() {
        Some(error) => match error.as_error::<Problem>() {
            Some(problem) => problem.clone(),
            None => foreign(response.status(), &error.to_string()),
        },
        None if response.headers().contains_key(CONTENT_TYPE) => return response,
        // A route matched, but none of its methods did.
        None if response.status() == StatusCode::NOT_FOUND && response.request().match_pattern().is_some() => {
            Problem::new(ProblemCode::MethodWrong)
        }
        None => foreign(response.status(), ""),
    };
    if problem.code.status() >= 500 {
        tracing::error!(code = problem.code.code(), request_id = id, "failed");
    }
    let mut answer = HttpResponse::build(problem.status());
    answer.insert_header((CONTENT_TYPE, "application/problem+json"));
    if let Some(ms) = problem.retry_after_ms {
        answer.insert_header((RETRY_AFTER, jittered_secs(ms)));
    }
    if problem.status() == StatusCode::UNAUTHORIZED {
        answer.insert_header(("www-authenticate", "Bearer"));
    }
    for header in &problem.headers {
        answer.insert_header(header.clone());
    }
    let (request, _) = response.into_parts();
    if problem.code == ProblemCode::MethodWrong
        && let Some(methods) = request.match_pattern().as_deref().and_then(methods::allowed)
    {
        answer.insert_header((ALLOW, methods));
    }
    let body = serde_json::to_string(&problem.body(id, chinese)).unwrap_or_default();
    ServiceResponse::new(request, answer.body(body)).map_into_boxed_body()
}

/// What actix itself refuses: paths, queries, methods.
fn foreign(status: StatusCode, words: &str) -> Problem {
    match status {
        StatusCode::NOT_FOUND => Problem::new(ProblemCode::RouteUnknown),
        StatusCode::METHOD_NOT_ALLOWED => Problem::new(ProblemCode::MethodWrong),
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(ProblemCode::BodyTooLarge),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::new(ProblemCode::MediaUnsupported),
        status if status.is_client_error() => Problem::with(ProblemCode::RequestInvalid, words),
        _ => Problem::new(ProblemCode::Internal),
    }
}

/// Whole seconds for Retry-After, spread over half as much again, so that refused phones do not return together.
fn jittered_secs(ms: u64) -> u64 {
    let jitter = random::bytes::<4>().map_or(0, u32::from_le_bytes);
    let spread = ms / 2 + 1_000;
    (ms + u64::from(jitter) % spread).div_ceil(1_000).max(1)
}

/// An answer is no page unless it says so: it loads nothing, runs nothing, stands in no frame and is what its type says.
fn secure(headers: &mut HeaderMap) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        let nothing = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox");
        headers.insert(CONTENT_SECURITY_POLICY, nothing);
    }
    // No other site shows a photo of ours within its own page.
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    );
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxys_id_is_taken_over_only_if_harmless() {
        let mut headers = HeaderMap::new();
        headers.insert(REQUEST_ID, HeaderValue::from_static("abc-123_x"));
        assert_eq!(request_id(&headers), "abc-123_x");
        for bad in ["", "a b", "a\"b", &"x".repeat(65)] {
            headers.insert(REQUEST_ID, HeaderValue::from_str(bad).unwrap());
            assert_eq!(request_id(&headers).len(), 36, "{bad:?}");
        }
    }

    #[test]
    fn retry_after_is_never_sooner_and_is_spread() {
        let seconds: std::collections::BTreeSet<_> = (0..200).map(|_| jittered_secs(10_000)).collect();
        assert!(seconds.iter().all(|s| (10..=16).contains(s)));
        assert!(seconds.len() > 2);
    }
}
