//! Writing: a form is opened, filled in and saved, and the save is one operation.
//!
//! A form remembers what its author saw: the record's clock and his own operations as shown when it was opened. A
//! pull in the background never changes that; if the record has moved meanwhile, saving says so first.

mod check;
mod error;

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sync_protocol::decision::Decides;
use sync_protocol::feed;
use sync_protocol::id::{AppointmentId, DeviceId, RecordId, Seq, UnitCode};
use sync_protocol::op::{Act, OpDraft, OpName};
use sync_protocol::wire::{ProposalView, RecordView};

use crate::env::uuid_v7;
use crate::error::PhoneError;
use crate::phone::Phone;
use crate::photos::{self, Attached};
use crate::store::account::{self, Trouble};
use crate::store::outbox::{self, NewOp};
use crate::store::{StoreError, feeds, replica};
use crate::view;

pub use error::SaveError;

/// An open form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: String,
    /// Its unit.
    pub unit: UnitCode,
    /// What its author sees: the base's clock and his own operations.
    pub seen: BTreeMap<DeviceId, Seq>,
    /// The server's history under which the shown record was pulled; absent where nothing of it was.
    #[serde(default)]
    pub generation: Option<String>,
    /// The record as shown; absent in a form for a new record.
    pub shown: Option<RecordView>,
}

/// What was filled in.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entry {
    /// Registers, `null` to clear. What is as shown is left out of the operation.
    pub set: BTreeMap<String, Json>,
    /// Elements to add to sets.
    pub add: BTreeMap<String, Vec<Json>>,
    /// Elements to remove.
    pub remove: BTreeMap<String, Vec<Json>>,
    /// A transition of the workflow.
    pub act: Option<String>,
    /// Only propose it: another member confirms.
    pub proposes: bool,
    /// The proposal that is confirmed; the rest is what it says.
    pub confirms: Option<OpName>,
    /// The findings that are decided.
    pub decides: Option<Decides>,
    /// Why.
    pub reason: Option<String>,
}

impl Entry {
    /// What confirms a proposal: the same that it says. `None`: this reader does not see all of it, or this program
    /// does not know what it decides.
    pub fn confirming(proposal: &ProposalView, reason: Option<String>) -> Option<Entry> {
        let decides = proposal.decides.clone().map(serde_json::from_value).transpose();
        let (false, Ok(decides)) = (proposal.hidden, decides) else {
            return None;
        };
        Some(Entry {
            set: proposal.set.clone(),
            add: proposal.add.clone(),
            remove: proposal.remove.clone(),
            act: proposal.act.clone(),
            proposes: false,
            confirms: Some(OpName {
                device: proposal.dot.0,
                seq: proposal.dot.1,
                hash: proposal.hash,
            }),
            decides,
            reason: reason.or_else(|| proposal.reason.clone()),
        })
    }
}

/// What to do when the record has moved since the form was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfMoved {
    /// Say so and save nothing.
    Ask,
    /// Save what was filled in; what came meanwhile stays beside it.
    Save,
}

/// An operation in the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    /// The device.
    pub device: DeviceId,
    /// Its number in the device's feed.
    pub seq: Seq,
    /// The record.
    pub record: RecordId,
}

impl Phone {
    /// An empty form for a new record.
    pub fn new_form(&self, kind: &str, unit: UnitCode) -> Result<Form, PhoneError> {
        let record = uuid_v7(self.env())?.into();
        Ok(Form {
            record,
            kind: kind.to_owned(),
            unit,
            seen: BTreeMap::new(),
            generation: None,
            shown: None,
        })
    }

    /// The form of a record as it is shown now; `None` when there is no such record here.
    pub fn open_form(&self, record: &RecordId) -> Result<Option<Form>, PhoneError> {
        let Some(view) = self.view(record)? else {
            return Ok(None);
        };
        let seen = seen_now(self.store().read(), record)?;
        let record = view.record;
        let generation = match view.pulled {
            true => replica::unit(self.store().read(), &record.unit)?.generation,
            false => None,
        };
        Ok(Some(Form {
            record: record.id,
            kind: record.kind.clone(),
            unit: record.unit.clone(),
            seen,
            generation,
            shown: Some(record),
        }))
    }

    /// Remembers that the form was shown, so that an edit in another process names what its author saw.
    pub fn remember_form(&mut self, form: &Form) -> Result<(), PhoneError> {
        let text = serde_json::to_string(form).map_err(|_| StoreError::Damaged("a form"))?;
        self.store_mut()
            .write(|tx| replica::keep_form(tx, &form.record, &form.unit, &text))?;
        Ok(())
    }

    /// The form of a record as it was last remembered.
    pub fn remembered_form(&self, record: &RecordId) -> Result<Option<Form>, PhoneError> {
        let text = replica::form(self.store().read(), record)?;
        let form = text.map(|t| serde_json::from_str(&t)).transpose();
        Ok(form.map_err(|_| StoreError::Damaged("a form"))?)
    }

    /// Saves what was filled in: durable when this returns. It is sent at the next sync.
    pub fn save(
        &mut self,
        form: &Form,
        appointment: &AppointmentId,
        entry: &Entry,
        if_moved: IfMoved,
    ) -> Result<Saved, SaveError> {
        self.save_with(form, appointment, entry, &[], if_moved)
    }

