//! Somebody with the database's password: changes behind the server's back, on either database.

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
