//! A community in which hours are served, observed and approved: one call for each thing that its people do.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};
use sync_protocol::decision::{Conclusion, Decides};
use sync_protocol::id::{DeviceId, MemberId, RecordId, Seq, UnitCode};
use sync_protocol::op::{Act, OpDraft, OpName};
use sync_protocol::record::Record;
use sync_protocol::role::Role;
use sync_protocol::{feed, hours};
use wuyuan_server::accounts::scope;
use wuyuan_server::query;
use wuyuan_server::store::rows::{ClaimRow, FindingNowRow, PostingRow};
use wuyuan_server::store::{Db, StoreError};
use wuyuan_server::sync::desk::Looker;
use wuyuan_server::sync::findings;

use crate::backend::Backend;
use crate::draws;
use crate::engine::{Engine, record};
use crate::phones::Phone;

/// Who has a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Person {
    /// The prosecutor of the case.
    Prosecutor,
    /// The supervisor, who approves hours of social service.
    Supervisor,
    /// The group leader, who approves volunteers' hours.
    Leader,
    /// The reconciliation officer.
    Officer,
    /// A volunteer, from 0.
    Volunteer(usize),
}

/// How many volunteers there are.
pub const VOLUNTEERS: usize = 3;

/// A community, its people's phones and what each record's clock is.
pub struct Office {
    /// The server's inside.
    pub engine: Engine,
    /// The community.
    pub unit: UnitCode,
    /// Everybody's phone.
    pub phones: BTreeMap<Person, Phone>,
    clocks: HashMap<RecordId, BTreeMap<DeviceId, Seq>>,
    kinds: HashMap<RecordId, &'static str>,
}

impl Office {
    /// On an empty database.
    pub fn open(backend: Backend) -> Office {
        Office::on(Engine::start(backend))
    }

    /// On a server that nobody has written to.
    pub fn on(engine: Engine) -> Office {
        let roles = [
            (Role::Supervisor, 1),
            (Role::GroupLeader, 1),
            (Role::Volunteer, VOLUNTEERS),
        ];
        let unit = engine.community_with(&roles);
        let district: UnitCode = "350111000000".parse().expect("a code");
        let mut people = vec![
            (Person::Prosecutor, Role::Prosecutor, &district, 0),
            (Person::Supervisor, Role::Supervisor, &unit, 0),
            (Person::Leader, Role::GroupLeader, &unit, 0),
            (Person::Officer, Role::ConflictAdmin, &district, 0),
        ];
        people.extend((0..VOLUNTEERS).map(|n| (Person::Volunteer(n), Role::Volunteer, &unit, n)));
        let phones = people
            .into_iter()
            .map(|(person, role, at, nth)| (person, engine.phone(engine.member(role, at, nth), &unit)))
            .collect();
        Office {
            unit: unit.clone(),
            phones,
            engine,
            clocks: HashMap::new(),
            kinds: HashMap::new(),
        }
    }

    /// Somebody's member id.
    pub fn member(&self, person: Person) -> MemberId {
        self.phones[&person].holder.member
    }

    /// What is known of a record: its clock.
    pub fn seen(&self, id: RecordId) -> BTreeMap<DeviceId, Seq> {
        self.clocks.get(&id).cloned().unwrap_or_default()
    }

    /// Writes an operation of somebody who has seen `seen`, and pushes it. Answers `accepted` or its code.
    pub fn write_as_of(
        &mut self,
        person: Person,
        id: RecordId,
        seen: BTreeMap<DeviceId, Seq>,
        fill: impl FnOnce(&mut OpDraft),
    ) -> String {
        let kind = self.kinds[&id];
        let phone = self.phones.get_mut(&person).expect("everybody has a phone");
        let mut draft = phone.draft(kind, id);
        draft.seen = seen;
        fill(&mut draft);
        let seq = phone.record(&draft);
        let device = phone.device;
        let said = self.engine.push_last(&self.phones[&person]);
        if said == "accepted" {
            self.clocks.entry(id).or_default().insert(device, seq);
        }
        said
    }

    /// The same of somebody who has seen everything.
    pub fn write(&mut self, person: Person, id: RecordId, fill: impl FnOnce(&mut OpDraft)) -> String {
        self.write_as_of(person, id, self.seen(id), fill)
    }

    /// What would be a new record, and what the server says of it.
    pub fn begin(&mut self, person: Person, kind: &'static str, fill: impl FnOnce(&mut OpDraft)) -> (RecordId, String) {
        let id = record();
        self.kinds.insert(id, kind);
        let said = self.write(person, id, fill);
        (id, said)
    }

