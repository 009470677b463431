//! The phone against a server in memory: what it does when requests, answers, servers and phones are lost.

mod cuts;
mod damage;
mod delivering;
mod earlier;
mod photos;
mod pulling;
mod refusals;
mod server;
mod signing;
mod stuck;
mod takes;
mod vectors;
mod world;
mod writing;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value as Json, json};
use server::{APPOINTMENT, MEMBER, NUMBER, PASSWORD, Server, UNIT};
use sync_protocol::id::RecordId;
use sync_protocol::wire::FieldView;
use world::World;
use wuyuan_client::{Credentials, Entry, Form, IfMoved, NewPhone, Outcome, Phone, Saved, View};

pub const KIND: &str = "volunteer_session";
/// Takes a phone's file back to the schema that knew no photos.
pub const TO_SCHEMA_2: &str = "DROP TABLE photo_use; DROP TABLE photo; \
    DROP TABLE log_head; DROP TABLE log_seen; DROP TABLE log_restore; PRAGMA user_version = 2";

/// A phone, its file and its surroundings.
pub struct Rig {
    pub world: World,
    pub server: Server,
    pub phone: Phone,
    folder: tempfile::TempDir,
}

impl Rig {
    pub fn enrolled() -> Rig {
        let world = World::new();
        let server = Server::new();
        let folder = tempfile::tempdir().unwrap();
        let new = NewPhone {
            path: &folder.path().join("phone.db"),
            server: "http://demo",
            number: NUMBER,
            label: "demo",
        };
        let (phone, outcome) = Phone::enrol(&new, &password(), world.env(), &server).unwrap();
        assert_eq!(outcome, Outcome::UpToDate);
        Rig {
            world,
            server,
            phone,
            folder,
        }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("phone.db")
    }

    /// The phone loses power and starts again: only its file remains.
    pub fn restart(&mut self) {
        self.phone = Phone::open(&self.path(), self.world.env()).unwrap();
    }

    /// A copy of the phone's file, as a backup of the phone would make it.
    pub fn backup(&self) -> PathBuf {
        let copy = self.folder.path().join("backup.db");
        let _ = std::fs::remove_file(&copy);
        let conn = rusqlite::Connection::open(self.path()).unwrap();
        conn.execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
        copy
    }

    pub fn sync(&mut self) -> Outcome {
        self.phone.sync_once(&self.server).unwrap()
    }

    /// Records a session of the given name.
    pub fn record(&mut self, name: &str) -> Saved {
        record(&mut self.phone, name)
    }

    /// Records so many sessions, named by their number.
    pub fn record_many(&mut self, count: usize) -> Vec<Saved> {
        (0..count).map(|n| self.record(&n.to_string())).collect()
    }

    /// Changes a field of a record as it is shown now.
    pub fn edit(&mut self, record: &RecordId, field: &str, value: Json) -> Saved {
        let form = self.phone.open_form(record).unwrap().unwrap();
        save(&mut self.phone, &form, set(&[(field, value)])).unwrap()
    }

    pub fn view(&self, record: &RecordId) -> View {
        self.phone.view(record).unwrap().unwrap()
    }
}

pub fn password() -> Credentials<'static> {
    Credentials::Password {
        password: PASSWORD,
        totp: None,
    }
}

pub fn record(phone: &mut Phone, name: &str) -> Saved {
    let form = phone.new_form(KIND, UNIT.parse().unwrap()).unwrap();
    save(phone, &form, session(name)).unwrap()
}

/// What a new session needs.
pub fn session(name: &str) -> Entry {
    set(&[
        ("volunteer", json!(MEMBER)),
        ("service_kind", json!("traffic")),
        ("started_at", json!("2026-11-22T07:00:00+08:00")),
        ("activity_name", json!(name)),
    ])
}

pub fn set(fields: &[(&str, Json)]) -> Entry {
    let set: BTreeMap<String, Json> = fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    Entry {
        set,
        ..Entry::default()
    }
}

pub fn save(phone: &mut Phone, form: &Form, entry: Entry) -> Result<Saved, wuyuan_client::SaveError> {
    phone.save(form, &APPOINTMENT.parse().unwrap(), &entry, IfMoved::Ask)
}

/// The values of a register as shown.
pub fn values(view: &View, field: &str) -> Vec<Json> {
    match view.record.fields.get(field) {
        Some(FieldView::Register(values)) => values.iter().map(|v| v.value.clone()).collect(),
        _ => Vec::new(),
    }
}
