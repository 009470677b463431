//! How large the database is: tables, indexes, rows.

use std::collections::BTreeMap;

use rusqlite::Connection as Sqlite;
use wuyuan_tests::backend::Place;

/// Tables whose rows are counted.
const COUNTED: [&str; 11] = [
    "unit",
    "unit_sum",
    "member",
    "appointment",
    "device",
    "op",
    "head_signature",
    "record",
    "viewer",
    "blob_ref",
    "refresh_token",
];

/// The bytes of tables and indexes, by SQL on PostgreSQL. A table's include what it keeps out of line.
const POSTGRES: &str = "SELECT t.relname, i.relname, pg_relation_size(i.oid) FROM pg_index x \
     JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid \
     WHERE t.relnamespace = 'public'::regnamespace \
     UNION ALL SELECT relname, relname, pg_table_size(oid) FROM pg_class \
     WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1, 2";

/// The same on SQLite, by pages.
const SQLITE: &str = "SELECT m.tbl_name, s.name, s.pgsize FROM dbstat AS s JOIN sqlite_master AS m ON m.name = s.name \
     WHERE s.aggregate = TRUE ORDER BY 1, 2";

/// A table or an index.
#[derive(Debug, Clone)]
pub struct Piece {
    /// The table.
    pub table: String,
    /// Its own name.
    pub name: String,
    /// Its bytes.
    pub bytes: f64,
}

/// Rows of the counted tables.
pub type Rows = BTreeMap<&'static str, f64>;

/// Counts rows.
pub fn rows(place: &Place) -> Rows {
    let count = |table: &str| format!("SELECT count(*) FROM {table}");
    match place {
        Place::Postgres(database) => COUNTED
            .iter()
            .map(|table| (*table, database.sql(&count(table)).trim().parse().unwrap_or_default()))
            .collect(),
        Place::Sqlite(_) => {
            let db = open(place);
            let one = |table: &&'static str| {
                let rows: i64 = db.query_row(&count(table), [], |row| row.get(0)).expect("a count");
                (*table, rows as f64)
            };
            COUNTED.iter().map(one).collect()
        }
    }
}

/// Bytes of the whole database, without SQLite's write-ahead log.
pub fn whole(place: &Place) -> f64 {
    match place {
        Place::Postgres(database) => {
            let bytes = database.sql("SELECT pg_database_size(current_database())");
            bytes.trim().parse().unwrap_or_default()
        }
        Place::Sqlite(_) => {
            let db = open(place);
            let pragma = |name: &str| -> i64 { db.pragma_query_value(None, name, |row| row.get(0)).expect("a pragma") };
            pragma("page_count") as f64 * pragma("page_size") as f64
        }
    }
}

/// Every table and index. Reads the whole file on SQLite.
pub fn pieces(place: &Place) -> Vec<Piece> {
    match place {
        Place::Postgres(database) => {
            let piece = |line: &str| {
                let mut parts = line.split('|');
                Some(Piece {
                    table: parts.next()?.to_owned(),
                    name: parts.next()?.to_owned(),
                    bytes: parts.next()?.parse().ok()?,
                })
            };
            database.sql(POSTGRES).lines().filter_map(piece).collect()
        }
        Place::Sqlite(_) => {
            let db = open(place);
            let mut statement = db.prepare(SQLITE).expect("SQLite was built with dbstat");
            let rows = statement.query_map([], |row| {
                Ok(Piece {
                    table: row.get(0)?,
                    name: row.get(1)?,
                    bytes: row.get::<_, i64>(2)? as f64,
                })
            });
            rows.expect("a query").map(|piece| piece.expect("a row")).collect()
        }
    }
}

/// The bytes of a record's merged state.
pub fn state(place: &Place, record: &str) -> f64 {
    let hex = record.replace('-', "");
    match place {
        Place::Postgres(database) => {
            let bytes = database.sql(&format!("SELECT length(state) FROM record WHERE id = '\\x{hex}'"));
            bytes.trim().parse().unwrap_or_default()
        }
        Place::Sqlite(_) => {
            let query = format!("SELECT length(state) FROM record WHERE id = x'{hex}'");
            let bytes: i64 = open(place).query_row(&query, [], |row| row.get(0)).expect("the record");
            bytes as f64
        }
    }
}

fn open(place: &Place) -> Sqlite {
    let url = place.url();
    let path = url.strip_prefix("sqlite://").expect("a file");
    Sqlite::open(path).expect("the server's database opens")
}