    /// A new record; its first operation must be accepted.
    pub fn create(&mut self, person: Person, kind: &'static str, fill: impl FnOnce(&mut OpDraft)) -> RecordId {
        let (id, said) = self.begin(person, kind, fill);
        assert_eq!(said, "accepted", "{kind}");
        id
    }

    /// Takes a transition, with a reason.
    pub fn act(&mut self, person: Person, id: RecordId, name: &str) -> String {
        self.write(person, id, |draft| take(draft, name))
    }

    /// The same on a day of November at eight, which may have passed.
    pub fn act_on(&mut self, person: Person, id: RecordId, day: u32, name: &str) -> String {
        self.write_on(person, id, day, |draft| take(draft, name))
    }

    /// Writes an operation on a day of November at eight, which may have passed.
    pub fn write_on(&mut self, person: Person, id: RecordId, day: u32, fill: impl FnOnce(&mut OpDraft)) -> String {
        let then = chrono::DateTime::parse_from_rfc3339(&at(day, 8, 0)).expect("a moment");
        let back_ms = self.engine.app.now_ms() - then.timestamp_millis();
        self.engine.clock.advance(-back_ms);
        let said = self.write(person, id, |draft| {
            draft.at = at(day, 8, 0);
            fill(draft);
        });
        self.engine.clock.advance(back_ms);
        said
    }

    /// Sets one field.
    pub fn set(&mut self, person: Person, id: RecordId, field: &str, value: Value) -> String {
        self.write(person, id, |draft| drop(draft.set.insert(field.to_owned(), value)))
    }

    /// Approves a session's hours as they are.
    pub fn approve(&mut self, person: Person, id: RecordId) -> String {
        let digest = self.digest(id);
        self.write(person, id, |draft| {
            take(draft, "approve");
            draft.approves = digest;
        })
    }

    /// The record as the server has it.
    pub fn record(&self, id: RecordId) -> Record {
        let row = self
            .engine
            .read(|db| query!(db, records::by_ids(&[id.0.as_slice()])))
            .pop();
        Record::unpack(&row.expect("the record is stored").state).expect("a stored record reads")
    }

    /// The digest of a session's hours; none while they are contested.
    pub fn digest(&self, id: RecordId) -> Option<[u8; 32]> {
        hours::digest(&self.engine.app.catalog.kinds()[self.kinds[&id]], &self.record(id))
    }

    /// Somebody who serves, under an alias.
    pub fn subject(&mut self) -> RecordId {
        self.create(Person::Prosecutor, "subject", |draft| {
            put(draft, &[("alias", json!("演示某甲")), ("category", json!("suspect"))]);
        })
    }

    /// An arrangement that is planned and not pledged, for which the first two volunteers were drawn before anybody served;
    /// it names all volunteers as observers.
    pub fn plan(&mut self, subject: RecordId) -> RecordId {
        let order = self.arrange(subject);
        self.draw(order);
        self.name_observers(order);
        order
    }

    /// An arrangement without observers.
    pub fn arrange(&mut self, subject: RecordId) -> RecordId {
        let supervisor = self.member(Person::Supervisor);
        self.create(Person::Prosecutor, "service_order", |draft| {
            put(
                draft,
                &[
                    ("subject", json!(subject)),
                    ("target_minutes", json!(1_800)),
                    ("period_from", json!("2026-11-01")),
                    ("period_until", json!("2026-12-31")),
                    ("supervisor", json!(supervisor)),
                ],
            );
        })
    }

    /// Has the first two volunteers drawn for an arrangement, on the first of November: the draw's record.
    pub fn draw(&mut self, order: RecordId) -> RecordId {
        self.draw_on(order, 1)
    }

    /// The same on another day of November.
    pub fn draw_on(&mut self, order: RecordId, day: u32) -> RecordId {
        self.draw_among(order, day, &[0, 1])
    }

    /// The same among some of the volunteers.
    pub fn draw_among(&mut self, order: RecordId, day: u32, few: &[usize]) -> RecordId {
        let few: Vec<MemberId> = few.iter().map(|n| self.member(Person::Volunteer(*n))).collect();
        let first = chrono::DateTime::parse_from_rfc3339(&at(day, 8, 0)).expect("a moment");
        let phone = self.phones.get_mut(&Person::Prosecutor).expect("everybody has a phone");
        let draw = draws::among(&self.engine, phone, order, &few, first.timestamp_millis());
        self.kinds.insert(draw, "observer_draw");
        self.clocks.insert(draw, [(phone.device, phone.seq())].into());
        draw
    }

