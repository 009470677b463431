//! What somebody gets who has proven to be a member.

use serde::Serialize;
use sha2::{Digest, Sha256};
use sync_protocol::id::MemberId;
use utoipa::ToSchema;

use super::AccountError;
use super::standing::{ADMINISTRATORS, Standing};
use super::tokens::TokenScope;
use crate::app::App;
use crate::query;
use crate::random;
use crate::store::Db;
use crate::store::rows::{AppointmentRow, MemberRow, RefreshRow};

const DAY_MS: i64 = 86_400_000;

/// A sign-in.
#[derive(Clone, Serialize, ToSchema)]
pub struct Session {
    /// Send it as `Authorization: Bearer`.
    pub access_token: String,
    /// For how many seconds the access token serves.
    pub expires_in: i64,
    /// Exchange it once at POST /v1/auth/refresh. Absent when the token only serves to set up TOTP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// What the token is good for.
    pub scope: TokenScope,
    /// Who signed in.
    pub member: Person,
    /// The appointments in force; an operation names one of them as `as`.
    pub appointments: Vec<AppointmentView>,
}

/// A member as others see one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Person {
    /// Id.
    #[schema(value_type = String, format = Uuid)]
    pub id: MemberId,
    /// The number that the member signs in with.
    pub number: String,
    /// Name.
    pub name: String,
}

impl From<&MemberRow> for Person {
    fn from(row: &MemberRow) -> Person {
        Person {
            id: row.id,
            number: row.number.clone(),
            name: row.name.clone(),
        }
    }
}

/// An appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AppointmentView {
    /// Id.
    #[schema(value_type = String, format = Uuid)]
    pub id: sync_protocol::id::AppointmentId,
    /// Role code.
    #[schema(value_type = String, example = "volunteer")]
    pub role: sync_protocol::role::Role,
    /// Unit code; the appointment covers the units below too.
    #[schema(value_type = String, example = "350111001026")]
    pub unit: sync_protocol::id::UnitCode,
    /// First moment, ms since 1970-01-01T00:00:00Z.
    pub starts_ms: i64,
    /// First moment after it, ms; null: open.
    pub ends_ms: Option<i64>,
}

impl From<&AppointmentRow> for AppointmentView {
    fn from(row: &AppointmentRow) -> AppointmentView {
        AppointmentView {
            id: row.id,
            role: row.role,
            unit: row.unit.clone(),
            starts_ms: row.starts_ms,
            ends_ms: row.ends_ms,
        }
    }
}

/// What a refresh token is stored as.
pub fn refresh_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// What `standing` allows: everything, only delivering, or nothing.
pub fn scope_of(app: &App, standing: &Standing, now_ms: i64) -> Result<TokenScope, AccountError> {
    if !standing.active.is_empty() {
        return Ok(TokenScope::Full);
    }
    let grace_ms = i64::try_from(app.settings.push_only_days).unwrap_or(0) * DAY_MS;
    match standing.ended_ms {
        Some(ended_ms) if now_ms < ended_ms + grace_ms => Ok(TokenScope::PushOnly),
        _ => Err(AccountError::NoAppointment),
    }
}

/// Whether the member's roles demand a TOTP code.
pub fn demands_totp(app: &App, standing: &Standing) -> bool {
    app.settings.admin_totp && standing.is_any(&ADMINISTRATORS)
}

/// Makes the tokens of `family` and keeps the refresh token's hash.
pub fn open(
    app: &App,
    db: &mut Db<'_>,
    member: &MemberRow,
    standing: &Standing,
    family: [u8; 16],
    scope: TokenScope,
    now_ms: i64,
) -> Result<Session, AccountError> {
    let refresh_token = if scope == TokenScope::TotpEnrolment {
        None
    } else {
        let token = hex::encode(random::bytes::<32>()?);
        let life_ms = i64::try_from(app.settings.refresh_token_days).unwrap_or(1) * DAY_MS;
        let row = RefreshRow {
            hash: refresh_hash(&token),
            family,
            member: member.id,
            issued_ms: now_ms,
            expires_ms: now_ms + life_ms,
            used_ms: None,
            revoked_ms: None,
        };
        query!(db, refresh::insert(row))?;
        Some(token)
    };
    Ok(Session {
        access_token: app.tokens.issue(member.id, family, scope, now_ms)?,
        expires_in: app.tokens.life_secs(),
        refresh_token,
        scope,
        member: Person::from(member),
        appointments: standing.active.iter().map(AppointmentView::from).collect(),
    })
}
