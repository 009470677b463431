//! The sync engine without HTTP, on a real database, under a clock that a test moves.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ed25519_dalek::Signer;
use serde_json::{Value, json};
use sync_protocol::feed;
use sync_protocol::id::{AppointmentId, MemberId, RecordId, UnitCode};
use sync_protocol::role::Role;
use sync_protocol::wire::{RecordView, SyncAnswer};
use tokio::runtime::Runtime;
use wuyuan_server::accounts::AccountError;
use wuyuan_server::accounts::devices::{self, Enrolment, KeyStorage};
use wuyuan_server::accounts::journal::{self, Event};
use wuyuan_server::accounts::scope;
use wuyuan_server::app::App;
use wuyuan_server::backup;
use wuyuan_server::blobs::direct::Direct;
use wuyuan_server::blobs::shelf::Shelf;
use wuyuan_server::clock::ManualClock;
use wuyuan_server::config::SettingsArgs;
use wuyuan_server::demo::{DemoMember, District};
use wuyuan_server::log::seal;
use wuyuan_server::query;
use wuyuan_server::store::bulk::{Bulk, Column, Verb};
use wuyuan_server::store::rows::AppointmentRow;
use wuyuan_server::store::{PoolSettings, Store, StoreError};
use wuyuan_server::sync::SyncError;
use wuyuan_server::sync::desk::Looker;

use crate::backend::{Backend, Place};
use crate::district::{install, small};
use crate::phones::{Holder, Phone};

/// A server's inside on a small district.
pub struct Engine {
    /// The server's parts.
    pub app: App,
    /// Its clock.
    pub clock: Arc<ManualClock>,
    /// Who and what there is.
    pub district: Arc<District>,
    place: Arc<Place>,
    runtime: Runtime,
}

impl Engine {
    /// A small district on an empty database.
    pub fn start(backend: Backend) -> Engine {
        let place = Arc::new(backend.place());
        let district = Arc::new(small());
        install(&place, &district);
        let clock = Arc::new(ManualClock::new(chrono::Utc::now().timestamp_millis()));
        Engine::on(place, district, clock)
    }

    /// Another server on the same database, with the same clock.
    pub fn beside(&self) -> Engine {
        Engine::on(
            Arc::clone(&self.place),
            Arc::clone(&self.district),
            Arc::clone(&self.clock),
        )
    }

    /// A server on what `file` holds, on a new database: the old one is gone. Its clock goes on.
    pub fn restored(&self, backend: Backend, file: &Path) -> Engine {
        let place = backend.place();
        let settings = PoolSettings {
            size: 2,
            wait: Duration::from_secs(10),
        };
        let store = Store::open(&place.url(), settings).expect("an empty database opens");
        let bytes = backup::Bytes {
            shelf: &Shelf::beside(file),
            vault: &Direct::new(place.vault()).expect("a runtime starts"),
            tell: &mut |fault| panic!("{fault}"),
        };
        backup::restore(&store, file, bytes, self.app.now_ms()).expect("a backup can be restored");
        Engine::on(Arc::new(place), Arc::clone(&self.district), Arc::clone(&self.clock))
    }

    /// A server on a database that has been written to, under a clock that stands at the present moment.
    pub fn over(place: Arc<Place>, district: District) -> Engine {
        let clock = Arc::new(ManualClock::new(chrono::Utc::now().timestamp_millis()));
        Engine::on(place, Arc::new(district), clock)
    }

    /// Ends it: its database, and who and what there is.
    pub fn close(self) -> (Arc<Place>, District) {
        (self.place, Arc::unwrap_or_clone(self.district))
    }

    fn on(place: Arc<Place>, district: Arc<District>, clock: Arc<ManualClock>) -> Engine {
        let given = SettingsArgs {
            database: Some(place.url().parse().expect("a place has a good URL")),
            blobs: Some(place.blobs()),
            pool_size: Some(4),
            // One committer, so that a work queued behind another is done after it and after what that one called for.
            committers: Some(1),
            ..SettingsArgs::default()
        };
        let settings = given.resolve().expect("the settings are possible");
        let app = App::start(settings, clock.clone()).expect("a server starts");
        let runtime = Runtime::new().expect("a runtime starts");
        Engine {
            app,
            clock,
            district,
            place,
            runtime,
        }
    }

    /// Where its database is.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Seals everything that waits.
    pub fn seal(&self) {
        seal::seal_all(&self.app).expect("the log can be sealed");
    }

