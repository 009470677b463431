//! What the server serves to everybody in the scope, kept for working offline.

use rusqlite::{Connection, OptionalExtension, params};

use super::StoreError;

/// `GET /v1/config`.
pub const CONFIG: &str = "config";
/// `GET /v1/catalog`.
pub const CATALOG: &str = "catalog";
/// `GET /v1/directory`.
pub const DIRECTORY: &str = "directory";

/// A kept body.
pub(crate) struct Cached {
    pub body: String,
    pub etag: Option<String>,
    pub at_ms: i64,
}

/// Reads one.
pub fn load(conn: &Connection, name: &str) -> Result<Option<Cached>, StoreError> {
    let found = conn
        .query_row("SELECT body, etag, at_ms FROM cache WHERE name = ?1", [name], |row| {
            Ok(Cached {
                body: row.get(0)?,
                etag: row.get(1)?,
                at_ms: row.get(2)?,
            })
        })
        .optional()?;
    Ok(found)
}

/// Keeps one in place of what was kept.
pub fn store(conn: &Connection, name: &str, body: &str, etag: Option<&str>, at_ms: i64) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO cache (name, body, etag, at_ms) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (name) DO UPDATE SET body = excluded.body, etag = excluded.etag, at_ms = excluded.at_ms",
        params![name, body, etag, at_ms],
    )?;
    Ok(())
}

/// Notes that what is kept still holds.
pub fn confirm(conn: &Connection, name: &str, at_ms: i64) -> Result<(), StoreError> {
    conn.execute("UPDATE cache SET at_ms = ?2 WHERE name = ?1", params![name, at_ms])?;
    Ok(())
}

/// Has it asked for again at the next sync.
pub fn expire(conn: &Connection, name: &str) -> Result<(), StoreError> {
    conn.execute("UPDATE cache SET at_ms = 0 WHERE name = ?1", [name])?;
    Ok(())
}
