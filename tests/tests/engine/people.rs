//! The cast: one community with a leader, a supervisor and volunteers, and a prosecutor for the district.

use serde_json::json;
use sync_protocol::id::{RecordId, UnitCode};
use sync_protocol::op::OpDraft;
use sync_protocol::role::Role;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::engine::Engine;
use wuyuan_tests::phones::Phone;

/// A community with its people's phones.
pub struct Cast {
    pub engine: Engine,
    pub unit: UnitCode,
    pub leader: Phone,
    pub volunteers: Vec<Phone>,
    pub prosecutor: Phone,
}

impl Cast {
    pub fn meet(backend: Backend) -> Cast {
        Cast::on(Engine::start(backend))
    }

    /// The same on a server that continues the history named `an earlier one`.
    pub fn after_a_restore(backend: Backend) -> Cast {
        let before = Engine::start(backend);
        let list = r#"[{"generation":"an earlier one","backup_ms":0,"ended_ms":0}]"#;
        let write =
            |db: &mut wuyuan_server::store::Db<'_>| wuyuan_server::query!(db, meta::put("generation_before", list));
        before.app.store.write(write).expect("written");
        Cast::on(before.beside())
    }

    fn on(engine: Engine) -> Cast {
        let unit = engine.community_with(&[(Role::GroupLeader, 1), (Role::Volunteer, 2)]);
        let district: UnitCode = "350111000000".parse().expect("a code");
        let leader = engine.phone(engine.member(Role::GroupLeader, &unit, 0), &unit);
        let volunteers = (0..2)
            .map(|n| engine.phone(engine.member(Role::Volunteer, &unit, n), &unit))
            .collect();
        let prosecutor = engine.phone(engine.member(Role::Prosecutor, &district, 0), &unit);
        Cast {
            engine,
            unit,
            leader,
            volunteers,
            prosecutor,
        }
    }
}

/// A draft that creates a photo report.
pub fn report(phone: &Phone, record: RecordId, title: &str) -> OpDraft {
    with(
        phone.draft("photo_report", record),
        &[
            ("channel", json!("app")),
            ("interest", json!("work_safety")),
            ("title", json!(title)),
        ],
    )
}

/// A draft that creates a supervised person.
pub fn subject(phone: &Phone, record: RecordId) -> OpDraft {
    with(
        phone.draft("subject", record),
        &[("alias", json!("演示某甲")), ("category", json!("bail"))],
    )
}

/// A draft that creates a visit.
pub fn visit(phone: &Phone, record: RecordId, subject: RecordId) -> OpDraft {
    let draft = phone.draft("supervision_visit", record);
    let set = [
        ("subject", json!(subject)),
        ("visited_at", json!("2026-11-22T09:00:00+08:00")),
        ("mode", json!("phone")),
        ("seen_in_person", json!(false)),
        ("concern", json!("none")),
    ];
    with(draft, &set)
}

/// The same draft with registers set.
pub fn with(mut draft: OpDraft, set: &[(&str, serde_json::Value)]) -> OpDraft {
    draft
        .set
        .extend(set.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    draft
}

/// What an approval of the hours in `draft`, the record's only operation so far, names.
pub fn hours_of(kind: &sync_protocol::catalog::Kind, draft: &OpDraft) -> sync_protocol::feed::Hash {
    sync_protocol::hours::digest_of(kind, |name| {
        let json = serde_json::from_value(draft.set.get(name)?.clone()).ok()?;
        sync_protocol::shape::value(kind.field(name)?, draft.cat, &json)
    })
}

/// A draft of a volunteer's session that is submitted at once.
pub fn session(phone: &Phone, record: RecordId) -> OpDraft {
    let set = [
        ("volunteer", json!(phone.holder.member)),
        ("service_kind", json!("home_repair")),
        ("started_at", json!("2026-11-22T08:00:00+08:00")),
        ("ended_at", json!("2026-11-22T09:00:00+08:00")),
        ("claimed_minutes", json!(60)),
        ("activity_name", json!("演示")),
        ("place_text", json!("演示")),
        ("content", json!("演示")),
        ("organising_unit", json!("演示")),
        ("person_in_charge", json!("演示")),
    ];
    act(with(phone.draft("volunteer_session", record), &set), "submit")
}

/// The same draft with a transition and a reason.
pub fn act(mut draft: OpDraft, name: &str) -> OpDraft {
    draft.act = Some(sync_protocol::op::Act { name: name.to_owned() });
    draft.reason = Some("made up".to_owned());
    draft
}
