//! Request bodies: read with a cap, inflated with another, parsed strictly.
//!
//! actix would inflate by itself and without a cap of its own; these extractors read the payload as it
//! travels and inflate it here.

use std::future::Future;
use std::io::Read;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use super::problem::{Problem, ProblemCode};
use crate::app::App;

/// Bodies above this many bytes are inflated off the thread that serves connections.
const INFLATE_INLINE: usize = 64 * 1024;

/// A request body, inflated, within both caps.
pub struct Inflated(pub Bytes);

/// A JSON request body. Unknown members are refused by the types themselves.
pub struct Json<T>(pub T);

/// A `text/csv` request body, UTF-8.
pub struct Csv(pub String);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Identity,
    Gzip,
    Zstd,
}

impl FromRequest for Inflated {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move { read(&request, payload).await.map(Inflated) })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            media(request.headers(), "application/json")?;
            let bytes = read(&request, payload).await?;
            json(&bytes).map(Json)
        })
    }
}

impl FromRequest for Csv {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            media(request.headers(), "text/csv")?;
            let bytes = read(&request, payload).await?;
            let text = String::from_utf8(bytes.to_vec())
                .map_err(|e| invalid(format!("not UTF-8 at byte {}", e.utf8_error().valid_up_to())))?;
            Ok(Csv(text))
        })
    }
}

/// Parses JSON; the place of a mistake is named, its content is not.
pub fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if let Some(at) = nul(bytes) {
        return Err(invalid(format!(
            "a text holds a NUL, which not every system can keep, at byte {at}"
        )));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        use serde_json::error::Category;
        let what = match error.classify() {
            Category::Syntax => "not JSON",
            Category::Eof => "JSON that ends too early",
            Category::Data => "JSON of another shape than openapi.yaml says",
            Category::Io => "unreadable",
        };
        invalid(format!("{what}, line {} column {}", error.line(), error.column()))
    })
}

/// Where JSON text escapes a NUL. As itself it is no JSON (RFC 8259 section 7); PostgreSQL cannot store it.
fn nul(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            at += 1;
        } else if bytes[at..].starts_with(b"\\u0000") {
            return Some(at);
        } else {
            // Whatever is escaped, a backslash above all, begins no escape of its own.
            at += 2;
        }
    }
    None
}

fn invalid(detail: String) -> Problem {
    Problem::with(ProblemCode::RequestInvalid, detail)
}

fn media(headers: &HeaderMap, wanted: &str) -> Result<(), Problem> {
    let given = headers
        .get(CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(wanted) {
        Ok(())
    } else {
        Err(Problem::with(
            ProblemCode::MediaUnsupported,
            format!("send Content-Type: {wanted}"),
        ))
    }
}

async fn read(request: &HttpRequest, payload: Payload) -> Result<Bytes, Problem> {
    let app = request
        .app_data::<web::Data<App>>()
        .ok_or_else(|| Problem::new(ProblemCode::Internal))?;
    let encoding = encoding(request.headers())?;
    let body = travelled(request.headers(), payload, app.settings.max_body_bytes).await?;
    let limit = app.settings.max_inflated_bytes;
    match encoding {
        Encoding::Identity => Ok(body),
        _ if body.len() <= INFLATE_INLINE => inflate(encoding, &body, limit),
        _ => web::block(move || inflate(encoding, &body, limit))
            .await
            .map_err(|_| Problem::new(ProblemCode::Internal))?,
    }
}

fn encoding(headers: &HeaderMap) -> Result<Encoding, Problem> {
    let named = headers
        .get(CONTENT_ENCODING)
        .map(|v| v.to_str().unwrap_or("?").trim().to_ascii_lowercase());
    match named.as_deref() {
        None | Some("" | "identity") => Ok(Encoding::Identity),
        Some("gzip" | "x-gzip") => Ok(Encoding::Gzip),
        Some("zstd") => Ok(Encoding::Zstd),
        Some(_) => Err(Problem::new(ProblemCode::EncodingUnsupported)),
    }
}

async fn travelled(headers: &HeaderMap, mut payload: Payload, limit: u64) -> Result<Bytes, Problem> {
    let too_large = || Problem::new(ProblemCode::BodyTooLarge).member("limit", limit);
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let mut body = BytesMut::with_capacity(announced.unwrap_or(0).min(64 * 1024) as usize);
    while let Some(part) = payload.next().await {
        let part = part.map_err(|_| invalid("the body broke off".to_owned()))?;
        if body.len() as u64 + part.len() as u64 > limit {
            return Err(too_large());
        }
        body.extend_from_slice(&part);
    }
    Ok(body.freeze())
}

fn inflate(encoding: Encoding, body: &[u8], limit: u64) -> Result<Bytes, Problem> {
    let broken = |_| invalid("the compressed body is damaged".to_owned());
    let mut inflated = Vec::with_capacity(body.len().saturating_mul(4).min(1 << 20));
    // One byte more than allowed is enough to know, and all that is ever kept.
    match encoding {
        Encoding::Identity => inflated.extend_from_slice(body),
        Encoding::Gzip => {
            flate2::read::MultiGzDecoder::new(body)
                .take(limit + 1)
                .read_to_end(&mut inflated)
                .map_err(broken)?;
        }
        Encoding::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(body).map_err(broken)?;
            // A frame may ask for a window of its own size: 8 MiB (RFC 8878 section 3.1.1.1.2) is enough.
            decoder.window_log_max(23).map_err(broken)?;
            decoder.take(limit + 1).read_to_end(&mut inflated).map_err(broken)?;
        }
    }
    if inflated.len() as u64 > limit {
        return Err(Problem::new(ProblemCode::InflateLimit).member("limit", limit));
    }
    Ok(inflated.into())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_body_inflates_up_to_the_limit_and_no_further() {
        let plain = vec![b'x'; 10_000];
        for (encoding, packed) in [
            (Encoding::Gzip, gzip(&plain)),
            (Encoding::Zstd, zstd::encode_all(plain.as_slice(), 3).unwrap()),
        ] {
            assert_eq!(inflate(encoding, &packed, 10_000).unwrap().len(), 10_000);
            assert_eq!(
                inflate(encoding, &packed, 9_999).unwrap_err().code,
                ProblemCode::InflateLimit
            );
            assert_eq!(
                inflate(encoding, &packed[..packed.len() / 2], 10_000).unwrap_err().code,
                ProblemCode::RequestInvalid
            );
            assert_eq!(
                inflate(encoding, b"rubbish", 10_000).unwrap_err().code,
                ProblemCode::RequestInvalid
            );
        }
    }

    #[test]
    fn a_nul_in_a_text_is_refused_and_what_looks_like_one_is_not() {
        for text in [r#""\u0000""#, r#""a\u0000""#, r#""\\\u0000""#, r#""\"\u0000""#] {
            assert_eq!(
                json::<String>(text.as_bytes()).unwrap_err().code,
                ProblemCode::RequestInvalid,
                "{text}"
            );
        }
        for text in [r#""\\u0000""#, r#""u0000""#, r#""\u0001""#, r#""\\\\u0000""#] {
            assert!(json::<String>(text.as_bytes()).is_ok(), "{text}");
        }
        assert!(json::<String>(b"\"\\").is_err());
    }

    #[test]
    fn a_mistake_in_json_is_placed_but_not_quoted() {
        let problem = json::<Vec<u8>>(b"[1,\n\"hush\"]").unwrap_err();
        assert!(problem.detail.contains("line 2") && !problem.detail.contains("hush"));
    }
}
