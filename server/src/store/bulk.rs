//! Many rows of one table in one go, with statements that stay prepared.
//!
//! diesel prepares its UPDATEs, upserts and batch inserts anew at every call, which costs the committer a
//! third of its throughput. A [`Bulk`] is one fixed text per table and verb: on SQLite it is executed row by
//! row (a prepared statement takes a few microseconds a row), on PostgreSQL once, over arrays
//! (`UNNEST`), so that a batch of any size is one round trip.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Binary, Bool, Integer, Nullable, Text};
use diesel::sqlite::Sqlite;

use super::StoreResult;

/// What to do with the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Insert; a taken key is an error.
    Insert,
    /// Insert what is not there.
    InsertMissing,
    /// Insert, or overwrite the columns that are no key.
    Upsert,
    /// Insert, or lower the columns that are no key to the new value where that is less.
    Lower,
    /// Overwrite the columns that are no key.
    Update,
    /// Delete by key.
    Delete,
}

/// One column of all rows.
#[derive(Debug, Clone)]
pub enum Column<'a> {
    /// Binary.
    Bytes(Vec<Option<&'a [u8]>>),
    /// Text.
    Text(Vec<Option<&'a str>>),
    /// BigInt.
    Long(Vec<Option<i64>>),
    /// Integer.
    Int(Vec<Option<i32>>),
    /// Bool.
    Bool(Vec<Option<bool>>),
}

/// Rows of one table. The first `keys` columns are the key.
#[derive(Debug)]
pub struct Bulk<'a> {
    verb: Verb,
    table: &'static str,
    keys: usize,
    columns: Vec<(&'static str, Column<'a>)>,
}

impl Column<'_> {
    fn len(&self) -> usize {
        match self {
            Column::Bytes(rows) => rows.len(),
            Column::Text(rows) => rows.len(),
            Column::Long(rows) => rows.len(),
            Column::Int(rows) => rows.len(),
            Column::Bool(rows) => rows.len(),
        }
    }

    fn postgres_type(&self) -> &'static str {
        match self {
            Column::Bytes(_) => "bytea",
            Column::Text(_) => "text",
            Column::Long(_) => "bigint",
            Column::Int(_) => "integer",
            Column::Bool(_) => "boolean",
        }
    }
}

impl<'a> Bulk<'a> {
    /// Rows of `table`, column by column; the first `keys` columns are its key.
    pub fn new(verb: Verb, table: &'static str, keys: usize, columns: Vec<(&'static str, Column<'a>)>) -> Bulk<'a> {
        Bulk {
            verb,
            table,
            keys,
            columns,
        }
    }

    fn rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, column)| column.len())
    }

    /// Executes on SQLite, row by row.
    pub fn run_sqlite(&self, conn: &mut SqliteConnection) -> StoreResult<()> {
        if self.rows() == 0 {
            return Ok(());
        }
        let text = self.sqlite_text();
        for row in 0..self.rows() {
            SqliteRow {
                bulk: self,
                text: &text,
                row,
            }
            .execute(conn)?;
        }
        Ok(())
    }

    /// Executes on PostgreSQL, all rows at once.
    pub fn run_postgres(&self, conn: &mut PgConnection) -> StoreResult<()> {
        if self.rows() == 0 {
            return Ok(());
        }
        PostgresRows { bulk: self }.execute(conn)?;
        Ok(())
    }

    fn names(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        names.join(", ")
    }

    fn each(&self, range: std::ops::Range<usize>, separator: &str, text: impl Fn(usize, &str) -> String) -> String {
        let parts: Vec<String> = range.map(|i| text(i, self.columns[i].0)).collect();
        parts.join(separator)
    }

    fn on_conflict(&self) -> String {
        let keys = self.each(0..self.keys, ", ", |_, name| name.to_owned());
        match self.verb {
            Verb::InsertMissing => format!(" ON CONFLICT ({keys}) DO NOTHING"),
            Verb::Upsert => {
                let set = self.each(self.keys..self.columns.len(), ", ", |_, name| {
                    format!("{name} = excluded.{name}")
                });
                format!(" ON CONFLICT ({keys}) DO UPDATE SET {set}")
            }
            Verb::Lower => {
                let set = self.each(self.keys..self.columns.len(), ", ", |_, name| {
                    let (old, new) = (format!("{}.{name}", self.table), format!("excluded.{name}"));
                    format!("{name} = CASE WHEN {new} < {old} THEN {new} ELSE {old} END")
                });
                format!(" ON CONFLICT ({keys}) DO UPDATE SET {set}")
            }
            Verb::Insert | Verb::Update | Verb::Delete => String::new(),
        }
    }

    /// The statement for SQLite, cut where its binds go, and the column that goes into each cut.
    fn sqlite_text(&self) -> SqliteText {
        let table = self.table;
        let (keys, all) = (0..self.keys, 0..self.columns.len());
        let key = |_, name: &str| format!("{name} = ?");
        let (text, order): (String, Vec<usize>) = match self.verb {
            Verb::Insert | Verb::InsertMissing | Verb::Upsert | Verb::Lower => {
                let marks = self.each(all.clone(), ", ", |_, _| "?".to_owned());
                let text = format!(
                    "INSERT INTO {table} ({}) VALUES ({marks}){}",
                    self.names(),
                    self.on_conflict()
                );
                (text, all.collect())
            }
            Verb::Update => {
                let set = self.each(self.keys..all.end, ", ", key);
                let text = format!(
                    "UPDATE {table} SET {set} WHERE {}",
                    self.each(keys.clone(), " AND ", key)
                );
                (text, (self.keys..all.end).chain(keys).collect())
            }
            Verb::Delete => (
                format!("DELETE FROM {table} WHERE {}", self.each(keys.clone(), " AND ", key)),
                keys.collect(),
            ),
        };
        SqliteText {
            pieces: text.split('?').map(str::to_owned).collect(),
            order,
        }
    }
}

