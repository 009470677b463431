//! The cast: one community's people, an area manager, and those of the district's office.

use chrono::{DateTime, FixedOffset, SecondsFormat};
use serde_json::{Value, json};
use sync_protocol::id::{MemberId, RecordId, UnitCode};
use sync_protocol::op::{Act, OpDraft};
use sync_protocol::role::Role;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::engine::{Engine, record};
use wuyuan_tests::phones::Phone;

/// Everybody whom a test needs.
pub struct Office {
    pub engine: Engine,
    pub unit: UnitCode,
    pub leader: Phone,
    pub volunteer: Phone,
    pub prosecutor: Phone,
    pub head: Phone,
    pub chief: Phone,
}

impl Office {
    /// Opens on a morning, RFC 3339.
    pub fn open(backend: Backend, at: &str) -> Office {
        let engine = Engine::start(backend);
        let unit = engine.community_with(&[(Role::GroupLeader, 1), (Role::Volunteer, 2)]);
        let district: UnitCode = "350111000000".parse().expect("a code");
        let local = |role| engine.phone(engine.member(role, &unit, 0), &unit);
        let central = |role| engine.phone(engine.member(role, &district, 0), &unit);
        let mut office = Office {
            leader: local(Role::GroupLeader),
            volunteer: local(Role::Volunteer),
            prosecutor: central(Role::Prosecutor),
            head: central(Role::DepartmentHead),
            chief: central(Role::ChiefProcurator),
            engine,
            unit,
        };
        office.be(at);
        office
    }

    /// Moves the clock to a moment, RFC 3339, forwards or backwards.
    pub fn be(&mut self, at: &str) {
        let at = DateTime::parse_from_rfc3339(at).unwrap_or_else(|e| panic!("{at}: {e}"));
        let clock = &self.engine.clock;
        clock.advance(at.timestamp_millis() - self.engine.app.now_ms());
    }

    /// The present moment, as a phone writes it.
    pub fn now(&self) -> String {
        let zone = FixedOffset::east_opt(8 * 3_600).expect("an offset");
        let now = DateTime::from_timestamp_millis(self.engine.app.now_ms()).expect("a moment");
        now.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    /// Writes and pushes; the operation must be accepted. `seen` names everything that is there.
    pub fn write(&self, phone: &mut Phone, mut draft: OpDraft) -> RecordId {
        draft.at = self.now();
        let record = draft.record;
        phone.record(&draft);
        assert_eq!(self.engine.push_last(phone), "accepted", "{draft:?}");
        record
    }

    /// A draft on a record that has seen all of it.
    pub fn on(&self, phone: &Phone, kind: &str, id: RecordId) -> OpDraft {
        let mut draft = phone.draft(kind, id);
        let row = self
            .engine
            .read(|db| wuyuan_server::query!(db, records::by_ids(&[id.0.as_slice()])));
        let state = sync_protocol::record::Record::unpack(&row[0].state).expect("a record unpacks");
        draft.seen = state.clock().iter().map(|dot| (*dot.actor, dot.counter)).collect();
        draft
    }

    /// Reads all logs for deadlines and figures.
    pub fn catch_up(&self) -> usize {
        self.engine.app.follower.catch_up().expect("the logs are read")
    }
}

/// The same draft with registers set.
pub fn with(mut draft: OpDraft, set: &[(&str, Value)]) -> OpDraft {
    draft
        .set
        .extend(set.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    draft
}

/// The same draft taking a transition.
pub fn act(mut draft: OpDraft, name: &str) -> OpDraft {
    draft.act = Some(Act { name: name.to_owned() });
    draft
}

/// Creates a volunteer's session that ended at a moment; not yet submitted.
pub fn session(phone: &Phone, volunteer: MemberId, ended_at: &str) -> OpDraft {
    with(
        phone.draft("volunteer_session", record()),
        &[
            ("volunteer", json!(volunteer)),
            ("service_kind", json!("traffic")),
            ("started_at", json!(ended_at)),
            ("ended_at", json!(ended_at)),
            ("claimed_minutes", json!(60)),
            ("activity_name", json!("护学岗")),
            ("place_text", json!("学校门口")),
            ("content", json!("道路协勤")),
            ("organising_unit", json!("居委会")),
            ("person_in_charge", json!("演示")),
        ],
    )
}

/// Creates a photo report.
pub fn report(phone: &Phone, title: &str) -> OpDraft {
    with(
        phone.draft("photo_report", record()),
        &[
            ("channel", json!("app")),
            ("interest", json!("work_safety")),
            ("title", json!(title)),
            ("description", json!("消防通道被占")),
        ],
    )
}
