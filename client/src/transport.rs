//! How requests travel. A trait, so that a simulator can lose, repeat and delay them.

use std::fmt;

/// The method of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Changes.
    Post,
    /// Asks how far an upload is.
    Head,
    /// Sends a piece of an upload.
    Patch,
    /// Ends an upload.
    Delete,
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
    /// Further headers, by their lower-case names. With a `content-type` among them the body goes as it is.
    pub headers: Vec<(&'static str, String)>,
    /// A JSON body, not yet compressed, unless the headers say otherwise.
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
    /// What the headers say of an upload.
    pub upload: UploadHead,
    /// The body after decompression.
    pub body: Vec<u8>,
}

/// The headers of a tus answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UploadHead {
    /// `Location`: where a new upload is, as the server wrote it.
    pub location: Option<String>,
    /// `Upload-Offset`, bytes.
    pub offset: Option<u64>,
    /// `Upload-Length`, bytes.
    pub length: Option<u64>,
}

impl UploadHead {
    /// Reads them; `header` gives one by its lower-case name.
    pub fn read(header: impl Fn(&str) -> Option<String>) -> UploadHead {
        let number = |name| header(name).and_then(|text| text.trim().parse().ok());
        UploadHead {
            location: header("location"),
            offset: number("upload-offset"),
            length: number("upload-length"),
        }
    }
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