/// A statement between whose pieces the binds go, in `order` of columns.
struct SqliteText {
    pieces: Vec<String>,
    order: Vec<usize>,
}

struct SqliteRow<'b> {
    bulk: &'b Bulk<'b>,
    text: &'b SqliteText,
    row: usize,
}

impl QueryId for SqliteRow<'_> {
    type QueryId = ();
    // The text is the key of the statement cache.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<SqliteConnection> for SqliteRow<'_> {}

impl QueryFragment<Sqlite> for SqliteRow<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        for (i, piece) in self.text.pieces.iter().enumerate() {
            out.push_sql(piece);
            let Some(column) = self.text.order.get(i) else { continue };
            match &self.bulk.columns[*column].1 {
                Column::Bytes(rows) => out.push_bind_param::<Nullable<Binary>, _>(&rows[self.row])?,
                Column::Text(rows) => out.push_bind_param::<Nullable<Text>, _>(&rows[self.row])?,
                Column::Long(rows) => out.push_bind_param::<Nullable<BigInt>, _>(&rows[self.row])?,
                Column::Int(rows) => out.push_bind_param::<Nullable<Integer>, _>(&rows[self.row])?,
                Column::Bool(rows) => out.push_bind_param::<Nullable<Bool>, _>(&rows[self.row])?,
            }
        }
        Ok(())
    }
}

struct PostgresRows<'b> {
    bulk: &'b Bulk<'b>,
}

impl QueryId for PostgresRows<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<PgConnection> for PostgresRows<'_> {}

impl PostgresRows<'_> {
    /// `UNNEST($1::bytea[], …) AS v(name, …)`.
    fn unnest<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("UNNEST(");
        for (i, (_, column)) in self.bulk.columns.iter().enumerate() {
            if i > 0 {
                out.push_sql(", ");
            }
            match column {
                Column::Bytes(rows) => out.push_bind_param::<Array<Nullable<Binary>>, _>(rows)?,
                Column::Text(rows) => out.push_bind_param::<Array<Nullable<Text>>, _>(rows)?,
                Column::Long(rows) => out.push_bind_param::<Array<Nullable<BigInt>>, _>(rows)?,
                Column::Int(rows) => out.push_bind_param::<Array<Nullable<Integer>>, _>(rows)?,
                Column::Bool(rows) => out.push_bind_param::<Array<Nullable<Bool>>, _>(rows)?,
            }
            out.push_sql("::");
            out.push_sql(column.postgres_type());
            out.push_sql("[]");
        }
        out.push_sql(") AS v(");
        out.push_sql(&self.bulk.names());
        out.push_sql(")");
        Ok(())
    }
}

impl QueryFragment<Pg> for PostgresRows<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let bulk = self.bulk;
        let key = || bulk.each(0..bulk.keys, " AND ", |_, name| format!("t.{name} = v.{name}"));
        match bulk.verb {
            Verb::Insert | Verb::InsertMissing | Verb::Upsert | Verb::Lower => {
                out.push_sql(&format!("INSERT INTO {} ({}) SELECT * FROM ", bulk.table, bulk.names()));
                self.unnest(&mut out)?;
                out.push_sql(&bulk.on_conflict());
            }
            Verb::Update => {
                let set = bulk.each(bulk.keys..bulk.columns.len(), ", ", |_, name| {
                    format!("{name} = v.{name}")
                });
                out.push_sql(&format!("UPDATE {} AS t SET {set} FROM ", bulk.table));
                self.unnest(&mut out)?;
                out.push_sql(&format!(" WHERE {}", key()));
            }
            Verb::Delete => {
                out.push_sql(&format!("DELETE FROM {} AS t USING ", bulk.table));
                self.unnest(&mut out)?;
                out.push_sql(&format!(" WHERE {}", key()));
            }
        }
        Ok(())
    }
}
