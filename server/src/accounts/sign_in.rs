//! Signing in with number, password and, for administrators, a TOTP code.

use sync_protocol::id::MemberId;

use super::journal::{self, Event};
use super::lockout;
use super::session::{self, Session};
use super::standing::Standing;
use super::tokens::TokenScope;
use super::{AccountError, password, totp};
use crate::app::App;
use crate::query;
use crate::random;
use crate::store::Db;
use crate::store::rows::MemberRow;

/// Signs in. An unknown number takes as long, answers alike and locks alike as a wrong password.
pub fn sign_in(app: &App, number: &str, given: &str, code: Option<&str>) -> Result<Session, AccountError> {
    let result = attempt(app, number, given, code);
    let outcome = match &result {
        Ok(_) => "ok",
        Err(AccountError::SignInRefused) => "refused",
        Err(AccountError::Locked { .. }) => "locked",
        Err(AccountError::TotpRequired | AccountError::TotpWrong) => "totp",
        Err(_) => "other",
    };
    app.metrics.sign_ins.with_label_values(&[outcome]).inc();
    result
}

fn attempt(app: &App, number: &str, given: &str, code: Option<&str>) -> Result<Session, AccountError> {
    let member = find(app, number)?;
    // The slow part, outside of any transaction.
    let right = password::verify(given, member.as_ref().and_then(|m| m.password_hash.as_deref()))?;
    let now_ms = app.now_ms();
    let Some(member) = member else {
        app.strangers.fail(number, now_ms);
        return Err(AccountError::SignInRefused);
    };
    if !right {
        return Err(fail(app, &member, now_ms, AccountError::SignInRefused)?);
    }
    let judged = app.store.write(|db| admit(app, db, &member, code, now_ms));
    match judged {
        Err(AccountError::TotpWrong) => Err(fail(app, &member, now_ms, AccountError::TotpWrong)?),
        other => other,
    }
}

/// The member `number`, if attempts on that number are judged at the moment.
pub(super) fn find(app: &App, number: &str) -> Result<Option<MemberRow>, AccountError> {
    let member = app.store.read(|db| query!(db, members::by_number(number)))?;
    let locked_until_ms = match &member {
        Some(member) => member.locked_until_ms,
        None => app.strangers.locked_until(number),
    };
    unlocked(locked_until_ms, app.now_ms())?;
    Ok(member)
}

fn unlocked(locked_until_ms: Option<i64>, now_ms: i64) -> Result<(), AccountError> {
    match locked_until_ms {
        Some(until) if now_ms < until => Err(AccountError::Locked {
            wait_ms: u64::try_from(until - now_ms).unwrap_or(0),
        }),
        _ => Ok(()),
    }
}

/// Counts a failed attempt, in a transaction of its own, and gives back `error`.
pub(super) fn fail(
    app: &App,
    member: &MemberRow,
    now_ms: i64,
    error: AccountError,
) -> Result<AccountError, AccountError> {
    app.store.write(|db| {
        let failures = query!(db, members::count_failure(member.id))?;
        if let Some(until_ms) = lockout::locked_until(failures, now_ms) {
            query!(db, members::lock(member.id, until_ms))?;
            let detail = serde_json::json!({ "failures": failures });
            journal::write(db, now_ms, None, Event::SignInLocked, &member.id.to_string(), detail)?;
        }
        Ok::<_, AccountError>(())
    })?;
    Ok(error)
}

/// The password was right: judges the rest and opens the session.
fn admit(
    app: &App,
    db: &mut Db<'_>,
    seen: &MemberRow,
    code: Option<&str>,
    now_ms: i64,
) -> Result<Session, AccountError> {
    let member = current(db, seen.id)?;
    // Another attempt may have locked the account, or the password may be another, since it was read.
    unlocked(member.locked_until_ms, now_ms)?;
    if member.password_hash != seen.password_hash {
        return Err(AccountError::SignInRefused);
    }
    let standing = Standing::of(db, member.id, now_ms)?;
    let mut scope = session::scope_of(app, &standing, now_ms)?;
    if member.totp_step.is_some() {
        totp::spend(db, &member, code.ok_or(AccountError::TotpRequired)?, now_ms)?;
    } else if session::demands_totp(app, &standing) {
        scope = TokenScope::TotpEnrolment;
    }
    if member.failed_sign_ins != 0 || member.locked_until_ms.is_some() {
        query!(db, members::clear_failures(member.id))?;
    }
    query!(db, refresh::forget_expired(member.id, now_ms))?;
    session::open(app, db, &member, &standing, random::bytes()?, scope, now_ms)
}

fn current(db: &mut Db<'_>, id: MemberId) -> Result<MemberRow, AccountError> {
    query!(db, members::by_id(id))?.ok_or(AccountError::SignInRefused)
}
