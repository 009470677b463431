//! The rows of one district once more for others: under units and people of theirs, other ids, and further east.

use std::ops::Range;

use sync_protocol::id::{MemberId, UnitCode};
use wuyuan_server::log::source;
use wuyuan_server::query;
use wuyuan_server::store::bulk::{Bulk, Column, Verb};
use wuyuan_server::store::portable::{PortableRow, Table, Value};
use wuyuan_server::store::{Store, StoreResult};

use crate::scale::country;

/// What the district's records, and what was derived from them, fill.
const TABLES: [&str; 20] = [
    "device",
    "op",
    "head_signature",
    "record",
    "viewer",
    "blob_ref",
    "blob",
    "unit_sum",
    "unsealed",
    "finding",
    "finding_fact",
    "finding_also",
    "reconciled",
    "presence",
    "member_point",
    "report_place",
    "photo_use",
    "photo_print",
    "deadline",
    "fact",
];

/// Two more that hold what was derived.
const MORE: [&str; 2] = ["claim", "reconcile_due"];

/// Columns with the words of a record or an operation, in which people are named.
const WORDS: [&str; 2] = ["state", "body"];

/// Columns that name somebody of the district.
const PEOPLE: [&str; 4] = ["member", "creator", "who", "person"];

/// Columns that name a record, a device, a file or a finding; their first four bytes tell the districts apart:
/// as in life, where ids begin with the time, what comes together lies together.
const IDS: [&str; 10] = [
    "id",
    "device",
    "record",
    "sha256",
    "key",
    "finding",
    "neighbour",
    "matter",
    "session",
    "object",
];

/// How far each district lies east of the one before, in stored units of a degree, and in cells of the rules' grid.
const EAST: i64 = 10_000_000;
const CELLS: i64 = EAST / 50_000;

/// How much of an id all members of a district have in common, in bytes and in characters of its text.
const SAME: usize = 12;
const SAME_TEXT: usize = 24;

/// Rows read at once.
const PAGE: usize = 10_000;

/// What one district left in the database.
pub struct Rows {
    tables: Vec<(&'static Table, Vec<PortableRow>)>,
    heads: Vec<(UnitCode, i64)>,
}

impl Rows {
    /// Reads it. Nothing else may have been written.
    pub fn read(store: &Store) -> Rows {
        let all = |name: &&str| {
            let table = Table::named(name).expect("a table of the schema");
            let mut rows = page_by_page(store, table);
            // The catalogue waits to be sealed as well, and is there once.
            rows.retain(|row| table.name != "unsealed" || row.0[0] == Value::Long(source::OPERATIONS.into()));
            (table, rows)
        };
        let unit = Table::named("unit").expect("a table of the schema");
        let at = |name| place(unit, name).expect("a column of the table");
        let head = |row: PortableRow| match (&row.0[at("code")], &row.0[at("head")]) {
            (Value::Text(code), Value::Long(head @ 1..)) => Some((code.parse().expect("a code"), *head)),
            _ => None,
        };
        Rows {
            tables: TABLES.iter().chain(&MORE).map(all).collect(),
            heads: page_by_page(store, unit).into_iter().filter_map(head).collect(),
        }
    }

    /// Writes it for each of the districts, whose units and people are there, one transaction each.
    pub fn copy(&self, store: &Store, districts: Range<u32>) {
        let last = districts.end;
        for nth in districts {
            let written: StoreResult<()> = store.write(|db| {
                for (table, rows) in &self.tables {
                    let far = |row: &PortableRow| moved(table, row, nth, rows.len() as i64);
                    country::rows(db, table.name, rows.iter().map(far).collect())?;
                }
                let heads: Vec<(String, i64)> = self
                    .heads
                    .iter()
                    .map(|(code, head)| (unit(code.as_str(), nth), *head))
                    .collect();
                let columns = vec![
                    ("code", Column::Text(heads.iter().map(|h| Some(h.0.as_str())).collect())),
                    ("head", Column::Long(heads.iter().map(|h| Some(h.1)).collect())),
                ];
                query!(db, locks::write(&Bulk::new(Verb::Update, "unit", 1, columns)))
            });
            written.expect("a district's rows are written");
        }
        self.number(store, last);
    }

