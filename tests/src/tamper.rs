//! Somebody with the database's password: changes behind the server's back, on either database.

use rand::{Rng, RngExt};
use rusqlite::Connection;

use crate::backend::Place;

impl Place {
    /// Runs a statement that returns nothing.
    pub fn change(&self, statement: &str) {
        match self {
            Place::Sqlite(_) => {
                self.sqlite()
                    .execute_batch(statement)
                    .unwrap_or_else(|e| panic!("{statement}: {e}"));
            }
            Place::Postgres(database) => {
                database.sql(statement);
            }
        }
    }

    /// What the database says when it refuses a statement.
    ///
    /// # Panics
    /// When it carries the statement out.
    pub fn refusal(&self, statement: &str) -> String {
        let done = match self {
            Place::Sqlite(_) => self
                .sqlite()
                .execute_batch(statement)
                .map_err(|error| error.to_string()),
            Place::Postgres(database) => database.try_sql(statement).map(|_| ()),
        };
        done.expect_err(statement)
    }

    /// One number.
    pub fn number(&self, query: &str) -> i64 {
        match self {
            Place::Sqlite(_) => self
                .sqlite()
                .query_row(query, [], |row| row.get(0))
                .unwrap_or_else(|e| panic!("{query}: {e}")),
            Place::Postgres(database) => database.sql(query).parse().expect("a number"),
        }
    }

    /// One text.
    pub fn text(&self, query: &str) -> String {
        match self {
            Place::Sqlite(_) => self
                .sqlite()
                .query_row(query, [], |row| row.get(0))
                .unwrap_or_else(|e| panic!("{query}: {e}")),
            Place::Postgres(database) => database.sql(query),
        }
    }

    /// Turns one bit over in the middle of a binary column of the one row that `condition` names. A second time
    /// puts it right again.
    pub fn flip(&self, table: &str, column: &str, condition: &str) {
        match self {
            Place::Sqlite(_) => {
                let conn = self.sqlite();
                let query = format!("SELECT {column} FROM {table} WHERE {condition}");
                let mut bytes: Vec<u8> = conn
                    .query_row(&query, [], |row| row.get(0))
                    .unwrap_or_else(|e| panic!("{query}: {e}"));
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
                let update = format!("UPDATE {table} SET {column} = ?1 WHERE {condition}");
                assert_eq!(conn.execute(&update, [bytes]).expect("an update"), 1, "{update}");
            }
            Place::Postgres(database) => {
                let middle = format!("length({column}) / 2");
                let flipped = format!("set_byte({column}, {middle}, get_byte({column}, {middle}) # 1)");
                let update = format!("UPDATE {table} SET {column} = {flipped} WHERE {condition} RETURNING 1");
                assert_eq!(database.sql(&update), "1", "{update}");
            }
        }
    }

    /// Changes one value of the one row that `condition` names: a random bit of bytes, a random character of a text, a
    /// number. Answers the statement that puts it right again; `None`: there is none, or an empty one.
    pub fn bend(&self, table: &str, column: &str, condition: &str, rng: &mut impl Rng) -> Option<String> {
        let of = format!("FROM {table} WHERE {condition}");
        if self.number(&format!("SELECT COUNT({column}) {of}")) == 0 {
            return None;
        }
        let kind = match self {
            Place::Sqlite(_) => self.text(&format!("SELECT typeof({column}) {of}")),
            Place::Postgres(_) => self.text(&format!("SELECT pg_typeof({column})::text {of}")),
        };
        let (bent, back) = match kind.as_str() {
            "blob" => {
                let old = hex::decode(self.text(&format!("SELECT hex({column}) {of}"))).expect("hexadecimal digits");
                let mut new = old.clone();
                let at = rng.random_range(0..new.len());
                new[at] ^= 1 << rng.random_range(0..8);
                (self.literal(&new), self.literal(&old))
            }
            "bytea" => {
                let at = rng.random_range(0..self.number(&format!("SELECT length({column}) {of}")));
                let bit = 1 << rng.random_range(0..8);
                let turned = format!("set_byte({column}, {at}, get_byte({column}, {at}) # {bit})");
                (turned.clone(), turned)
            }
            "text" => {
                let letters = self.number(&format!("SELECT length({column}) {of}"));
                if letters == 0 {
                    return None;
                }
                let at = 1 + rng.random_range(0..letters);
                let code = match self {
                    Place::Sqlite(_) => format!("SELECT unicode(substr({column}, {at}, 1)) {of}"),
                    Place::Postgres(_) => format!("SELECT ascii(substr({column}, {at}, 1)) {of}"),
                };
                let old = self.number(&code);
                let new = i64::from(b'x') + i64::from(old == i64::from(b'x'));
                let with = |code: i64| {
                    let letter = match self {
                        Place::Sqlite(_) => format!("char({code})"),
                        Place::Postgres(_) => format!("chr({code})"),
                    };
                    format!("substr({column}, 1, {at} - 1) || {letter} || substr({column}, {at} + 1)")
                };
                (with(new), with(old))
            }
            "boolean" => (format!("NOT {column}"), format!("NOT {column}")),
            _ if column == "present" => (format!("1 - {column}"), format!("1 - {column}")),
            _ if column == "sign" => (format!("-{column}"), format!("-{column}")),
            _ => {
                let by = if column.ends_with("state") { 1 } else { 1_000_003 };
                (format!("{column} + {by}"), format!("{column} - {by}"))
            }
        };
        let set = |value: &str| format!("UPDATE {table} SET {column} = {value} WHERE {condition}");
        self.change(&set(&bent));
        Some(set(&back))
    }

    /// Lets rows of a table be changed that the database itself holds still.
    pub fn unlock(&self, table: &str) {
        match self {
            Place::Sqlite(_) => {
                let named = format!("FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}'");
                while self.number(&format!("SELECT COUNT(*) {named}")) > 0 {
                    let trigger = self.text(&format!("SELECT name {named} LIMIT 1"));
                    self.change(&format!("DROP TRIGGER {trigger}"));
                }
            }
            Place::Postgres(_) => self.change(&format!("ALTER TABLE {table} DISABLE TRIGGER ALL")),
        }
    }

    /// Bytes as a literal of this database's SQL.
    pub fn literal(&self, bytes: &[u8]) -> String {
        match self {
            Place::Sqlite(_) => format!("x'{}'", hex::encode(bytes)),
            Place::Postgres(_) => format!("'\\x{}'::bytea", hex::encode(bytes)),
        }
    }

    fn sqlite(&self) -> Connection {
        let url = self.url();
        let path = url.strip_prefix("sqlite://").expect("a SQLite place");
        Connection::open(path).expect("the database opens")
    }
}
