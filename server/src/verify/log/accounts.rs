//! Devices and appointments are what the journal says of them, which is sealed: whoever changes a key or a role afterwards,
//! adds one or takes one away would have to change what was sealed too.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;
use sync_protocol::id::{AppointmentId, DeviceId};
use uuid::Uuid;

use super::{Kind, Place, Run};
use crate::accounts::founding::{self, Founding};
use crate::query;
use crate::store::rows::{AppointmentRow, DeviceRow, JournalRow};
use crate::store::{Db, StoreResult};
use crate::verify::PAGE;

/// What the journal says, by id: the entry's detail, or the moment of its end.
#[derive(Default)]
struct Said {
    enrolled: HashMap<DeviceId, Value>,
    revoked: HashMap<DeviceId, i64>,
    appointed: HashMap<AppointmentId, Value>,
    ended: HashMap<AppointmentId, i64>,
    /// The entry that stands for all appointments without one of their own.
    founded: Option<([u8; 16], Value)>,
}

impl Said {
    fn take(&mut self, row: &JournalRow) {
        if row.event == founding::EVENT {
            self.founded = serde_json::from_str(&row.detail).ok().map(|detail| (row.id, detail));
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

    fn is_device(&self, row: &DeviceRow) -> bool {
        // A demonstration's phones may have come with it.
        let enrolled = self.enrolled.get(&row.id);
        let enrolled = enrolled.map_or(self.founded.is_some(), |said| {
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
            return self.founded.is_some() && row.ends_ms == ended;
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
    if let Some((entry, detail)) = &said.founded
        && !founding.is_that_of(detail)
    {
        run.fault(Kind::AppointmentJournal, Place::Journal(*entry));
    }
    Ok(())
}
