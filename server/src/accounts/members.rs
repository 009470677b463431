//! Members, administered by system administrators or from the command line.

use sync_protocol::id::MemberId;
use sync_protocol::role::Role;

use super::journal::{self, Actor, Event};
use super::{AccountError, activation, standing, totp};
use crate::app::App;
use crate::query;
use crate::random;
use crate::store::rows::{AppointmentRow, MemberRow};
use crate::store::{Db, StoreError};

/// Most characters of a name.
const NAME_CHARS: usize = 60;

/// A name without edges, or why it is none.
pub fn name(text: &str) -> Result<String, AccountError> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > NAME_CHARS || text.chars().any(char::is_control) {
        return Err(AccountError::Invalid(format!("name: 1 to {NAME_CHARS} characters")));
    }
    Ok(text.to_owned())
}

/// A member number, or why it is none.
pub fn number(text: &str) -> Result<String, AccountError> {
    let fits = (2..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if fits {
        Ok(text.to_owned())
    } else {
        Err(AccountError::Invalid(
            "number: 2 to 32 letters, digits and hyphens".to_owned(),
        ))
    }
}

/// A member nobody has signed in as.
pub fn fresh(number: String, name: String, now_ms: i64) -> Result<MemberRow, AccountError> {
    Ok(MemberRow {
        id: random::uuid_at(now_ms)?.into(),
        number,
        name,
        created_ms: now_ms,
        password_hash: None,
        activation_hash: None,
        activation_expires_ms: None,
        totp_secret: None,
        totp_step: None,
        failed_sign_ins: 0,
        locked_until_ms: None,
    })
}

/// Adds a member in the caller's transaction.
pub fn create(db: &mut Db<'_>, actor: Actor, number: &str, name: &str, now_ms: i64) -> Result<MemberRow, AccountError> {
    let row = fresh(self::number(number)?, self::name(name)?, now_ms)?;
    if query!(db, members::by_number(&row.number))?.is_some() {
        return Err(AccountError::NumberTaken);
    }
    query!(db, members::insert(row.clone())).map_err(|error| match error {
        StoreError::Conflict => AccountError::NumberTaken,
        other => AccountError::Store(other),
    })?;
    let detail = serde_json::json!({ "number": row.number });
    journal::write(db, now_ms, actor, Event::MemberCreated, &row.id.to_string(), detail)?;
    Ok(row)
}

/// A system administrator adds a member.
pub fn create_by(app: &App, caller: MemberId, number: &str, name: &str) -> Result<MemberRow, AccountError> {
    let now_ms = app.now_ms();
    app.store.write(|db| {
        standing::require(db, caller, &[Role::SysAdmin], now_ms)?;
        create(db, Some(caller), number, name, now_ms)
    })
}

/// A system administrator gives a member another name.
pub fn rename(app: &App, caller: MemberId, member: MemberId, to: &str) -> Result<MemberRow, AccountError> {
    let now_ms = app.now_ms();
    let to = name(to)?;
    app.store.write(|db| {
        standing::require(db, caller, &[Role::SysAdmin], now_ms)?;
        let row = query!(db, members::by_id(member))?.ok_or(AccountError::NotFound)?;
        if row.name != to {
            query!(db, members::rename(member, &to))?;
            journal::write(
                db,
                now_ms,
                Some(caller),
                Event::MemberRenamed,
                &member.to_string(),
                serde_json::json!({}),
            )?;
        }
        Ok(MemberRow {
            name: to.clone(),
            ..row
        })
    })
}

/// Members after the number `after`, for system administrators and auditors.
pub fn page(app: &App, caller: MemberId, after: &str, limit: i64) -> Result<Vec<MemberRow>, AccountError> {
    let now_ms = app.now_ms();
    app.store.read(|db| {
        standing::require(db, caller, &[Role::SysAdmin, Role::Auditor], now_ms)?;
        Ok(query!(db, members::page(after, limit))?)
    })
}

/// A member with all appointments, for himself, system administrators and auditors.
pub fn one(app: &App, caller: MemberId, member: MemberId) -> Result<(MemberRow, Vec<AppointmentRow>), AccountError> {
    let now_ms = app.now_ms();
    app.store.read(|db| {
        if caller != member {
            standing::require(db, caller, &[Role::SysAdmin, Role::Auditor], now_ms)?;
        }
        let row = query!(db, members::by_id(member))?.ok_or(AccountError::NotFound)?;
        Ok((row, query!(db, appointments::of_member(member))?))
    })
}

/// A system administrator issues a one-time activation code: for a first sign-in or a lost password.
pub fn issue_code(app: &App, caller: MemberId, member: MemberId) -> Result<String, AccountError> {
    let now_ms = app.now_ms();
    app.store.write(|db| {
        standing::require(db, caller, &[Role::SysAdmin], now_ms)?;
        query!(db, members::by_id(member))?.ok_or(AccountError::NotFound)?;
        activation::issue(db, Some(caller), member, app.settings.activation_hours, now_ms)
    })
}

/// A system administrator forgets another member's TOTP, so that it is set up anew.
pub fn reset_totp(app: &App, caller: MemberId, member: MemberId) -> Result<(), AccountError> {
    let now_ms = app.now_ms();
    app.store.write(|db| {
        standing::require(db, caller, &[Role::SysAdmin], now_ms)?;
        // A stolen session must not be able to shed its own second factor.
        if caller == member {
            return Err(AccountError::Forbidden);
        }
        query!(db, members::by_id(member))?.ok_or(AccountError::NotFound)?;
        totp::reset(db, Some(caller), member, now_ms)
    })
}

/// From the command line: a new activation code for `number`, and TOTP forgotten if `totp` says so.
pub fn reset(app: &App, number: &str, totp: bool) -> Result<String, AccountError> {
    let now_ms = app.now_ms();
    app.store.write(|db| {
        let row = query!(db, members::by_number(number))?.ok_or(AccountError::NotFound)?;
        if totp {
            self::totp::reset(db, None, row.id, now_ms)?;
        }
        activation::issue(db, None, row.id, app.settings.activation_hours, now_ms)
    })
}