    /// The newest checkpoint, as the signed note.
    pub fn checkpoint(&self) -> String {
        self.read(|db| {
            let log = query!(db, logs::newest())?.ok_or(StoreError::Internal)?;
            query!(db, logs::last_checkpoint(log.number))
        })
        .expect("something was sealed")
        .1
    }

    /// Waits for something asynchronous.
    pub fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// The `nth` holder of `role` in `unit`, from 0.
    pub fn member(&self, role: Role, unit: &UnitCode, nth: usize) -> &DemoMember {
        let fits = |m: &&DemoMember| m.appointments[0].role == role && m.appointments[0].unit == *unit;
        self.district
            .members
            .iter()
            .filter(fits)
            .nth(nth)
            .unwrap_or_else(|| panic!("no {role} number {nth} in {unit}"))
    }

    /// The first community in which all `roles` are held, so many times as they stand there.
    pub fn community_with(&self, roles: &[(Role, usize)]) -> UnitCode {
        let count = |unit: &UnitCode, role: Role| {
            self.district
                .members
                .iter()
                .filter(|m| m.appointments[0].role == role && m.appointments[0].unit == *unit)
                .count()
        };
        let units = self.district.units.iter().map(|u| &u.code);
        let fits = |unit: &&UnitCode| roles.iter().all(|(role, least)| count(unit, *role) >= *least);
        units
            .filter(|u| !u.as_str().ends_with("000"))
            .find(fits)
            .unwrap_or_else(|| panic!("no community with {roles:?}"))
            .clone()
    }

    /// A new, enrolled phone of a member, which writes in `unit`.
    pub fn phone(&self, member: &DemoMember, unit: &UnitCode) -> Phone {
        let holder = Holder {
            member: member.id,
            appointment: member.appointments[0].id,
            unit: unit.clone(),
        };
        let phone = Phone::new(holder, &self.app.keys.generation, self.app.catalog.version());
        self.enrol(&phone);
        phone
    }

    /// Enrols a phone as it is.
    pub fn enrol(&self, phone: &Phone) {
        let message = feed::enrolment_message(&phone.device, &phone.holder.member);
        let enrolment = Enrolment {
            id: phone.device,
            suite: feed::SUITE.to_owned(),
            public_key: phone.key.verifying_key().as_bytes().to_vec(),
            label: "test".to_owned(),
            key_storage: KeyStorage::Software,
            continues: None,
            proof: phone.key.sign(&message).to_bytes().to_vec(),
        };
        devices::enrol(&self.app, phone.holder.member, enrolment).expect("a phone can be enrolled");
    }

    /// Sends a sync request as it is.
    pub fn sync(&self, member: MemberId, body: String) -> Result<SyncAnswer, SyncError> {
        self.wait(self.app.sync.sync(member, false, body.into_bytes()))
    }

    /// Pushes what a phone has written from `first` on.
    pub fn push_from(&self, phone: &Phone, first: u64) -> Result<SyncAnswer, SyncError> {
        self.sync(phone.holder.member, phone.push(first..=phone.seq()).text())
    }

    /// Pushes the phone's last operation; answers `accepted` or its code.
    pub fn push_last(&self, phone: &Phone) -> String {
        let answer = self.push_from(phone, phone.seq()).expect("a push is answered");
        word(&answer, 0)
    }

    /// The present fate of one of the phone's operations.
    pub fn verdict(&self, phone: &Phone, seq: u64) -> String {
        let body = serde_json::json!({"device": phone.device, "held": [seq]}).to_string();
        let answer = self.sync(phone.holder.member, body).expect("a question is answered");
        let line = &answer.resolved[0];
        line.code.map_or_else(|| "accepted".to_owned(), |code| code.to_string())
    }

    /// Ends an appointment now.
    pub fn end_appointment(&self, id: AppointmentId) {
        let now = self.app.now_ms();
        self.app
            .store
            .write(|db| query!(db, appointments::end(id, now)))
            .expect("an appointment ends");
    }

    /// Appoints a member from now on.
    pub fn appoint(&self, member: MemberId, role: Role, unit: &UnitCode) -> AppointmentId {
        let now = self.app.now_ms();
        let id = AppointmentId::from(uuid::Uuid::new_v4());
        let row = AppointmentRow {
            id,
            member,
            role,
            unit: unit.clone(),
            starts_ms: now,
            ends_ms: None,
            created_ms: now,
        };
        let detail = json!({ "member": member, "role": role, "unit": unit, "starts_ms": now, "ends_ms": null });
        let made: Result<(), AccountError> = self.app.store.write(|db| {
            query!(db, appointments::insert(row))?;
            journal::write(db, now, None, Event::AppointmentCreated, &id.to_string(), detail)
        });
        made.expect("an appointment begins");
        id
    }

