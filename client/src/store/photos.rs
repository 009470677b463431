//! What is known of the photos: which operations refer to them and how far each is.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row, params};
use sync_protocol::feed::Hash;
use sync_protocol::id::{DeviceId, RecordId, Seq, UnitCode};

use super::StoreError;
use crate::photos::{PhotoCount, PhotoState, PhotoTrouble};

/// One photo.
#[derive(Debug, Clone)]
pub(crate) struct PhotoRow {
    pub sha256: Hash,
    pub bytes: u64,
    pub media: String,
    pub source: String,
    pub captured: Option<String>,
    pub hashed: String,
    pub state: PhotoState,
    pub kept: bool,
    pub upload: Option<String>,
    pub sent: u64,
    pub trouble: Option<PhotoTrouble>,
}

const COLUMNS: &str = "sha256, bytes, media, source, captured, hashed, state, kept, upload, sent, trouble";

fn read(row: &Row<'_>) -> rusqlite::Result<PhotoRow> {
    let state: String = row.get(6)?;
    let trouble: Option<String> = row.get(10)?;
    Ok(PhotoRow {
        sha256: row.get(0)?,
        bytes: row.get(1)?,
        media: row.get(2)?,
        source: row.get(3)?,
        captured: row.get(4)?,
        hashed: row.get(5)?,
        // One that a newer program wrote is asked of again.
        state: PhotoState::parse(&state).unwrap_or(PhotoState::Absent),
        kept: row.get(7)?,
        upload: row.get(8)?,
        sent: row.get(9)?,
        trouble: trouble.as_deref().and_then(PhotoTrouble::parse),
    })
}

fn collect(conn: &Connection, rest: &str, values: impl rusqlite::Params) -> Result<Vec<PhotoRow>, StoreError> {
    let mut statement = conn.prepare_cached(&format!("SELECT {COLUMNS} FROM photo {rest}"))?;
    let rows = statement.query_map(values, read)?.collect::<Result<_, _>>()?;
    Ok(rows)
}

/// Notes a photo whose original lies in the folder. One that is known already is whole again now.
pub fn keep(conn: &Connection, photo: &PhotoRow) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO photo (sha256, bytes, media, source, captured, hashed) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
         ON CONFLICT (sha256) DO UPDATE SET kept = 1, sealed = 0, trouble = NULL, asked = NULL",
        params![
            photo.sha256,
            photo.bytes,
            photo.media,
            photo.source,
            photo.captured,
            photo.hashed
        ],
    )?;
    Ok(())
}

/// Notes that an operation refers to it.
pub fn refer(conn: &Connection, sha256: &Hash, device: &DeviceId, seq: Seq) -> Result<(), StoreError> {
    conn.execute(
        "INSERT OR IGNORE INTO photo_use (sha256, device, seq) VALUES (?1, ?2, ?3)",
        params![sha256, device.bytes(), seq],
    )?;
    Ok(())
}

/// Every photo, in the order in which they were taken in.
pub fn all(conn: &Connection) -> Result<Vec<PhotoRow>, StoreError> {
    collect(conn, "ORDER BY rowid", [])
}

/// One photo.
pub fn get(conn: &Connection, sha256: &Hash) -> Result<Option<PhotoRow>, StoreError> {
    Ok(collect(conn, "WHERE sha256 = ?1", [sha256])?.pop())
}

/// Those that the server lacks and that can be sent, in order.
pub fn to_send(conn: &Connection) -> Result<Vec<PhotoRow>, StoreError> {
    let rest = "WHERE kept = 1 AND state = 'absent' AND trouble IS NULL ORDER BY rowid";
    collect(conn, rest, [])
}

/// Those that are given up while an upload of them is open.
pub fn to_end(conn: &Connection) -> Result<Vec<PhotoRow>, StoreError> {
    collect(
        conn,
        "WHERE trouble IS NOT NULL AND upload IS NOT NULL ORDER BY rowid",
        [],
    )
}

/// Those of which the server's present history is to be asked: it never was, or they have arrived and it was asked
/// before `stale_ms`, or later than `now_ms` by a clock that was set back.
pub fn to_ask(conn: &Connection, generation: &str, stale_ms: i64, now_ms: i64) -> Result<Vec<Hash>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT sha256 FROM photo WHERE kept = 1 AND (asked IS NOT ?1 OR (state = 'received' \
         AND (asked_ms <= ?2 OR asked_ms > ?3))) ORDER BY rowid",
    )?;
    let hashes = statement.query_map(params![generation, stale_ms, now_ms], |row| row.get(0))?;
    Ok(hashes.collect::<Result<_, _>>()?)
}

/// Takes what the server says of one. What it has needs no sending, whatever was wrong; what it has lost begins anew.
pub fn set_state(
    conn: &Connection,
    sha256: &Hash,
    state: PhotoState,
    generation: Option<&str>,
    at_ms: i64,
) -> Result<(), StoreError> {
    conn.prepare_cached(
        "UPDATE photo SET asked = COALESCE(?3, asked), asked_ms = ?4, \
         upload = CASE WHEN ?2 = 'absent' AND state = 'absent' THEN upload END, \
         sent = CASE WHEN ?2 <> 'absent' THEN bytes WHEN state = 'absent' THEN sent ELSE 0 END, \
         trouble = CASE WHEN ?2 = 'absent' THEN trouble END, state = ?2 WHERE sha256 = ?1",
    )?
    .execute(params![sha256, state.code(), generation, at_ms])?;
    Ok(())
}

