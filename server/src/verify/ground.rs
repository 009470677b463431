//! Whether what a posting must stand on was there when it was posted: attestations, draw, pledge and whatever else the
//! ledger asks for, judged by the ledger's own rule.

use std::collections::BTreeSet;

use sync_protocol::id::RecordId;
use sync_protocol::json::Json;

use super::Run;
use super::postings::read;
use crate::ledger::facts::{CLOCKS_MS, Posted, field};
use crate::ledger::gather::{attesting, gather};
use crate::ledger::lens::{Lens, Until};
use crate::query;
use crate::store::rows::{OpRow, PostingRow, RecordRow};
use crate::store::{Db, StoreError, StoreResult};
use crate::sync::ACCEPTED;

/// Whether the ledger would have made the posting about when it was posted, and after its approval. What findings held it up
/// meanwhile is people's, and not asked again.
pub(super) fn stood(db: &mut Db<'_>, run: &Run<'_>, posting: &PostingRow) -> StoreResult<bool> {
    match judged(db, run, posting) {
        // What does not read is named where it stands.
        Err(StoreError::Corrupt) => Ok(false),
        judged => judged,
    }
}

fn judged(db: &mut Db<'_>, run: &Run<'_>, posting: &PostingRow) -> StoreResult<bool> {
    let Some(since_ms) = run
        .hours_rule
        .filter(|begun| posting.number >= begun.first_posting)
        .map(|begun| begun.at_ms)
    else {
        return Ok(true);
    };
    let Some(row) = query!(db, records::by_ids(&[posting.session.0.as_slice()]))?.pop() else {
        return Ok(false);
    };
    // Nearly always it would still be made.
    if is_due(db, run, (&row, since_ms), posting, None)? {
        return Ok(true);
    }
    for until in moments(db, run, &row, posting)? {
        if is_due(db, run, (&row, since_ms), posting, Some(until))? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_due(
    db: &mut Db<'_>,
    run: &Run<'_>,
    (row, draws_since_ms): (&RecordRow, i64),
    posting: &PostingRow,
    until: Option<Until>,
) -> StoreResult<bool> {
    let lens = Lens {
        catalog: run.catalog,
        until,
        draws_since_ms,
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

/// After which operations the posting may have been made: the last one before its moment, and those that arrived about then,
/// as far as servers' clocks may differ.
fn moments(db: &mut Db<'_>, run: &Run<'_>, row: &RecordRow, posting: &PostingRow) -> StoreResult<BTreeSet<Until>> {
    let (first_ms, last_ms) = (
        posting.posted_ms - CLOCKS_MS,
        posting.posted_ms.saturating_add(CLOCKS_MS),
    );
    let mut moments: BTreeSet<Until> = [first_ms, posting.posted_ms, last_ms].map(Until::Arrival).into();
    let session = query!(db, feeds::of_record(row.id))?;
    let mut records = BTreeSet::from([row.id]);
    records.extend(query!(db, ledger::attestations_of(row.id))?);
    for order in session.iter().filter_map(order_of).collect::<BTreeSet<_>>() {
        records.insert(order);
        records.extend(query!(db, draws::of_order(order))?.into_iter().map(|draw| draw.record));
    }
    if let Some((kind, _)) = attesting(run.catalog, &row.kind) {
        let between = query!(db, feeds::accepted_of_kind(&row.unit, &kind.kind, (first_ms, last_ms)))?;
        moments.extend(between.into_iter().map(Until::Pos));
    }
    for record in records {
        let ops = query!(db, feeds::of_record(record))?;
        let about = |op: &&OpRow| op.state == ACCEPTED && (first_ms..=last_ms).contains(&op.arrival_ms);
        moments.extend(ops.iter().filter(about).filter_map(|op| op.pos).map(Until::Pos));
    }
    Ok(moments)
}

/// The arrangement that an operation names.
fn order_of(row: &OpRow) -> Option<RecordId> {
    match read(row)?.set.get(field::ORDER)? {
        Json::Text(text) => text.parse().ok(),
        _ => None,
    }
}
