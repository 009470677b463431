//! The operations written here: the feed's bytes, chain and verdicts.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row, params};
use sync_protocol::feed::{self, Hash};
use sync_protocol::id::{DeviceId, RecordId, Seq, UnitCode};
use sync_protocol::verdict::{Code, Fate};
use sync_protocol::wire::{Head, VerdictLine};

use super::StoreError;
use crate::seal;

/// One operation of the outbox.
#[derive(Debug, Clone)]
pub(crate) struct OutRow {
    pub device: DeviceId,
    pub seq: Seq,
    pub body_hash: Hash,
    pub chain: Hash,
    /// The bytes, sealed or not; absent once the server's backup has them.
    pub bytes: Option<Vec<u8>>,
    pub sealed: bool,
    /// Travels as a stub.
    pub withheld: bool,
    pub record: RecordId,
    pub kind: String,
    pub unit: String,
    /// It was in a push, whether or not that arrived.
    pub sent: bool,
    pub fate: Option<Fate>,
    pub code: Option<Code>,
    pub arrival_ms: Option<i64>,
    /// The first receipt that the server gave for it.
    pub first_receipt: Option<i64>,
    /// The base has it, or its record is not for this reader any more: it is no longer laid over.
    pub settled: bool,
}

const COLUMNS: &str = "device, seq, body_hash, chain, bytes, sealed, withheld, record, kind, unit, sent, fate, code, \
                       arrival_ms, first_receipt, settled";

fn fate_number(fate: Fate) -> i64 {
    match fate {
        Fate::Accepted => 0,
        Fate::Held => 1,
        Fate::Quarantined => 2,
    }
}

fn fate_of(number: i64) -> Fate {
    match number {
        0 => Fate::Accepted,
        1 => Fate::Held,
        _ => Fate::Quarantined,
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<OutRow> {
    let fate: Option<i64> = row.get(11)?;
    let code: Option<String> = row.get(12)?;
    Ok(OutRow {
        device: DeviceId(row.get(0)?),
        seq: row.get(1)?,
        body_hash: row.get(2)?,
        chain: row.get(3)?,
        bytes: row.get(4)?,
        sealed: row.get(5)?,
        withheld: row.get(6)?,
        record: RecordId(row.get(7)?),
        kind: row.get(8)?,
        unit: row.get(9)?,
        sent: row.get(10)?,
        fate: fate.map(fate_of),
        code: code.as_deref().and_then(Code::parse),
        arrival_ms: row.get(13)?,
        first_receipt: row.get(14)?,
        settled: row.get(15)?,
    })
}

impl OutRow {
    /// The operation's text, as it was written.
    pub fn text(&self, key: &[u8; 32]) -> Result<Option<String>, StoreError> {
        let Some(bytes) = &self.bytes else { return Ok(None) };
        let bytes = match self.sealed {
            true => seal::open(key, &self.device, self.seq, &self.body_hash, bytes)?,
            false => bytes.clone(),
        };
        String::from_utf8(bytes)
            .map(Some)
            .map_err(|_| StoreError::Damaged("an operation's text"))
    }
}

/// A new operation at the end of a feed.
pub(crate) struct NewOp<'a> {
    pub device: DeviceId,
    pub seq: Seq,
    pub body_hash: Hash,
    pub chain: Hash,
    pub text: &'a str,
    pub record: RecordId,
    pub kind: &'a str,
    pub unit: &'a str,
}

/// Writes it.
pub fn append(conn: &Connection, op: &NewOp<'_>) -> Result<(), StoreError> {
    conn.prepare_cached(
        "INSERT INTO outbox (device, seq, body_hash, chain, bytes, record, kind, unit) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        op.device.bytes(),
        op.seq,
        op.body_hash,
        op.chain,
        op.text.as_bytes(),
        op.record.bytes(),
        op.kind,
        op.unit
    ])?;
    Ok(())
}

