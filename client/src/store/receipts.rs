//! The server's signed verdicts and the keys that sign them.

use ed25519_dalek::VerifyingKey;
use rusqlite::{Connection, OptionalExtension, params};
use sync_protocol::wire::EarlierReceipt;

use super::StoreError;

/// The key `id`, as first heard.
pub fn key(conn: &Connection, id: &str) -> Result<Option<VerifyingKey>, StoreError> {
    let bytes: Option<[u8; 32]> = conn
        .query_row("SELECT public_key FROM receipt_key WHERE id = ?1", [id], |row| {
            row.get(0)
        })
        .optional()?;
    bytes
        .map(|b| VerifyingKey::from_bytes(&b).map_err(|_| StoreError::Damaged("receipt key")))
        .transpose()
}

/// Keeps a key. One that is kept already is not replaced.
pub fn keep_key(conn: &Connection, id: &str, key: &VerifyingKey) -> Result<(), StoreError> {
    conn.execute(
        "INSERT OR IGNORE INTO receipt_key (id, public_key) VALUES (?1, ?2)",
        params![id, key.to_bytes()],
    )?;
    Ok(())
}

/// A receipt, as a server that was restored is shown it.
pub fn get(conn: &Connection, id: i64) -> Result<EarlierReceipt, StoreError> {
    let receipt = conn
        .prepare_cached("SELECT text, key, signature FROM receipt WHERE id = ?1")?
        .query_row([id], |row| {
            Ok(EarlierReceipt {
                text: row.get(0)?,
                key: row.get(1)?,
                sig: row.get(2)?,
            })
        })?;
    Ok(receipt)
}

/// Keeps a receipt and gives its number.
pub fn keep(conn: &Connection, text: &str, key: &str, signature: &[u8; 64]) -> Result<i64, StoreError> {
    let id = conn.query_row(
        "INSERT INTO receipt (text, key, signature) VALUES (?1, ?2, ?3) \
         ON CONFLICT (text) DO UPDATE SET key = excluded.key, signature = excluded.signature RETURNING id",
        params![text, key, signature],
        |row| row.get(0),
    )?;
    Ok(id)
}
