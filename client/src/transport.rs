//! How requests travel. A trait, so that a simulator can lose, repeat and delay them.

use std::fmt;

/// The method of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Changes.
    Post,
}

/// A request to the server.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path with its query, from `/v1/` on.
    pub path: String,
    /// The access token.
    pub bearer: Option<String>,
    /// The entity tag of what is held already.
    pub if_none_match: Option<String>,
    /// A JSON body, not yet compressed.
    pub body: Option<Vec<u8>>,
}

impl fmt::Debug for Request {
    /// Tokens and what was recorded must not reach a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("body_bytes", &self.body.as_ref().map(Vec::len))
            .finish_non_exhaustive()
    }
}

/// The server's answer, whatever its status.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u64>,
    /// `ETag`, quotes included.
    pub etag: Option<String>,
    /// The body after decompression.
    pub body: Vec<u8>,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// No answer came. Whether the request arrived is unknown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// The server could not be reached or the connection broke.
    #[error("the server cannot be reached: {0}")]
    Unreachable(String),
    /// No answer in time.
    #[error("the server did not answer in time")]
    Timeout,
    /// The answer was too large or could not be decompressed.
    #[error("the answer cannot be read: {0}")]
    Unreadable(String),
    /// The request cannot be made: the server's address is wrong.
    #[error("the request cannot be made: {0}")]
    Impossible(String),
}

/// Sends one request and waits for its answer.
pub trait Transport {
    /// Sends. An answer of any status is `Ok`.
    fn send(&self, request: Request) -> Result<Response, TransportError>;
}
