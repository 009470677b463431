//! What the requests carry and the answers bring.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Serialize};
use sync_protocol::feed::Hash;
use sync_protocol::id::{AppointmentId, DeviceId, MemberId, UnitCode};
use sync_protocol::limits::Limits;
use sync_protocol::role::Role;

use crate::transport::Response;

/// Signing in.
#[derive(Serialize)]
pub struct SignIn<'a> {
    /// The member's number.
    pub number: &'a str,
    /// The password.
    pub password: &'a str,
    /// The one-time code of administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub totp: Option<&'a str>,
}

/// The first sign-in, which sets the password.
#[derive(Serialize)]
pub struct Activation<'a> {
    /// The member's number.
    pub number: &'a str,
    /// The activation code, valid once.
    pub code: &'a str,
    /// The password from now on.
    pub password: &'a str,
}

/// A sign-in in force.
#[derive(Clone, Deserialize)]
pub struct Session {
    /// For `Authorization: Bearer`.
    pub access_token: String,
    /// Good for one refresh.
    #[serde(default)]
    pub refresh_token: Option<String>,
    /// What the tokens are good for.
    pub scope: Scope,
    /// The member.
    pub member: Person,
    /// What he is appointed to.
    #[serde(default)]
    pub appointments: Vec<Appointment>,
}

/// What a sign-in is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everything that the appointments allow.
    Full,
    /// Delivering what is pending: the last appointment has ended.
    PushOnly,
    /// Setting up one-time codes, in the console.
    TotpEnrolment,
}

/// A member as the server names one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Person {
    /// The id.
    pub id: MemberId,
    /// The number.
    pub number: String,
    /// The name.
    pub name: String,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("member", &self.member.id)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

/// A role in a unit for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// Its id, an operation's `as`.
    pub id: AppointmentId,
    /// The role.
    pub role: Role,
    /// The unit; the ones below it are included.
    pub unit: UnitCode,
    /// First moment, milliseconds since 1970-01-01T00:00:00Z.
    pub starts_ms: i64,
    /// First moment after it; absent: open.
    #[serde(default)]
    pub ends_ms: Option<i64>,
}

/// Making a device known.
#[derive(Serialize)]
pub struct Enrolment<'a> {
    /// The device.
    pub id: DeviceId,
    /// Keys, signatures and hashes that it uses.
    pub suite: &'a str,
    /// Its public key, base64url without padding.
    pub public_key: String,
    /// What the member calls it.
    pub label: &'a str,
    /// Where the key is kept.
    pub key_storage: &'a str,
    /// The feed that this one goes on from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continues: Option<Continues>,
    /// The signature over `feed::enrolment_message`, base64url without padding.
    pub proof: String,
}

/// The feed that a new one goes on from, because the server lacks operations that this phone no longer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Continues {
    /// The earlier device.
    pub device: DeviceId,
    /// Its chain's last hash.
    #[serde(with = "sync_protocol::wire::hex32")]
    pub head_hash: Hash,
}

/// What the server announces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// Its history.
    pub generation: String,
    /// The newest catalogue version.
    pub catalog: u32,
    /// Its limits.
    pub limits: Limits,
    /// The keys with which it signs receipts.
    pub receipt_keys: Vec<ReceiptKey>,
    /// Media types of photos, voice notes and documents that it takes; empty: it has not said.
    #[serde(default)]
    pub blob_media: Vec<String>,
    /// The key of its transparency log; absent: it has none.
    #[serde(default)]
    pub log_vkey: Option<String>,
}

/// A key that signs receipts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptKey {
    /// Its name.
    pub id: String,
    /// Its suite.
    pub suite: String,
    /// The Ed25519 key, base64url without padding.
    pub public_key: String,
}

impl ReceiptKey {
    /// The key, if it is one of the suite that this program knows.
    pub fn key(&self) -> Option<VerifyingKey> {
        if self.suite != sync_protocol::feed::SUITE {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(&self.public_key).ok()?;
        VerifyingKey::from_bytes(&bytes.try_into().ok()?).ok()
    }
}

/// Units and members in the caller's scope, for choice lists.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Directory {
    /// The units.
    #[serde(default)]
    pub units: Vec<DirectoryUnit>,
    /// The members.
    #[serde(default)]
    pub members: Vec<DirectoryMember>,
}

/// A unit as a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryUnit {
    /// Its code.
    pub code: UnitCode,
    /// Its name.
    pub name: String,
    /// The unit above it.
    #[serde(default)]
    pub parent: Option<UnitCode>,
}

/// A member as a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryMember {
    /// The id.
    pub id: MemberId,
    /// The name.
    pub name: String,
    /// The number.
    pub number: String,
    /// A unit in which he is appointed; one entry for each.
    pub unit: UnitCode,
}

/// A refusal (RFC 9457).
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{code}: {detail} (request {request_id})")]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: String,
    /// What happened, for people.
    pub title: String,
    /// What was wrong this time and what to do.
    pub detail: String,
    /// The name under which the server knows the request.
    pub request_id: String,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u64>,
    /// Further members.
    pub more: serde_json::Map<String, serde_json::Value>,
}

#[derive(Deserialize)]
struct ProblemBody {
    code: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    request_id: String,
    #[serde(flatten)]
    more: serde_json::Map<String, serde_json::Value>,
}

impl Problem {
    /// Reads one; `None` when the answer is not a problem of this protocol.
    pub(super) fn read(response: &Response) -> Option<Problem> {
        let body: ProblemBody = serde_json::from_slice(&response.body).ok()?;
        Some(Problem {
            status: response.status,
            code: body.code,
            title: body.title,
            detail: body.detail,
            request_id: body.request_id,
            retry_after: response.retry_after,
            more: body.more,
        })
    }

    /// Of an answer to HEAD: the status says all. `None` where it could be anybody's.
    pub(super) fn bare(status: u16, retry_after: Option<u64>) -> Option<Problem> {
        let code = match status {
            401 => "token_expired",
            404 | 410 => "upload_gone",
            423 => "upload_locked",
            429 => "rate_limited",
            503 | 507 => "unavailable",
            _ => return None,
        };
        Some(Problem {
            status,
            code: code.to_owned(),
            title: code.to_owned(),
            detail: code.to_owned(),
            request_id: String::new(),
            retry_after,
            more: serde_json::Map::new(),
        })
    }

    /// A further member that is a number.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.more.get(name).and_then(serde_json::Value::as_u64)
    }

    /// A further member that is a SHA-256.
    pub fn hash(&self, name: &str) -> Option<Hash> {
        self.more
            .get(name)
            .and_then(serde_json::Value::as_str)
            .and_then(sync_protocol::wire::parse_hash)
    }
}
