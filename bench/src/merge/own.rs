//! The dotted record.

use crdts::{CmRDT, CvRDT};
use sync_protocol::clock::OpDot;
use sync_protocol::id::DeviceId;
use sync_protocol::record::{Change, Record};

use super::{Engine, Written};

pub struct Own;

impl Engine for Own {
    const NAME: &'static str = "the dotted record";
    type State = Record;
    type Op = Change;
    type Received = Change;

    fn empty(_: usize) -> Record {
        Record::default()
    }

    fn write(record: &mut Record, actor: usize, fields: &[Written]) -> Change {
        let device = device(actor);
        let dot = OpDot::new(device, record.clock().get(&device) + 1);
        let change = Change::new(dot, record.clock().clone()).at(dot.counter);
        let change = fields
            .iter()
            .fold(change, |change, (field, value)| change.set(field, value.clone()));
        record.apply(change.clone());
        change
    }

    fn receive(change: &Change) -> Change {
        change.clone()
    }

    fn apply(record: &mut Record, change: Change) {
        record.apply(change);
    }

    fn merge(record: &mut Record, other: Record) {
        record.merge(other);
    }

    fn save(record: &mut Record) -> Vec<u8> {
        record.pack().expect("a record can be packed")
    }

    fn load(bytes: &[u8], _: usize) -> Record {
        Record::unpack(bytes).expect("a packed record")
    }

    fn siblings(record: &mut Record, field: &str) -> usize {
        record.values(field).len()
    }
}

/// The device of an actor.
pub fn device(actor: usize) -> DeviceId {
    let mut id = *b"wuyuan-bench-dev";
    id[15] = actor as u8;
    DeviceId(id)
}
