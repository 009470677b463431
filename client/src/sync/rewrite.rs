//! Rewriting the end of a feed under another device.
//!
//! Each operation keeps what its author entered, when and where; it gets a new number and salt, says which operation
//! it stands for, and names what it saw under the new numbers. The server takes each of them once.

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde_json::{Map, Value as Json};
use sync_protocol::feed;
use sync_protocol::id::{DeviceId, RecordId, Seq};
use sync_protocol::op::OpName;

use crate::store::StoreError;
use crate::store::outbox::{self, NewOp, OutRow};

/// A row that is not what this program wrote.
const DAMAGED: StoreError = StoreError::Damaged("an operation's text");

/// From which device to which.
pub(super) struct Under<'d> {
    pub old: &'d DeviceId,
    pub next: &'d DeviceId,
    /// The last operation that stays the old one's.
    pub common: Seq,
    /// Whether each says which operation it stands for.
    pub reissues: bool,
}

/// Appends to the next device what the old one holds above the common part, in order. Operations whose bytes are gone
/// stay where they are: their receipts show that they were delivered.
pub(super) fn rest(
    conn: &Connection,
    under: &Under<'_>,
    sealing_key: &[u8; 32],
    salts: &[[u8; 16]],
) -> Result<(), StoreError> {
    let Under { old, next, common, .. } = *under;
    let rows = outbox::from(conn, old, common + 1, u32::MAX)?;
    for (row, salt) in rows.iter().zip(salts) {
        let Some(text) = row.text(sealing_key)? else { continue };
        let head = outbox::head(conn, next)?;
        let seq = head.seq + 1;
        let text = reworded(conn, row, &text, under, seq, salt)?;
        let body_hash = feed::body_hash(text.as_bytes());
        let op = NewOp {
            device: *next,
            seq,
            body_hash,
            chain: feed::link(&head.hash, &body_hash),
            text: &text,
            record: row.record,
            kind: &row.kind,
            unit: &row.unit,
        };
        outbox::append(conn, &op)?;
        outbox::set_rewritten(conn, old, row.seq, seq)?;
    }
    Ok(())
}

fn reworded(
    conn: &Connection,
    row: &OutRow,
    text: &str,
    under: &Under<'_>,
    seq: Seq,
    salt: &[u8; 16],
) -> Result<String, StoreError> {
    let mut op: Map<String, Json> = serde_json::from_str(text).map_err(|_| DAMAGED)?;
    let seen = match op.remove("seen") {
        Some(seen) => serde_json::from_value(seen).map_err(|_| DAMAGED)?,
        None => BTreeMap::new(),
    };
    let seen = mapped(conn, &row.record, seen, under)?;
    if !seen.is_empty() {
        op.insert("seen".into(), serde_json::to_value(seen).map_err(|_| DAMAGED)?);
    }
    op.insert("seq".into(), seq.into());
    op.insert("salt".into(), hex::encode(salt).into());
    // What was itself rewritten stands for the first of them, which the server takes once.
    if under.reissues && op.get("reissues").is_none_or(Json::is_null) {
        let stands_for = OpName {
            device: row.device,
            seq: row.seq,
            hash: row.body_hash,
        };
        op.insert(
            "reissues".into(),
            serde_json::to_value(stands_for).map_err(|_| DAMAGED)?,
        );
    }
    serde_json::to_string(&op).map_err(|_| DAMAGED)
}

/// What was seen of the old device: what the server has of it on this record stays, what was rewritten before this
/// bears its new number.
fn mapped(
    conn: &Connection,
    record: &RecordId,
    mut seen: BTreeMap<DeviceId, Seq>,
    under: &Under<'_>,
) -> Result<BTreeMap<DeviceId, Seq>, StoreError> {
    let Under { old, next, common, .. } = *under;
    let Some(seq) = seen.remove(old) else { return Ok(seen) };
    if let Some(last) = outbox::last_on_record(conn, old, record, seq.min(common))? {
        seen.insert(*old, last);
    }
    if seq > common
        && let Some(new) = outbox::rewritten(conn, old, record, seq)?
    {
        seen.insert(*next, new);
    }
    Ok(seen)
}
