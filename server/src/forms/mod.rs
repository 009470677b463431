//! The evaluation form 社会公益服务情况评价表: drafted from the ledger ([`standing`], [`draft`]), held against it when it is issued
//! ([`issue`]), watched afterwards ([`freeze`]), printed ([`page`], [`html`]), and exported with all that a verifier needs.
//!
//! A form is a record like any other. What it freezes is the text of a list of postings and that text's hash.

pub mod check;
pub mod draft;
pub mod export;
pub mod freeze;
pub mod html;
pub(crate) mod issue;
pub mod mask;
mod opinions;
pub mod page;
mod qr;
mod replay;
mod standing;

pub(crate) use standing::stands_posted;
use sync_protocol::id::RecordId;
use sync_protocol::record::Record;
use sync_protocol::value::Value;

/// The value of a register that nobody contests.
fn settled<'r>(record: &'r Record, field: &str) -> Option<&'r Value> {
    let value = &record.latest(field)?.value;
    (!record.is_contested(field) && *value != Value::Null).then_some(value)
}

/// The record to which a register links, if nobody contests it.
fn link(record: &Record, field: &str) -> Option<RecordId> {
    match settled(record, field)? {
        Value::Id(id) => Some(RecordId(*id)),
        _ => None,
    }
}

/// The text of a register that nobody contests.
fn text<'r>(record: &'r Record, field: &str) -> Option<&'r str> {
    match settled(record, field)? {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// The number in a register that nobody contests.
fn number(record: &Record, field: &str) -> Option<i64> {
    match settled(record, field)? {
        Value::Int(number) => Some(*number),
        _ => None,
    }
}
