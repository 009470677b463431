//! The simplest operations: photo reports, which every member may write.

use crate::api::Answer;
use crate::phones::Phone;
use serde_json::{Value, json};
use sync_protocol::id::RecordId;
use sync_protocol::op::OpDraft;
use uuid::Uuid;

/// A new record's id.
pub fn record() -> RecordId {
    RecordId::from(Uuid::now_v7())
}

/// The creation of a photo report.
pub fn report(phone: &Phone, record: RecordId, title: &str) -> OpDraft {
    let mut draft = phone.draft("photo_report", record);
    draft.set.insert("channel".to_owned(), json!("app"));
    draft.set.insert("interest".to_owned(), json!("accessibility"));
    draft.set.insert("title".to_owned(), json!(title));
    draft
}

/// An edit of a photo report's description that has seen what its own device wrote as operation `seen`.
pub fn edit(phone: &Phone, record: RecordId, seen: u64, description: &str) -> OpDraft {
    let mut draft = phone.draft("photo_report", record);
    draft.seen.insert(phone.device, seen);
    draft.set.insert("description".to_owned(), json!(description));
    draft
}

/// The verdicts of an answer, each as `accepted` or as its code.
pub fn verdicts(answer: &Answer) -> Vec<String> {
    let lines = answer.ok()["verdicts"].as_array().cloned().unwrap_or_default();
    let word = |line: &Value| {
        line.get("code")
            .unwrap_or(&line["fate"])
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    lines.iter().map(word).collect()
}
