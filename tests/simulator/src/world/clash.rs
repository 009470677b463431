//! Two people who change the same field of the same record, or of whom one takes it a step further and the other goes on
//! changing it, neither having seen what the other did.

use wuyuan_client::{Entry, View};

use super::World;
use crate::content::{Known, one_field, step_and_change};
use crate::dice::Dice;
use crate::oracle::{Violation, broken};

impl World {
    pub(super) fn clash(&mut self, of: [usize; 2], dice: &mut Dice) -> Result<(), Violation> {
        if self.edit_both(of, dice)? {
            self.network.count("clash");
            for who in of {
                self.sync_through(who, who, std::collections::BTreeMap::new())?;
            }
        }
        Ok(())
    }

    /// Both save, and neither syncs. Answers whether there was anything that both could change.
    pub(super) fn edit_both(&mut self, of: [usize; 2], dice: &mut Dice) -> Result<bool, Violation> {
        let (here, there) = (self.shown(of[0])?, self.shown(of[1])?);
        let both = |view: &&View| view.pulled && there.iter().any(|other| other.record.id == view.record.id);
        let common: Vec<&View> = here.iter().filter(both).take(3).collect();
        let Some(record) = dice.pick(&common).map(|view| view.record.clone()) else {
            return Ok(false);
        };
        let Some(kind) = self.cast.catalog.kinds().get(&record.kind).cloned() else {
            return Ok(false);
        };
        let (Some(first), Some(second)) = (
            self.post(of[0], dice, Some(&record.unit)),
            self.post(of[1], dice, Some(&record.unit)),
        ) else {
            return Ok(false);
        };
        let known = Known {
            members: self.cast.players.iter().map(|p| p.id).collect(),
            units: &self.cast.units,
            records: Vec::new(),
            now_ms: self.now_ms(),
        };
        let roles = [first.role, second.role];
        // Who may touch only what is his own comes to nothing with what is another's.
        let his = |who: usize, role| !kind.write.own.contains(&role) || record.creator == self.handset(who).member.id;
        let both_may = his(of[0], roles[0]) && his(of[1], roles[1]);
        let entries = match both_may && dice.chance(1, 2) {
            true => step_and_change(dice, &kind, roles, &record, &known),
            false => one_field(dice, &kind, roles, &record, &known),
        };
        let Some(entries): Option<[Entry; 2]> = entries else {
            return Ok(false);
        };
        for ((who, post), entry) in of.into_iter().zip([first, second]).zip(&entries) {
            self.network.time.advance(1);
            match self.phone(who).with(|phone| phone.open_form(&record.id)) {
                Some(Ok(Some(form))) => self.save(who, &form, &post, entry)?,
                Some(Err(error)) => return Err(broken("a form can be opened", error.to_string())),
                _ => {}
            }
        }
        Ok(true)
    }
}
