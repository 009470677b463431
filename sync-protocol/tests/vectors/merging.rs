//! Merges and overlays.

use std::collections::BTreeMap;

use crdts::{CmRDT as _, CvRDT as _};
use serde_json::{Value as Json, json};
use sync_protocol::clock::{OpDot, clock_of};
use sync_protocol::id::DeviceId;
use sync_protocol::overlay::{Own, lay};
use sync_protocol::record::{Change, Record};
use sync_protocol::value::{Instant, Value};
use sync_protocol::wire::{FieldView, RecordView};

use crate::{bytes, cases, load, parse};

/// The typed value that the JSON of a case means.
fn value(field: &str, json: &Json) -> Value {
    match (field, json) {
        (_, Json::Null) => Value::Null,
        ("at", json) => Value::Instant(Instant::parse(json.as_str().unwrap()).unwrap()),
        ("photos", json) => Value::Hash(bytes(json)),
        (_, json) => Value::Text(json.as_str().unwrap().to_owned()),
    }
}

fn change(op: &Json) -> Change {
    let seen: BTreeMap<DeviceId, u64> = parse(&op["seen"]);
    let mut change = Change::new(
        OpDot::new(parse(&op["device"]), op["seq"].as_u64().unwrap()),
        clock_of(seen),
    );
    change.pos = op["pos"].as_u64().unwrap();
    change.blind = parse(&op["blind"]);
    for (field, json) in op["set"].as_object().unwrap() {
        change.set.insert(field.clone(), value(field, json));
    }
    let lists = |json: &Json| -> BTreeMap<String, Vec<Value>> {
        let typed = |(field, values): (&String, &Json)| {
            (
                field.clone(),
                values.as_array().unwrap().iter().map(|v| value(field, v)).collect(),
            )
        };
        json.as_object().unwrap().iter().map(typed).collect()
    };
    change.add = lists(&op["add"]);
    change.remove = lists(&op["remove"]);
    change
}

/// What each field shows.
fn shown(fields: &BTreeMap<String, FieldView>) -> Json {
    let values = |field: &FieldView| match field {
        FieldView::Register(values) => values.iter().map(|v| v.value.clone()).collect::<Vec<_>>(),
        FieldView::Set { items } => items.iter().map(|i| i.value.clone()).collect(),
    };
    json!(
        fields
            .iter()
            .map(|(name, field)| (name.clone(), values(field)))
            .collect::<BTreeMap<_, _>>()
    )
}

/// The fields of a record as a pull carries them.
fn fields(record: &Record) -> Json {
    let dot = |dot: &OpDot| json!([dot.actor, dot.counter]);
    let mut fields = BTreeMap::new();
    for (name, entries) in record.registers() {
        let mut entries: Vec<_> = entries.iter().collect();
        entries.sort_by_key(|e| std::cmp::Reverse((e.pos, e.dot.counter, e.dot.actor)));
        let values: Vec<Json> = entries
            .iter()
            .map(|e| json!({ "value": e.value.to_json(), "dot": dot(&e.dot) }))
            .collect();
        fields.insert(name.to_owned(), json!(values));
    }
    for (name, elements) in record.sets() {
        let item = |(value, dots): (&Value, &Vec<(OpDot, u64)>)| json!({ "value": value.to_json(), "dots": dots.iter().map(|(d, _)| dot(d)).collect::<Vec<_>>() });
        fields.insert(
            name.to_owned(),
            json!({ "items": elements.iter().map(item).collect::<Vec<_>>() }),
        );
    }
    json!(fields)
}

#[test]
fn merges() {
    let file = load("merges.json");
    for (name, case) in cases(&file) {
        let mut record = Record::default();
        // Each operation alone, as another replica would have it, merged as states.
        let mut merged = Record::default();
        for op in case["ops"].as_array().unwrap() {
            record.apply(change(op));
            merged.merge(record.clone());
        }
        assert_eq!(fields(&record), case["fields"], "{name}");
        assert_eq!(merged, record, "{name}");
        assert_eq!(shown(&parse(&case["fields"])), case["values"], "{name}");
        let clock: BTreeMap<DeviceId, u64> = record.clock().iter().map(|d| (*d.actor, d.counter)).collect();
        assert_eq!(clock, parse(&case["clock"]), "{name}");
        let contested: Vec<&str> = record
            .registers()
            .map(|(name, _)| name)
            .filter(|n| record.is_contested(n))
            .collect();
        assert_eq!(json!(contested), case["contested"], "{name}");
        let packed = record.pack().unwrap();
        assert_eq!(Record::unpack(&packed).unwrap(), record, "{name}");
    }
}

#[test]
fn overlay() {
    let file = load("overlay.json");
    for (name, case) in cases(&file) {
        let mut record: RecordView = parse(&case["base"]);
        let (pos, clock) = (record.pos, record.clock.clone());
        let part = |op: &Json, name: &str| op.get(name).cloned().unwrap_or_else(|| json!({}));
        let own = |op: &Json| Own {
            seq: op["seq"].as_u64().unwrap(),
            seen: parse(&part(op, "seen")),
            set: parse(&part(op, "set")),
            add: parse(&part(op, "add")),
            remove: parse(&part(op, "remove")),
            proposes: op["proposes"] == true,
        };
        let ops = case["ops"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|op| op["verdict"] != "quarantined");
        lay(&mut record, parse(&case["device"]), &ops.map(own).collect::<Vec<_>>());
        assert_eq!(json!(record.fields), case["fields"], "{name}");
        assert_eq!(shown(&record.fields), case["values"], "{name}");
        assert_eq!((record.pos, record.clock), (pos, clock), "{name}");
    }
}
