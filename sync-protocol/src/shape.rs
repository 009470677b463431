//! The shape of an operation: are its kind, fields and values those of the catalogue version it was written
//! under. The first of the four questions (shape, right, workflow, causality).

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::catalog::{Catalog, Field, FieldType, Kind, Policy, STATE_FIELD};
use crate::feed::Hash;
use crate::id::{MemberId, RecordId, UnitCode};
use crate::json::Json;
use crate::op::Op;
use crate::value::{Instant, MAX_INTEGER, Value, point_from};
use crate::verdict::Code;

/// An operation's values, typed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Typed {
    /// Registers written.
    pub set: BTreeMap<String, Value>,
    /// Set elements added.
    pub add: BTreeMap<String, Vec<Value>>,
    /// Set elements removed.
    pub remove: BTreeMap<String, Vec<Value>>,
    /// Records linked to: field and id.
    pub links: Vec<(String, RecordId)>,
    /// Blobs referred to.
    pub blobs: Vec<Hash>,
}

/// Types an operation by the catalogue version it names.
pub fn check<'c>(catalog: &'c Catalog, op: &Op) -> Result<(&'c Kind, Typed), Code> {
    if op.cat > catalog.version() {
        return Err(Code::CatNewer);
    }
    let kind = catalog.kind(&op.kind, op.cat).ok_or(Code::UnknownKind)?;
    let field = |name: &str| {
        if name == STATE_FIELD {
            return Err(Code::FieldForbidden);
        }
        kind.field(name).filter(|f| f.since <= op.cat).ok_or(Code::UnknownField)
    };
    let mut typed = Typed::default();
    for (name, json) in &op.set {
        let field = field(name)?;
        if field.policy == Policy::Set {
            return Err(Code::WrongType);
        }
        let value = match json {
            Json::Null => Value::Null,
            json => value(field, op.cat, json).ok_or(Code::WrongType)?,
        };
        if let Value::Id(id) = &value
            && field.kind == FieldType::Record
        {
            typed.links.push((name.clone(), RecordId(*id)));
        }
        note_blob(&mut typed.blobs, &value);
        typed.set.insert(name.clone(), value);
    }
    for (name, items) in &op.add {
        let values = elements(field(name)?, op.cat, items)?;
        values.iter().for_each(|v| note_blob(&mut typed.blobs, v));
        typed.add.insert(name.clone(), values);
    }
    for (name, items) in &op.remove {
        typed
            .remove
            .insert(name.clone(), elements(field(name)?, op.cat, items)?);
    }
    Ok((kind, typed))
}

fn note_blob(blobs: &mut Vec<Hash>, value: &Value) {
    if let Value::Hash(hash) = value {
        blobs.push(*hash);
    }
}

fn elements(field: &Field, cat: u32, items: &[Json]) -> Result<Vec<Value>, Code> {
    let most = field.max_items.map_or(usize::MAX, |n| n as usize);
    if field.policy != Policy::Set || items.is_empty() || items.len() > most {
        return Err(Code::WrongType);
    }
    items
        .iter()
        .map(|item| value(field, cat, item).ok_or(Code::WrongType))
        .collect()
}

/// Reads one value that is not null as the field's type; `None` when it is not of it.
pub fn value(field: &Field, cat: u32, json: &Json) -> Option<Value> {
    match (field.kind, json) {
        (FieldType::Bool, Json::Bool(b)) => Some(Value::Bool(*b)),
        (FieldType::Integer | FieldType::Minutes, Json::Int(n)) => {
            let floor = if field.kind == FieldType::Minutes {
                0
            } else {
                -MAX_INTEGER
            };
            let range = field.min.unwrap_or(floor).max(floor)..=field.max.unwrap_or(MAX_INTEGER);
            range.contains(n).then_some(Value::Int(*n))
        }
        (FieldType::Text, Json::Text(t)) => {
            let most = field.max_chars.unwrap_or(0) as usize;
            (t.chars().count() <= most).then(|| Value::Text(t.clone()))
        }
        (FieldType::Date, Json::Text(t)) => {
            let date = NaiveDate::parse_from_str(t, "%Y-%m-%d").ok()?;
            (date.format("%Y-%m-%d").to_string() == *t).then(|| Value::Text(t.clone()))
        }
        (FieldType::Instant, Json::Text(t)) => Instant::parse(t).map(Value::Instant),
        (FieldType::Enum, Json::Text(t)) => field
            .values
            .iter()
            .any(|v| v.code == *t && v.since <= cat)
            .then(|| Value::Text(t.clone())),
        (FieldType::Unit, Json::Text(t)) => t.parse::<UnitCode>().ok().map(|_| Value::Text(t.clone())),
        (FieldType::Member, Json::Text(t)) => t.parse::<MemberId>().ok().map(|id| Value::Id(id.0)),
        (FieldType::Record, Json::Text(t)) => t.parse::<RecordId>().ok().map(|id| Value::Id(id.0)),
        (FieldType::Blob, Json::Text(t)) => crate::wire::parse_hash(t).map(Value::Hash),
        (FieldType::Point, json) => point_from(json).map(Value::Point),
        _ => None,
    }
}
