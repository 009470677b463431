//! A map of loro.

use loro::{ExportMode, LoroDoc, LoroValue};
use sync_protocol::value::Value;

use crate::merge::{Engine, Written};

const RECORD: &str = "record";

pub struct Loro;

impl Engine for Loro {
    const NAME: &'static str = "loro";
    type State = LoroDoc;
    type Op = Vec<u8>;
    /// Loro has no decoded form of an operation: reading it belongs to applying it.
    type Received = Vec<u8>;

    fn empty(actor: usize) -> LoroDoc {
        let document = LoroDoc::new();
        document.set_peer_id(actor as u64 + 1).expect("a new document");
        document
    }

    fn write(document: &mut LoroDoc, _: usize, fields: &[Written]) -> Vec<u8> {
        let before = document.oplog_vv();
        let map = document.get_map(RECORD);
        for (field, value) in fields {
            map.insert(field, loro(value)).expect("a map takes a value");
        }
        document.commit();
        document.export(ExportMode::updates(&before)).expect("an update")
    }

    fn receive(op: &Vec<u8>) -> Vec<u8> {
        op.clone()
    }

    fn apply(document: &mut LoroDoc, op: Vec<u8>) {
        document.import(&op).expect("an update that fits");
    }

    fn merge(document: &mut LoroDoc, other: LoroDoc) {
        let update = other
            .export(ExportMode::updates(&document.oplog_vv()))
            .expect("an update");
        Loro::apply(document, update);
    }

    fn save(document: &mut LoroDoc) -> Vec<u8> {
        document.export(ExportMode::Snapshot).expect("a snapshot")
    }

    fn load(bytes: &[u8], actor: usize) -> LoroDoc {
        let document = LoroDoc::from_snapshot(bytes).expect("a snapshot");
        document
            .set_peer_id(actor as u64 + 1)
            .expect("a document without writes of its own");
        document
    }

    fn siblings(document: &mut LoroDoc, field: &str) -> usize {
        usize::from(document.get_map(RECORD).get(field).is_some())
    }
}

fn loro(value: &Value) -> LoroValue {
    match value {
        Value::Bool(bool) => LoroValue::Bool(*bool),
        Value::Int(number) => LoroValue::I64(*number),
        Value::Text(text) => LoroValue::String(text.as_str().into()),
        Value::Instant(instant) => LoroValue::I64(instant.ms),
        Value::Id(id) => LoroValue::Binary(id.to_vec().into()),
        Value::Hash(hash) => LoroValue::Binary(hash.to_vec().into()),
        Value::Null | Value::Point(_) => LoroValue::Null,
    }
}
