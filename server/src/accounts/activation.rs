//! One-time codes with which a member sets a password.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use sync_protocol::id::MemberId;

use super::journal::{self, Actor, Event};
use super::session::{self, Session};
use super::standing::Standing;
use super::tokens::TokenScope;
use super::{AccountError, password, sign_in};
use crate::app::App;
use crate::query;
use crate::random;
use crate::store::Db;

const HOUR_MS: i64 = 3_600_000;

/// Crockford's base32 without the letters that look like digits.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Makes a code for `member` that serves for `hours`, and returns it: it is shown once and stored as a hash.
pub fn issue(db: &mut Db<'_>, actor: Actor, member: MemberId, hours: u64, now_ms: i64) -> Result<String, AccountError> {
    let code = fresh()?;
    let expires_ms = now_ms + i64::try_from(hours).unwrap_or(1) * HOUR_MS;
    query!(db, members::set_activation(member, &hash(member, &code), expires_ms))?;
    let detail = serde_json::json!({ "expires_ms": expires_ms });
    journal::write(db, now_ms, actor, Event::ActivationIssued, &member.to_string(), detail)?;
    Ok(code)
}

/// Twelve characters, 60 random bits, in groups of four.
fn fresh() -> Result<String, AccountError> {
    let random = random::bytes::<12>()?;
    let letters: Vec<u8> = random.iter().map(|b| ALPHABET[usize::from(b % 32)]).collect();
    let groups: Vec<_> = letters.chunks(4).map(String::from_utf8_lossy).collect();
    Ok(groups.join("-"))
}

/// SHA-256 and no slow hash: the code is random, serves once and for days, and attempts are locked.
fn hash(member: MemberId, code: &str) -> String {
    let letters = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase());
    // Who reads the code from paper may take a digit for a letter (Crockford's base32).
    let plain: String = letters
        .map(|c| {
            if c == 'O' {
                '0'
            } else if c == 'I' || c == 'L' {
                '1'
            } else {
                c
            }
        })
        .collect();
    let digest = Sha256::new()
        .chain_update(b"wuyuan-activation-v1")
        .chain_update(member.0)
        .chain_update(plain)
        .finalize();
    hex::encode(digest)
}

/// Spends a code, sets the password and signs in. Every other sign-in of the member ends.
pub fn activate(app: &App, number: &str, code: &str, chosen: &str) -> Result<Session, AccountError> {
    let member = sign_in::find(app, number)?;
    let now_ms = app.now_ms();
    let Some(member) = member else {
        app.strangers.fail(number, now_ms);
        return Err(AccountError::ActivationRefused);
    };
    let given = hash(member.id, code);
    let serves = member.activation_expires_ms.is_some_and(|end| now_ms < end);
    let matches = member
        .activation_hash
        .as_ref()
        .is_some_and(|h| h.as_bytes().ct_eq(given.as_bytes()).into());
    if !(serves && matches) {
        return Err(sign_in::fail(app, &member, now_ms, AccountError::ActivationRefused)?);
    }
    password::check(chosen, number)?;
    let hashed = password::hash(chosen)?;
    let outcome = app.store.write(|db| {
        // Of two at once, one spends it.
        if !query!(db, members::activate(member.id, &given, &hashed))? {
            return Err(AccountError::ActivationRefused);
        }
        query!(db, refresh::revoke_member(member.id, now_ms))?;
        let subject = member.id.to_string();
        journal::write(
            db,
            now_ms,
            Some(member.id),
            Event::MemberActivated,
            &subject,
            serde_json::json!({}),
        )?;
        // A new password is no second factor: who has TOTP signs in with a code next.
        if member.totp_step.is_some() {
            return Ok(None);
        }
        let standing = Standing::of(db, member.id, now_ms)?;
        let mut scope = session::scope_of(app, &standing, now_ms)?;
        if session::demands_totp(app, &standing) {
            scope = TokenScope::TotpEnrolment;
        }
        session::open(app, db, &member, &standing, random::bytes()?, scope, now_ms).map(Some)
    })?;
    outcome.ok_or(AccountError::TotpRequired)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_in_any_case_and_grouping() {
        let code = fresh().unwrap();
        assert_eq!(code.len(), 14);
        let member = MemberId([1; 16]);
        let typed = code.replace('-', " ").to_ascii_lowercase();
        assert_eq!(hash(member, &code), hash(member, &typed));
        assert_ne!(hash(member, &code), hash(MemberId([2; 16]), &code));
    }
}
