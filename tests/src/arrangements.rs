//! Arrangements of social service and requests for a draw of observers, by HTTP.

use std::time::{Duration, Instant};

use serde_json::json;
use sync_protocol::id::{MemberId, RecordId};
use sync_protocol::op::Act;

use crate::api::Api;
use crate::district::Handset;
use crate::reports::{record, verdicts};

/// Until a server has signed a checkpoint.
const DEADLINE: Duration = Duration::from_secs(30);

/// The newest checkpoint.
pub fn checkpoint(api: &Api) -> String {
    let started = Instant::now();
    loop {
        let answer = api.get("/v1/log/checkpoint");
        if answer.status == 200 {
            return answer.text();
        }
        assert!(started.elapsed() < DEADLINE, "nothing was sealed: {}", answer.text());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A prosecutor arranges the service of somebody made up, under a supervisor if he names one: the arrangement and the person.
pub fn arrange(prosecutor: &mut Handset, supervisor: Option<MemberId>) -> (RecordId, RecordId) {
    let (order, subject) = (record(), record());
    let mut person = prosecutor.phone.draft("subject", subject);
    person.set.insert("alias".to_owned(), json!("演示·陈某"));
    person.set.insert("category".to_owned(), json!("suspect"));
    let first = prosecutor.phone.record(&person);
    let mut draft = prosecutor.phone.draft("service_order", order);
    for (field, value) in [
        ("subject", json!(subject)),
        ("target_minutes", json!(1_200)),
        ("period_from", json!("2026-11-01")),
        ("period_until", json!("2026-12-31")),
        ("prosecutor", json!(prosecutor.phone.holder.member)),
    ] {
        draft.set.insert(field.to_owned(), value);
    }
    if let Some(member) = supervisor {
        draft.set.insert("supervisor".to_owned(), json!(member));
    }
    prosecutor.phone.record(&draft);
    assert_eq!(verdicts(&prosecutor.push_from(first)), ["accepted", "accepted"]);
    (order, subject)
}

/// A prosecutor asks for a draw of observers.
pub fn ask_for_draw(prosecutor: &mut Handset, order: RecordId) -> RecordId {
    let id = record();
    let note = checkpoint(&prosecutor.api);
    let mut draft = prosecutor.phone.draft("observer_draw", id);
    draft.set.insert("order".to_owned(), json!(order));
    draft.set.insert("checkpoint".to_owned(), json!(note));
    let seq = prosecutor.phone.record(&draft);
    assert_eq!(verdicts(&prosecutor.push_from(seq)), ["accepted"]);
    id
}

/// A prosecutor has observers drawn and enters who they are: the draw's record.
pub fn draw(prosecutor: &mut Handset, order: RecordId) -> RecordId {
    let id = ask_for_draw(prosecutor, order);
    let asked = prosecutor.phone.seq();
    let proof = prosecutor
        .api
        .post("/v1/draws", &json!({"record": id.to_string()}))
        .ok();
    let drawn = &proof["drawn"];
    let mut draft = prosecutor.phone.draft("observer_draw", id);
    draft.seen.insert(prosecutor.phone.device, asked);
    draft.act = Some(Act {
        name: "draw".to_owned(),
    });
    let widened = proof["pool"] != json!(prosecutor.phone.holder.unit);
    for (field, value) in [
        ("roster_hash", drawn["roster_hash"].clone()),
        ("pool_size", drawn["pool_size"].clone()),
        ("widened", json!(widened)),
        ("seed", drawn["seed"].clone()),
    ] {
        draft.set.insert(field.to_owned(), value);
    }
    for (part, people) in [("observer", "observers"), ("substitute", "substitutes")] {
        for (nth, member) in drawn[people].as_array().expect("people").iter().enumerate() {
            draft.set.insert(format!("{part}_{}", nth + 1), member.clone());
        }
    }
    let seq = prosecutor.phone.record(&draft);
    assert_eq!(verdicts(&prosecutor.push_from(seq)), ["accepted"]);
    id
}

/// A supervisor draws up a form for an arrangement of his, as the server drafts it; a group leader reviews it and the
/// supervisor issues it.
pub fn issue_form(supervisor: &mut Handset, leader: &mut Handset, order: RecordId) -> RecordId {
    let drafted = supervisor.api.get(&format!("/v1/forms/draft?order={order}")).ok();
    let form = record();
    let mut draft = supervisor.phone.draft("evaluation_form", form);
    for field in [
        "order",
        "period_from",
        "period_until",
        "total_minutes",
        "sessions",
        "list_hash",
    ] {
        draft.set.insert(field.to_owned(), drafted[field].clone());
    }
    for (field, value) in [
        ("form_no", json!("演示〔2026〕1号")),
        ("grade", json!("passed")),
        ("opinion", json!("演示")),
        ("signature", json!("ab".repeat(32))),
        ("issued_on", json!("2026-12-01")),
    ] {
        draft.set.insert(field.to_owned(), value);
    }
    let made = supervisor.phone.record(&draft);
    assert_eq!(verdicts(&supervisor.push_from(made)), ["accepted"]);
    let mut review = leader.phone.draft("evaluation_form", form);
    review.seen.insert(supervisor.phone.device, made);
    review.act = Some(Act {
        name: "review".to_owned(),
    });
    let reviewed = leader.phone.record(&review);
    assert_eq!(verdicts(&leader.push_from(reviewed)), ["accepted"]);
    let mut issue = supervisor.phone.draft("evaluation_form", form);
    issue.seen.insert(supervisor.phone.device, made);
    issue.seen.insert(leader.phone.device, reviewed);
    issue.act = Some(Act {
        name: "issue".to_owned(),
    });
    let issued = supervisor.phone.record(&issue);
    assert_eq!(verdicts(&supervisor.push_from(issued)), ["accepted"]);
    form
}

/// Waits until all of a form is sealed.
pub fn sealed(api: &Api, form: RecordId) {
    let started = Instant::now();
    loop {
        let answer = api.get(&format!("/v1/forms/{form}/export"));
        if answer.status == 200 {
            return;
        }
        assert!(started.elapsed() < DEADLINE, "not sealed: {}", answer.text());
        std::thread::sleep(Duration::from_millis(20));
    }
}
