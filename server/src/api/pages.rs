//! The phone app's files. What no route of the API takes is looked for among them.

use actix_web::http::Method;
use actix_web::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_NONE_MATCH,
};
use actix_web::{HttpRequest, HttpResponse, web};

use super::conditional;
use super::problem::{Problem, ProblemCode};
use crate::app::App;

/// The app loads nothing from elsewhere and runs nothing that stands in a page; photos that it has just taken are `blob:`.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
                      media-src 'self' blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
                      worker-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
/// What of the phone the app may ask its holder for, and nobody within it.
const PERMISSIONS: &str = "camera=(self), microphone=(self), geolocation=(self), accelerometer=(), \
                           display-capture=(), gyroscope=(), hid=(), magnetometer=(), midi=(), payment=(), \
                           serial=(), usb=(), xr-spatial-tracking=()";
/// A year: the name of such a file changes with its content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// It is asked every time whether there is a newer one.
const ASK: &str = "no-cache";

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// Answers what no route takes.
pub async fn page(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    // A route of the API has this path, with other methods.
    if request.match_pattern().is_some() {
        return Err(Problem::new(ProblemCode::MethodWrong));
    }
    let Some(file) = app.pages.find(request.path()) else {
        return Err(Problem::new(ProblemCode::RouteUnknown));
    };
    if ![Method::GET, Method::HEAD].contains(request.method()) {
        return Err(Problem::new(ProblemCode::MethodWrong).header(ALLOW, HeaderValue::from_static("GET, HEAD")));
    }
    let known = conditional::has(request.headers(), IF_NONE_MATCH, file.tag.trim_start_matches("W/"));
    let mut answer = match known {
        true => HttpResponse::NotModified(),
        false => HttpResponse::Ok(),
    };
    answer
        .insert_header((ETAG, file.tag.as_str()))
        .insert_header((CACHE_CONTROL, if file.is_hashed { FOR_EVER } else { ASK }))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((PERMISSIONS_POLICY, PERMISSIONS))
        .insert_header((OPENER_POLICY, "same-origin"));
    if known {
        return Ok(answer.finish());
    }
    Ok(answer
        .insert_header((CONTENT_TYPE, file.media))
        .body(file.bytes.clone()))
}
