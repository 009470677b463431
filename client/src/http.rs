//! The real transport: HTTP over ureq, bodies compressed both ways.

use std::io::Read;
use std::time::Duration;

use ureq::Agent;
use ureq::http::{HeaderMap, StatusCode};

use crate::transport::{Method, Request, Response, Transport, TransportError, UploadHead};

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
        let mut builder = ureq::http::Request::builder()
            .method(method(request.method))
            .uri(format!("{}{}", self.base, request.path));
        let bearer = request.bearer.map(|token| format!("Bearer {token}"));
        let named = request.headers.iter().map(|(name, value)| (*name, value));
        let own = [("authorization", &bearer), ("if-none-match", &request.if_none_match)];
        let own = own
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_ref()?)));
        for (name, value) in named.chain(own) {
            builder = builder.header(name, value);
        }
        let is_json = !request.headers.iter().any(|(name, _)| *name == "content-type");
        let carried = match (request.method, request.body) {
            (Method::Post, Some(mut body)) if is_json => {
                builder = builder.header("content-type", "application/json");
                if body.len() >= COMPRESS_FROM {
                    body = zstd::encode_all(body.as_slice(), ZSTD_LEVEL).map_err(impossible)?;
                    builder = builder.header("content-encoding", "zstd");
                }
                Some(body)
            }
            (Method::Post, None) => Some(Vec::new()),
            (_, body) => body,
        };
        let answer = match carried {
            Some(body) => self.agent.run(builder.body(body).map_err(impossible)?),
            None => self.agent.run(builder.body(()).map_err(impossible)?),
        };
        let mut answer = answer.map_err(failure)?;
        let packed = header(answer.headers(), "content-encoding") == Some("zstd");
        let status = answer.status();
        let retry_after = header(answer.headers(), "retry-after").and_then(|text| text.trim().parse().ok());
        let etag = header(answer.headers(), "etag").map(str::to_owned);
        let upload = UploadHead::read(|name| header(answer.headers(), name).map(str::to_owned));
        let body = if status == StatusCode::NOT_MODIFIED || request.method == Method::Head {
            Vec::new()
        } else {
            body(&mut answer, packed)?
        };
        Ok(Response {
            status: status.as_u16(),
            retry_after,
            etag,
            upload,
            body,
        })
    }
}

fn method(method: Method) -> ureq::http::Method {
    use ureq::http::Method as Http;
    match method {
        Method::Get => Http::GET,
        Method::Post => Http::POST,
        Method::Head => Http::HEAD,
        Method::Patch => Http::PATCH,
        Method::Delete => Http::DELETE,
    }
}

fn impossible(error: impl std::fmt::Display) -> TransportError {
    TransportError::Impossible(error.to_string())
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
