//! Appointments that came all at once, with one entry of the journal instead of one for each: the demonstration's.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::store::rows::AppointmentRow;

/// The event of that entry.
pub const EVENT: &str = "demonstration_installed";

/// Where its detail holds the digest.
const DIGEST: &str = "appointments_sha256";

/// Where it says that phones came as well.
const DEVICES: &str = "devices";

/// Whether phones came with the rest, as they do where a measurement writes a whole country.
pub fn has_devices(detail: &Value) -> bool {
    detail.get(DEVICES) == Some(&Value::Bool(true))
}

/// The detail of an entry for what is not held by a digest: a measurement's.
pub fn unheld() -> String {
    json!({ DEVICES: true }).to_string()
}

/// Works out the digest over appointments, one after the other in the order of their ids. When each ended is not in it: an
/// end has an entry of its own.
#[derive(Debug, Default)]
pub struct Founding(Sha256);

impl Founding {
    /// Takes the next appointment.
    pub fn add(&mut self, row: &AppointmentRow) {
        self.0.update(row.id.0);
        self.0.update(row.member.0);
        for text in [row.role.code(), row.unit.as_str()] {
            self.0.update(text.as_bytes());
            self.0.update([0]);
        }
        self.0.update(row.starts_ms.to_be_bytes());
    }

    /// The entry's detail.
    pub fn detail(self, units: usize, members: usize) -> String {
        json!({ "units": units, "members": members, DIGEST: self.finish() }).to_string()
    }

    /// Whether these are the appointments of which an entry's detail speaks. One of an earlier version speaks of none.
    pub fn is_that_of(self, detail: &Value) -> bool {
        detail.get(DIGEST).is_none_or(|said| *said == self.finish())
    }

    fn finish(self) -> String {
        hex::encode(self.0.finalize())
    }
}
