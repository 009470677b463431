//! Hours that are submitted, approved and corrected by two persons, and findings that the desk decides: by honest
//! phones, and by some that show their holders something else than the server holds.

use sync_protocol::catalog::{Kind, Policy};
use sync_protocol::decision::{Conclusion, Decides};
use sync_protocol::id::MemberId;
use sync_protocol::wire::{FieldView, RecordView};
use wuyuan_client::{Entry, Form};
use wuyuan_server::query;
use wuyuan_server::sync::findings;

use super::World;
use super::deeds::Post;
use crate::content::{Known, submitted};
use crate::dice::Dice;
use crate::oracle::{Violation, broken};

/// A finding as the desk's screen showed it.
pub struct Screen {
    record: String,
    finding: String,
    basis: String,
}

/// A finding as a screen shows it: its id and its basis.
type Shown = ([u8; 16], [u8; 32]);

impl World {
    /// A few deeds, so that one follows from another before all has moved on.
    pub(super) fn desk(&mut self, dice: &mut Dice) -> Result<(), Violation> {
        for _ in 0..3 {
            self.network.time.advance(1);
            self.desk_once(dice)?;
        }
        Ok(())
    }

    fn desk_once(&mut self, dice: &mut Dice) -> Result<(), Violation> {
        let drawn = dice.below(6);
        let first = dice.below(self.handsets.len());
        for n in 0..self.handsets.len() {
            let who = first + n;
            let done = match drawn {
                0 | 1 => self.hours(who, dice)?,
                2 | 3 => self.confirm(who, dice)?,
                _ => self.decide_finding(who, dice)?,
            };
            if done {
                if dice.chance(2, 3) {
                    self.sync_through(who, who, std::collections::BTreeMap::new())?;
                }
                return Ok(());
            }
        }
        match drawn {
            0..4 => self.submit_hours(first, dice),
            _ => Ok(()),
        }
    }

    /// A session of service that wants only its approval.
    fn submit_hours(&mut self, first: usize, dice: &mut Dice) -> Result<(), Violation> {
        for n in 0..self.handsets.len() {
            let who = first + n;
            let Some(post) = self.post(who, dice, None) else {
                continue;
            };
            let Some(kind) = self.cast.catalog.kinds().get("volunteer_session").cloned() else {
                return Ok(());
            };
            if !kind.write.create.contains(&post.role) {
                continue;
            }
            let known = Known {
                members: self.cast.players.iter().map(|p| p.id).collect(),
                records: Vec::new(),
                units: &self.cast.units,
                now_ms: self.now_ms(),
            };
            let entry = submitted(dice, &kind, post.role, &post.unit, &known);
            let unit = post.unit.clone();
            if let Some(Ok(form)) = self.phone(who).with(|phone| phone.new_form(&kind.kind, unit)) {
                self.save(who, &form, &post, &entry)?;
                self.sync_through(who, who, std::collections::BTreeMap::new())?;
            }
            return Ok(());
        }
        Ok(())
    }

