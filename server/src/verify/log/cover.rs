//! Everything that is to be sealed is sealed once, or waits for it.

use std::collections::HashMap;

use super::rows::place;
use super::{Kind, Place, Run};
use crate::log::gather::of_range;
use crate::log::leaves::Salted;
use crate::log::source::{self, verdict_key};
use crate::query;
use crate::store::rows::{UnsealedRow, VerdictChangeRow};
use crate::store::{Db, StoreError, StoreResult};
use crate::verify::PAGE;

/// Numbers of one key that are sealed or wait, in order; one number in two ranges was told.
type Ranges = Vec<(i64, i64)>;

fn ranges(db: &mut Db<'_>, run: &mut Run<'_>, source: i32, key: &[u8]) -> StoreResult<Ranges> {
    let sealed = query!(db, sealing::runs_of(source, key))?;
    let waiting = query!(db, sealing::waiting_of(source, key))?;
    let mut all: Ranges = sealed.iter().map(|row| (row.first, row.last)).collect();
    all.extend(waiting.iter().map(|row| (row.first, row.last)));
    all.sort_unstable();
    for pair in all.windows(2) {
        if pair[1].0 <= pair[0].1 {
            run.fault(Kind::SealTwice, place(source, key, pair[1].0));
        }
    }
    Ok(all)
}

fn covers(ranges: &Ranges, number: i64) -> bool {
    let behind = ranges.partition_point(|(first, _)| *first <= number);
    behind > 0 && ranges[behind - 1].1 >= number
}

pub(super) fn check(db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
    feeds(db, run)?;
    verdicts(db, run)?;
    sight(db, run)?;
    journal(db, run)?;
    catalogs(db, run)?;
    postings(db, run)?;
    waiting(db, run)
}

fn expect(run: &mut Run<'_>, ranges: &Ranges, place: Place, number: i64) {
    if !covers(ranges, number) {
        run.fault(Kind::Unsealed, place);
    }
}

/// A feed is covered from its first number to its head; its first hole is named.
fn feeds(db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
    let mut after: Vec<u8> = Vec::new();
    loop {
        let devices = query!(db, inspect::devices_after(&after, PAGE as i64))?;
        let Some(last) = devices.last() else { return Ok(()) };
        after = last.id.0.to_vec();
        for device in &devices {
            let covered = ranges(db, run, source::OPERATIONS, &device.id.0)?;
            let mut next = 1;
            for (first, last) in covered {
                if first > next {
                    break;
                }
                next = next.max(last.saturating_add(1));
            }
            if next <= device.head_seq {
                run.fault(Kind::Unsealed, Place::Op(device.id, next));
            }
        }
    }
}

/// Each change of a verdict, and that the last one is what the operation is.
fn verdicts(db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
    let mut last: HashMap<Vec<u8>, (VerdictChangeRow, Ranges)> = HashMap::new();
    for change in query!(db, sealing::all_changes())? {
        let key = verdict_key(change.device, change.seq as u64).to_vec();
        if !last.contains_key(&key) {
            let covered = ranges(db, run, source::VERDICTS, &key)?;
            last.insert(key.clone(), (change.clone(), covered));
        }
        if let Some((newest, covered)) = last.get_mut(&key) {
            expect(run, covered, Place::Op(change.device, change.seq), change.number);
            *newest = change;
        }
    }
    for (change, _) in last.into_values() {
        let op = query!(db, sealing::ops(change.device, change.seq, change.seq))?.pop();
        let same = op.is_some_and(|op| (op.state, &op.code) == (change.state, &change.code));
        if !same {
            run.fault(Kind::SealDiffers, Place::Op(change.device, change.seq));
        }
    }
    Ok(())
}

fn sight(db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
    let mut after = (String::new(), i64::MIN);
    let mut of: Option<(String, Ranges)> = None;
    loop {
        let rows = query!(db, inspect::visibility_after(&after.0, after.1, PAGE as i64))?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = (last.unit.clone(), last.pos);
        for row in &rows {
            if of.as_ref().is_none_or(|(unit, _)| *unit != row.unit) {
                let covered = ranges(db, run, source::VISIBILITY, row.unit.as_bytes())?;
                of = Some((row.unit.clone(), covered));
            }
            if let Some((_, covered)) = &of {
                expect(run, covered, Place::Log(row.unit.clone(), row.pos), row.pos);
            }
        }
    }
}

fn journal(db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
    let mut after = [0; 16];
    loop {
        let rows = query!(db, journal::page(&after, PAGE as i64))?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id;
        for row in &rows {
            let covered = ranges(db, run, source::JOURNAL, &row.id)?;
            expect(run, &covered, Place::Journal(row.id), 1);
        }
        run.count("entries of the journal", rows.len() as u64);
    }
}

fn catalogs(db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
    let covered = ranges(db, run, source::CATALOG, &[])?;
    for row in query!(db, catalog::all())? {
        expect(run, &covered, Place::Catalog(row.version), row.version);
    }
    Ok(())
}

/// Postings are sealed without gaps from the first; those above the last one sealed wait.
fn postings(db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
    let covered = ranges(db, run, source::POSTINGS, &[])?;
    let last = covered.last().map_or(0, |(_, last)| *last);
    let mut after = i64::MIN;
    loop {
        let rows = query!(db, sealing::postings(after, last, PAGE as i64))?;
        let Some(newest) = rows.last() else { return Ok(()) };
        after = newest.number.saturating_add(1);
        for row in &rows {
            expect(run, &covered, Place::Posting(row.number), row.number);
        }
    }
}

/// What waits must be there.
fn waiting(db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
    let mut after = UnsealedRow {
        source: i32::MIN,
        key: Vec::new(),
        first: 0,
        last: 0,
    };
    loop {
        let rows = query!(db, sealing::waiting_after(&after, PAGE as i64))?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.clone();
        for row in &rows {
            let there = match of_range(db, &Salted(&[0; 32]), row) {
                Ok(leaves) => leaves.len() as i64,
                // What does not read back is named where it stands.
                Err(StoreError::Corrupt) if place_is_known(row) => row.last - row.first + 1,
                Err(StoreError::Corrupt) => 0,
                Err(error) => return Err(error),
            };
            if there != row.last.saturating_sub(row.first).saturating_add(1) {
                run.fault(Kind::WaitsStray, place(row.source, &row.key, row.first));
            }
            run.report.unsealed += there as u64;
        }
    }
}

fn place_is_known(row: &UnsealedRow) -> bool {
    !matches!(place(row.source, &row.key, row.first), Place::Sealed(..))
}
