//! Exchanging a refresh token, once.

use sync_protocol::id::MemberId;

use super::AccountError;
use super::journal::{self, Event};
use super::session::{self, Session};
use super::standing::Standing;
use super::tokens::TokenScope;
use crate::app::App;
use crate::query;
use crate::store::Db;
use crate::store::rows::RefreshRow;

/// How long the exchange of a token may be repeated while its successor is unused, ms: on a weak network
/// the first answer may be lost, and a phone in the mountains has nobody to type the password again.
const LOST_ANSWER_MS: i64 = 60_000;

/// Exchanges a refresh token for a new pair.
///
/// A token that was exchanged before revokes the whole sign-in: one of the two who hold it has stolen it.
/// The one exception is a repeat within a minute whose first answer was evidently lost, for its successor
/// was never used; that successor is revoked, so that of two holders only one can go on.
pub fn refresh(app: &App, token: &str) -> Result<Session, AccountError> {
    let now_ms = app.now_ms();
    let hash = session::refresh_hash(token);
    let outcome = app.store.write(|db| exchange(app, db, &hash, now_ms))?;
    // The revocation must be committed, so it is no error of the transaction.
    outcome.ok_or(AccountError::RefreshReused)
}

/// `None`: it was a reuse, and the family is revoked.
fn exchange(app: &App, db: &mut Db<'_>, hash: &[u8; 32], now_ms: i64) -> Result<Option<Session>, AccountError> {
    let row = query!(db, refresh::by_hash(hash))?.ok_or(AccountError::RefreshRefused)?;
    if now_ms >= row.expires_ms {
        return Err(AccountError::RefreshRefused);
    }
    if !query!(db, refresh::take(hash, now_ms))? {
        // Read again: another server may have taken it between the two statements.
        let row = query!(db, refresh::by_hash(hash))?.ok_or(AccountError::RefreshRefused)?;
        if !repeats_a_lost_answer(db, &row, now_ms)? {
            return reused(db, &row, now_ms).map(|()| None);
        }
    }
    let member = query!(db, members::by_id(row.member))?.ok_or(AccountError::RefreshRefused)?;
    let standing = Standing::of(db, member.id, now_ms)?;
    let scope = session::scope_of(app, &standing, now_ms)?;
    // Somebody who became an administrator since has no code yet: the next sign-in asks for it.
    if scope == TokenScope::Full && session::demands_totp(app, &standing) && member.totp_step.is_none() {
        return Err(AccountError::RefreshRefused);
    }
    // A phone that syncs now and then is never signed in again, which would forget them.
    query!(db, refresh::forget_expired(member.id, now_ms))?;
    session::open(app, db, &member, &standing, row.family, scope, now_ms).map(Some)
}

fn repeats_a_lost_answer(db: &mut Db<'_>, row: &RefreshRow, now_ms: i64) -> Result<bool, AccountError> {
    let Some(used_ms) = row.used_ms else { return Ok(false) };
    if row.revoked_ms.is_some() || now_ms > used_ms + LOST_ANSWER_MS {
        return Ok(false);
    }
    let mut later = query!(db, refresh::issued_since(&row.family, used_ms))?;
    later.retain(|t| t.hash != row.hash);
    match later.as_slice() {
        [successor] if successor.used_ms.is_none() && successor.revoked_ms.is_none() => {
            query!(db, refresh::revoke(&successor.hash, now_ms))?;
            Ok(true)
        }
        _ => Ok(false),
    }
}

fn reused(db: &mut Db<'_>, row: &RefreshRow, now_ms: i64) -> Result<(), AccountError> {
    // A sign-in that ended already, by signing out or by a restore, is not alarmed: its token is merely old.
    if !query!(db, refresh::has_open(&row.family))? {
        return Err(AccountError::RefreshRefused);
    }
    query!(db, refresh::revoke_family(&row.family, now_ms))?;
    journal::write(
        db,
        now_ms,
        None,
        Event::RefreshReused,
        &row.member.to_string(),
        serde_json::json!({}),
    )
}

/// Ends a sign-in: none of its refresh tokens serves any more. Its access token runs out by itself.
pub fn sign_out(app: &App, member: MemberId, family: [u8; 16]) -> Result<(), AccountError> {
    let now_ms = app.now_ms();
    app.store.write(|db| {
        query!(db, refresh::revoke_family(&family, now_ms))?;
        journal::write(
            db,
            now_ms,
            Some(member),
            Event::SignedOut,
            &member.to_string(),
            serde_json::json!({}),
        )
    })
}
