//! A plain HTTP caller: what it is told to send it sends, and it hides no answer.

use std::io::{BufRead, BufReader};
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;
use ureq::http::{HeaderMap, Request};

/// Longest wait for an answer. No request of a test takes that long; a hang becomes a failure.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A caller of one server, with or without a token. Cloning shares the connections.
#[derive(Debug, Clone)]
pub struct Api {
    url: String,
    agent: Agent,
    token: Option<String>,
}

/// An answer, whatever its status.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, inflated.
    pub body: Vec<u8>,
}

/// The connection broke before the answer was whole: nobody knows whether the request was carried out.
#[derive(Debug)]
pub struct Broken(pub String);

impl Api {
    /// A caller of the server at `url` without a token.
    pub fn new(url: &str) -> Api {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(TIMEOUT));
        Api {
            url: url.to_owned(),
            agent: config.build().new_agent(),
            token: None,
        }
    }

    /// The same caller with `token`.
    pub fn with_token(&self, token: &str) -> Api {
        Api {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// Its token.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The same caller, with the same token, of another server.
    pub fn at(&self, url: &str) -> Api {
        Api {
            url: url.to_owned(),
            ..self.clone()
        }
    }

    /// Sends a request with further headers.
    pub fn try_send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer, Broken> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let broken = |error: ureq::Error| Broken(error.to_string());
        let sent = if body.is_empty() && matches!(method, "GET" | "DELETE" | "HEAD") {
            self.agent.run(request.body(()).expect("a request can be made"))
        } else {
            self.agent.run(request.body(body).expect("a request can be made"))
        };
        let (parts, mut body) = sent.map_err(broken)?.into_parts();
        let body = body.with_config().limit(256 << 20).read_to_vec().map_err(broken)?;
        Ok(Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
        })
    }

    /// Sends a request with further headers.
    ///
    /// # Panics
    /// When no whole answer comes.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        self.try_send(method, path, headers, body)
            .unwrap_or_else(|e| panic!("{method} {path}: {}", e.0))
    }

    /// Sends a request and looks at the answer without waiting for its end, which an event stream never has: the
    /// status, and the lines as they come.
    ///
    /// # Panics
    /// When no answer begins.
    pub fn open(&self, path: &str) -> (u16, impl Iterator<Item = String> + use<>) {
        let mut request = Request::builder().uri(format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let answer = self.agent.run(request.body(()).expect("a request can be made"));
        let answer = answer.unwrap_or_else(|e| panic!("GET {path}: {e}"));
        let status = answer.status().as_u16();
        let lines = BufReader::new(answer.into_body().into_reader()).lines();
        (status, lines.map_while(Result::ok))
    }

    /// GET.
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], &[])
    }

    /// POST of a JSON body.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(
            "POST",
            path,
            &[("content-type", "application/json")],
            body.to_string().as_bytes(),
        )
    }

    /// POST of a JSON body that the caller has written, right or wrong.
    pub fn post_text(&self, path: &str, body: &str) -> Answer {
        self.send("POST", path, &[("content-type", "application/json")], body.as_bytes())
    }
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e} in {}", self.text()))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The JSON of a success.
    ///
    /// # Panics
    /// When the status is another.
    pub fn ok(&self) -> Value {
        assert!((200..300).contains(&self.status), "{}: {}", self.status, self.text());
        if self.body.is_empty() { Value::Null } else { self.json() }
    }

    /// The status and the stable code of a refusal, after a look at what every refusal must have (RFC 9457).
    ///
    /// # Panics
    /// When the answer is no refusal, or lacks a part.
    pub fn problem(&self) -> (u16, String) {
        let kind = self.header("content-type").unwrap_or_default();
        assert!(
            kind.starts_with("application/problem+json"),
            "{} {kind}: {}",
            self.status,
            self.text()
        );
        let body = self.json();
        for part in ["type", "title", "code", "detail", "request_id"] {
            assert!(
                body[part].as_str().is_some_and(|text| !text.is_empty()),
                "no {part} in {body}"
            );
        }
        assert_eq!(body["status"], self.status);
        if matches!(self.status, 429 | 503) {
            let after = self.header("retry-after").and_then(|text| text.parse::<u64>().ok());
            assert!(after.is_some(), "{} without Retry-After", self.status);
        }
        (self.status, body["code"].as_str().unwrap_or_default().to_owned())
    }
}
