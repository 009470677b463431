//! The lines of a backup file.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::store::portable::{Holds, PortableRow, TABLES, Table, Value};

/// The name of the format; a change of the form takes the next number.
pub(super) const FORMAT: &str = "wuyuan-backup-v1";

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Always `wuyuan-backup-v1`.
    pub format: String,
    /// When the snapshot was taken, milliseconds since 1970-01-01T00:00:00Z.
    pub created: i64,
    /// The generation of the database.
    pub generation: String,
    /// The last migration that the database had.
    pub schema: String,
    /// The columns of each table, in the order of the values of a row.
    pub tables: BTreeMap<String, Vec<String>>,
}

/// The last line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Trailer {
    /// How many rows of each table.
    pub rows: BTreeMap<String, u64>,
    /// SHA-256 over all lines before this one, in hexadecimal.
    pub sha256: String,
}

/// The columns of all tables that there were in `schema`.
pub(super) fn columns(schema: &str) -> BTreeMap<String, Vec<String>> {
    let names = |table: &Table| table.columns.iter().map(|column| column.name.to_owned()).collect();
    TABLES
        .iter()
        .filter(|table| table.is_in(schema))
        .map(|table| (table.name.to_owned(), names(table)))
        .collect()
}

/// A row as it is written.
pub(super) struct Line<'r>(pub &'static Table, pub &'r PortableRow);

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        let values: Vec<Json> = self.1.0.iter().map(json).collect();
        map.serialize_entry(self.0.name, &values)?;
        map.end()
    }
}

fn json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bytes(bytes) => Json::String(STANDARD.encode(bytes)),
        Value::Text(text) => Json::String(text.clone()),
        Value::Long(n) => Json::from(*n),
        Value::Bool(b) => Json::Bool(*b),
    }
}

/// Reads a row.
///
/// # Errors
/// What is wrong with it, without its values.
pub(super) fn row(line: &[u8]) -> Result<(&'static Table, PortableRow), String> {
    let object: BTreeMap<String, Vec<Json>> =
        serde_json::from_slice(line).map_err(|error| format!("not a row (column {})", error.column()))?;
    let mut members = object.into_iter();
    let (Some((name, values)), None) = (members.next(), members.next()) else {
        return Err("not one row".to_owned());
    };
    let table = Table::named(&name).ok_or_else(|| "a row of an unknown table".to_owned())?;
    if values.len() != table.columns.len() {
        return Err(format!("a row of {name} has {} values", values.len()));
    }
    let wrong = |column: &str| format!("{name}.{column} does not hold what belongs there");
    let mut row = Vec::with_capacity(values.len());
    for (value, column) in values.into_iter().zip(table.columns) {
        row.push(cell(value, column.holds).ok_or_else(|| wrong(column.name))?);
    }
    table
        .settle(PortableRow(row))
        .map(|row| (table, row))
        .map_err(|_| format!("a row of {name} lacks a value"))
}

fn cell(value: Json, holds: Holds) -> Option<Value> {
    match (value, holds) {
        (Json::Null, _) => Some(Value::Null),
        (Json::String(text), Holds::Bytes) => STANDARD.decode(text).ok().map(Value::Bytes),
        (Json::String(text), Holds::Text) => Some(Value::Text(text)),
        (Json::Number(n), Holds::Long | Holds::Int) => n.as_i64().map(Value::Long),
        (Json::Bool(b), Holds::Bool) => Some(Value::Bool(b)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_as_it_was_written() {
        let table = Table::named("visibility").unwrap();
        let row = PortableRow(vec![
            Value::Text("350111001026".to_owned()),
            Value::Long(i64::MAX),
            Value::Bytes(vec![0, 255, 10]),
            Value::Bytes(Vec::new()),
            Value::Bool(true),
        ]);
        let text = serde_json::to_vec(&Line(table, &row)).unwrap();
        let (read_table, read) = super::row(&text).unwrap();
        assert_eq!((read_table.name, read), ("visibility", row));
    }

    #[test]
    fn a_wrong_row_is_refused_without_its_values() {
        let long = serde_json::json!({"meta": ["a", 5]}).to_string();
        for text in [
            "{}",
            "[]",
            "{\"meta\":[\"hush\"]}",
            "{\"stranger\":[]}",
            &long,
            "{\"meta\":[null,\"hush\"]}",
        ] {
            let why = row(text.as_bytes()).unwrap_err();
            assert!(!why.contains("hush") && !why.is_empty(), "{why}");
        }
    }
}