    /// Names all volunteers as observers of an arrangement.
    pub fn name_observers(&mut self, order: RecordId) {
        let observers: Vec<Value> = (0..VOLUNTEERS)
            .map(|n| json!(self.member(Person::Volunteer(n))))
            .collect();
        let said = self.write(Person::Prosecutor, order, |draft| {
            draft.add.insert("observers".to_owned(), observers);
        });
        assert_eq!(said, "accepted");
    }

    /// Records the pledge of an arrangement, signed on a day.
    pub fn pledge(&mut self, order: RecordId, day: &str) -> String {
        self.write(Person::Prosecutor, order, |draft| {
            put(
                draft,
                &[
                    ("informed_on", json!(day)),
                    ("pledge", json!("ab".repeat(32))),
                    ("pledge_signed_on", json!(day)),
                ],
            );
            take(draft, "pledge");
        })
    }

    /// A pledged arrangement for a new subject.
    pub fn order(&mut self) -> RecordId {
        let subject = self.subject();
        let order = self.plan(subject);
        assert_eq!(self.pledge(order, "2026-11-02"), "accepted");
        order
    }

    /// A submitted session of social service on a day of November 2026, from an hour for some minutes.
    pub fn session(&mut self, order: RecordId, day: u32, hour: u32, minutes: i64) -> RecordId {
        let by = Person::Volunteer(0);
        let who = json!(self.member(by));
        self.create(by, "service_session", |draft| {
            put(
                draft,
                &[
                    ("order", json!(order)),
                    ("service_kind", json!("environment")),
                    ("started_at", json!(at(day, hour, 0))),
                    ("ended_at", json!(at(day, hour, minutes))),
                    ("claimed_minutes", json!(minutes)),
                    ("site", json!("演示公园")),
                    ("subject_confirmed", json!("confirmed")),
                ],
            );
            draft.add.insert("observers".to_owned(), vec![who]);
            take(draft, "submit");
        })
    }

    /// A submitted session of a volunteer's own.
    pub fn volunteering(&mut self, nth: usize, day: u32, hour: u32, minutes: i64) -> RecordId {
        let by = Person::Volunteer(nth);
        let who = self.member(by);
        self.create(by, "volunteer_session", |draft| {
            put(
                draft,
                &[
                    ("volunteer", json!(who)),
                    ("service_kind", json!("home_repair")),
                    ("started_at", json!(at(day, hour, 0))),
                    ("ended_at", json!(at(day, hour, minutes))),
                    ("claimed_minutes", json!(minutes)),
                    ("activity_name", json!("演示")),
                    ("place_text", json!("演示")),
                    ("content", json!("演示")),
                    ("organising_unit", json!("演示")),
                    ("person_in_charge", json!("演示")),
                ],
            );
            take(draft, "submit");
        })
    }

    /// A volunteer attests that he was at a session from beginning to end.
    pub fn attest(&mut self, nth: usize, session: RecordId) -> RecordId {
        let held = self.record(session);
        let value = |field: &str| held.latest(field).map(|entry| entry.value.to_json()).expect("a time");
        let (from, until) = (value("started_at"), value("ended_at"));
        let moment = |field: &str| match held.latest(field).map(|entry| &entry.value) {
            Some(sync_protocol::value::Value::Instant(instant)) => instant.ms,
            other => panic!("{field} is a moment: {other:?}"),
        };
        let minutes = json!((moment("ended_at") - moment("started_at")) / 60_000);
        self.create(Person::Volunteer(nth), "attestation", |draft| {
            put(
                draft,
                &[
                    ("session", json!(session)),
                    ("present_from", from),
                    ("present_until", until),
                    ("minutes_seen", minutes),
                    ("attitude", json!("earnest")),
                    ("punctuality", json!("on_time")),
                    ("effort", json!("steady")),
                ],
            );
            take(draft, "submit");
        })
    }

    /// The open findings of a rule about a record, each with what it stands on: what a decision names.
    pub fn found(&self, session: RecordId, code: &str) -> BTreeMap<String, String> {
        let catalog = &self.engine.app.catalog;
        self.engine.read(|db| {
            let mut shown = BTreeMap::new();
            let of = |row: &&FindingNowRow| row.code == code && row.record.as_ref().map(|id| id.0) == Some(session.0);
            for row in query!(db, findings::open_rows())?.iter().filter(of) {
                shown.insert(hex::encode(row.id), hex::encode(findings::stands_on(db, catalog, row)?));
            }
            Ok(shown)
        })
    }

