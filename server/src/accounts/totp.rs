//! One-time codes by time (RFC 6238: SHA-1, 6 digits, 30 s, one step either way).

use serde::Serialize;
use sync_protocol::id::MemberId;
use totp_rs::{Builder, Secret, Totp};
use utoipa::ToSchema;

use super::AccountError;
use super::journal::{self, Event};
use crate::app::App;
use crate::query;
use crate::random;
use crate::store::Db;
use crate::store::rows::MemberRow;

const ISSUER: &str = "Wuyuan";

/// What an authenticator app needs.
#[derive(Clone, Serialize, ToSchema)]
pub struct TotpSecret {
    /// The secret, base32 (RFC 4648).
    pub secret: String,
    /// The same as an `otpauth://` URL, for a QR code.
    pub url: String,
}

fn totp(secret: &[u8]) -> Result<Totp, AccountError> {
    Builder::new()
        .with_secret(secret.to_vec())
        .build()
        .map_err(|_| AccountError::Internal)
}

/// Begins the set-up: a new secret, not in force until [`confirm`] has seen a code of it.
pub fn begin(app: &App, member: MemberId) -> Result<TotpSecret, AccountError> {
    let secret = random::bytes::<20>()?;
    let number = app.store.write(|db| {
        let row = query!(db, members::by_id(member))?.ok_or(AccountError::NotFound)?;
        if row.totp_step.is_some() {
            return Err(AccountError::TotpExists);
        }
        query!(db, members::set_totp(member, Some(secret.as_slice())))?;
        Ok(row.number)
    })?;
    let secret = Secret::from(secret.to_vec()).to_base32();
    // A number has only letters, digits and hyphens, so nothing needs escaping.
    let url = format!("otpauth://totp/{ISSUER}:{number}?secret={secret}&issuer={ISSUER}");
    Ok(TotpSecret { secret, url })
}

/// Ends the set-up with a first code; from now on each sign-in needs one.
pub fn confirm(app: &App, member: MemberId, code: &str) -> Result<(), AccountError> {
    let now_ms = app.now_ms();
    app.store.write(|db| {
        let row = query!(db, members::by_id(member))?.ok_or(AccountError::NotFound)?;
        if row.totp_step.is_some() {
            return Err(AccountError::TotpExists);
        }
        spend(db, &row, code, now_ms)?;
        journal::write(
            db,
            now_ms,
            Some(member),
            Event::TotpEnrolled,
            &member.to_string(),
            serde_json::json!({}),
        )
    })
}

/// Takes a code, once: the same step again, or an earlier one, is refused.
pub(super) fn spend(db: &mut Db<'_>, member: &MemberRow, code: &str, now_ms: i64) -> Result<(), AccountError> {
    let secret = member.totp_secret.as_deref().ok_or(AccountError::TotpAbsent)?;
    let seconds = u64::try_from(now_ms / 1_000).unwrap_or(0);
    let step = totp(secret)?.check(code, seconds).ok_or(AccountError::TotpWrong)?;
    let step = i64::try_from(step).map_err(|_| AccountError::Internal)?;
    if query!(db, members::take_totp_step(member.id, step))? {
        Ok(())
    } else {
        Err(AccountError::TotpWrong)
    }
}

/// Forgets a member's TOTP, so that it must be set up anew.
pub(super) fn reset(db: &mut Db<'_>, actor: journal::Actor, member: MemberId, now_ms: i64) -> Result<(), AccountError> {
    query!(db, members::set_totp(member, None))?;
    journal::write(
        db,
        now_ms,
        actor,
        Event::TotpReset,
        &member.to_string(),
        serde_json::json!({}),
    )
}