/// The end of the device's feed.
pub fn head(conn: &Connection, device: &DeviceId) -> Result<Head, StoreError> {
    let found = conn
        .prepare_cached("SELECT seq, chain FROM outbox WHERE device = ?1 ORDER BY seq DESC LIMIT 1")?
        .query_row([device.bytes()], |row| {
            Ok(Head {
                seq: row.get(0)?,
                hash: row.get(1)?,
            })
        })
        .optional()?;
    Ok(found.unwrap_or(Head {
        seq: 0,
        hash: feed::genesis(device),
    }))
}

/// The chain's hash after `seq`; `None` when the feed is not that long.
pub fn chain_at(conn: &Connection, device: &DeviceId, seq: Seq) -> Result<Option<Hash>, StoreError> {
    if seq == 0 {
        return Ok(Some(feed::genesis(device)));
    }
    let found = conn
        .prepare_cached("SELECT chain FROM outbox WHERE device = ?1 AND seq = ?2")?
        .query_row(params![device.bytes(), seq], |row| row.get(0))
        .optional()?;
    Ok(found)
}

/// The first operation that must go to a server whose feed ends at `server_seq`.
pub fn first_pending(conn: &Connection, device: &DeviceId, server_seq: Seq) -> Result<Option<Seq>, StoreError> {
    let found = conn
        .prepare_cached("SELECT MIN(seq) FROM outbox WHERE device = ?1 AND (fate IS NULL OR seq > ?2)")?
        .query_row(params![device.bytes(), server_seq], |row| row.get(0))?;
    Ok(found)
}

fn collect(conn: &Connection, rest: &str, values: impl rusqlite::Params) -> Result<Vec<OutRow>, StoreError> {
    let mut statement = conn.prepare_cached(&format!("SELECT {COLUMNS} FROM outbox {rest}"))?;
    let rows = statement.query_map(values, read)?.collect::<Result<_, _>>()?;
    Ok(rows)
}

/// At most `most` operations of the device from `seq` on, in order.
pub fn from(conn: &Connection, device: &DeviceId, seq: Seq, most: u32) -> Result<Vec<OutRow>, StoreError> {
    collect(
        conn,
        "WHERE device = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3",
        params![device.bytes(), seq, most],
    )
}

/// The operations on a record, those that another took the place of left out, in the order of writing.
pub fn of_record(conn: &Connection, record: &RecordId) -> Result<Vec<OutRow>, StoreError> {
    let rest = "JOIN feed USING (device) WHERE record = ?1 AND rewritten_seq IS NULL \
                AND (common_seq IS NULL OR seq <= common_seq) ORDER BY place, seq";
    collect(conn, rest, [record.bytes()])
}

/// Records that the replica lacks or shows without what was written here.
pub fn unsettled_records(conn: &Connection) -> Result<Vec<RecordId>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT DISTINCT record FROM outbox WHERE settled = 0 AND rewritten_seq IS NULL ORDER BY record",
    )?;
    let records = statement
        .query_map([], |row| row.get(0).map(RecordId))?
        .collect::<Result<_, _>>()?;
    Ok(records)
}

/// The last operation of each of this installation's devices on a record, up to which its author saw his own. One that
/// travelled as a stub is not named: the server cannot tell which record it is on.
pub fn own_seen(conn: &Connection, record: &RecordId) -> Result<BTreeMap<DeviceId, Seq>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT device, MAX(seq) FROM outbox JOIN feed USING (device) WHERE record = ?1 AND rewritten_seq IS NULL \
         AND withheld = 0 AND (common_seq IS NULL OR seq <= common_seq) GROUP BY device",
    )?;
    let seen = statement.query_map([record.bytes()], |row| Ok((DeviceId(row.get(0)?), row.get(1)?)))?;
    Ok(seen.collect::<Result<_, _>>()?)
}

/// The last operation of the device on the record at or below `seq`.
pub fn last_on_record(
    conn: &Connection,
    device: &DeviceId,
    record: &RecordId,
    seq: Seq,
) -> Result<Option<Seq>, StoreError> {
    let found = conn
        .prepare_cached("SELECT MAX(seq) FROM outbox WHERE device = ?1 AND record = ?2 AND seq <= ?3")?
        .query_row(params![device.bytes(), record.bytes(), seq], |row| row.get(0))?;
    Ok(found)
}

