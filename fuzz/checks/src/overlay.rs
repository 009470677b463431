//! What a phone shows: a pulled record on the first line, the phone's own operations on the lines below.

use sync_protocol::id::DeviceId;
use sync_protocol::json::Json;
use sync_protocol::op::{self, Op, Parsed};
use sync_protocol::overlay::{self, Own};
use sync_protocol::wire::{FieldView, RecordView};

const DEVICE: DeviceId = DeviceId([0x0d; 16]);

/// Only pending operations change what is shown, each in its turn, and never what only the server moves.
pub fn check(data: &[u8]) {
    let Some(text) = crate::text(data) else { return };
    let mut lines = text.lines();
    let Ok(base) = serde_json::from_str::<RecordView>(lines.next().unwrap_or_default()) else {
        return;
    };
    let mut own: Vec<Own> = lines.filter_map(|line| own(op::read(line).0)).collect();
    own.sort_by_key(|op| op.seq);
    own.dedup_by_key(|op| op.seq);

    let written = serde_json::to_string(&base).expect("a record that was read can be written");
    assert_eq!(serde_json::from_str::<RecordView>(&written).ok().as_ref(), Some(&base));

    let laid = lay(&base, &own);
    assert_eq!((laid.pos, &laid.clock, laid.id), (base.pos, &base.clock, base.id));
    assert_eq!(lay(&base, &[]), base);
    let (first, then) = own.split_at(own.len() / 2);
    assert_eq!(
        lay(&lay(&base, first), then),
        laid,
        "one after the other is as all at once"
    );

    let covered = base.clock.get(&DEVICE).copied().unwrap_or(0);
    let pending: Vec<Own> = own.iter().filter(|op| op.seq > covered).cloned().collect();
    assert_eq!(lay(&base, &pending), laid, "what the base covers is not laid again");
    if let Some(last) = pending.last() {
        for (name, value) in &last.set {
            // A register that the server sent as a set is left as it is.
            if let Some(FieldView::Register(values)) = laid.fields.get(name) {
                assert_eq!((&values[0].value, values[0].dot), (value, (DEVICE, last.seq)));
            }
        }
    }
    for (name, before) in &base.fields {
        let touched = pending
            .iter()
            .any(|op| op.set.contains_key(name) || op.add.contains_key(name) || op.remove.contains_key(name));
        assert!(touched || laid.fields.get(name) == Some(before), "{name}");
    }
}

fn lay(base: &RecordView, own: &[Own]) -> RecordView {
    let mut view = base.clone();
    overlay::lay(&mut view, DEVICE, own);
    view
}

fn own(parsed: Parsed) -> Option<Own> {
    let Parsed::Op(op) = parsed else { return None };
    let Op {
        seq,
        seen,
        set,
        add,
        remove,
        proposes,
        ..
    } = *op;
    let lists = |lists: std::collections::BTreeMap<String, Vec<Json>>| {
        let plain = |(name, items): (String, Vec<Json>)| (name, items.iter().map(scalar).collect());
        lists.into_iter().map(plain).collect()
    };
    Some(Own {
        seq,
        seen: seen.iter().map(|dot| (*dot.actor, dot.counter)).collect(),
        set: set.iter().map(|(name, value)| (name.clone(), scalar(value))).collect(),
        add: lists(add),
        remove: lists(remove),
        proposes,
    })
}

/// Enough of a value to tell it from others.
fn scalar(json: &Json) -> serde_json::Value {
    match json {
        Json::Null => serde_json::Value::Null,
        Json::Bool(b) => (*b).into(),
        Json::Int(n) => (*n).into(),
        Json::Text(t) => t.clone().into(),
        other => format!("{other:?}").into(),
    }
}
