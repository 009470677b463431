//! Posting what is due of a session, and noting what it waits for.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};
use sync_protocol::catalog::Catalog;
use sync_protocol::id::RecordId;

use super::due::{Claim, Due, Entry, Reversal};
use super::facts::{Account, Posted};
use super::flag::flag;
use super::gather::{Gathered, gather};
use super::lens::Lens;
use crate::accounts::scope::Grid;
use crate::query;
use crate::reconcile::step::look_at;
use crate::store::rows::{ClaimRow, PostingRow, RecordRow};
use crate::store::{Db, StoreError, StoreResult};

/// What sessions are settled by.
#[derive(Clone, Copy)]
pub struct Settling<'s> {
    /// The catalogue in force.
    pub catalog: &'s Catalog,
    /// The grid.
    pub grid: &'s Grid,
    /// The records that are looked at right now.
    pub seen: &'s BTreeSet<RecordId>,
    /// The time, ms.
    pub now_ms: i64,
    /// Since when observers must be drawn, ms.
    pub draws_since_ms: i64,
}

/// Posts what is due of a session and notes what it waits for. Answers what was due; none where the record posts no
/// hours, or none yet: it comes by again. Again at once it changes nothing.
pub fn settle(
    db: &mut Db<'_>,
    settling: Settling<'_>,
    row: RecordRow,
    findings: &BTreeSet<String>,
) -> StoreResult<Option<Due>> {
    let lens = Lens {
        catalog: settling.catalog,
        until: None,
        draws_since_ms: settling.draws_since_ms,
    };
    let Some(gathered) = gather(db, lens, settling.grid, row)? else {
        return Ok(None);
    };
    let posted: Vec<Posted> = gathered
        .posted
        .iter()
        .map(Posted::try_from)
        .collect::<StoreResult<_>>()?;
    let due = gathered.due(&posted, findings);
    if let Some(entry) = &due.post
        && !all_seen(db, settling, &gathered, entry)?
    {
        look_at(db, &[(gathered.row.id, settling.now_ms)])?;
        return Ok(None);
    }
    post(db, settling, &gathered, &due)?;
    note(db, settling, &gathered, due.wait.as_ref())?;
    flag(db, &gathered, &due, settling.now_ms)?;
    Ok(Some(due))
}

/// Whether everything was looked at that may yet keep an entry back: the session itself, and all sessions that were there
/// when it was approved. What comes later is found beside a posting.
fn all_seen(db: &mut Db<'_>, settling: Settling<'_>, gathered: &Gathered<'_>, entry: &Entry) -> StoreResult<bool> {
    let session = gathered.row.id;
    if !settling.seen.contains(&session) && query!(db, reconcile::is_due(session, settling.now_ms))? {
        return Ok(false);
    }
    let kinds = settling.catalog.kinds().iter();
    let sessions: Vec<&str> = kinds
        .filter(|(_, kind)| kind.ledger.is_some())
        .map(|(name, _)| name.as_str())
        .collect();
    let approval = gathered.steps.iter().find(|step| step.dot == entry.by);
    let arrival_ms = approval.map_or(settling.now_ms, |step| step.arrival_ms);
    Ok(!query!(db, reconcile::unseen(&sessions, arrival_ms))?)
}

/// The id of a posting, which follows from what it is: after a restore the same is posted under the same.
pub fn posting_id(session: RecordId, round: i64, reversal: bool) -> [u8; 16] {
    let hash: [u8; 32] = Sha256::new()
        .chain_update(b"wuyuan-posting-v1")
        .chain_update(session.0)
        .chain_update(round.to_be_bytes())
        .chain_update([u8::from(reversal)])
        .finalize()
        .into();
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    id
}

fn post(db: &mut Db<'_>, settling: Settling<'_>, gathered: &Gathered<'_>, due: &Due) -> StoreResult<()> {
    if due.reverse.is_none() && due.post.is_none() {
        return Ok(());
    }
    query!(db, locks::ledger())?;
    // A ledger that somebody else numbered to the end goes on nowhere.
    let next = |number: i64| number.checked_add(1).ok_or(StoreError::Corrupt);
    let mut number = query!(db, ledger::last())?;
    if let Some(Reversal { entry, by }) = &due.reverse
        && let Some(row) = gathered.posted.iter().find(|row| row.number == entry.number)
    {
        number = next(number)?;
        let row = PostingRow {
            number,
            id: posting_id(row.session, row.round, true),
            minutes: -row.minutes,
            approved_device: by.0,
            approved_seq: by.1 as i64,
            posted_ms: settling.now_ms,
            reverses: Some(row.number),
            ..row.clone()
        };
        query!(db, ledger::post(row))?;
    }
    if let Some(entry) = &due.post {
        query!(db, ledger::post(entry_row(settling, gathered, entry, next(number)?)))?;
    }
    Ok(())
}

fn entry_row(settling: Settling<'_>, gathered: &Gathered<'_>, entry: &Entry, number: i64) -> PostingRow {
    let (member, subject) = columns(Some(entry.account));
    PostingRow {
        number,
        id: posting_id(gathered.row.id, entry.round, false),
        ledger: gathered.ledger.code().to_owned(),
        member,
        subject,
        session: gathered.row.id,
        round: entry.round,
        minutes: entry.minutes,
        unit: gathered.row.unit.clone(),
        kind: gathered.row.kind.clone(),
        day: entry.day.clone(),
        digest: entry.digest,
        approved_device: entry.by.0,
        approved_seq: entry.by.1 as i64,
        posted_ms: settling.now_ms,
        reverses: None,
    }
}

/// An account as the two columns of which it fills one.
fn columns(
    account: Option<Account>,
) -> (
    Option<crate::store::column::Fixed<16>>,
    Option<crate::store::column::Fixed<16>>,
) {
    match account {
        Some(Account::Member(member)) => (Some(member.into()), None),
        Some(Account::Subject(subject)) => (None, Some(subject.into())),
        None => (None, None),
    }
}

/// Notes what is claimed, if that is not what is noted already.
fn note(db: &mut Db<'_>, settling: Settling<'_>, gathered: &Gathered<'_>, claim: Option<&Claim>) -> StoreResult<()> {
    let noted = query!(db, ledger::claim_of(gathered.row.id))?;
    let Some(claim) = claim else {
        return match noted {
            Some(_) => query!(db, ledger::drop_claim(gathered.row.id)),
            None => Ok(()),
        };
    };
    let (member, subject) = columns(claim.account);
    let codes: Vec<String> = claim.reasons.iter().map(ToString::to_string).collect();
    let mut row = ClaimRow {
        session: gathered.row.id,
        ledger: gathered.ledger.code().to_owned(),
        member,
        subject,
        unit: gathered.row.unit.clone(),
        kind: gathered.row.kind.clone(),
        day: claim.day.clone(),
        minutes: claim.minutes,
        reasons: codes.join(","),
        updated_ms: settling.now_ms,
    };
    if let Some(noted) = noted {
        row.updated_ms = noted.updated_ms;
        if row == noted {
            return Ok(());
        }
        row.updated_ms = settling.now_ms;
    }
    query!(db, ledger::put_claim(row))
}
