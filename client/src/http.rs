//! The real transport: HTTP over ureq, bodies compressed both ways.

use std::io::Read;
use std::time::Duration;

use ureq::Agent;
use ureq::http::{HeaderMap, StatusCode};

use crate::transport::{Method, Request, Response, Transport, TransportError};

/// Bodies shorter than this, in bytes, travel as they are: compressing them saves nothing.
const COMPRESS_FROM: usize = 1024;
const ZSTD_LEVEL: i32 = 3;
/// Most bytes of an answer after decompression. The server's pages are about 1 MiB.
const ANSWER_BYTES: u64 = 64 << 20;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// For one request and its answer; a page over a village's network may take a minute.
const CALL_TIMEOUT: Duration = Duration::from_secs(120);

/// HTTP to one server.
#[derive(Debug, Clone)]
pub struct Http {
    agent: Agent,
    base: String,
}

impl Http {
    /// For a server such as `https://wuyuan.example`. Refuses what is not an http(s) address.
    pub fn new(server: &str) -> Result<Http, TransportError> {
        let base = server.trim_end_matches('/');
        if !(base.starts_with("http://") || base.starts_with("https://")) {
            return Err(TransportError::Impossible(
                "the server's address begins with https:// or http://".into(),
            ));
        }
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .timeout_global(Some(CALL_TIMEOUT))
            .accept_encoding("zstd, gzip")
            .user_agent(concat!("wuyuan-phone/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Http {
            agent: Agent::new_with_config(config),
            base: base.to_owned(),
        })
    }
}

impl Transport for Http {
    fn send(&self, request: Request) -> Result<Response, TransportError> {
        let url = format!("{}{}", self.base, request.path);
        let bearer = request.bearer.map(|token| format!("Bearer {token}"));
        let answer = match request.method {
            Method::Get => {
                let mut builder = self.agent.get(&url);
                if let Some(bearer) = &bearer {
                    builder = builder.header("authorization", bearer);
                }
                if let Some(tag) = &request.if_none_match {
                    builder = builder.header("if-none-match", tag);
                }
                builder.call()
            }
            Method::Post => {
                let mut builder = self.agent.post(&url).content_type("application/json");
                if let Some(bearer) = &bearer {
                    builder = builder.header("authorization", bearer);
                }
                let mut body = request.body.unwrap_or_default();
                if body.len() >= COMPRESS_FROM {
                    body = zstd::encode_all(body.as_slice(), ZSTD_LEVEL)
                        .map_err(|e| TransportError::Impossible(e.to_string()))?;
                    builder = builder.header("content-encoding", "zstd");
                }
                builder.send(&body[..])
            }
        };
        let mut answer = answer.map_err(failure)?;
        let packed = header(answer.headers(), "content-encoding") == Some("zstd");
        let status = answer.status();
        let retry_after = header(answer.headers(), "retry-after").and_then(|text| text.trim().parse().ok());
        let etag = header(answer.headers(), "etag").map(str::to_owned);
        let body = if status == StatusCode::NOT_MODIFIED {
            Vec::new()
        } else {
            body(&mut answer, packed)?
        };
        Ok(Response {
            status: status.as_u16(),
            retry_after,
            etag,
            body,
        })
    }
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Gzip is undone by ureq, zstd here; both under one cap, so that no answer can fill the phone's memory.
fn body(answer: &mut ureq::http::Response<ureq::Body>, packed: bool) -> Result<Vec<u8>, TransportError> {
    let reader = answer.body_mut().with_config().limit(ANSWER_BYTES).reader();
    let mut bytes = Vec::new();
    let unreadable = |e: std::io::Error| TransportError::Unreadable(e.to_string());
    let mut capped: Box<dyn Read> = if packed {
        Box::new(zstd::Decoder::new(reader).map_err(unreadable)?.take(ANSWER_BYTES + 1))
    } else {
        Box::new(reader.take(ANSWER_BYTES + 1))
    };
    capped.read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > ANSWER_BYTES {
        return Err(TransportError::Unreadable(format!("it is over {ANSWER_BYTES} bytes")));
    }
    Ok(bytes)
}

fn failure(error: ureq::Error) -> TransportError {
    match error {
        ureq::Error::Timeout(_) => TransportError::Timeout,
        ureq::Error::BadUri(text) => TransportError::Impossible(text),
        other => TransportError::Unreachable(other.to_string()),
    }
}
