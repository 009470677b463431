//! What people do with their phones: record, edit, decide.

use sync_protocol::catalog::Kind;
use sync_protocol::id::{AppointmentId, RecordId, UnitCode};
use sync_protocol::role::Role;
use wuyuan_client::{Entry, Form, IfMoved, Phone, SaveError, StoreError, View};

use super::World;
use crate::content::{Known, change, creation, decision};
use crate::dice::Dice;
use crate::oracle::{Violation, broken};

/// An appointment in which somebody writes.
pub(super) struct Post {
    pub id: AppointmentId,
    pub role: Role,
    pub unit: UnitCode,
}

impl World {
    pub(super) fn create(&mut self, who: usize, dice: &mut Dice) -> Result<(), Violation> {
        self.create_in(who, dice, None)
    }

    /// Creates in `unit`, or wherever its author may.
    pub(super) fn create_in(&mut self, who: usize, dice: &mut Dice, unit: Option<&UnitCode>) -> Result<(), Violation> {
        self.create_of(who, dice, unit, |_| true)
    }

    /// Creates something that is seen by whoever sees what it is linked to.
    pub(super) fn create_linked(&mut self, who: usize, dice: &mut Dice) -> Result<(), Violation> {
        self.create_of(who, dice, None, |kind| !kind.read.via.is_empty())
    }

    fn create_of(
        &mut self,
        who: usize,
        dice: &mut Dice,
        unit: Option<&UnitCode>,
        wanted: impl Fn(&Kind) -> bool,
    ) -> Result<(), Violation> {
        let Some(post) = self.post(who, dice, unit) else {
            return Ok(());
        };
        let known = self.known(who)?;
        // Now and then a record that links to one that nobody has.
        let dangling = dice.chance(1, 8);
        let linked = |kind: &Kind| {
            let mut required = kind
                .fields
                .values()
                .filter(|f| f.required)
                .filter_map(|f| f.target.as_ref());
            let there = |target: &String| {
                known
                    .1
                    .iter()
                    .any(|(_, of, at)| of == target && at == post.unit.as_str())
            };
            dangling || required.all(there)
        };
        let fits = |kind: &&Kind| wanted(kind) && kind.write.create.contains(&post.role) && linked(kind);
        let kinds: Vec<Kind> = self.cast.catalog.kinds().values().filter(fits).cloned().collect();
        let Some(kind) = dice.pick(&kinds) else { return Ok(()) };
        let known = Known {
            members: known.0,
            records: known.1,
            units: &self.cast.units,
            now_ms: self.now_ms(),
        };
        let entry = creation(dice, kind, post.role, &post.unit, &known);
        let code = kind.kind.clone();
        let handset = self.phone(who);
        let Some(form) = handset.with(|phone| phone.new_form(&code, post.unit.clone())) else {
            return Ok(());
        };
        let form = form.map_err(|e| broken("a form can be opened", e.to_string()))?;
        self.save(who, &form, &post, &entry)?;
        // Often its author goes on with it at once, before anybody has heard of it.
        match dice.chance(1, 4) {
            true => self.go_on(who, &form.record, dice),
            false => Ok(()),
        }
    }

    fn go_on(&mut self, who: usize, record: &RecordId, dice: &mut Dice) -> Result<(), Violation> {
        self.network.time.advance(1);
        match self.phone(who).with(|phone| phone.open_form(record)) {
            Some(Ok(Some(form))) => self.fill_in(who, &form, dice),
            Some(Err(error)) => Err(broken("a form can be opened", error.to_string())),
            // It was not saved.
            _ => Ok(()),
        }
    }

    pub(super) fn flood(&mut self, who: usize, count: usize, dice: &mut Dice) -> Result<(), Violation> {
        for _ in 0..count {
            self.network.time.advance(1);
            self.create(who, dice)?;
        }
        Ok(())
    }

    pub(super) fn fill(&mut self, who: usize, full: bool, dice: &mut Dice) -> Result<(), Violation> {
        self.phone(who).fill(full);
        match full {
            true => self.flood(who, 4, dice),
            false => Ok(()),
        }
    }

    pub(super) fn open(&mut self, who: usize, dice: &mut Dice) -> Result<(), Violation> {
        let shown = self.shown(who)?;
        let Some(view) = some_record(dice, &shown) else {
            return Ok(());
        };
        let handset = self.phone(who);
        let id = view.record.id;
        if let Some(form) = handset.with(|phone| phone.open_form(&id)) {
            let form = form.map_err(|e| broken("a form can be opened", e.to_string()))?;
            form.into_iter().for_each(|form| handset.leave_open(form));
        }
        Ok(())
    }

    pub(super) fn edit(&mut self, who: usize, dice: &mut Dice) -> Result<(), Violation> {
        let form = match dice.chance(1, 3) {
            true => self.phone(who).forms.pop(),
            false => None,
        };
        let form = match form {
            Some(form) => form,
            None => {
                let shown = self.shown(who)?;
                // Whoever has nothing to edit begins something.
                let Some(view) = some_record(dice, &shown) else {
                    return self.create(who, dice);
                };
                let id = view.record.id;
                match self.phone(who).with(|phone| phone.open_form(&id)) {
                    Some(Ok(Some(form))) => form,
                    Some(Err(error)) => return Err(broken("a form can be opened", error.to_string())),
                    _ => return Ok(()),
                }
            }
        };
        self.fill_in(who, &form, dice)
    }

