//! Operations on one record, and the record that they make.

use crdts::CmRDT as _;
use serde_json::{Map, Value as Json, json};
use sync_protocol::clock::{OpDot, clock_of};
use sync_protocol::id::{DeviceId, Seq};
use sync_protocol::record::{Change, Record};
use sync_protocol::value::{Instant, Value};
use sync_protocol::wire::{FieldView, ItemView, ValueView};

use super::{file, names};

type Made = Result<Json, Box<dyn std::error::Error>>;

/// A case in the making.
struct Case {
    name: &'static str,
    ops: Vec<Json>,
    record: Record,
    /// By hand: the values of each field, the latest in the log first.
    expect: Json,
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn instant(text: &str) -> Result<Value, &'static str> {
    Instant::parse(text).map(Value::Instant).ok_or("not an instant")
}

/// An operation of device `n` that has seen `seen`.
fn op(n: u8, seq: Seq, seen: &[(u8, Seq)]) -> Change {
    let seen = seen.iter().map(|(n, seq)| (names::device(*n), *seq));
    Change::new(OpDot::new(names::device(n), seq), clock_of(seen))
}

fn described(change: &Change) -> Json {
    let seen: Map<String, Json> = change
        .seen
        .iter()
        .map(|d| (d.actor.to_string(), json!(d.counter)))
        .collect();
    let values = |values: &Vec<Value>| values.iter().map(Value::to_json).collect::<Vec<_>>();
    let set: Map<String, Json> = change
        .set
        .iter()
        .map(|(name, value)| (name.clone(), value.to_json()))
        .collect();
    let add: Map<String, Json> = change
        .add
        .iter()
        .map(|(name, v)| (name.clone(), json!(values(v))))
        .collect();
    let remove: Map<String, Json> = change
        .remove
        .iter()
        .map(|(name, v)| (name.clone(), json!(values(v))))
        .collect();
    json!({
        "device": change.dot.actor, "seq": change.dot.counter, "pos": change.pos, "seen": seen, "set": set, "add": add,
        "remove": remove, "blind": change.blind,
    })
}

/// The record as a pull would carry it, authors and times left out.
pub fn fields(record: &Record) -> Result<Json, serde_json::Error> {
    let mut fields = Map::new();
    let dot = |dot: &OpDot| -> (DeviceId, Seq) { (dot.actor, dot.counter) };
    for (name, entries) in record.registers() {
        let mut entries: Vec<_> = entries.iter().collect();
        entries.sort_by_key(|e| std::cmp::Reverse((e.pos, e.dot.counter, e.dot.actor)));
        let value = |e: &&sync_protocol::record::Entry| ValueView {
            value: e.value.to_json(),
            dot: dot(&e.dot),
            by: None,
            at: None,
        };
        fields.insert(
            name.into(),
            serde_json::to_value(FieldView::Register(entries.iter().map(value).collect()))?,
        );
    }
    for (name, elements) in record.sets() {
        let items = elements.iter().map(|(value, dots)| ItemView {
            value: value.to_json(),
            dots: dots.iter().map(|(d, _)| dot(d)).collect(),
        });
        fields.insert(
            name.into(),
            serde_json::to_value(FieldView::Set { items: items.collect() })?,
        );
    }
    Ok(Json::Object(fields))
}

impl Case {
    fn new(name: &'static str, expect: Json) -> Case {
        Case {
            name,
            ops: Vec::new(),
            record: Record::default(),
            expect,
        }
    }

    /// The next operation in the unit's log.
    fn op(mut self, change: Change) -> Case {
        let change = change.at(self.ops.len() as u64 + 1);
        self.ops.push(described(&change));
        self.record.apply(change);
        self
    }

    fn done(self, contested: &[&str]) -> Made {
        let clock: Map<String, Json> = self
            .record
            .clock()
            .iter()
            .map(|d| (d.actor.to_string(), json!(d.counter)))
            .collect();
        Ok(json!({
            "name": self.name, "ops": self.ops, "values": self.expect, "contested": contested,
            "clock": clock, "fields": fields(&self.record)?,
        }))
    }
}