    /// Approves what is submitted, and changes what is approved: by proposing it or, with a phone that does not show the
    /// state, alone.
    fn hours(&mut self, who: usize, dice: &mut Dice) -> Result<bool, Violation> {
        for view in self.shown(who)? {
            let record = view.record;
            let Some(kind) = self.cast.catalog.kinds().get(&record.kind).cloned() else {
                continue;
            };
            let Some(post) = self
                .post(who, dice, Some(&record.unit))
                .filter(|_| kind.ledger.is_some())
            else {
                continue;
            };
            let (entry, lies) = match state(&record) {
                Some("submitted") if may(&kind, "approve", &post) => (step("approve"), false),
                Some("approved") if may(&kind, "correct", &post) => match dice.below(5) {
                    0 | 1 => (fewer(dice), true),
                    2 => (proposed(step("correct")), false),
                    _ => (proposed(fewer(dice)), false),
                },
                _ => continue,
            };
            let Some(mut form) = self.form_of(who, &record)? else {
                continue;
            };
            if lies && let Some(shown) = &mut form.shown {
                shown.fields.remove("state");
            }
            self.network.count(match (entry.proposes, lies) {
                (true, _) => "proposal",
                (false, true) => "hours changed alone",
                (false, false) => "approval",
            });
            self.save(who, &form, &post, &entry)?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Confirms a proposal; now and then the own one, or something else than was proposed.
    fn confirm(&mut self, who: usize, dice: &mut Dice) -> Result<bool, Violation> {
        let member = self.handset(who).member.id;
        for view in self.shown(who)? {
            let Some(proposal) = dice.pick(&view.record.proposals).cloned() else {
                continue;
            };
            let own = proposal.by == member;
            if own && !dice.chance(1, 2) {
                continue;
            }
            let Some(post) = self.post(who, dice, Some(&view.record.unit)) else {
                continue;
            };
            let Some(mut entry) = Entry::confirming(&proposal, None) else {
                continue;
            };
            let Some(mut form) = self.form_of(who, &view.record)? else {
                continue;
            };
            if let Some(shown) = &mut form.shown {
                for proposal in &mut shown.proposals {
                    // Only another's phone would let him.
                    proposal.by = another(member);
                }
            }
            if dice.chance(1, 3) {
                // Nothing of what was proposed.
                (entry.set, entry.act) = (std::collections::BTreeMap::new(), None);
            }
            self.network.count("confirmation");
            self.save(who, &form, &post, &entry)?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Decides that a field is contested, on what the desk's screen shows or had shown earlier.
    fn decide_finding(&mut self, who: usize, dice: &mut Dice) -> Result<bool, Violation> {
        for view in self.shown(who)? {
            let record = view.record;
            let Some(kind) = self.cast.catalog.kinds().get(&record.kind).cloned() else {
                continue;
            };
            let Some(post) = self.post(who, dice, Some(&record.unit)) else {
                continue;
            };
            if !kind.may_decide(post.role) {
                continue;
            }
            self.look_at_screen(&kind, &record)?;
            let id = record.id.to_string();
            let screens: Vec<&Screen> = self.screens.iter().filter(|screen| screen.record == id).collect();
            let screen = match dice.chance(1, 4) {
                true => dice.pick(&screens).copied(),
                false => screens.last().copied(),
            };
            let Some(screen) = screen else { continue };
            let findings = [(screen.finding.clone(), screen.basis.clone())].into();
            let chosen = chosen(dice, &kind, &post, &record);
            let conclusion = match chosen.is_empty() || dice.chance(1, 2) {
                true if dice.chance(1, 2) => Conclusion::KeepBoth,
                true => Conclusion::Dismiss,
                false => Conclusion::KeepOne,
            };
            let leaves = conclusion != Conclusion::KeepOne;
            let entry = Entry {
                set: if leaves { Default::default() } else { chosen },
                decides: Some(Decides { conclusion, findings }),
                reason: Some("made-up decision".to_owned()),
                proposes: dice.chance(1, 6),
                ..Entry::default()
            };
            let Some(form) = self.form_of(who, &record)? else {
                continue;
            };
            self.network.count("decision on a finding");
            self.save(who, &form, &post, &entry)?;
            return Ok(true);
        }
        Ok(false)
    }

    /// The desk's screen: the open finding that values of the record differ, if there is one.
    fn look_at_screen(&mut self, kind: &Kind, record: &RecordView) -> Result<(), Violation> {
        self.network.look();
        let servers = self.network.servers.borrow();
        let app = &servers.nth(0).app;
        let unit = record.unit.as_str();
        let found = app.store.read(|db| {
            let rows = query!(db, findings::open_in(&[unit], "contested_field"))?;
            let row = rows
                .into_iter()
                .find(|row| row.record.is_some_and(|of| of.0 == record.id.0));
            row.map(|row| Ok((row.id, findings::stands_on(db, &app.catalog, &row)?)))
                .transpose()
        });
        let found: wuyuan_server::store::StoreResult<Option<Shown>> = found;
        let Some((finding, basis)) = found.map_err(|e| broken("the database can be read", e.to_string()))? else {
            return Ok(());
        };
        let (finding, basis) = (hex::encode(finding), hex::encode(basis));
        let book = self.network.book.borrow();
        let mut oracle = self.network.oracle.borrow_mut();
        oracle.screen(&book, kind, unit, &record.id.to_string(), (&finding, &basis))?;
        self.screens.push(Screen {
            record: record.id.to_string(),
            finding,
            basis,
        });
        Ok(())
    }

    fn form_of(&mut self, who: usize, record: &RecordView) -> Result<Option<Form>, Violation> {
        match self.phone(who).with(|phone| phone.open_form(&record.id)) {
            Some(Err(error)) => Err(broken("a form can be opened", error.to_string())),
            Some(Ok(form)) => Ok(form),
            None => Ok(None),
        }
    }
}

fn state(record: &RecordView) -> Option<&str> {
    match record.fields.get("state")? {
        FieldView::Register(values) => values.first()?.value.as_str(),
        FieldView::Set { .. } => None,
    }
}

fn may(kind: &Kind, act: &str, post: &Post) -> bool {
    let transition = kind.workflow.transitions.get(act);
    transition.is_some_and(|transition| transition.roles.contains(&post.role))
}

fn step(act: &str) -> Entry {
    Entry {
        act: Some(act.to_owned()),
        reason: Some("made-up reason".to_owned()),
        ..Entry::default()
    }
}

fn fewer(dice: &mut Dice) -> Entry {
    Entry {
        set: [("claimed_minutes".to_owned(), (10 + dice.below(3)).into())].into(),
        reason: Some("made-up reason".to_owned()),
        ..Entry::default()
    }
}

fn proposed(entry: Entry) -> Entry {
    Entry {
        proposes: true,
        ..entry
    }
}

/// One of the values of every contested register under review that the role may write.
fn chosen(
    dice: &mut Dice,
    kind: &Kind,
    post: &Post,
    record: &RecordView,
) -> std::collections::BTreeMap<String, serde_json::Value> {
    let mut chosen = std::collections::BTreeMap::new();
    for (name, view) in &record.fields {
        let FieldView::Register(values) = view else { continue };
        let field = kind.field(name).filter(|f| f.policy == Policy::Review);
        let differ = values.iter().any(|v| v.value != values[0].value);
        if differ && field.is_some_and(|f| kind.may_write_field(post.role, f, false)) {
            chosen.insert(name.clone(), values[dice.below(values.len())].value.clone());
        }
    }
    chosen
}

/// A member who is not this one.
fn another(member: MemberId) -> MemberId {
    let mut bytes = member.0;
    bytes[15] ^= 1;
    MemberId(bytes)
}