/// The number that the last of the device's rewritten operations on the record at or below `seq` now bears.
pub fn rewritten(conn: &Connection, device: &DeviceId, record: &RecordId, seq: Seq) -> Result<Option<Seq>, StoreError> {
    let found = conn
        .prepare_cached("SELECT MAX(rewritten_seq) FROM outbox WHERE device = ?1 AND record = ?2 AND seq <= ?3")?
        .query_row(params![device.bytes(), record.bytes(), seq], |row| row.get(0))?;
    Ok(found)
}

/// Notes the number that an operation bears in the feed that took this one's place.
pub fn set_rewritten(conn: &Connection, device: &DeviceId, seq: Seq, new_seq: Seq) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE outbox SET rewritten_seq = ?3, settled = 1 WHERE device = ?1 AND seq = ?2",
        params![device.bytes(), seq, new_seq],
    )?;
    Ok(())
}

/// Notes that a push with these operations is about to leave.
pub fn set_sent(conn: &Connection, device: &DeviceId, first: Seq, last: Seq) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE outbox SET sent = 1 WHERE device = ?1 AND seq BETWEEN ?2 AND ?3 AND sent = 0",
        params![device.bytes(), first, last],
    )?;
    Ok(())
}

/// Has an operation travel as a stub from now on.
pub fn set_withheld(conn: &Connection, device: &DeviceId, seq: Seq) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE outbox SET withheld = 1 WHERE device = ?1 AND seq = ?2",
        params![device.bytes(), seq],
    )?;
    Ok(())
}

/// The server lost everything above `server_seq`: it is pending again. Its earlier receipts stay.
pub fn reopen_above(conn: &Connection, device: &DeviceId, server_seq: Seq) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE outbox SET fate = NULL, code = NULL, sent = 0, settled = 0 WHERE device = ?1 AND seq > ?2",
        params![device.bytes(), server_seq],
    )?;
    Ok(())
}

/// The server is one of before: what it let go since, it may hold again. Shown as waiting until it has been asked.
pub fn doubt_released(conn: &Connection, device: &DeviceId, server_seq: Seq) -> Result<(), StoreError> {
    // Only what waited once has had a second receipt.
    conn.execute(
        "UPDATE outbox SET fate = ?3, code = NULL, settled = 0 WHERE device = ?1 AND seq <= ?2 AND fate IS NOT NULL \
         AND receipt <> first_receipt",
        params![device.bytes(), server_seq, fate_number(Fate::Held)],
    )?;
    Ok(())
}

/// The server lost what a closed feed has above `server_seq`, as far as `common`: it is pending again.
pub fn reopen_between(conn: &Connection, device: &DeviceId, server_seq: Seq, common: Seq) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE outbox SET fate = NULL, code = NULL, sent = 0, settled = 0 WHERE device = ?1 AND seq > ?2 AND seq <= ?3",
        params![device.bytes(), server_seq, common],
    )?;
    Ok(())
}

/// Takes a verdict. A line for other bytes than these is not for this operation.
pub fn set_verdict(
    conn: &Connection,
    device: &DeviceId,
    line: &VerdictLine,
    receipt: Option<i64>,
) -> Result<(), StoreError> {
    conn.prepare_cached(
        "UPDATE outbox SET fate = ?4, code = ?5, arrival_ms = ?6, receipt = COALESCE(?7, receipt), \
         first_receipt = COALESCE(first_receipt, ?7) \
         WHERE device = ?1 AND seq = ?2 AND body_hash = ?3",
    )?
    .execute(params![
        device.bytes(),
        line.seq,
        line.hash,
        fate_number(line.fate),
        line.code.map(Code::as_str),
        line.arrival,
        receipt
    ])?;
    Ok(())
}