    /// The last number of the facts is kept beside them.
    fn number(&self, store: &Store, districts: u32) {
        let facts = self.tables.iter().find(|(table, _)| table.name == "fact");
        let last = facts.map_or(0, |(_, rows)| rows.len() as i64 * i64::from(districts));
        let columns = vec![
            ("name", Column::Text(vec![Some("fact")])),
            ("number", Column::Long(vec![Some(last)])),
        ];
        let bulk = Bulk::new(Verb::Upsert, "dense", 1, columns);
        let written: StoreResult<()> = store.write(|db| query!(db, locks::write(&bulk)));
        written.expect("the facts' number is written");
    }
}

fn page_by_page(store: &Store, table: &'static Table) -> Vec<PortableRow> {
    let read: StoreResult<Vec<PortableRow>> = store.read(|db| {
        let mut rows: Vec<PortableRow> = Vec::new();
        loop {
            let after = rows.last().map(|row| row.0[..table.keys].to_vec());
            let page = query!(db, portable::page(table, after.as_deref(), PAGE))?;
            let more = page.len() == PAGE;
            rows.extend(page);
            if !more {
                return Ok(rows);
            }
        }
    });
    read.expect("the district's rows can be read")
}

fn place(table: &Table, name: &str) -> Option<usize> {
    table.columns.iter().position(|column| column.name == name)
}

/// A row of the first district, of `rows` in its table, as district `nth` would have it.
fn moved(table: &Table, row: &PortableRow, nth: u32, rows: i64) -> PortableRow {
    let far = i64::from(nth);
    let value = |(value, column): (&Value, &str)| match value {
        Value::Bytes(bytes) if PEOPLE.contains(&column) => Value::Bytes(with(bytes, 1, nth)),
        Value::Bytes(bytes) if IDS.contains(&column) => Value::Bytes(with(bytes, 0, nth)),
        Value::Bytes(bytes) if WORDS.contains(&column) => Value::Bytes(renamed(bytes, nth)),
        Value::Text(code) if column == "unit" => Value::Text(unit(code, nth)),
        Value::Text(object) if column == "object" => Value::Text(format!("{object}-{nth}")),
        // Numbers without gaps go on district by district.
        Value::Long(n) if column == "number" => Value::Long(n + far * rows),
        Value::Long(n) if column == "lng" => Value::Long(n + far * EAST),
        Value::Long(n) if column == "cell" => Value::Long(n + far * CELLS),
        // As far from each other as before, and far from all others.
        Value::Long(n) if column == "bits" => Value::Long(n ^ far.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64 as i64)),
        other => other.clone(),
    };
    let names = table.columns.iter().map(|column| column.name);
    PortableRow(row.0.iter().zip(names).map(value).collect())
}

/// `bytes` with the district's number at `at`.
fn with(bytes: &[u8], at: usize, nth: u32) -> Vec<u8> {
    let mut own = bytes.to_vec();
    own[at..at + 4].copy_from_slice(&nth.to_be_bytes());
    own
}

/// Words of the first district, as those of district `nth` whose people they then name: a rule that looks at a copy again
/// must not find the first district's people everywhere at once.
fn renamed(words: &[u8], nth: u32) -> Vec<u8> {
    let first = country::member_id(0, 0);
    let own = country::member_id(nth, 0);
    let text = |id: MemberId| id.to_string().as_bytes()[..SAME_TEXT].to_vec();
    let packed = replaced(words, &first.0[..SAME], &own.0[..SAME]);
    replaced(&packed, &text(first), &text(own))
}

/// `bytes` with each `old` in it replaced by `new`, which is as long.
fn replaced(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut made = bytes.to_vec();
    let mut at = 0;
    while at + old.len() <= made.len() {
        if made[at..at + old.len()] == *old {
            made[at..at + old.len()].copy_from_slice(new);
            at += old.len();
        } else {
            at += 1;
        }
    }
    made
}

/// The code of the same unit in district `nth`.
fn unit(code: &str, nth: u32) -> String {
    format!("{:06}{}", 100_000 + nth, &code[6..])
}
