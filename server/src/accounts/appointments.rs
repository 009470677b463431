//! Appointments: who is what, where and when.

use sync_protocol::id::{AppointmentId, MemberId, UnitCode};
use sync_protocol::role::Role;

use super::journal::{self, Actor, Event};
use super::standing::{self, APART};
use super::unit::Level;
use super::{AccountError, activation, members};
use crate::app::App;
use crate::query;
use crate::random;
use crate::store::Db;
use crate::store::rows::{AppointmentRow, MemberRow};

/// What somebody is to be appointed to.
#[derive(Debug, Clone)]
pub struct Post {
    /// As what.
    pub role: Role,
    /// Where.
    pub unit: UnitCode,
    /// First moment, ms.
    pub starts_ms: i64,
    /// First moment after it, ms; none: open.
    pub ends_ms: Option<i64>,
}

impl Post {
    fn meets(&self, other: &AppointmentRow) -> bool {
        other.ends_ms.is_none_or(|end| self.starts_ms < end) && self.ends_ms.is_none_or(|end| other.starts_ms < end)
    }
}

/// Whether `post` fits beside the member's `held` appointments.
pub fn fits(post: &Post, held: &[AppointmentRow]) -> Result<(), AccountError> {
    if post.ends_ms.is_some_and(|end| end <= post.starts_ms) {
        return Err(AccountError::AppointmentDates);
    }
    let mut meeting = held.iter().filter(|a| post.meets(a));
    if meeting
        .clone()
        .any(|a| a.role != post.role && (APART.contains(&a.role) || APART.contains(&post.role)))
    {
        return Err(AccountError::RolesConflict);
    }
    if meeting.any(|a| a.role == post.role && a.unit == post.unit) {
        return Err(AccountError::AppointmentOverlap);
    }
    Ok(())
}

/// Appoints, in the caller's transaction.
pub fn create(
    db: &mut Db<'_>,
    actor: Actor,
    member: MemberId,
    post: Post,
    now_ms: i64,
) -> Result<AppointmentRow, AccountError> {
    if !query!(db, units::exists(post.unit.as_str()))? {
        return Err(AccountError::UnitUnknown);
    }
    fits(&post, &query!(db, appointments::of_member(member))?)?;
    let row = AppointmentRow {
        id: random::uuid_at(now_ms)?.into(),
        member,
        role: post.role,
        unit: post.unit,
        starts_ms: post.starts_ms,
        ends_ms: post.ends_ms,
        created_ms: now_ms,
    };
    query!(db, appointments::insert(row.clone()))?;
    let detail = serde_json::json!({
        "member": member, "role": row.role, "unit": row.unit, "starts_ms": row.starts_ms, "ends_ms": row.ends_ms,
    });
    journal::write(
        db,
        now_ms,
        actor,
        Event::AppointmentCreated,
        &row.id.to_string(),
        detail,
    )?;
    Ok(row)
}

/// A system administrator appoints. Without a start it is now.
pub fn create_by(
    app: &App,
    caller: MemberId,
    member: MemberId,
    role: Role,
    unit: UnitCode,
    starts_ms: Option<i64>,
    ends_ms: Option<i64>,
) -> Result<AppointmentRow, AccountError> {
    let now_ms = app.now_ms();
    app.store.write(|db| {
        standing::require(db, caller, &[Role::SysAdmin], now_ms)?;
        journal::lock(db)?;
        query!(db, members::by_id(member))?.ok_or(AccountError::NotFound)?;
        let post = Post {
            role,
            unit,
            starts_ms: starts_ms.unwrap_or(now_ms),
            ends_ms,
        };
        create(db, Some(caller), member, post, now_ms)
    })
}

/// A system administrator ends an appointment, now or at a later time. Not in the past: what was accepted
/// since would be called in question.
pub fn end(
    app: &App,
    caller: MemberId,
    id: AppointmentId,
    ends_ms: Option<i64>,
) -> Result<AppointmentRow, AccountError> {
    let now_ms = app.now_ms();
    let ends_ms = ends_ms.unwrap_or(now_ms);
    app.store.write(|db| {
        standing::require(db, caller, &[Role::SysAdmin], now_ms)?;
        journal::lock(db)?;
        let row = query!(db, appointments::by_id(id))?.ok_or(AccountError::NotFound)?;
        if row.ends_ms.is_some_and(|end| end <= now_ms) {
            return Err(AccountError::AppointmentEnded);
        }
        if ends_ms < now_ms || ends_ms <= row.starts_ms {
            return Err(AccountError::AppointmentDates);
        }
        if row.role == Role::SysAdmin && is_last_admin(db, &row, ends_ms)? {
            return Err(AccountError::LastAdmin);
        }
        query!(db, appointments::end(id, ends_ms))?;
        let detail = serde_json::json!({ "member": row.member, "ends_ms": ends_ms });
        journal::write(
            db,
            now_ms,
            Some(caller),
            Event::AppointmentEnded,
            &id.to_string(),
            detail,
        )?;
        Ok(AppointmentRow {
            ends_ms: Some(ends_ms),
            ..row
        })
    })
}

/// Whether nobody else would administer the system once `row` has ended.
fn is_last_admin(db: &mut Db<'_>, row: &AppointmentRow, ends_ms: i64) -> Result<bool, AccountError> {
    let active = query!(db, appointments::active(ends_ms))?;
    Ok(!active.iter().any(|a| a.role == Role::SysAdmin && a.id != row.id))
}

/// From the command line: a system administrator of the whole grid, with an activation code.
pub fn first_admin(app: &App, number: &str, name: &str) -> Result<(MemberRow, String), AccountError> {
    let now_ms = app.now_ms();
    app.store.write(|db| {
        let top = query!(db, units::all())?
            .into_iter()
            .find(|u| u.level == Level::District);
        let unit = top.ok_or(AccountError::UnitUnknown)?.code;
        let member = members::create(db, None, number, name, now_ms)?;
        let post = Post {
            role: Role::SysAdmin,
            unit,
            starts_ms: now_ms,
            ends_ms: None,
        };
        create(db, None, member.id, post, now_ms)?;
        let code = activation::issue(db, None, member.id, app.settings.activation_hours, now_ms)?;
        Ok((member, code))
    })
}