    /// Saves what was filled in together with photos, each named in its field. The originals are durable before the save
    /// is. One that is not saved may be saved again with the same originals.
    pub fn save_with(
        &mut self,
        form: &Form,
        appointment: &AppointmentId,
        entry: &Entry,
        attached: &[Attached],
        if_moved: IfMoved,
    ) -> Result<Saved, SaveError> {
        let saved = self.write(form, appointment, entry, attached, if_moved);
        if saved.is_err() {
            photos::take_back(self.conn(), self.folder(), attached)?;
        }
        saved
    }

    fn write(
        &mut self,
        form: &Form,
        appointment: &AppointmentId,
        entry: &Entry,
        attached: &[Attached],
        if_moved: IfMoved,
    ) -> Result<Saved, SaveError> {
        let catalog = self.catalog().ok_or(SaveError::NotReady)?;
        let entry = photos::named(catalog.kind(&form.kind, catalog.version()), entry, attached);
        let folder = self.folder().clone();
        let mut salt = [0u8; 16];
        self.env().fill(&mut salt)?;
        let at = self.env().now().render();
        let uptime = self.env().uptime();
        self.store_mut().write(|tx| {
            let account = account::load(tx)?;
            if account.trouble == Some(Trouble::Forked) {
                return Err(SaveError::Forked);
            }
            // Not the one last heard: after a restore, what the form showed may have to be awaited.
            let generation = form
                .generation
                .clone()
                .or(account.generation)
                .ok_or(SaveError::NotReady)?;
            let seen = map_seen(tx, &form.record, form.seen.clone())?;
            if if_moved == IfMoved::Ask && seen_now(tx, &form.record)? != seen {
                let now = view::build(tx, &catalog, &account.member, &account.sealing_key, &form.record)?;
                return Err(SaveError::Moved(now.map(Box::new)));
            }
            let role = account
                .appointments
                .iter()
                .find(|a| a.id == *appointment)
                .map(|a| a.role);
            let role = role.ok_or(SaveError::AppointmentUnknown)?;
            let entry = check::changed(&catalog, form, &entry)?;
            check::entry(&catalog, form, &entry, role, &account.member)?;
            let approves = check::approves(&catalog, form, &entry)?;
            let current = feeds::current(tx)?;
            let head = outbox::head(tx, &current.device)?;
            let draft = OpDraft {
                seq: head.seq + 1,
                salt: hex::encode(salt),
                generation,
                cat: catalog.version(),
                by: account.member,
                appointment: *appointment,
                at,
                boot: uptime.boot,
                uptime_ms: uptime.ms,
                record: form.record,
                kind: form.kind.clone(),
                unit: form.unit.clone(),
                seen,
                set: entry.set,
                add: entry.add,
                remove: entry.remove,
                act: entry.act.map(|name| Act { name }),
                reissues: None,
                approves,
                proposes: entry.proposes,
                confirms: entry.confirms,
                decides: entry.decides,
                reason: entry.reason,
            };
            let text = draft
                .to_text()
                .map_err(|_| StoreError::Damaged("an operation cannot be written"))?;
            check::text(&catalog, &draft, &text)?;
            let body_hash = feed::body_hash(text.as_bytes());
            let op = NewOp {
                device: current.device,
                seq: draft.seq,
                body_hash,
                chain: feed::link(&head.hash, &body_hash),
                text: &text,
                record: form.record,
                kind: &form.kind,
                unit: form.unit.as_str(),
            };
            photos::place(tx, &folder, attached, &op.device, op.seq)?;
            outbox::append(tx, &op)?;
            replica::forget_form(tx, &form.record)?;
            Ok(Saved {
                device: current.device,
                seq: draft.seq,
                record: form.record,
            })
        })
    }
}

/// What somebody sees of a record who looks at it now.
fn seen_now(conn: &Connection, record: &RecordId) -> Result<BTreeMap<DeviceId, Seq>, StoreError> {
    let mut seen = replica::get(conn, record)?.map(|base| base.clock).unwrap_or_default();
    for (device, seq) in outbox::own_seen(conn, record)? {
        let known = seen.entry(device).or_insert(seq);
        *known = (*known).max(seq);
    }
    Ok(seen)
}

/// Maps what was seen under an earlier device of this installation: what was rewritten bears its new number, what
/// the server has stays, what it never had is left out.
pub(crate) fn map_seen(
    conn: &Connection,
    record: &RecordId,
    mut seen: BTreeMap<DeviceId, Seq>,
) -> Result<BTreeMap<DeviceId, Seq>, StoreError> {
    let closed = feeds::closed(conn)?;
    let current = feeds::current(conn)?.device;
    let successors = closed.iter().skip(1).map(|f| f.device).chain([current]);
    for (feed, successor) in closed.iter().zip(successors) {
        let common = feed.common_seq.unwrap_or(0);
        let Some(seq) = seen.get(&feed.device).copied().filter(|seq| *seq > common) else {
            continue;
        };
        if let Some(new) = outbox::rewritten(conn, &feed.device, record, seq)? {
            let known = seen.entry(successor).or_insert(new);
            *known = (*known).max(new);
        }
        match outbox::last_on_record(conn, &feed.device, record, common)? {
            Some(last) => seen.insert(feed.device, last),
            None => seen.remove(&feed.device),
        };
    }
    Ok(seen)
}
