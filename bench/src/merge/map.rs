//! `crdts::Map` of multi-value registers, saved by postcard like the dotted record. One of its operations changes
//! one field, so a write of two fields is two.

use crdts::{CmRDT, CvRDT, MVReg, Map, map};
use sync_protocol::id::DeviceId;
use sync_protocol::value::Value;

use super::own::device;
use super::{Engine, Written};

type Register = MVReg<Value, DeviceId>;

pub struct CrdtsMap;

impl Engine for CrdtsMap {
    const NAME: &'static str = "`crdts::Map`";
    type State = Map<String, Register, DeviceId>;
    type Op = Vec<map::Op<String, Register, DeviceId>>;
    type Received = Self::Op;

    fn empty(_: usize) -> Self::State {
        Map::new()
    }

    fn write(state: &mut Self::State, actor: usize, fields: &[Written]) -> Self::Op {
        let one = |(field, value): &Written| {
            let context = state.read_ctx().derive_add_ctx(device(actor));
            let op = state.update(*field, context, |register, context| {
                register.write(value.clone(), context)
            });
            state.apply(op.clone());
            op
        };
        fields.iter().map(one).collect()
    }

    fn receive(op: &Self::Op) -> Self::Op {
        op.clone()
    }

    fn apply(state: &mut Self::State, op: Self::Op) {
        op.into_iter().for_each(|op| state.apply(op));
    }

    fn merge(state: &mut Self::State, other: Self::State) {
        state.merge(other);
    }

    fn save(state: &mut Self::State) -> Vec<u8> {
        postcard::to_stdvec(state).expect("a map can be written")
    }

    fn load(bytes: &[u8], _: usize) -> Self::State {
        postcard::from_bytes(bytes).expect("a written map")
    }

    fn siblings(state: &mut Self::State, field: &str) -> usize {
        state
            .get(&field.to_owned())
            .val
            .map_or(0, |register| register.read().val.len())
    }
}
