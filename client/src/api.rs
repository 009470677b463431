//! The server's interface as the phone uses it: one function for each request, typed both ways.

mod blobs;
mod types;

use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use sync_protocol::id::{DeviceId, Seq};
use sync_protocol::log::{Consistency, Origins};
use sync_protocol::wire::{Head, SyncAnswer, SyncRequest};

use crate::transport::{Method, Request, Response, Transport, TransportError};

pub(crate) use blobs::{NewUpload, Reached};
pub use types::{
    Activation, Appointment, Config, Continues, Directory, DirectoryMember, DirectoryUnit, Enrolment, Person, Problem,
    ReceiptKey, Scope, Session, SignIn,
};

/// Why a request brought nothing.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ApiError {
    /// No answer. Whether the request arrived is unknown.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The server refused.
    #[error(transparent)]
    Problem(Box<Problem>),
    /// The answer is not what the protocol says: another service, a captive portal, or a newer server.
    #[error("the answer (status {0}) is not Wuyuan's; is this the server, or a sign-in page of the network?")]
    Foreign(u16),
    /// A request could not be written as JSON.
    #[error("the request cannot be written")]
    Unwritable,
}

impl ApiError {
    /// The stable code: the server's own, or one of the phone's.
    pub fn code(&self) -> &str {
        match self {
            ApiError::Transport(TransportError::Unreachable(_)) => "unreachable",
            ApiError::Transport(TransportError::Timeout) => "timeout",
            ApiError::Transport(TransportError::Unreadable(_)) => "answer_unreadable",
            ApiError::Transport(TransportError::Impossible(_)) => "server_address",
            ApiError::Problem(problem) => &problem.code,
            ApiError::Foreign(_) => "answer_foreign",
            ApiError::Unwritable => "request_unwritable",
        }
    }

    /// The problem, if the server sent one.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            ApiError::Problem(problem) => Some(problem),
            _ => None,
        }
    }
}

/// A body with the entity tag under which it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged {
    /// The text.
    pub body: String,
    /// Its tag.
    pub etag: Option<String>,
}

/// Requests on behalf of one member.
pub(crate) struct Api<'t> {
    net: &'t dyn Transport,
    token: Option<String>,
}

impl<'t> Api<'t> {
    pub fn new(net: &'t dyn Transport, token: Option<String>) -> Api<'t> {
        Api { net, token }
    }

    pub fn sign_in(&self, body: &SignIn<'_>) -> Result<Session, ApiError> {
        self.post("/v1/auth/sign-in", body)
    }

    pub fn activate(&self, body: &Activation<'_>) -> Result<Session, ApiError> {
        self.post("/v1/auth/activate", body)
    }

    pub fn refresh(&self, refresh_token: &str) -> Result<Session, ApiError> {
        self.post(
            "/v1/auth/refresh",
            &serde_json::json!({ "refresh_token": refresh_token }),
        )
    }

    pub fn sign_out(&self) -> Result<(), ApiError> {
        self.send(Method::Post, "/v1/auth/sign-out".into(), None, None)
            .map(|_| ())
    }

    pub fn enrol(&self, body: &Enrolment<'_>) -> Result<(), ApiError> {
        self.post::<_, IgnoredAny>("/v1/devices", body).map(|_| ())
    }

    pub fn config(&self) -> Result<Config, ApiError> {
        let response = self.send(Method::Get, "/v1/config".into(), None, None)?;
        decode(&response)
    }

    /// `None`: what is held under `tag` still holds.
    pub fn catalog(&self, tag: Option<String>) -> Result<Option<Tagged>, ApiError> {
        self.tagged("/v1/catalog", tag)
    }

    /// `None`: what is held under `tag` still holds.
    pub fn directory(&self, tag: Option<String>) -> Result<Option<Tagged>, ApiError> {
        self.tagged("/v1/directory", tag)
    }

    /// The server's chain hashes of the device's operations `from` to `to`, those that it has.
    pub fn chain(&self, device: &DeviceId, from: Seq, to: Seq) -> Result<Vec<Head>, ApiError> {
        #[derive(serde::Deserialize)]
        struct Chain {
            chain: Vec<Head>,
        }
        let path = format!("/v1/devices/{device}/chain?from={from}&to={to}");
        decode::<Chain>(&self.send(Method::Get, path, None, None)?).map(|answer| answer.chain)
    }

    pub fn sync(&self, request: &SyncRequest<'_>) -> Result<SyncAnswer, ApiError> {
        self.post("/v1/sync", request)
    }

    /// Reads what is at a path.
    pub fn get<A: DeserializeOwned>(&self, path: String) -> Result<A, ApiError> {
        decode(&self.send(Method::Get, path, None, None)?)
    }

    /// The log's newest checkpoint, as signed.
    pub fn checkpoint(&self) -> Result<String, ApiError> {
        let response = self.send(Method::Get, "/v1/log/checkpoint".into(), None, None)?;
        String::from_utf8(response.body).map_err(|_| ApiError::Foreign(response.status))
    }

    /// The proof that a log grew from one size to another.
    pub fn consistency(&self, log: Option<u64>, from: u64, to: u64) -> Result<Consistency, ApiError> {
        let log = log.map(|log| format!("&log={log}")).unwrap_or_default();
        let path = format!("/v1/log/proof/consistency?from={from}&to={to}{log}");
        decode(&self.send(Method::Get, path, None, None)?)
    }

    /// The server's logs.
    pub fn origins(&self) -> Result<Origins, ApiError> {
        decode(&self.send(Method::Get, "/v1/log/origins".into(), None, None)?)
    }

    fn tagged(&self, path: &str, tag: Option<String>) -> Result<Option<Tagged>, ApiError> {
        let response = self.send(Method::Get, path.to_owned(), None, tag)?;
        if response.status == 304 {
            return Ok(None);
        }
        // A network's sign-in page is no catalogue: it goes away by itself, and this phone needs no update for it.
        let foreign = || ApiError::Foreign(response.status);
        serde_json::from_slice::<IgnoredAny>(&response.body).map_err(|_| foreign())?;
        let body = String::from_utf8(response.body).map_err(|_| foreign())?;
        Ok(Some(Tagged {
            body,
            etag: response.etag,
        }))
    }

    fn post<B: Serialize, A: DeserializeOwned>(&self, path: &str, body: &B) -> Result<A, ApiError> {
        decode(&self.send(Method::Post, path.to_owned(), Some(encode(body)?), None)?)
    }

    fn send(
        &self,
        method: Method,
        path: String,
        body: Option<Vec<u8>>,
        if_none_match: Option<String>,
    ) -> Result<Response, ApiError> {
        self.pass(Request {
            method,
            path,
            bearer: self.token.clone(),
            if_none_match,
            headers: Vec::new(),
            body,
        })
    }

    fn pass(&self, request: Request) -> Result<Response, ApiError> {
        let method = request.method;
        let response = self.net.send(request)?;
        let problem = match (response.status, method) {
            (200..=299 | 304, _) => return Ok(response),
            // There is no body that could say more.
            (status, Method::Head) => Problem::bare(status, response.retry_after),
            _ => Problem::read(&response),
        };
        Err(problem.map_or(ApiError::Foreign(response.status), |p| ApiError::Problem(Box::new(p))))
    }
}

fn encode<B: Serialize>(body: &B) -> Result<Vec<u8>, ApiError> {
    serde_json::to_vec(body).map_err(|_| ApiError::Unwritable)
}

fn decode<A: DeserializeOwned>(response: &Response) -> Result<A, ApiError> {
    serde_json::from_slice(&response.body).map_err(|_| ApiError::Foreign(response.status))
}
