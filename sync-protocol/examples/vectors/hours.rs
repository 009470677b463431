//! The digest of what counts towards hours, which an approval names.

use std::collections::BTreeMap;

use crdts::{CmRDT as _, Dot};
use serde_json::{Value as Json, json};
use sync_protocol::catalog::{Catalog, Kind};
use sync_protocol::clock::clock_of;
use sync_protocol::hours;
use sync_protocol::record::{Change, Record};
use sync_protocol::shape;
use sync_protocol::value::Value;

use super::{file, names};

type Made = Result<Json, Box<dyn std::error::Error>>;

/// A record in which each field has these values beside each other.
fn record(kind: &Kind, version: u32, values: &Json) -> Result<Record, Box<dyn std::error::Error>> {
    let mut record = Record::default();
    let values: BTreeMap<String, Vec<Json>> = serde_json::from_value(values.clone())?;
    for (name, siblings) in values {
        let field = kind.field(&name).ok_or("a field")?;
        for (nth, sibling) in (1..).zip(siblings) {
            let value = match sibling {
                Json::Null => Value::Null,
                sibling => shape::value(field, version, &serde_json::from_value(sibling)?)
                    .ok_or("a value of the field's type")?,
            };
            let device = names::device(nth);
            let seq = 1 + record.clock().get(&device);
            record.apply(Change::new(Dot::new(device, seq), clock_of([])).set(&name, value));
        }
    }
    Ok(record)
}

/// `text`, what is hashed, by hand; null where the hours are contested.
fn case(catalog: &Catalog, name: &str, kind: &str, values: Json, text: Option<&str>) -> Made {
    let kind = &catalog.kinds()[kind];
    let digest = hours::digest(kind, &record(kind, catalog.version(), &values)?);
    let types: BTreeMap<&str, Json> = hours::counting(kind)
        .filter_map(|name| Some((name, json!(kind.field(name)?.kind))))
        .collect();
    Ok(json!({
        "name": name, "kind": kind.kind, "hours": types, "values": values, "text": text,
        "digest": digest.map(hex::encode),
    }))
}

pub fn make() -> Made {
    let catalog = Catalog::builtin()?;
    let (member, order) = (names::member(1).to_string(), names::record(2).to_string());
    let begun = "2026-11-22T08:00:00+08:00";
    let volunteer = format!(
        "wuyuan-hours-v1\nvolunteer_session\nclaimed_minutes=60\nended_at=1795309200000\nstarted_at=1795305600000\n\
         volunteer=\"{member}\"\n"
    );
    let whole = json!({
        "volunteer": [member], "started_at": [begun], "ended_at": ["2026-11-22T09:00:00+08:00"],
        "claimed_minutes": [60], "content": ["演示"],
    });
    let with = |field: &str, values: Json| {
        let mut all = whole.clone();
        all[field] = values;
        all
    };
    let cases = [
        (
            "nothing is set",
            "volunteer_session",
            json!({}),
            Some("wuyuan-hours-v1\nvolunteer_session\n"),
        ),
        (
            "what counts, in the order of names",
            "volunteer_session",
            whole.clone(),
            Some(volunteer.as_str()),
        ),
        (
            "a value that is null is left out",
            "volunteer_session",
            with("break_minutes", json!([null])),
            Some(&volunteer),
        ),
        (
            "the same moment under another offset",
            "volunteer_session",
            with("started_at", json!(["2026-11-22T00:00:00Z"])),
            Some(&volunteer),
        ),
        (
            "what is finer than a millisecond is cut off",
            "volunteer_session",
            with("started_at", json!(["2026-11-22T08:00:00.0009+08:00"])),
            Some(&volunteer),
        ),
        (
            "what does not count may be contested",
            "volunteer_session",
            with("content", json!(["演示", "又一"])),
            Some(&volunteer),
        ),
        (
            "equal values beside each other are one",
            "volunteer_session",
            with("started_at", json!([begun, "2026-11-22T00:00:00Z"])),
            Some(&volunteer),
        ),
        (
            "differing values beside each other are contested",
            "volunteer_session",
            with("claimed_minutes", json!([60, 61])),
            None,
        ),
        (
            "a value and its clearing are contested",
            "volunteer_session",
            with("break_minutes", json!([10, null])),
            None,
        ),
    ];
    let mut made = Vec::new();
    for (name, kind, values, text) in cases {
        made.push(case(&catalog, name, kind, values, text)?);
    }
    let served = json!({ "order": [order], "started_at": ["1969-12-31T23:59:59.999Z"], "break_minutes": [0] });
    let text = format!("wuyuan-hours-v1\nservice_session\nbreak_minutes=0\norder=\"{order}\"\nstarted_at=-1\n");
    made.push(case(
        &catalog,
        "another kind; before 1970; none is not nothing",
        "service_session",
        served,
        Some(&text),
    )?);
    let about = "An approval of hours names the SHA-256 of `text`. `hours` lists the fields that count towards hours with their \
                 types; `values` are each field's values beside each other. `digest` is null where people must decide first.";
    Ok(file(about, made))
}
