//! Held operations that may go on: what they waited for has come, or the desk lets them go.

use sync_protocol::catalog::Catalog;
use sync_protocol::id::{DeviceId, Seq};
use sync_protocol::verdict::Fate;

use super::batch::{Draft, Loaded};
use super::envelope::PreparedOp;
use super::findings;
use super::judge::{Author, ClockEvidence, Rules, judge};
use super::rows::{FindingRow, HELD, Outcome, Revised, state_of};
use crate::query;
use crate::store::rows::{OpRow, VerdictChangeRow};
use crate::store::{Db, StoreError, StoreResult};

/// Held operations to judge again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Which, each judged on its own; the order of one device's is its feed's.
    pub ops: Vec<(DeviceId, Seq)>,
    /// The desk lets them go: what they saw and does not exist is cut from their `seen`.
    pub cut: bool,
}

/// Reads the operations of a release that are still held.
pub(super) fn read(db: &mut Db<'_>, release: &Release) -> StoreResult<Vec<OpRow>> {
    let mut keys = release.ops.clone();
    keys.sort_unstable();
    keys.dedup();
    let mut rows = Vec::with_capacity(keys.len());
    for (device, seq) in keys {
        rows.extend(query!(db, feeds::op(device, seq as i64))?.filter(|row| row.state == HELD));
    }
    Ok(rows)
}

/// Those of the operations that are held still, now that their devices are locked: another release may have come
/// between the look and the lock.
pub(super) fn still_held(db: &mut Db<'_>, rows: Vec<OpRow>) -> StoreResult<Vec<OpRow>> {
    let mut held = Vec::with_capacity(rows.len());
    for row in rows {
        held.extend(query!(db, feeds::op(row.device, row.seq))?.filter(|row| row.state == HELD));
    }
    Ok(held)
}

/// The operation as it was when it came.
pub(super) fn prepared(catalog: &Catalog, row: &OpRow) -> StoreResult<PreparedOp> {
    let text = std::str::from_utf8(&row.body).map_err(|_| StoreError::Corrupt)?;
    Ok(PreparedOp::read(catalog, text, row.seq as u64, |_| row.chain))
}

/// What is written down of an operation whose verdict is another one than before.
fn change(db: &mut Db<'_>, row: &OpRow, outcome: &Outcome, now_ms: i64) -> StoreResult<Option<VerdictChangeRow>> {
    let (state, code) = (state_of(outcome.verdict.fate()), outcome.verdict.code());
    let code = code.map(|code| code.as_str().to_owned());
    if state == row.state && code == row.code {
        return Ok(None);
    }
    // The device is locked, so nobody else counts on.
    let before = query!(db, sealing::changes_of(row.device, row.seq))?;
    Ok(Some(VerdictChangeRow {
        device: row.device,
        seq: row.seq,
        number: before.len() as i64 + 1,
        at_ms: now_ms,
        was_state: row.state,
        was_code: row.code.clone(),
        state,
        code,
    }))
}

/// Judges one held operation again, as of its first arrival. Answers how many went on.
pub(super) fn release(
    db: &mut Db<'_>,
    rules: Rules<'_>,
    loaded: &mut Loaded,
    row: &OpRow,
    cut: bool,
    now_ms: i64,
) -> StoreResult<bool> {
    let op = prepared(rules.catalog, row)?;
    let key = (row.device, row.seq as u64);
    if loaded.rows.held.contains_key(&key) {
        // Named twice in one batch: it was judged a moment ago.
        return Ok(false);
    }
    let finished = {
        let mut draft = Draft::new(loaded);
        let nothing = Vec::new();
        let author = Author {
            device: row.device,
            member: row.member,
            appointments: loaded.appointments.get(&row.member).unwrap_or(&nothing),
            arrival_ms: row.arrival_ms,
            revoked: loaded
                .working
                .devices
                .get(&row.device)
                .and_then(|d| d.revoked_ms)
                .is_some_and(|at| at <= row.arrival_ms),
            clock: ClockEvidence::Stored(row.written_ms),
        };
        let judged = judge(db, rules, &mut draft, &author, &op, cut)?;
        let went_on = judged.outcome.verdict.fate() != Fate::Held;
        if went_on {
            let place = judged.place.as_ref();
            let waited = findings::of_op(findings::WAITS, key, place, row.arrival_ms);
            draft.close(FindingRow { known: true, ..waited }, now_ms, false);
            if let Some(found) = findings::refused(key, place, judged.outcome.verdict, now_ms) {
                draft.rows.findings.insert(found.id, found);
            }
        }
        draft.rows.held.insert(key, judged.waiting);
        let record = judged.place.map(|place| place.record);
        let change = change(db, row, &judged.outcome, now_ms)?;
        draft.rows.changes.extend(change);
        draft.rows.revised.push(Revised {
            device: key.0,
            seq: key.1,
            outcome: judged.outcome,
            record,
        });
        (draft.finish(), went_on)
    };
    loaded.adopt(finished.0);
    Ok(finished.1)
}
