//! What people read for a code.

use std::collections::HashMap;

use sync_protocol::catalog::{Catalog, FieldType, Kind, STATE_FIELD};
use sync_protocol::record::Record;
use sync_protocol::role::Role;
use sync_protocol::value::Value;

use crate::query;
use crate::store::{Db, StoreResult};

/// Names of units.
pub struct Names(HashMap<String, String>);

impl Names {
    /// The names of these units.
    pub fn of(db: &mut Db<'_>, codes: &[&str]) -> StoreResult<Names> {
        let mut names = HashMap::new();
        for some in codes.chunks(1_000) {
            let rows = query!(db, units::by_codes(some))?;
            names.extend(rows.into_iter().map(|row| (row.code.as_str().to_owned(), row.name)));
        }
        Ok(Names(names))
    }

    /// A unit's name; unknown ones have none.
    pub fn unit(&self, code: &str) -> &str {
        self.0.get(code).map_or("", String::as_str)
    }
}

/// What people read for the sort of a cell: a role, a kind, a value or a state of a kind, a unit; else the code.
pub fn sort<'l>(catalog: &'l Catalog, names: &'l Names, key: &'l str) -> &'l str {
    if let Ok(role) = key.parse::<Role>() {
        return role.zh();
    }
    if let Some(kind) = catalog.kinds().get(key) {
        return &kind.name.zh_hans;
    }
    let kinds = || catalog.kinds().values();
    let choice = kinds()
        .flat_map(|kind| kind.fields.values())
        .flat_map(|field| &field.values)
        .find(|v| v.code == key);
    if let Some(choice) = choice {
        return &choice.label.zh_hans;
    }
    if let Some(state) = kinds().find_map(|kind| kind.workflow.states.get(key)) {
        return &state.label.zh_hans;
    }
    match names.unit(key) {
        "" => key,
        name => name,
    }
}

/// A field of a record as people read it; contested values stand side by side.
pub fn field(kind: &Kind, record: &Record, name: &str) -> String {
    let values = record.values(name).iter().map(|entry| &entry.value);
    let elements = record.elements(name).map(|(value, _)| value);
    let mut told: Vec<String> = Vec::new();
    for value in values.chain(elements).filter(|value| **value != Value::Null) {
        let text = one(kind, name, value);
        if !told.contains(&text) {
            told.push(text);
        }
    }
    let contested = record.is_contested(name);
    told.join(if contested { " ‖ " } else { "、" })
}

fn one(kind: &Kind, name: &str, value: &Value) -> String {
    if name == STATE_FIELD
        && let Value::Text(state) = value
    {
        let known = kind.workflow.states.get(state);
        return known.map_or_else(|| state.clone(), |state| state.label.zh_hans.clone());
    }
    match (kind.field(name).map(|field| (field.kind, &field.values)), value) {
        (Some((FieldType::Enum, values)), Value::Text(code)) => {
            let known = values.iter().find(|choice| choice.code == *code);
            known.map_or_else(|| code.clone(), |choice| choice.label.zh_hans.clone())
        }
        (_, Value::Text(text)) => text.clone(),
        (_, Value::Bool(true)) => "是".to_owned(),
        (_, Value::Bool(false)) => "否".to_owned(),
        (_, Value::Instant(instant)) => instant.render(),
        (_, Value::Null) => String::new(),
        (_, value) => match value.to_json() {
            serde_json::Value::String(text) => text,
            json => json.to_string(),
        },
    }
}