    fn fill_in(&mut self, who: usize, form: &Form, dice: &mut Dice) -> Result<(), Violation> {
        let Some(post) = self.post(who, dice, Some(&form.unit)) else {
            return Ok(());
        };
        let Some(kind) = self.cast.catalog.kinds().get(&form.kind).cloned() else {
            return Ok(());
        };
        let Some(shown) = form.shown.clone() else { return Ok(()) };
        let known = self.known(who)?;
        let known = Known {
            members: known.0,
            records: known.1,
            units: &self.cast.units,
            now_ms: self.now_ms(),
        };
        let mut entry = change(dice, &kind, post.role, &shown, &known);
        entry.proposes = dice.chance(1, 16);
        self.save(who, form, &post, &entry)
    }

    pub(super) fn decide(&mut self, who: usize, dice: &mut Dice) -> Result<(), Violation> {
        for view in self.shown(who)? {
            let Some(post) = self.post(who, dice, Some(&view.record.unit)) else {
                continue;
            };
            let Some(kind) = self.cast.catalog.kinds().get(&view.record.kind) else {
                continue;
            };
            let Some(entry) = decision(dice, kind, post.role, &view.record) else {
                continue;
            };
            let handset = self.phone(who);
            return match handset.with(|phone| phone.open_form(&view.record.id)) {
                Some(Ok(Some(form))) => {
                    self.network.count("decision");
                    self.save(who, &form, &post, &entry)
                }
                Some(Err(error)) => Err(broken("a form can be opened", error.to_string())),
                _ => Ok(()),
            };
        }
        Ok(())
    }

    pub(super) fn blackout(&mut self, who: usize, power: u32, dice: &mut Dice) -> Result<(), Violation> {
        self.phone(who).body.power(Some(power));
        let done = match dice.chance(1, 2) {
            true => self.create(who, dice),
            false => self.edit(who, dice),
        };
        self.phone(who).body.power(None);
        done
    }

    /// One of the appointments that the phone knows, and a community in it; for editing, one that covers `unit`.
    pub(super) fn post(&mut self, who: usize, dice: &mut Dice, unit: Option<&UnitCode>) -> Option<Post> {
        let now = self.now_ms();
        let communities = self.cast.units.clone();
        let appointments = self.phone(who).with(|phone| phone.appointments())?.ok()?;
        let mut posts = Vec::new();
        // Now and then in a community that is none of the appointment's.
        let astray = dice.chance(1, 40);
        for known in appointments {
            let covers = |unit: &UnitCode| {
                let book = self.network.book.borrow();
                book.0.iter().any(|a| a.id == known.id && a.covers(unit.as_str()))
            };
            let ended = known.ends_ms.is_some_and(|end| end <= now);
            // Now and then in one that the phone knows to have ended.
            if ended && !dice.chance(1, 10) {
                continue;
            }
            for community in communities
                .iter()
                .filter(|c| unit.is_none_or(|u| u == *c) && (astray || covers(c)))
            {
                posts.push((known.id, known.role, community.clone()));
            }
        }
        let (id, role, unit) = dice.pick(&posts)?.clone();
        Some(Post { id, role, unit })
    }

    /// What the phone shows.
    pub(super) fn shown(&mut self, who: usize) -> Result<Vec<View>, Violation> {
        match self.phone(who).with(|phone| phone.list(None)) {
            Some(Ok(views)) => Ok(views),
            Some(Err(error)) => Err(broken("a phone can be read", error.to_string())),
            None => Ok(Vec::new()),
        }
    }

    /// Members and records that somebody with this phone may name.
    #[expect(clippy::type_complexity, reason = "two lists, handed on at once")]
    fn known(
        &mut self,
        who: usize,
    ) -> Result<(Vec<sync_protocol::id::MemberId>, Vec<(String, String, String)>), Violation> {
        let members = self.cast.players.iter().map(|p| p.id).collect();
        let records = self.shown(who)?.into_iter().map(|view| {
            let record = view.record;
            (record.id.to_string(), record.kind, record.unit.to_string())
        });
        Ok((members, records.collect()))
    }

    /// Saves, and notes what the phone then knows to have saved.
    pub(super) fn save(&mut self, who: usize, form: &Form, post: &Post, entry: &Entry) -> Result<(), Violation> {
        let count = self.handsets.len();
        let handset = &mut self.handsets[who % count];
        let mark = handset.body.mark();
        let power = handset.body.pause();
        let before = handset.with(|phone| head(phone)).flatten();
        handset.body.power(power);
        let saved = handset.with(|phone| phone.save(form, &post.id, entry, IfMoved::Save));
        self.network.oracle.borrow_mut().shown(mark.clone(), &form.seen);
        let handset = &mut self.handsets[who % count];
        let what = match saved {
            Some(Ok(_)) => {
                handset.marks.insert(mark);
                "save"
            }
            // Whether it was saved before the power failed, the phone itself must know.
            None => {
                if handset.with(|phone| head(phone)).flatten() != before {
                    handset.marks.insert(mark);
                }
                "power lost while saving"
            }
            Some(Err(SaveError::Store(StoreError::Full))) if handset.is_full() => "storage full while saving",
            Some(Err(SaveError::Store(error))) => {
                return Err(broken("a phone can always save", error.to_string()));
            }
            Some(Err(SaveError::Refused { .. })) => "save refused by the phone",
            Some(Err(_)) => "nothing to save",
        };
        self.network.count(what);
        Ok(())
    }
}

/// Often one of the latest, so that people meet in it.
fn some_record<'v>(dice: &mut Dice, shown: &'v [View]) -> Option<&'v View> {
    let few = if dice.chance(2, 3) {
        &shown[..shown.len().min(2)]
    } else {
        shown
    };
    dice.pick(few)
}

fn head(phone: &Phone) -> Option<(sync_protocol::id::DeviceId, u64)> {
    phone.status().ok().map(|status| (status.device, status.head_seq))
}