/// The device's operations that wait on the server for something, or whose verdict is not known.
pub fn unresolved(conn: &Connection, device: &DeviceId, up_to: Seq, held_only: bool) -> Result<Vec<Seq>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT seq FROM outbox WHERE device = ?1 AND seq <= ?2 AND (fate = 1 OR (fate IS NULL AND NOT ?3)) ORDER BY seq",
    )?;
    let seqs = statement.query_map(params![device.bytes(), up_to, held_only], |row| row.get(0))?;
    Ok(seqs.collect::<Result<_, _>>()?)
}

/// The base of `record` has the device's operations up to `seq`.
pub fn settle(conn: &Connection, record: &RecordId, clock: &BTreeMap<DeviceId, Seq>) -> Result<(), StoreError> {
    let mut statement = conn.prepare_cached(
        "UPDATE outbox SET settled = 1 WHERE record = ?1 AND device = ?2 AND seq <= ?3 AND settled = 0",
    )?;
    for (device, seq) in clock {
        statement.execute(params![record.bytes(), device.bytes(), seq])?;
    }
    Ok(())
}

/// The record is no longer for this reader: what the server has accepted of it is not shown any more.
pub fn settle_gone(conn: &Connection, record: &RecordId) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE outbox SET settled = 1 WHERE record = ?1 AND fate = 0",
        [record.bytes()],
    )?;
    Ok(())
}

/// The unit is held completely: accepted operations on records that it does not hold are not for this reader.
pub fn settle_unit(conn: &Connection, unit: &UnitCode) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE outbox SET settled = 1 WHERE unit = ?1 AND fate = 0 AND settled = 0 \
         AND record NOT IN (SELECT record FROM base WHERE unit = ?1)",
        [unit.as_str()],
    )?;
    Ok(())
}

/// Whether operations of the unit are still to be delivered.
pub fn unit_has_pending(conn: &Connection, unit: &UnitCode) -> Result<bool, StoreError> {
    let found: bool = conn.query_row(
        "SELECT EXISTS (SELECT 1 FROM outbox JOIN feed USING (device) \
         WHERE unit = ?1 AND fate IS NULL AND role = 'current')",
        [unit.as_str()],
        |row| row.get(0),
    )?;
    Ok(found)
}

/// Encrypts the bytes that must still be kept of a unit that has ended, and shows nothing of it any more.
pub fn seal_unit(conn: &Connection, unit: &UnitCode, key: &[u8; 32]) -> Result<(), StoreError> {
    for row in collect(
        conn,
        "WHERE unit = ?1 AND sealed = 0 AND bytes IS NOT NULL",
        [unit.as_str()],
    )? {
        let Some(bytes) = &row.bytes else { continue };
        let sealed = seal::seal(key, &row.device, row.seq, &row.body_hash, bytes)?;
        conn.execute(
            "UPDATE outbox SET bytes = ?3, sealed = 1 WHERE device = ?1 AND seq = ?2",
            params![row.device.bytes(), row.seq, sealed],
        )?;
    }
    conn.execute("UPDATE outbox SET settled = 1 WHERE unit = ?1", [unit.as_str()])?;
    Ok(())
}

/// Drops bytes that the server's verified backup has and that nobody needs here: those of accepted operations
/// that the base shows, and those of any answered operation of a unit that has ended.
pub fn drop_durable(conn: &Connection, device: &DeviceId, durable_seq: Seq) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE outbox SET bytes = NULL, sealed = 0 WHERE device = ?1 AND seq <= ?2 AND bytes IS NOT NULL \
         AND ((fate = 0 AND settled = 1) OR (fate IS NOT NULL AND sealed = 1))",
        params![device.bytes(), durable_seq],
    )?;
    Ok(())
}

/// The quarantined operations, in the order of writing.
pub fn quarantined(conn: &Connection) -> Result<Vec<OutRow>, StoreError> {
    collect(
        conn,
        "JOIN feed USING (device) WHERE fate = 2 AND rewritten_seq IS NULL ORDER BY place, seq",
        [],
    )
}