pub fn make() -> Made {
    let nine = instant("2026-11-22T09:00:00+08:00")?;
    let nine_utc = instant("2026-11-22T01:00:00Z")?;
    let photo = |n: u8| Value::Hash([n; 32]);
    let shown = |n: u8| photo(n).to_json();
    let mut blind = op(2, 1, &[(1, 1)]).set("note", text("blind"));
    blind.blind.insert("note".into());
    let mut blind_add = op(2, 1, &[(1, 1)]).remove("photos", photo(1));
    blind_add.blind.insert("photos".into());
    let cases = vec![
        Case::new("a write that saw another replaces it", json!({ "note": ["b"] }))
            .op(op(1, 1, &[]).set("note", text("a")))
            .op(op(2, 1, &[(1, 1)]).set("note", text("b")))
            .done(&[])?,
        Case::new(
            "concurrent writes are both kept, the latest in the log first",
            json!({ "note": ["b", "a"] }),
        )
        .op(op(1, 1, &[]).set("note", text("a")))
        .op(op(2, 1, &[]).set("note", text("b")))
        .done(&["note"])?,
        Case::new("a write that saw both siblings decides", json!({ "note": ["c"] }))
            .op(op(1, 1, &[]).set("note", text("a")))
            .op(op(2, 1, &[]).set("note", text("b")))
            .op(op(3, 1, &[(1, 1), (2, 1)]).set("note", text("c")))
            .done(&[])?,
        Case::new(
            "a write that saw one sibling leaves the other",
            json!({ "note": ["c", "b"] }),
        )
        .op(op(1, 1, &[]).set("note", text("a")))
        .op(op(2, 1, &[]).set("note", text("b")))
        .op(op(3, 1, &[(1, 1)]).set("note", text("c")))
        .done(&["note"])?,
        Case::new(
            "only the fields that were written are touched",
            json!({ "note": ["a"], "place": ["q"] }),
        )
        .op(op(1, 1, &[]).set("note", text("a")).set("place", text("p")))
        .op(op(2, 4, &[(1, 1)]).set("place", text("q")))
        .done(&[])?,
        Case::new(
            "an operation has not seen its own device's earlier one unless it says so",
            json!({ "note": ["b", "a"] }),
        )
        .op(op(1, 1, &[]).set("note", text("a")))
        .op(op(1, 2, &[]).set("note", text("b")))
        .done(&["note"])?,
        Case::new("numbers on a record have gaps", json!({ "note": ["b"] }))
            .op(op(1, 3, &[]).set("note", text("a")))
            .op(op(1, 9, &[(1, 3)]).set("note", text("b")))
            .done(&[])?,
        Case::new(
            "seen covers every number at or below the one it names",
            json!({ "note": ["b"] }),
        )
        .op(op(1, 3, &[]).set("note", text("a")))
        .op(op(2, 1, &[(1, 7)]).set("note", text("b")))
        .done(&[])?,
        Case::new(
            "equal concurrent values are no conflict and keep both dots",
            json!({ "note": ["a", "a"] }),
        )
        .op(op(1, 1, &[]).set("note", text("a")))
        .op(op(2, 1, &[]).set("note", text("a")))
        .done(&[])?,
        Case::new(
            "the same moment under two offsets is no conflict",
            json!({ "at": ["2026-11-22T01:00:00.000Z", "2026-11-22T09:00:00.000+08:00"] }),
        )
        .op(op(1, 1, &[]).set("at", nine))
        .op(op(2, 1, &[]).set("at", nine_utc))
        .done(&[])?,
        Case::new("clearing is a write like any other", json!({ "note": [null, "b"] }))
            .op(op(1, 1, &[]).set("note", text("a")))
            .op(op(2, 1, &[(1, 1)]).set("note", text("b")))
            .op(op(1, 2, &[(1, 1)]).set("note", Value::Null))
            .done(&["note"])?,
        Case::new(
            "who may not read a field removes nothing in it",
            json!({ "note": ["blind", "a"] }),
        )
        .op(op(1, 1, &[]).set("note", text("a")))
        .op(blind)
        .done(&["note"])?,
        Case::new("a repeated operation changes nothing", json!({ "note": ["b"] }))
            .op(op(1, 1, &[]).set("note", text("a")))
            .op(op(2, 1, &[(1, 1)]).set("note", text("b")))
            .op(op(1, 1, &[]).set("note", text("a")))
            .done(&[])?,
        Case::new("sets keep what several add", json!({ "photos": [shown(1), shown(2)] }))
            .op(op(1, 1, &[]).add("photos", photo(1)))
            .op(op(2, 1, &[]).add("photos", photo(2)))
            .done(&[])?,
        Case::new("a removal takes what it saw", json!({ "photos": [shown(2)] }))
            .op(op(1, 1, &[]).add("photos", photo(1)).add("photos", photo(2)))
            .op(op(2, 1, &[(1, 1)]).remove("photos", photo(1)))
            .done(&[])?,
        Case::new(
            "an addition wins over a concurrent removal",
            json!({ "photos": [shown(1)] }),
        )
        .op(op(1, 1, &[]).add("photos", photo(1)))
        .op(op(2, 1, &[(1, 1)]).add("photos", photo(1)))
        .op(op(3, 1, &[(1, 1)]).remove("photos", photo(1)))
        .done(&[])?,
        Case::new(
            "removed and added in one operation: it is there",
            json!({ "photos": [shown(1)] }),
        )
        .op(op(1, 1, &[]).add("photos", photo(1)))
        .op(op(2, 1, &[(1, 1)]).remove("photos", photo(1)).add("photos", photo(1)))
        .done(&[])?,
        Case::new(
            "who may not read a set removes nothing from it",
            json!({ "photos": [shown(1)] }),
        )
        .op(op(1, 1, &[]).add("photos", photo(1)))
        .op(blind_add)
        .done(&[])?,
        Case::new("a removal of what is not there is nothing", json!({ "note": ["a"] }))
            .op(op(1, 1, &[]).set("note", text("a")))
            .op(op(2, 1, &[(1, 1)]).remove("photos", photo(1)))
            .done(&[])?,
    ];
    let about = "The operations are applied in the order of the unit's log (`pos`). `values` lists by hand what each field \
                 then holds, registers the latest in the log first, sets in order of their values; `contested` the \
                 registers whose values differ as values of their type in `types`; `fields` and `clock` are as a pull \
                 carries them. `blind` names fields that the author may not read.";
    let mut whole = file(about, cases);
    whole["types"] = json!({ "at": "instant", "note": "text", "photos": "blob", "place": "text" });
    Ok(whole)
}
