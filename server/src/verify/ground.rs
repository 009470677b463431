//! Whether what a posting must stand on was there when it was posted: attestations, draw, pledge and whatever else the
//! ledger asks for, judged by the ledger's own rule.

use std::collections::BTreeSet;

use sync_protocol::record::Record;

use super::Run;
use crate::ledger::facts::{CLOCKS_MS, Posted, field, named};
use crate::ledger::gather::gather;
use crate::ledger::lens::{Lens, Until};
use crate::query;
use crate::store::rows::{PostingRow, RecordRow};
use crate::store::{Db, StoreError, StoreResult};
use crate::sync::ACCEPTED;

/// Whether the ledger would have made the posting at some moment between its approval and its posting. What findings
/// held it up meanwhile is people's, and not asked again.
pub(super) fn stood(db: &mut Db<'_>, run: &Run<'_>, posting: &PostingRow) -> StoreResult<bool> {
    if run.hours_judged_from.is_none_or(|first| posting.number < first) {
        return Ok(true);
    }
    let Some(row) = query!(db, records::by_ids(&[posting.session.0.as_slice()]))?.pop() else {
        return Ok(false);
    };
    // Nearly always it would still be made.
    if is_due(db, run, &row, posting, None)? {
        return Ok(true);
    }
    for until in moments(db, &row, posting)? {
        let until = Until {
            unit: &row.unit,
            pos: until.0,
            arrival_ms: until.1,
        };
        if is_due(db, run, &row, posting, Some(until))? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_due(
    db: &mut Db<'_>,
    run: &Run<'_>,
    row: &RecordRow,
    posting: &PostingRow,
    until: Option<Until<'_>>,
) -> StoreResult<bool> {
    let lens = Lens {
        catalog: run.catalog,
        until,
    };
    let Some(gathered) = gather(db, lens, &run.grid, row.clone())? else {
        return Ok(false);
    };
    let earlier = gathered.posted.iter().filter(|row| row.number < posting.number);
    let earlier: Vec<Posted> = earlier.map(Posted::try_from).collect::<StoreResult<_>>()?;
    let post = gathered.due(&earlier, &BTreeSet::new()).post;
    Ok(post.is_some_and(|entry| {
        entry.round == posting.round
            && entry.minutes == posting.minutes
            && entry.day == posting.day
            && entry.digest == posting.digest
            && entry.by == (posting.approved_device, posting.approved_seq as u64)
            && Posted::try_from(posting).is_ok_and(|posted| posted.account == entry.account)
    }))
}

/// The operations in the unit's log on what the posting stands on, from its approval until it was posted, the last first:
/// place and arrival, ms.
fn moments(db: &mut Db<'_>, row: &RecordRow, posting: &PostingRow) -> StoreResult<Vec<(i64, i64)>> {
    let Some(approved) = query!(db, feeds::op(posting.approved_device, posting.approved_seq))? else {
        return Ok(Vec::new());
    };
    let record = Record::unpack(&row.state).map_err(|_| StoreError::Corrupt)?;
    let mut records = BTreeSet::from([row.id]);
    records.extend(query!(db, ledger::attestations_of(row.id))?);
    // Whichever arrangement it was under then, it is nearly always this one.
    for order in named(&record, field::ORDER) {
        records.insert(order);
        records.extend(query!(db, draws::of_order(order))?.into_iter().map(|draw| draw.record));
    }
    let last_ms = posting.posted_ms.saturating_add(CLOCKS_MS);
    let mut moments = BTreeSet::new();
    for record in records {
        let ops = query!(db, feeds::of_record(record))?;
        let here = ops
            .iter()
            .filter(|op| op.state == ACCEPTED && op.unit.as_ref() == Some(&row.unit));
        let within = here.filter(|op| op.pos >= approved.pos && op.arrival_ms <= last_ms);
        moments.extend(within.filter_map(|op| Some((op.pos?, op.arrival_ms))));
    }
    Ok(moments.into_iter().rev().collect())
}