/// Notes that the server was asked and said nothing of it.
pub fn set_asked(conn: &Connection, sha256: &Hash, generation: &str, at_ms: i64) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE photo SET asked = ?2, asked_ms = ?3 WHERE sha256 = ?1",
        params![sha256, generation, at_ms],
    )?;
    Ok(())
}

/// Notes where its upload is.
pub fn set_upload(conn: &Connection, sha256: &Hash, address: &str, sent: u64) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE photo SET upload = ?2, sent = ?3 WHERE sha256 = ?1",
        params![sha256, address, sent],
    )?;
    Ok(())
}

/// Notes how many bytes of it the server has.
pub fn set_sent(conn: &Connection, sha256: &Hash, sent: u64) -> Result<(), StoreError> {
    conn.execute("UPDATE photo SET sent = ?2 WHERE sha256 = ?1", params![sha256, sent])?;
    Ok(())
}

/// Forgets its upload: the next one begins anew, after the server was asked whether it has the photo.
pub fn forget_upload(conn: &Connection, sha256: &Hash) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE photo SET upload = NULL, sent = 0, asked = NULL WHERE sha256 = ?1",
        [sha256],
    )?;
    Ok(())
}

/// Notes why it is not sent any more.
pub fn set_trouble(conn: &Connection, sha256: &Hash, trouble: PhotoTrouble) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE photo SET trouble = ?2 WHERE sha256 = ?1",
        params![sha256, trouble.code()],
    )?;
    Ok(())
}

/// Has all that were given up tried again.
pub fn clear_troubles(conn: &Connection) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE photo SET trouble = NULL, asked = NULL WHERE trouble IS NOT NULL",
        [],
    )?;
    Ok(())
}

/// The originals of those that have got as far as the server is to have them are needed no more. Answers whether
/// there were any.
pub fn release(conn: &Connection, received_is_enough: bool) -> Result<bool, StoreError> {
    let released = conn.execute(
        "UPDATE photo SET kept = 0, upload = NULL WHERE kept = 1 AND (state = 'durable' OR (?1 AND state = 'received'))",
        [received_is_enough],
    )?;
    Ok(released > 0)
}

/// What was written in the unit lies here encrypted from now on, the photos that other units need left out.
pub fn seal_unit(conn: &Connection, unit: &UnitCode) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE photo SET sealed = 1 WHERE sealed = 0 AND sha256 IN (SELECT sha256 FROM photo_use JOIN outbox \
         USING (device, seq) WHERE unit = ?1) AND sha256 NOT IN (SELECT sha256 FROM photo_use JOIN outbox \
         USING (device, seq) WHERE unit <> ?1 AND outbox.sealed = 0 AND unit IN (SELECT code FROM unit))",
        [unit.as_str()],
    )?;
    Ok(())
}

/// Whether the original is to lie in the folder, and whether encrypted. `None`: it is not.
pub fn is_sealed(conn: &Connection, sha256: &Hash) -> Result<Option<bool>, StoreError> {
    let found = conn
        .prepare_cached("SELECT sealed FROM photo WHERE sha256 = ?1 AND kept = 1")?
        .query_row([sha256], |row| row.get(0))
        .optional()?;
    Ok(found)
}

/// The records whose operations refer to a photo.
pub fn records(conn: &Connection, sha256: &Hash) -> Result<Vec<RecordId>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT DISTINCT record FROM photo_use JOIN outbox USING (device, seq) WHERE sha256 = ?1 ORDER BY record",
    )?;
    let records = statement.query_map([sha256], |row| row.get(0).map(RecordId))?;
    Ok(records.collect::<Result<_, _>>()?)
}

fn count(row: &Row<'_>, from: usize) -> rusqlite::Result<PhotoCount> {
    Ok(PhotoCount {
        delivered: row.get(from)?,
        total: row.get(from + 1)?,
        trouble: row.get(from + 2)?,
    })
}

const COUNT: &str = "COALESCE(SUM(state <> 'absent'), 0), COUNT(*), COALESCE(SUM(trouble IS NOT NULL), 0)";

/// How many photos of each record have arrived, of those that this phone took.
pub fn by_record(conn: &Connection) -> Result<BTreeMap<RecordId, PhotoCount>, StoreError> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT record, {COUNT} FROM (SELECT DISTINCT record, sha256 FROM photo_use JOIN outbox USING (device, seq)) \
         JOIN photo USING (sha256) GROUP BY record"
    ))?;
    let counts = statement.query_map([], |row| Ok((RecordId(row.get(0)?), count(row, 1)?)))?;
    Ok(counts.collect::<Result<_, _>>()?)
}

/// The same of one record.
pub fn of_record(conn: &Connection, record: &RecordId) -> Result<PhotoCount, StoreError> {
    let sql = format!(
        "SELECT {COUNT} FROM photo WHERE sha256 IN (SELECT sha256 FROM photo_use JOIN outbox USING (device, seq) \
         WHERE record = ?1)"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    Ok(statement.query_row([record.bytes()], |row| count(row, 0))?)
}

/// Of all whose original is still kept.
pub fn in_all(conn: &Connection) -> Result<PhotoCount, StoreError> {
    let mut statement = conn.prepare_cached(&format!("SELECT {COUNT} FROM photo WHERE kept = 1"))?;
    Ok(statement.query_row([], |row| count(row, 0))?)
}

/// How many originals only this phone has.
pub fn undelivered(conn: &Connection) -> Result<u64, StoreError> {
    let count = conn.query_row(
        "SELECT COUNT(*) FROM photo WHERE kept = 1 AND state = 'absent' AND trouble IS NOT ?1",
        [PhotoTrouble::Missing.code()],
        |row| row.get(0),
    )?;
    Ok(count)
}
