//! A map of automerge.

use automerge::transaction::Transactable;
use automerge::{ActorId, AutoCommit, Change, ROOT, ReadDoc, ScalarValue};
use sync_protocol::value::Value;

use crate::merge::own::device;
use crate::merge::{Engine, Written};

pub struct Automerge;

impl Engine for Automerge {
    const NAME: &'static str = "automerge";
    type State = AutoCommit;
    type Op = Change;
    type Received = Change;

    fn empty(actor: usize) -> AutoCommit {
        AutoCommit::new().with_actor(ActorId::from(device(actor).bytes().as_slice()))
    }

    fn write(document: &mut AutoCommit, _: usize, fields: &[Written]) -> Change {
        for (field, value) in fields {
            document.put(ROOT, *field, scalar(value)).expect("a map takes a value");
        }
        document.commit();
        document.get_last_local_change().expect("something was written")
    }

    fn receive(op: &Change) -> Change {
        op.clone()
    }

    fn apply(document: &mut AutoCommit, op: Change) {
        document.apply_changes([op]).expect("a change that fits");
    }

    fn merge(document: &mut AutoCommit, mut other: AutoCommit) {
        document.merge(&mut other).expect("documents of one origin");
    }

    fn save(document: &mut AutoCommit) -> Vec<u8> {
        document.save()
    }

    fn load(bytes: &[u8], actor: usize) -> AutoCommit {
        let document = AutoCommit::load(bytes).expect("a saved document");
        document.with_actor(ActorId::from(device(actor).bytes().as_slice()))
    }

    fn siblings(document: &mut AutoCommit, field: &str) -> usize {
        document.get_all(ROOT, field).expect("a map").len()
    }
}

fn scalar(value: &Value) -> ScalarValue {
    match value {
        Value::Bool(bool) => ScalarValue::Boolean(*bool),
        Value::Int(number) => ScalarValue::Int(*number),
        Value::Text(text) => ScalarValue::Str(text.as_str().into()),
        Value::Instant(instant) => ScalarValue::Timestamp(instant.ms),
        Value::Id(id) => ScalarValue::Bytes(id.to_vec()),
        Value::Hash(hash) => ScalarValue::Bytes(hash.to_vec()),
        Value::Null | Value::Point(_) => ScalarValue::Null,
    }
}
