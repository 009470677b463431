//! Findings of operations that a program refused or held before findings were made of that.
//!
//! The follower goes through them page by page, the mark in the transaction of the findings. So it may be killed anywhere
//! and goes on; what is there, open or closed, stays as it is.

use sync_protocol::id::DeviceId;
use uuid::Uuid;

use super::findings::{self, REFUSED, WAITS};
use super::rows::{FindingRow, HELD, opened};
use crate::query;
use crate::store::bulk::Verb;
use crate::store::rows::OpRow;
use crate::store::{Db, StoreError, StoreResult};

/// The fact of the server that says how far this has come: device and number of the last operation, or [`ALL`].
const MARK: &str = "refused_found";
const ALL: &str = "all";

/// Operations of one page.
const PAGE: i64 = 200;

/// Opens what is missing of the next page. `db` writes. Answers whether that was the last one.
///
/// # Errors
/// When the store fails, or the mark does not read.
pub(crate) fn open_next(db: &mut Db<'_>) -> StoreResult<bool> {
    let mark = query!(db, meta::get(MARK))?;
    let (device, seq) = match mark.as_deref() {
        Some(ALL) => return Ok(true),
        Some(mark) => read(mark).ok_or(StoreError::Corrupt)?,
        None => (DeviceId([0; 16]), 0),
    };
    let ops = query!(db, keeping::refused_after(device, seq, PAGE))?;
    let mut rows: Vec<FindingRow> = Vec::new();
    for op in &ops {
        rows.extend(found(db, op)?);
    }
    rows.sort_unstable_by_key(|row| row.id);
    let rows: Vec<&FindingRow> = rows.iter().collect();
    super::rows::write(db, &opened(Verb::InsertMissing, &rows))?;
    let last = ops.last().filter(|_| ops.len() as i64 == PAGE);
    let mark = last.map_or(ALL.to_owned(), |op| format!("{} {}", op.device, op.seq));
    query!(db, meta::put(MARK, &mark))?;
    Ok(last.is_none())
}

/// The finding that the operation was not accepted; none when it was issued again since.
fn found(db: &mut Db<'_>, op: &OpRow) -> StoreResult<Option<FindingRow>> {
    let code = if op.state == HELD { WAITS } else { REFUSED };
    if code == REFUSED && query!(db, inspect::grant(op.device, op.seq, &op.hash))?.is_some() {
        return Ok(None);
    }
    let about = findings::About {
        unit: op.unit.clone(),
        record: op.record.map(|id| id.into()),
        neighbour: None,
        device: Some(op.device),
        seq: Some(op.seq as u64),
    };
    Ok(Some(findings::finding(code, about, op.arrival_ms, None)))
}

fn read(mark: &str) -> Option<(DeviceId, i64)> {
    let (device, seq) = mark.split_once(' ')?;
    Some((DeviceId(device.parse::<Uuid>().ok()?.into_bytes()), seq.parse().ok()?))
}
