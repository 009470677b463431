//! Somebody is assigned to a record, or is assigned no longer: who sees it by that sees, or no longer sees, what is
//! linked to it as well, however old that is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};
use sync_protocol::catalog::{Kind, Policy};
use sync_protocol::id::MemberId;
use sync_protocol::wire::{FieldView, RecordView};
use wuyuan_client::{Entry, View};

use super::World;
use crate::dice::Dice;
use crate::oracle::{Violation, broken};

impl World {
    /// Done by the first from `who` on who can. Whoever is named syncs before, so that his phone has all that it is to
    /// have without, and after; and often goes there then.
    pub(super) fn assign(&mut self, who: usize, dice: &mut Dice) -> Result<(), Violation> {
        for nth in 0..self.handsets.len() {
            if let Some(named) = self.assign_by(who.wrapping_add(nth), dice)? {
                for phone in self.phones_of(named) {
                    self.sync_through(phone, phone, BTreeMap::new())?;
                    if dice.chance(1, 2) {
                        self.create_linked(phone, dice)?;
                    }
                }
                return Ok(());
            }
        }
        Ok(())
    }

    /// Answers who was named.
    fn assign_by(&mut self, who: usize, dice: &mut Dice) -> Result<Option<MemberId>, Violation> {
        let shown = self.shown(who)?;
        let Some(record) = self.assignable(&shown, dice) else {
            return Ok(None);
        };
        let Some(kind) = self.cast.catalog.kinds().get(&record.kind).cloned() else {
            return Ok(None);
        };
        let Some(post) = self.post(who, dice, Some(&record.unit)) else {
            return Ok(None);
        };
        let readers = self.readers_by_name(&kind, &record);
        let writable = |name: &&String| {
            kind.field(name)
                .is_some_and(|f| kind.may_write_field(post.role, f, false))
        };
        let fields: Vec<&String> = kind.read.assigned.iter().filter(writable).collect();
        let (Some(field), Some(mut named)) = (dice.pick(&fields), dice.pick(&readers).copied()) else {
            return Ok(None);
        };
        let mut entry = Entry::default();
        let present: Vec<MemberId> = readers.iter().filter(|m| names(&record, field, m)).copied().collect();
        if kind.field(field).is_some_and(|f| f.policy != Policy::Set) {
            entry.set.insert((*field).clone(), json!(named));
        } else if let Some(there) = dice.pick(&present).filter(|_| dice.chance(2, 3)) {
            named = *there;
            entry.remove.insert((*field).clone(), vec![json!(named)]);
        } else {
            entry.add.insert((*field).clone(), vec![json!(named)]);
        }
        let what = if entry.remove.is_empty() {
            "assigned"
        } else {
            "taken off"
        };
        for phone in self.phones_of(named) {
            self.sync_through(phone, phone, BTreeMap::new())?;
        }
        match self.phone(who).with(|phone| phone.open_form(&record.id)) {
            Some(Ok(Some(form))) => self.save(who, &form, &post, &entry)?,
            Some(Err(error)) => return Err(broken("a form can be opened", error.to_string())),
            _ => return Ok(None),
        }
        self.network.count(what);
        self.sync_through(who, who, BTreeMap::new())?;
        Ok(Some(named))
    }

    /// One that people are assigned to; mostly one that others are linked to.
    fn assignable(&self, shown: &[View], dice: &mut Dice) -> Option<RecordView> {
        let kind = |record: &RecordView| self.cast.catalog.kinds().get(&record.kind);
        let mut targets: BTreeSet<String> = BTreeSet::new();
        for view in shown {
            let via = kind(&view.record)
                .map(|kind| kind.read.via.as_slice())
                .unwrap_or_default();
            targets.extend(via.iter().flat_map(|field| values(&view.record, field)));
        }
        let all: Vec<&RecordView> = shown
            .iter()
            .filter(|view| view.pulled && kind(&view.record).is_some_and(|kind| !kind.read.assigned.is_empty()))
            .map(|view| &view.record)
            .collect();
        let linked: Vec<&RecordView> = all
            .iter()
            .filter(|r| targets.contains(&r.id.to_string()))
            .copied()
            .collect();
        let from = if linked.is_empty() || dice.chance(1, 4) {
            &all
        } else {
            &linked
        };
        dice.pick(from).map(|record| (*record).clone())
    }

    /// Players who read the record only where they are named.
    fn readers_by_name(&self, kind: &Kind, record: &RecordView) -> Vec<MemberId> {
        let book = self.network.book.borrow();
        let by_name = |member: &MemberId| {
            let roles = book.roles(member, record.unit.as_str(), self.network.now_ms());
            let wide = roles.iter().any(|role| kind.read.unit.contains(role));
            !wide && roles.iter().any(|role| kind.read.own.contains(role)) && record.creator != *member
        };
        self.cast.players.iter().map(|p| p.id).filter(by_name).collect()
    }

    fn phones_of(&self, member: MemberId) -> Vec<usize> {
        let his = |who: &usize| self.handsets[*who].member.id == member;
        (0..self.handsets.len()).filter(his).collect()
    }
}

fn names(record: &RecordView, field: &str, member: &MemberId) -> bool {
    values(record, field).contains(&member.to_string())
}

/// Every text that a field holds.
fn values(record: &RecordView, field: &str) -> Vec<String> {
    let found: Vec<&Json> = match record.fields.get(field) {
        Some(FieldView::Register(values)) => values.iter().map(|v| &v.value).collect(),
        Some(FieldView::Set { items }) => items.iter().map(|item| &item.value).collect(),
        None => Vec::new(),
    };
    found
        .into_iter()
        .filter_map(|v| v.as_str().map(str::to_owned))
        .collect()
}