    /// Decides that what a rule found of a session may be. Answers `accepted` or its code.
    pub fn dismiss(&mut self, person: Person, session: RecordId, code: &str) -> String {
        let findings = self.found(session, code);
        self.write(person, session, |draft| leave(draft, findings))
    }

    /// Looks at the server's inside as somebody does now.
    pub fn look<T, E: From<StoreError>>(
        &self,
        person: Person,
        work: impl FnOnce(&mut Db<'_>, Looker<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let (app, member) = (&self.engine.app, self.member(person));
        app.store.read(|db| {
            let appointments = query!(db, appointments::of_member(member))?;
            let now_ms = app.now_ms();
            let scope = scope::scope(&*app.grid.get(db, now_ms)?, &appointments, now_ms);
            let looker = Looker {
                catalog: &app.catalog,
                member,
                scope: &scope,
            };
            work(db, looker)
        })
    }

    /// Takes a transition that one proposes and another confirms. Answers what became of the confirmation.
    pub fn agree(&mut self, first: Person, second: Person, id: RecordId, name: &str) -> String {
        self.agree_to(first, second, id, |draft| take(draft, name))
    }

    /// Writes what one proposes and another confirms. Answers what became of the confirmation.
    pub fn agree_to(&mut self, first: Person, second: Person, id: RecordId, fill: impl Fn(&mut OpDraft)) -> String {
        let seen = self.seen(id);
        let proposed = self.write_as_of(first, id, seen.clone(), |draft| {
            fill(draft);
            draft.proposes = true;
        });
        if proposed != "accepted" {
            return proposed;
        }
        let proposal = self.last_of(first);
        self.write(second, id, |draft| {
            fill(draft);
            draft.confirms = Some(proposal);
        })
    }

    /// The last operation that somebody wrote.
    pub fn last_of(&self, person: Person) -> OpName {
        let phone = &self.phones[&person];
        OpName {
            device: phone.device,
            seq: phone.seq(),
            hash: feed::body_hash(phone.text(phone.seq()).as_bytes()),
        }
    }

    /// Lets the follower do all that there is to do.
    pub fn follow(&self) {
        self.engine.app.follower.catch_up().expect("the follower works");
    }

    /// Everything in the ledger, in order.
    pub fn ledger(&self) -> Vec<PostingRow> {
        self.engine.read(|db| query!(db, ledger::after(0, 100_000)))
    }

    /// What a session claims and waits for.
    pub fn claim(&self, session: RecordId) -> Option<ClaimRow> {
        self.engine.read(|db| query!(db, ledger::claim_of(session)))
    }

    /// The codes of what a session waits for.
    pub fn waits(&self, session: RecordId) -> String {
        self.claim(session).map(|claim| claim.reasons).unwrap_or_default()
    }

    /// The minutes of a session that are in the ledger.
    pub fn posted(&self, session: RecordId) -> i64 {
        let rows = self.engine.read(|db| query!(db, ledger::of_session(session)));
        rows.iter().map(|row| row.minutes).sum()
    }
}

/// Decides that what was found may be, with a reason.
pub fn leave(draft: &mut OpDraft, findings: BTreeMap<String, String>) {
    draft.decides = Some(Decides {
        conclusion: Conclusion::KeepBoth,
        findings,
    });
    draft.reason = Some("演示".to_owned());
}

/// Takes a transition, with a reason.
pub fn take(draft: &mut OpDraft, name: &str) {
    draft.act = Some(Act { name: name.to_owned() });
    draft.reason = Some("演示".to_owned());
}

/// Sets registers.
pub fn put(draft: &mut OpDraft, values: &[(&str, Value)]) {
    draft
        .set
        .extend(values.iter().map(|(field, value)| ((*field).to_owned(), value.clone())));
}

/// A moment some minutes after an hour of a day of November 2026, in China.
pub fn at(day: u32, hour: u32, minutes: i64) -> String {
    let start = chrono::DateTime::parse_from_rfc3339(&format!("2026-11-{day:02}T{hour:02}:00:00+08:00"));
    let moment = start.expect("a day and an hour") + chrono::Duration::minutes(minutes);
    moment.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
