//! Any table of a database of either kind as rows of texts, so that two databases can be held against each other.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use wuyuan_server::query;
use wuyuan_server::store::portable::{Table, Value};
use wuyuan_server::store::{PoolSettings, Store};

use crate::backend::Place;

/// A row: each column's value as a text, bytes as hexadecimal digits.
pub type Row = BTreeMap<&'static str, String>;

/// More rows than any table of a test has.
const ROWS: usize = 1_000_000;

/// The tables of a database.
pub struct Tables(pub Store);

impl Tables {
    /// Those of a place.
    pub fn of(place: &Place) -> Tables {
        let settings = PoolSettings {
            size: 2,
            wait: Duration::from_secs(10),
        };
        Tables(Store::open(&place.url(), settings).expect("the database opens"))
    }

    /// All rows of a table, in the order of its key.
    ///
    /// # Panics
    /// When backups carry no such table.
    pub fn rows(&self, table: &str) -> Vec<Row> {
        let table = Table::named(table).unwrap_or_else(|| panic!("no table {table}"));
        let read = |db: &mut wuyuan_server::store::Db<'_>| query!(db, portable::page(table, None, ROWS));
        let rows: Result<_, wuyuan_server::store::StoreError> = self.0.read(read);
        let rows = rows.expect("the table can be read").into_iter();
        let names = || table.columns.iter().map(|column| column.name);
        rows.map(|row| names().zip(row.0.iter().map(text)).collect()).collect()
    }

    /// The rows of a table without some of their columns.
    pub fn without(&self, table: &str, columns: &[&str]) -> BTreeSet<Row> {
        let mut rows = self.rows(table);
        for row in &mut rows {
            row.retain(|name, _| !columns.contains(name));
        }
        rows.into_iter().collect()
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Bytes(bytes) => hex::encode(bytes),
        Value::Text(text) => text.clone(),
        Value::Long(number) => number.to_string(),
        Value::Bool(is) => is.to_string(),
    }
}
