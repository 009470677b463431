//! An answer to a sync, as a phone reads it from whoever answers.

use sync_protocol::wire::SyncAnswer;

/// What is read is written back with the same meaning.
pub fn check(data: &[u8]) {
    let Some(text) = crate::text(data) else { return };
    let Ok(answer) = serde_json::from_str::<SyncAnswer>(text) else {
        return;
    };
    let written = serde_json::to_string(&answer).expect("an answer that was read can be written");
    let again: SyncAnswer = serde_json::from_str(&written).expect("what was written can be read");
    assert_eq!(again, answer);
}
