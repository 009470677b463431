//! A supervisor's desk: sessions that were served, observed, approved and posted, and a form over them.

use serde_json::json;
use sync_protocol::id::RecordId;
use wuyuan_server::forms::draft::{self, Draft};
use wuyuan_server::sync::SyncError;
use wuyuan_tests::office::{Office, Person, put, take};

/// Serves, attests, approves and posts `count` sessions of an hour, three a day.
pub fn served(office: &mut Office, order: RecordId, count: u32) -> Vec<RecordId> {
    let sessions = (0..count).map(|nth| {
        let session = office.session(order, nth / 3 % 28 + 2, 9 + 3 * (nth % 3), 60);
        office.attest(0, session);
        office.attest(1, session);
        assert_eq!(office.approve(Person::Supervisor, session), "accepted");
        session
    });
    let sessions = sessions.collect();
    office.follow();
    sessions
}

/// What a new form says now, for somebody.
pub fn draft(office: &Office, person: Person, order: RecordId) -> Result<Draft, SyncError> {
    let now_ms = office.engine.app.now_ms();
    let drafted = office.engine.look(office.member(person), |db, looker| {
        draft::draft(db, looker, order, now_ms)
    });
    drafted.map(|drafted| drafted.draft)
}

/// A form from a draft, reviewed by the group leader.
pub fn reviewed(office: &mut Office, draft: &Draft, signature: &str) -> RecordId {
    let form = office.create(Person::Supervisor, "evaluation_form", |op| {
        let values = [
            ("order", json!(draft.order)),
            ("period_from", json!(draft.period_from)),
            ("period_until", json!(draft.period_until)),
            ("form_no", json!("榕晋检社评〔2026〕1号")),
            ("total_minutes", json!(draft.total_minutes)),
            ("sessions", json!(draft.sessions)),
            ("list_hash", json!(draft.list_hash)),
            ("observers_opinion", json!(draft.observers_opinion)),
            ("grade", json!("excellent")),
            ("opinion", json!("服务期间态度认真，按时到场，完成约定的服务内容。")),
            ("signature", json!(signature)),
            ("issued_on", json!("2026-12-01")),
        ];
        put(op, &values);
        if let Some(replaced) = draft.replaces {
            put(op, &[("replaces", json!(replaced))]);
        }
    });
    assert_eq!(office.act(Person::Leader, form, "review"), "accepted");
    form
}

/// Takes a reviewed form back to its draft, lets it say what another draft says and `other`, and has it reviewed.
pub fn redraft(office: &mut Office, form: RecordId, draft: &Draft, other: &[(&str, serde_json::Value)]) {
    assert_eq!(office.act(Person::Leader, form, "return"), "accepted");
    let said = office.write(Person::Supervisor, form, |op| {
        let values = [
            ("total_minutes", json!(draft.total_minutes)),
            ("sessions", json!(draft.sessions)),
            ("list_hash", json!(draft.list_hash)),
        ];
        put(op, &values);
        put(op, other);
    });
    assert_eq!(said, "accepted");
    assert_eq!(office.act(Person::Leader, form, "review"), "accepted");
}

/// Issues a form. Answers `accepted` or the code.
pub fn issue(office: &mut Office, form: RecordId) -> String {
    office.write(Person::Supervisor, form, |op| take(op, "issue"))
}
