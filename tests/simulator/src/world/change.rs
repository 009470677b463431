//! What happens around the phones: appointments, backups, restores, wrong clocks.

use std::collections::BTreeMap;
use std::path::PathBuf;

use sync_protocol::id::{MemberId, UnitCode};
use sync_protocol::role::Role;
use wuyuan_server::accounts::devices;
use wuyuan_server::sync::committer::Work;
use wuyuan_server::sync::release::Release;

use super::World;
use crate::action::Wall;
use crate::cast::{Appointed, Book};
use crate::dice::Dice;
use crate::oracle::log::Fate;
use crate::oracle::{Said, Violation};

/// A backup of the server.
pub(super) struct Backup {
    file: PathBuf,
    book: Book,
    said: Said,
}

/// Roles that somebody may be given, and where: in a community, a street, or the district.
const ROLES: &[Role] = &[
    Role::Volunteer,
    Role::Volunteer,
    Role::GroupLeader,
    Role::Supervisor,
    Role::InfoOfficer,
    Role::AreaManager,
    Role::Prosecutor,
    Role::ConflictAdmin,
];

impl World {
    pub(super) fn clock(&mut self, who: usize, wall: Wall) {
        let now = self.now_ms();
        let body = &self.phone(who).body;
        match wall {
            Wall::Jump(ms) => body.shift(ms),
            Wall::Epoch => body.set(0),
            Wall::Right => body.set(now),
        }
    }

    pub(super) fn rewind(&mut self, who: usize) {
        if self.phone(who).rewind() {
            self.network.count("phone restored");
        }
    }

    /// What the phone delivers between the two restores it delivers under another device, for the server holds another
    /// operation in that place; after the second restore it has the same to deliver once more, and knows nothing of that.
    pub(super) fn relive(&mut self, who: usize, dice: &mut Dice) -> Result<(), Violation> {
        self.sync_through(who, who, BTreeMap::new())?;
        self.phone(who).keep();
        self.create(who, dice)?;
        self.sync_through(who, who, BTreeMap::new())?;
        self.rewind(who);
        self.network.time.advance(1);
        self.create(who, dice)?;
        self.phone(who).keep();
        for _ in 0..2 {
            // The first ends at the sign-in that a fork asks for.
            self.sync_through(who, who, BTreeMap::new())?;
            self.sync_through(who, who, BTreeMap::new())?;
            self.rewind(who);
        }
        Ok(())
    }

    /// A durable backup lets phones drop their bytes, so no older one is restored any more.
    pub(super) fn back_up(&mut self, durable: bool) {
        let file = self.network.servers.borrow_mut().back_up(durable);
        if durable {
            self.backups.clear();
        }
        self.backups.push(Backup {
            file,
            book: self.network.book.borrow().clone(),
            said: self.network.oracle.borrow().said(),
        });
    }

    pub(super) fn restore(&mut self, which: usize) {
        if self.backups.is_empty() {
            return;
        }
        self.network.count("server restored");
        let which = which % self.backups.len();
        let backup = &self.backups[which];
        self.network.servers.borrow_mut().restore(&backup.file);
        self.network.oracle.borrow_mut().go_back(&backup.said);
        *self.network.book.borrow_mut() = backup.book.clone();
        // Later backups are of a history that is over.
        self.backups.truncate(which + 1);
        // What was on its way was addressed to that server.
        self.network.delayed.borrow_mut().clear();
    }

    pub(super) fn end(&mut self, dice: &mut Dice) {
        let all = dice.chance(1, 5);
        let active = self.active_of_players();
        let Some(chosen) = dice.pick(&active) else { return };
        for appointment in &active {
            if appointment.id == chosen.id || (all && appointment.member == chosen.member) {
                self.end_one(appointment);
            }
        }
    }

    pub(super) fn appoint(&mut self, dice: &mut Dice) {
        let players: Vec<MemberId> = self.cast.players.iter().map(|p| p.id).collect();
        if let Some(member) = dice.pick(&players) {
            self.appoint_one(*member, dice);
        }
    }

    pub(super) fn change(&mut self, dice: &mut Dice) {
        let active = self.active_of_players();
        if let Some(chosen) = dice.pick(&active) {
            self.end_one(chosen);
            self.appoint_one(chosen.member, dice);
        }
    }

    pub(super) fn revoke(&mut self, who: usize) -> Result<(), Violation> {
        let player = self.phone(who).member.clone();
        let now = self.now_ms();
        // Who is not appointed any more gets no other phone.
        if self.network.book.borrow().active(&player.id, now).next().is_none() {
            return Ok(());
        }
        let Some(Ok(status)) = self.phone(who).with(|phone| phone.status()) else {
            return Ok(());
        };
        {
            let servers = self.network.servers.borrow();
            // A phone that the server does not know, after a restore, cannot be revoked.
            if devices::revoke(&servers.nth(0).app, self.cast.admin, status.device).is_err() {
                return Ok(());
            }
        }
        self.network.count("phone revoked");
        let fresh = self.hand_out(player)?;
        let old = std::mem::replace(self.phone(who), fresh);
        self.retired.push(old);
        Ok(())
    }

    pub(super) fn let_go(&mut self, who: usize, dice: &mut Dice) {
        let mut oracle = self.network.oracle.borrow_mut();
        let held: Vec<_> = oracle.log().ops().filter(|op| op.fate == Fate::Held).collect();
        let Some(op) = dice.pick(&held) else { return };
        let device = op.dot.0.parse().expect("a device's id");
        let release = Work::Release(Release {
            ops: vec![(device, op.dot.1)],
            cut: true,
        });
        let dot = op.dot.clone();
        oracle.let_go(dot);
        drop(oracle);
        self.network.count("held operation let go");
        let servers = self.network.servers.borrow();
        let committer = servers.nth(who).app.sync.committer().clone();
        servers.wait(committer.commit(release)).expect("a release is answered");
        servers.settle(who);
    }

    fn active_of_players(&self) -> Vec<Appointed> {
        let now = self.now_ms();
        let plays = |a: &&Appointed| self.cast.players.iter().any(|p| p.id == a.member);
        self.network
            .book
            .borrow()
            .0
            .iter()
            .filter(|a| a.is_active(now))
            .filter(plays)
            .cloned()
            .collect()
    }

    fn end_one(&self, appointment: &Appointed) {
        // Not in the very moment in which it began.
        if appointment.starts_ms < self.now_ms() {
            let servers = self.network.servers.borrow();
            self.network
                .book
                .borrow_mut()
                .end(&servers.nth(0).app, self.cast.admin, appointment.id);
        }
    }

    fn appoint_one(&self, member: MemberId, dice: &mut Dice) {
        let Some(role) = dice.pick(ROLES).copied() else { return };
        let community = self.cast.units[dice.below(self.cast.units.len())].as_str();
        let code = match role {
            Role::AreaManager => format!("{}000", &community[..9]),
            Role::Prosecutor | Role::ConflictAdmin => format!("{}000000", &community[..6]),
            _ => community.to_owned(),
        };
        let unit: UnitCode = code.parse().expect("a unit's code");
        let servers = self.network.servers.borrow();
        self.network
            .book
            .borrow_mut()
            .appoint(&servers.nth(0).app, self.cast.admin, member, role, unit);
    }
}