    /// Lets the follower do all that there is to do now.
    pub fn follow(&self) {
        self.app.follower.catch_up().expect("the follower works");
    }

    /// Reads the database.
    pub fn read<T>(&self, body: impl FnOnce(&mut wuyuan_server::store::Db<'_>) -> Result<T, StoreError>) -> T {
        self.app.store.read(body).expect("the database can be read")
    }

    /// Reads as a member with the roles that he has now.
    pub fn look<T, E: From<StoreError>>(
        &self,
        member: MemberId,
        work: impl FnOnce(&mut wuyuan_server::store::Db<'_>, Looker<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let now_ms = self.app.now_ms();
        self.app.store.read(|db| {
            let appointments = query!(db, appointments::of_member(member))?;
            let grid = self.app.grid.get(db, now_ms)?;
            let scope = scope::scope(&grid, &appointments, now_ms);
            let looker = Looker {
                catalog: &self.app.catalog,
                member,
                scope: &scope,
            };
            work(db, looker)
        })
    }

    /// Changes the database behind the server's back.
    pub fn change(&self, statement: &str) {
        self.place.change(statement);
    }

    /// What the database says when it refuses a statement.
    pub fn refusal(&self, statement: &str) -> String {
        self.place.refusal(statement)
    }

    /// Posts minutes of social service for those who serve, a session each, as the hours ledger does.
    pub fn post_service(&self, unit: &UnitCode, orders: &[(RecordId, RecordId)], minutes: i64, day: &str) {
        let many = orders.len() as i64;
        let sessions: Vec<[u8; 16]> = orders.iter().map(|_| record().0).collect();
        let ids: Vec<[u8; 16]> = orders.iter().map(|_| record().0).collect();
        let digest = [7; 32];
        let all = || 0..orders.len();
        let share = |n: usize| minutes / many + i64::from((n as i64) < minutes % many);
        let columns = vec![
            ("number", Column::Long(all().map(|n| Some(n as i64 + 1)).collect())),
            ("id", Column::Bytes(ids.iter().map(|id| Some(id.as_slice())).collect())),
            ("ledger", Column::Text(all().map(|_| Some("social_service")).collect())),
            (
                "subject",
                Column::Bytes(orders.iter().map(|(subject, _)| Some(subject.0.as_slice())).collect()),
            ),
            (
                "session",
                Column::Bytes(sessions.iter().map(|id| Some(id.as_slice())).collect()),
            ),
            ("round", Column::Long(all().map(|_| Some(1)).collect())),
            ("minutes", Column::Long(all().map(|n| Some(share(n))).collect())),
            ("unit", Column::Text(all().map(|_| Some(unit.as_str())).collect())),
            ("kind", Column::Text(all().map(|_| Some("service_session")).collect())),
            ("day", Column::Text(all().map(|_| Some(day)).collect())),
            (
                "digest",
                Column::Bytes(all().map(|_| Some(digest.as_slice())).collect()),
            ),
            (
                "approved_device",
                Column::Bytes(ids.iter().map(|id| Some(id.as_slice())).collect()),
            ),
            ("approved_seq", Column::Long(all().map(|_| Some(1)).collect())),
            (
                "posted_ms",
                Column::Long(all().map(|_| Some(self.app.now_ms())).collect()),
            ),
        ];
        let bulk = Bulk::new(Verb::Insert, "posting", 1, columns);
        let posted: Result<(), StoreError> = self.app.store.write(|db| query!(db, locks::write(&bulk)));
        posted.expect("minutes are posted");
    }

    /// The codes of all open findings, once everything that was pushed has been looked at.
    pub fn findings(&self) -> Vec<String> {
        self.follow();
        self.read(|db| query!(db, findings::open()))
    }
}

/// `accepted`, or the code of the nth verdict.
pub fn word(answer: &SyncAnswer, nth: usize) -> String {
    answer.verdicts[nth]
        .code
        .map_or_else(|| "accepted".to_owned(), |code| code.to_string())
}

/// The first value of a register in a view.
pub fn value<'v>(view: &'v RecordView, field: &str) -> Option<&'v Value> {
    match view.fields.get(field)? {
        sync_protocol::wire::FieldView::Register(values) => values.first().map(|v| &v.value),
        sync_protocol::wire::FieldView::Set { .. } => None,
    }
}

/// A new record's id.
pub fn record() -> RecordId {
    RecordId::from(uuid::Uuid::now_v7())
}
