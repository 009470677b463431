//! Devices and appointments are what the journal says of them, which is sealed: whoever changes a key or a role afterwards
//! would have to change what was sealed too.

use std::collections::HashMap;

use serde_json::Value;
use sync_protocol::id::{AppointmentId, DeviceId};
use uuid::Uuid;

use super::{Kind, Place, Run};
use crate::query;
use crate::store::rows::{AppointmentRow, DeviceRow, JournalRow};
use crate::store::{Db, StoreResult};
use crate::verify::PAGE;

/// What the journal says, by id: the entry's detail, or the moment of its end. Rows that came without an entry of their own,
/// as a demonstration's, are not judged.
#[derive(Default)]
struct Said {
    enrolled: HashMap<DeviceId, Value>,
    revoked: HashMap<DeviceId, i64>,
    appointed: HashMap<AppointmentId, Value>,
    ended: HashMap<AppointmentId, i64>,
}

impl Said {
    fn take(&mut self, row: &JournalRow) {
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
        let enrolled = self.enrolled.get(&row.id).is_none_or(|said| {
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
            return ended.is_none_or(|end| row.ends_ms == Some(end));
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
    let mut after: Vec<u8> = Vec::new();
    loop {
        let rows = query!(db, inspect::appointments_after(&after, PAGE as i64))?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id.0.to_vec();
        for row in rows.iter().filter(|row| !said.is_appointment(row)) {
            run.fault(Kind::AppointmentJournal, Place::Appointment(row.id));
        }
        run.count("appointments", rows.len() as u64);
    }
}
