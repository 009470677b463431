//! Uploads that a stranger may look at, go on with, and end.

use serde_json::{Value, json};
use wuyuan_tests::api::Api;
use wuyuan_tests::uploads::{BYTES, announcing, begun};

/// Uploads of one member that have been begun.
pub struct Uploads {
    /// One that stays.
    pub looked_at: String,
    /// Some to which bytes are still to come.
    pub appended: Vec<String>,
    /// Some that are ended.
    pub ended: Vec<String>,
}

impl Uploads {
    /// A document: text, so that it can be written down.
    pub const BYTES: &str = "%PDF-1.4 made up";

    /// Begins them.
    pub fn begin(api: &Api) -> Uploads {
        let one = || {
            let path = begun(api, Uploads::BYTES.as_bytes());
            path.rsplit('/').next().expect("an id").to_owned()
        };
        Uploads {
            looked_at: one(),
            appended: (0..4).map(|_| one()).collect(),
            ended: (0..4).map(|_| one()).collect(),
        }
    }

    /// The headers of every request.
    pub fn version(&self) -> Value {
        json!({"Tus-Resumable": "1.0.0"})
    }

    /// The headers of a creation with all bytes.
    pub fn creation(&self) -> Value {
        json!({
            "Tus-Resumable": "1.0.0",
            "Upload-Length": Uploads::BYTES.len().to_string(),
            "Upload-Metadata": announcing(Uploads::BYTES.as_bytes()),
            "Content-Type": BYTES,
        })
    }

    /// The headers of a part that begins at the beginning.
    pub fn patch() -> Value {
        json!({"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": BYTES})
    }

    /// The headers of a question that is sent as a POST.
    pub fn instead() -> Value {
        json!({"Tus-Resumable": "1.0.0", "X-HTTP-Method-Override": "HEAD"})
    }

    /// A good request for each of `ids`.
    pub fn each(&self, ids: &[String], headers: Value, body: Option<&str>) -> Vec<Value> {
        let one = |id: &String| match body {
            Some(body) => json!({"path": {"id": id}, "headers": headers, "body": body}),
            None => json!({"path": {"id": id}, "headers": headers}),
        };
        ids.iter().map(one).collect()
    }
}
