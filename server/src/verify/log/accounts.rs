//! Devices and appointments are what the journal says of them, which is sealed: whoever changes a key or a role afterwards,
//! or takes one away would have to change what was sealed too. Whoever adds one must add an entry, which everybody finds in
//! the log from then on.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;
use sync_protocol::id::{AppointmentId, DeviceId};
use uuid::Uuid;

use super::{Kind, Place, Run};
use crate::accounts::founding::{self, Founding};
use crate::accounts::journal::Event;
use crate::log::source;
use crate::query;
use crate::store::rows::{AppointmentRow, DeviceRow, JournalRow, SealedRow};
use crate::store::{Db, StoreResult};
use crate::verify::PAGE;

/// Events that are about one person, appointment or phone, or an import of some.
const OWN: [Event; 4] = [
    Event::MemberCreated,
    Event::AppointmentCreated,
    Event::DeviceEnrolled,
    Event::MembersImported,
];

/// What the journal says, by id: the entry's detail, or the moment of its end.
#[derive(Default)]
struct Said {
    enrolled: HashMap<DeviceId, Value>,
    revoked: HashMap<DeviceId, i64>,
    appointed: HashMap<AppointmentId, Value>,
    ended: HashMap<AppointmentId, i64>,
    /// The entries that say that they stand for everything without one of its own; only the first may.
    foundings: Vec<([u8; 16], Value)>,
    /// The first entry of somebody's own.
    first_own: Option<[u8; 16]>,
}

impl Said {
    fn take(&mut self, row: &JournalRow) {
        if row.event == founding::EVENT {
            let detail = serde_json::from_str(&row.detail).unwrap_or(Value::Null);
            self.foundings.push((row.id, detail));
        } else if OWN.iter().any(|event| event.code() == row.event) {
            self.first_own.get_or_insert(row.id);
        }
        let Ok(id) = Uuid::try_parse(&row.subject).map(Uuid::into_bytes) else {
            return;
        };
        let Ok(detail) = serde_json::from_str::<Value>(&row.detail) else {
            return;
        };
        match row.event.as_str() {
            "device_enrolled" => {
                self.enrolled.insert(DeviceId(id), detail);
            }
            "device_revoked" => {
                self.revoked.insert(DeviceId(id), row.at_ms);
            }
            "appointment_created" => {
                self.appointed.insert(AppointmentId(id), detail);
            }
            "appointment_ended" => {
                if let Some(ends_ms) = detail["ends_ms"].as_i64() {
                    self.ended.insert(AppointmentId(id), ends_ms);
                }
            }
            _ => {}
        }
    }

    /// Phones came with what was founded.
    fn has_devices(&self) -> bool {
        self.foundings
            .first()
            .is_some_and(|(_, detail)| founding::has_devices(detail))
    }

    /// Takes away what says that it founded the database and came when people were there already: all but the first, and the
    /// first where it was not sealed before the first entry of somebody's own.
    fn judge_foundings(&mut self, db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
        let mut keep = 1;
        if let (Some((first, _)), Some(own)) = (self.foundings.first(), &self.first_own) {
            let place = |run: &SealedRow| (run.log, run.leaf);
            let founded = query!(db, sealing::runs_of(source::JOURNAL, first))?;
            let owned = query!(db, sealing::runs_of(source::JOURNAL, own))?;
            let came_first = match (founded.first().map(place), owned.first().map(place)) {
                (Some(founded), Some(owned)) => founded < owned,
                (founded, None) => founded.is_some() || first < own,
                (None, Some(_)) => false,
            };
            keep = usize::from(came_first);
        }
        for (entry, _) in self.foundings.drain(keep.min(self.foundings.len())..) {
            run.fault(Kind::JournalFounding, Place::Journal(entry));
        }
        Ok(())
    }

    fn is_device(&self, row: &DeviceRow) -> bool {
        let enrolled = self.enrolled.get(&row.id);
        let enrolled = enrolled.map_or(self.has_devices(), |said| {
            said["member"] == row.member.to_string()
                && said["suite"] == row.suite
                && said["key"] == hex::encode(&row.public_key)
                && said["key_storage"] == row.key_storage
        });
        enrolled && row.revoked_ms == self.revoked.get(&row.id).copied()
    }

    fn is_appointment(&self, row: &AppointmentRow) -> bool {
        let ended = self.ended.get(&row.id).copied();
        let Some(said) = self.appointed.get(&row.id) else {
            return !self.foundings.is_empty() && row.ends_ms == ended;
        };
        said["member"] == row.member.to_string()
            && said["role"] == row.role.code()
            && said["unit"] == row.unit.as_str()
            && said["starts_ms"] == row.starts_ms
            && row.ends_ms == ended.or(said["ends_ms"].as_i64())
    }
}

pub(super) fn check(db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
    let mut said = Said::default();
    let mut after = [0; 16];
    loop {
        let rows = query!(db, journal::page(&after, PAGE as i64))?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        rows.iter().for_each(|row| said.take(row));
    }
    said.judge_foundings(db, run)?;
    let mut after: Vec<u8> = Vec::new();
    loop {
        let devices = query!(db, inspect::devices_after(&after, PAGE as i64))?;
        let Some(last) = devices.last() else { break };
        after = last.id.0.to_vec();
        for row in devices.iter().filter(|row| !said.is_device(row)) {
            run.fault(Kind::DeviceJournal, Place::Device(row.id));
        }
    }
    appointments(db, run, &said)
}

fn appointments(db: &mut Db<'_>, run: &mut Run<'_>, said: &Said) -> StoreResult<()> {
    let mut founding = Founding::default();
    let mut gone: BTreeSet<AppointmentId> = said.appointed.keys().copied().collect();
    let mut after: Vec<u8> = Vec::new();
    loop {
        let rows = query!(db, inspect::appointments_after(&after, PAGE as i64))?;
        let Some(last) = rows.last() else { break };
        after = last.id.0.to_vec();
        for row in &rows {
            if !said.is_appointment(row) {
                run.fault(Kind::AppointmentJournal, Place::Appointment(row.id));
            }
            if !gone.remove(&row.id) {
                founding.add(row);
            }
        }
        run.count("appointments", rows.len() as u64);
    }
    for id in gone {
        run.fault(Kind::AppointmentJournal, Place::Appointment(id));
    }
    if let Some((entry, detail)) = said.foundings.first()
        && !founding.is_that_of(detail)
    {
        run.fault(Kind::AppointmentJournal, Place::Journal(*entry));
    }
    Ok(())
}
