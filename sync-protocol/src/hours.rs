//! What an approval of hours is bound to: a digest of every value that counts towards them.
//!
//! ```text
//! SHA-256("wuyuan-hours-v1\n" <kind> "\n" then for each field with hours = true, in the order of names, that has a
//!         value which is not null: <name> "=" <value> "\n")
//! ```
//!
//! A value stands as its JSON on the wire, without spaces, but an instant stands as its milliseconds since 1970: the
//! same moment under another offset is the same value.

use sha2::{Digest, Sha256};

use crate::catalog::Kind;
use crate::feed::Hash;
use crate::record::Record;
use crate::value::Value;

/// The digest of what `record` says about hours; `None` while people have not decided between differing values.
pub fn digest(kind: &Kind, record: &Record) -> Option<Hash> {
    if counting(kind).any(|name| record.is_contested(name)) {
        return None;
    }
    Some(digest_of(kind, |name| {
        record.latest(name).map(|entry| entry.value.clone())
    }))
}

/// The digest of hour-relevant values that a form shows.
pub fn digest_of(kind: &Kind, value: impl Fn(&str) -> Option<Value>) -> Hash {
    let mut hash = Sha256::new()
        .chain_update(b"wuyuan-hours-v1\n")
        .chain_update(kind.kind.as_bytes())
        .chain_update(b"\n");
    for name in counting(kind) {
        let Some(value) = value(name).filter(|value| *value != Value::Null) else {
            continue;
        };
        hash.update(name.as_bytes());
        hash.update(b"=");
        hash.update(text(&value).as_bytes());
        hash.update(b"\n");
    }
    hash.finalize().into()
}

/// The fields of a kind that count towards hours, in the order of names.
pub fn counting(kind: &Kind) -> impl Iterator<Item = &str> {
    let counts = kind.fields.iter().filter(|(_, field)| field.hours);
    counts.map(|(name, _)| name.as_str())
}

fn text(value: &Value) -> String {
    match value {
        Value::Instant(instant) => instant.ms.to_string(),
        value => value.to_json().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use crdts::{CmRDT as _, Dot};

    use super::*;
    use crate::catalog::Catalog;
    use crate::clock::clock_of;
    use crate::id::DeviceId;
    use crate::record::Change;
    use crate::value::Instant;

    fn write(device: u8, seq: u64, field: &str, value: Value) -> Change {
        let device = DeviceId([device; 16]);
        Change::new(Dot::new(device, seq), clock_of([])).set(field, value)
    }

    fn at(text: &str) -> Value {
        Value::Instant(Instant::parse(text).unwrap())
    }

    #[test]
    fn only_what_counts_towards_hours_moves_it() {
        let catalog = Catalog::builtin().unwrap();
        let kind = &catalog.kinds()["service_session"];
        let mut record = Record::default();
        let empty = digest(kind, &record).unwrap();
        record.apply(write(1, 1, "started_at", at("2026-11-22T08:00:00+08:00")));
        let one = digest(kind, &record).unwrap();
        assert_ne!(one, empty);
        record.apply(write(1, 2, "site", Value::Text("东街口".to_owned())));
        assert_eq!(digest(kind, &record).unwrap(), one);
        record.apply(write(2, 1, "started_at", at("2026-11-22T00:00:00Z")));
        assert_eq!(digest(kind, &record).unwrap(), one, "the same moment");
        record.apply(write(3, 1, "started_at", at("2026-11-22T00:00:01Z")));
        assert_eq!(digest(kind, &record), None, "contested");
    }
}
