//! An operation's text: read, typed by the catalogue, applied to a record and packed.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crdts::{CmRDT, Dot};
use sync_protocol::catalog::Catalog;
use sync_protocol::clock::clock_of;
use sync_protocol::feed;
use sync_protocol::id::DeviceId;
use sync_protocol::json::Json;
use sync_protocol::limits;
use sync_protocol::op::{self, Op, OpDraft, Parsed};
use sync_protocol::record::{Change, Record};
use sync_protocol::shape::{self, Typed};
use sync_protocol::value::{MAX_INTEGER, Value};
use sync_protocol::verdict::Code;

/// The catalogue that this build ships.
pub static BUILTIN: LazyLock<Catalog> = LazyLock::new(|| Catalog::builtin().expect("the catalogue that ships is good"));

/// What is accepted keeps every promise of an operation; what is not has a code that fits.
pub fn check(data: &[u8]) {
    let Some(text) = crate::text(data) else { return };
    let (parsed, hash) = op::read(text);
    match parsed {
        Parsed::Withheld(named) => {
            assert_eq!(named, hash);
            assert!(text.len() < 160);
        }
        Parsed::Unreadable(code) => {
            assert_eq!(hash, feed::body_hash(data));
            unreadable(text, code);
        }
        Parsed::Op(op) => {
            assert_eq!(hash, feed::body_hash(data));
            bounds(text, &op);
            written_again(&op);
            if let Ok((kind, typed)) = shape::check(&BUILTIN, &op) {
                assert_eq!(kind.kind, op.kind);
                types(&op, &typed);
                applied(&op, typed);
            }
        }
    }
}

/// A code of the first question, and one that the text gives reason for.
fn unreadable(text: &str, code: Code) {
    let fits = match code {
        Code::TooLarge => text.len() > limits::OP_BYTES,
        // Half a character or a NUL can only be written as an escape.
        Code::BadText => text.contains("\\u"),
        Code::DuplicateKey | Code::UnknownMember => {
            serde_json::from_str::<serde_json::Value>(text).is_ok() || text.contains('{')
        }
        Code::Malformed => true,
        _ => false,
    };
    assert!(fits, "{code}: {text}");
    if code == Code::BadText && !text.contains("\\u0000") {
        // Lone surrogates are no JSON text for anybody (RFC 7493 section 2.1).
        assert!(serde_json::from_str::<serde_json::Value>(text).is_err(), "{text}");
    }
}

fn bounds(text: &str, op: &Op) {
    assert!(text.len() <= limits::OP_BYTES);
    assert!((1..=MAX_INTEGER as u64).contains(&op.seq));
    assert!((0..=MAX_INTEGER).contains(&op.uptime_ms));
    assert!(op.seen.iter().count() <= limits::SEEN_DEVICES);
    assert!(
        op.seen
            .iter()
            .all(|dot| (1..=MAX_INTEGER as u64).contains(&dot.counter))
    );
    assert!(
        op.reason
            .as_ref()
            .is_none_or(|reason| reason.chars().count() <= limits::REASON_CHARS)
    );
    assert!(op.fields().zip(op.fields().skip(1)).all(|(a, b)| a < b));
    let words = [&op.generation, &op.boot, &op.kind];
    assert!(words.into_iter().all(|word| !word.contains('\0')));
}

/// Written as a client writes it, the operation is read as the same.
fn written_again(op: &Op) {
    let draft = OpDraft {
        seq: op.seq,
        salt: "0".repeat(32),
        generation: op.generation.clone(),
        cat: op.cat,
        by: op.by,
        appointment: op.appointment,
        at: op.at.render(),
        boot: op.boot.clone(),
        uptime_ms: op.uptime_ms as u64,
        record: op.record,
        kind: op.kind.clone(),
        unit: op.unit.clone(),
        seen: op.seen.iter().map(|dot| (*dot.actor, dot.counter)).collect(),
        set: op
            .set
            .iter()
            .map(|(name, value)| (name.clone(), plain(value)))
            .collect(),
        add: lists(&op.add),
        remove: lists(&op.remove),
        act: op.act.clone(),
        reissues: op.reissues,
        approves: op.approves,
        proposes: op.proposes,
        confirms: op.confirms,
        decides: op.decides.clone(),
        reason: op.reason.clone(),
    };
    let text = draft.to_text().expect("an operation can be written");
    // Written without escapes it is rarely longer, but a float may be: then it is another operation.
    if text.len() <= limits::OP_BYTES {
        assert_eq!(op::read(&text).0, Parsed::Op(Box::new(op.clone())), "{text}");
    }
}

fn lists(lists: &BTreeMap<String, Vec<Json>>) -> BTreeMap<String, Vec<serde_json::Value>> {
    lists
        .iter()
        .map(|(name, items)| (name.clone(), items.iter().map(plain).collect()))
        .collect()
}

fn plain(json: &Json) -> serde_json::Value {
    match json {
        Json::Null => serde_json::Value::Null,
        Json::Bool(b) => (*b).into(),
        Json::Int(n) => (*n).into(),
        Json::Float(f) => (*f).into(),
        Json::Text(t) => t.clone().into(),
        Json::Array(items) => items.iter().map(plain).collect(),
        Json::Object(members) => members.iter().map(|(k, v)| (k.clone(), plain(v))).collect(),
    }
}

/// A typed value, shown as JSON, is read as the same value: what a form shows it can save.
fn types(op: &Op, typed: &Typed) {
    let kind = BUILTIN.kind(&op.kind, op.cat).expect("a checked operation has a kind");
    let stays = |name: &String, value: &Value| {
        let field = kind.field(name).expect("a checked operation has only known fields");
        if *value != Value::Null {
            let json: Json = serde_json::from_str(&value.to_json().to_string()).expect("a value is JSON");
            assert_eq!(shape::value(field, op.cat, &json).as_ref(), Some(value), "{name}");
        }
    };
    typed.set.iter().for_each(|(name, value)| stays(name, value));
    for (name, values) in typed.add.iter().chain(&typed.remove) {
        values.iter().for_each(|value| stays(name, value));
    }
    assert!(op.set.keys().eq(typed.set.keys()));
    assert!(op.add.keys().eq(typed.add.keys()));
    assert!(op.remove.keys().eq(typed.remove.keys()));
    assert!(typed.links.iter().all(|(name, id)| typed.set[name] == Value::Id(id.0)));
}

/// On a record it counts once, and the record survives its packing.
fn applied(op: &Op, typed: Typed) {
    let device = DeviceId([9; 16]);
    let change = Change {
        pos: 1,
        set: typed.set,
        add: typed.add,
        remove: typed.remove,
        ..Change::new(Dot::new(device, op.seq), clock_of([]))
    };
    let mut record = Record::default();
    record.apply(change.clone());
    let once = record.clone();
    record.apply(change);
    assert_eq!(record, once);
    let packed = record.pack().expect("a merged record can be packed");
    assert_eq!(Record::unpack(&packed).as_ref(), Ok(&record));
}
