//! What a phone shows: the last pulled record with its own pending operations laid over it.
//!
//! "Operations up, merged records down": a client needs no merge code. It lays over the base those of its own
//! operations that the base's clock does not cover, in their order, until their verdict is quarantined.
//! An acknowledgement alone removes nothing, for the pull that carries the result may come later.

use std::collections::BTreeMap;

use crate::id::{DeviceId, Seq};
use crate::wire::{FieldView, ItemView, RecordView, ValueView};

/// One of the device's own operations on the record, as much of it as the overlay needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Own {
    /// Its number.
    pub seq: Seq,
    /// What it had seen: the base's clock as shown, and its own device's earlier operations on the record.
    pub seen: BTreeMap<DeviceId, Seq>,
    /// Registers that it wrote, a transition's `state` included.
    pub set: BTreeMap<String, serde_json::Value>,
    /// Elements that it added.
    pub add: BTreeMap<String, Vec<serde_json::Value>>,
    /// Elements that it removed.
    pub remove: BTreeMap<String, Vec<serde_json::Value>>,
    /// It only proposes: it shows nothing.
    pub proposes: bool,
}

/// Lays `own` (in seq order, the quarantined ones left out) over `base`. The base's `pos` and `clock` stay as
/// pulled: only the server moves them.
pub fn lay(base: &mut RecordView, device: DeviceId, own: &[Own]) {
    let covered = base.clock.get(&device).copied().unwrap_or(0);
    for op in own.iter().filter(|op| op.seq > covered && !op.proposes) {
        lay_one(&mut base.fields, device, op);
    }
}

fn lay_one(fields: &mut BTreeMap<String, FieldView>, device: DeviceId, op: &Own) {
    let overwritten = |dot: &(DeviceId, Seq)| op.seen.get(&dot.0).copied().unwrap_or(0) >= dot.1;
    for (name, value) in &op.set {
        let field = fields
            .entry(name.clone())
            .or_insert_with(|| FieldView::Register(Vec::new()));
        if let FieldView::Register(values) = field {
            values.retain(|v| !overwritten(&v.dot));
            values.insert(
                0,
                ValueView {
                    value: value.clone(),
                    dot: (device, op.seq),
                    by: None,
                    at: None,
                },
            );
        }
    }
    for (name, values) in &op.remove {
        if let Some(FieldView::Set { items }) = fields.get_mut(name) {
            for item in items.iter_mut().filter(|item| values.contains(&item.value)) {
                item.dots.retain(|dot| !overwritten(dot));
            }
            items.retain(|item| !item.dots.is_empty());
        }
    }
    for (name, values) in &op.add {
        let field = fields
            .entry(name.clone())
            .or_insert_with(|| FieldView::Set { items: Vec::new() });
        let FieldView::Set { items } = field else { continue };
        for value in values {
            match items.iter_mut().find(|item| item.value == *value) {
                Some(item) => item.dots.push((device, op.seq)),
                None => items.push(ItemView {
                    value: value.clone(),
                    dots: vec![(device, op.seq)],
                }),
            }
        }
    }
}
