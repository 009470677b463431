//! What waits to be sealed, read from one snapshot, and its leaves.

use std::collections::HashMap;

use sync_protocol::id::{DeviceId, UnitCode};

use super::leaves::Salted;
use super::source::{self, verdict_of};
use crate::query;
use crate::store::rows::{UnsealedRow, VerdictChangeRow};
use crate::store::{Db, StoreError, StoreResult};

/// Leaves of one key, of numbers without gaps.
#[derive(Debug)]
pub struct Run {
    /// The source.
    pub source: i32,
    /// The key.
    pub key: Vec<u8>,
    /// The first number.
    pub first: i64,
    /// The leaves, one a number.
    pub leaves: Vec<Vec<u8>>,
}

/// What one batch seals.
#[derive(Debug, Default)]
pub struct Gathered {
    /// The leaves in their order.
    pub runs: Vec<Run>,
    /// What then no longer waits.
    pub done: Vec<UnsealedRow>,
    /// What waits in place of a part of it.
    pub rest: Vec<UnsealedRow>,
}

impl Gathered {
    /// How many leaves.
    pub fn leaves(&self) -> usize {
        self.runs.iter().map(|run| run.leaves.len()).sum()
    }

    fn add(&mut self, source: i32, key: &[u8], number: i64, leaf: Vec<u8>) {
        if let Some(run) = self.runs.last_mut()
            && run.source == source
            && run.key == key
            && run.first + run.leaves.len() as i64 == number
        {
            run.leaves.push(leaf);
            return;
        }
        self.runs.push(Run {
            source,
            key: key.to_vec(),
            first: number,
            leaves: vec![leaf],
        });
    }

    fn finish(&mut self, row: &UnsealedRow, reached: i64) {
        if reached < row.last {
            self.rest.push(UnsealedRow {
                first: reached + 1,
                ..row.clone()
            });
        }
        self.done.push(row.clone());
    }
}

/// Reads up to `limit` things that wait. A row that waits for something which is not there goes on waiting, and a
/// verification names it.
pub fn gather(db: &mut Db<'_>, salted: &Salted<'_>, limit: usize) -> StoreResult<Gathered> {
    let mut gathered = Gathered::default();
    operations(db, salted, &mut gathered, limit)?;
    for source in [source::VERDICTS, source::VISIBILITY, source::JOURNAL, source::CATALOG] {
        let room = limit.saturating_sub(gathered.leaves());
        if room == 0 {
            return Ok(gathered);
        }
        for row in query!(db, sealing::waiting(source, room as i64))? {
            let leaves = of_range(db, salted, &row)?;
            let whole = leaves.last().is_some_and(|(number, _)| *number == row.last);
            if !whole {
                continue;
            }
            for (number, leaf) in leaves {
                gathered.add(source, &row.key, number, leaf);
            }
            gathered.finish(&row, row.last);
        }
    }
    let room = limit.saturating_sub(gathered.leaves());
    postings(db, salted, &mut gathered, room)?;
    Ok(gathered)
}

fn operations(db: &mut Db<'_>, salted: &Salted<'_>, gathered: &mut Gathered, limit: usize) -> StoreResult<()> {
    let rows = query!(db, sealing::waiting_ops(source::OPERATIONS, limit as i64))?;
    if rows.is_empty() {
        return Ok(());
    }
    let changes = first_changes(query!(db, sealing::waiting_changes(source::OPERATIONS))?);
    let mut at: Option<(UnsealedRow, i64)> = None;
    for (op, waits) in rows {
        if let Some((before, reached)) = &at
            && *before != waits
        {
            gathered.finish(before, *reached);
        }
        let leaf = salted.operation(&op, changes.get(&(op.device, op.seq)))?;
        gathered.add(source::OPERATIONS, &op.device.0, op.seq, leaf.encode());
        at = Some((waits, op.seq));
    }
    if let Some((last, reached)) = at {
        gathered.finish(&last, reached);
    }
    Ok(())
}

/// The first change of each operation's verdict.
pub fn first_changes(rows: Vec<VerdictChangeRow>) -> HashMap<(DeviceId, i64), VerdictChangeRow> {
    let first = |row: &VerdictChangeRow| row.number == 1;
    rows.into_iter()
        .filter(first)
        .map(|row| ((row.device, row.seq), row))
        .collect()
}

/// The leaves of what a range of a source names, as far as it is there, in order.
pub fn of_range(db: &mut Db<'_>, salted: &Salted<'_>, range: &UnsealedRow) -> StoreResult<Vec<(i64, Vec<u8>)>> {
    let (first, last) = (range.first, range.last);
    let mut leaves = Vec::new();
    match range.source {
        source::OPERATIONS => {
            let device = DeviceId(range.key.as_slice().try_into().map_err(|_| StoreError::Corrupt)?);
            let changes = first_changes(query!(db, sealing::changes_among(device, first, last))?);
            for op in query!(db, sealing::ops(device, first, last))? {
                let leaf = salted.operation(&op, changes.get(&(op.device, op.seq)))?;
                leaves.push((op.seq, leaf.encode()));
            }
        }
        source::VERDICTS => {
            let (device, seq) = verdict_of(&range.key).ok_or(StoreError::Corrupt)?;
            let op = query!(db, sealing::ops(device, seq as i64, seq as i64))?.pop();
            let among = |change: &VerdictChangeRow| (first..=last).contains(&change.number);
            if let Some(op) = op {
                let changes = query!(db, sealing::changes_of(device, seq as i64))?;
                for change in changes.iter().filter(|change| among(change)) {
                    leaves.push((change.number, salted.verdict(change, &op)?.encode()));
                }
            }
        }
        source::VISIBILITY => {
            let unit: UnitCode = std::str::from_utf8(&range.key)
                .ok()
                .and_then(|code| code.parse().ok())
                .ok_or(StoreError::Corrupt)?;
            for row in query!(db, sealing::visibility(unit.as_str(), first, last))? {
                leaves.push((row.pos, salted.visibility(&row)?.encode()));
            }
        }
        source::JOURNAL => {
            if let Some(row) = query!(db, sealing::journal_entry(&range.key))? {
                leaves.push((1, salted.journal(&row)?.encode()));
            }
        }
        source::CATALOG => {
            for version in first..=last {
                if let Some(row) = query!(db, sealing::catalog_version(version))? {
                    leaves.push((version, salted.catalog(&row)?.encode()));
                }
            }
        }
        source::POSTINGS => {
            for row in query!(db, sealing::postings(first, last, i64::MAX))? {
                leaves.push((row.number, salted.posting(&row)?.encode()));
            }
        }
        _ => return Err(StoreError::Corrupt),
    }
    Ok(leaves)
}

/// Postings above the last one sealed, up to the first number that is missing.
fn postings(db: &mut Db<'_>, salted: &Salted<'_>, gathered: &mut Gathered, limit: usize) -> StoreResult<()> {
    if limit == 0 {
        return Ok(());
    }
    let last = query!(db, sealing::run_at(source::POSTINGS, &[], i64::MAX))?.map_or(0, |run| run.last);
    let rows = query!(db, sealing::postings(last + 1, i64::MAX, limit as i64))?;
    for (number, row) in (last + 1..).zip(&rows) {
        if row.number != number {
            break;
        }
        gathered.add(source::POSTINGS, &[], number, salted.posting(row)?.encode());
    }
    Ok(())
}
