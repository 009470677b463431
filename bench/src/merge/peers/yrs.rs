//! A map of yrs, the Rust form of Yjs.

use sync_protocol::value::Value;
use yrs::updates::decoder::Decode;
use yrs::{Any, Doc, Map, ReadTxn, StateVector, Transact, Update, WriteTxn};

use crate::merge::{Engine, Written};

const RECORD: &str = "record";

pub struct Yrs;

impl Engine for Yrs {
    const NAME: &'static str = "yrs";
    type State = Doc;
    type Op = Vec<u8>;
    type Received = Update;

    fn empty(actor: usize) -> Doc {
        Doc::with_client_id(actor as u64 + 1)
    }

    fn write(document: &mut Doc, _: usize, fields: &[Written]) -> Vec<u8> {
        let mut transaction = document.transact_mut();
        let map = transaction.get_or_insert_map(RECORD);
        for (field, value) in fields {
            map.insert(&mut transaction, *field, any(value));
        }
        transaction.encode_update_v1()
    }

    fn receive(op: &Vec<u8>) -> Update {
        Update::decode_v1(op).expect("an update")
    }

    fn apply(document: &mut Doc, op: Update) {
        document.transact_mut().apply_update(op).expect("an update that fits");
    }

    fn merge(document: &mut Doc, other: Doc) {
        let known = document.transact().state_vector();
        let update = other.transact().encode_diff_v1(&known);
        Yrs::apply(document, Yrs::receive(&update));
    }

    fn save(document: &mut Doc) -> Vec<u8> {
        document.transact().encode_state_as_update_v1(&StateVector::default())
    }

    fn load(bytes: &[u8], actor: usize) -> Doc {
        let mut document = Yrs::empty(actor);
        Yrs::apply(&mut document, Update::decode_v1(bytes).expect("a saved document"));
        document
    }

    fn siblings(document: &mut Doc, field: &str) -> usize {
        let transaction = document.transact();
        let map = transaction.get_map(RECORD).expect("the record");
        usize::from(map.get(&transaction, field).is_some())
    }
}

fn any(value: &Value) -> Any {
    match value {
        Value::Bool(bool) => Any::Bool(*bool),
        Value::Int(number) => Any::from(*number),
        Value::Text(text) => Any::String(text.as_str().into()),
        Value::Instant(instant) => Any::from(instant.ms),
        Value::Id(id) => Any::Buffer(id.as_slice().into()),
        Value::Hash(hash) => Any::Buffer(hash.as_slice().into()),
        Value::Null | Value::Point(_) => Any::Null,
    }
}
