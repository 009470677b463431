//! What a member is at this moment.

use sync_protocol::id::MemberId;
use sync_protocol::role::Role;

use super::AccountError;
use crate::query;
use crate::store::Db;
use crate::store::rows::AppointmentRow;

/// Roles that administer or audit. They are held apart from every other role and from each other.
pub const APART: [Role; 3] = [Role::SysAdmin, Role::SecAdmin, Role::Auditor];

/// Roles whose holders sign in with a TOTP code as well.
pub const ADMINISTRATORS: [Role; 2] = [Role::SysAdmin, Role::SecAdmin];

/// A member's appointments, as judged at one moment.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Who.
    pub member: MemberId,
    /// Those in force.
    pub active: Vec<AppointmentRow>,
    /// When the last one ended, ms, if none is in force and one ever was.
    pub ended_ms: Option<i64>,
}

impl Standing {
    /// Reads it, in the caller's transaction.
    pub fn of(db: &mut Db<'_>, member: MemberId, now_ms: i64) -> Result<Standing, AccountError> {
        let all = query!(db, appointments::of_member(member))?;
        Ok(Standing::judge(member, all, now_ms))
    }

    fn judge(member: MemberId, all: Vec<AppointmentRow>, now_ms: i64) -> Standing {
        let ended_ms = all.iter().filter_map(|a| a.ends_ms).filter(|end| *end <= now_ms).max();
        let active: Vec<_> = all.into_iter().filter(|a| a.is_active(now_ms)).collect();
        Standing {
            member,
            ended_ms: if active.is_empty() { ended_ms } else { None },
            active,
        }
    }

    /// Whether one of `roles` is in force.
    pub fn is_any(&self, roles: &[Role]) -> bool {
        self.active.iter().any(|a| roles.contains(&a.role))
    }

    /// Refuses unless one of `roles` is in force.
    pub fn require(&self, roles: &[Role]) -> Result<(), AccountError> {
        if self.is_any(roles) {
            Ok(())
        } else {
            Err(AccountError::Forbidden)
        }
    }
}

/// Refuses unless `member` holds one of `roles` now.
pub fn require(db: &mut Db<'_>, member: MemberId, roles: &[Role], now_ms: i64) -> Result<(), AccountError> {
    Standing::of(db, member, now_ms)?.require(roles)
}
