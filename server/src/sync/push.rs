//! One push inside a batch: overlap, fork, gap, then a verdict for each new operation.

use sync_protocol::feed::{self, Hash};
use sync_protocol::id::{DeviceId, Seq};
use sync_protocol::verdict::{Code, Fate, Verdict};
use sync_protocol::wire::{FeedState, Head, VerdictLine};

use super::SyncError;
use super::batch::{Draft, Finished, Loaded};
use super::envelope::{PreparedOp, PreparedPush};
use super::findings::{self, About, finding, refused};
use super::judge::{Author, ClockEvidence, Rules, judge};
use super::rows::{ACCEPTED, NewOp};
use super::time::Evidence;
use crate::query;
use crate::store::rows::{DeviceRow, OpVerdictRow};
use crate::store::{Db, StoreError, StoreResult};

/// What a push came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// The feed as stored.
    pub feed: FeedState,
    /// A verdict per operation, in order.
    pub verdicts: Vec<VerdictLine>,
    /// Blobs that the new operations refer to, whatever became of them.
    pub blobs: Vec<Hash>,
}

/// The device's feed as the answer states it.
pub fn feed_state(device: &DeviceRow) -> FeedState {
    FeedState {
        head: head(device),
        durable_seq: device.durable_seq as u64,
        closed: device.closed_code.is_some(),
    }
}

fn head(device: &DeviceRow) -> Head {
    Head {
        seq: device.head_seq as u64,
        hash: device.head_hash,
    }
}

/// The stored verdict as a line of the answer.
pub fn stored_line(row: &OpVerdictRow) -> StoreResult<VerdictLine> {
    let verdict = match (row.state, &row.code) {
        (ACCEPTED, None) => Verdict::Accepted,
        (_, Some(code)) => Verdict::Refused(Code::parse(code).ok_or(StoreError::Corrupt)?),
        (_, None) => return Err(StoreError::Corrupt),
    };
    Ok(VerdictLine {
        repeat: true,
        ..VerdictLine::new(row.seq as u64, row.hash, verdict, row.arrival_ms)
    })
}

/// Judges a push. The draft comes back also with a refusal, for a fork leaves evidence.
pub(super) fn push(
    db: &mut Db<'_>,
    rules: Rules<'_>,
    loaded: &Loaded,
    push: &PreparedPush,
    arrival_ms: i64,
) -> StoreResult<(Result<Pushed, SyncError>, Option<Finished>)> {
    let mut draft = Draft::new(loaded);
    let Some(device) = draft.device(&push.device).cloned() else {
        return Ok((Err(SyncError::DeviceUnknown), None));
    };
    if device.member != push.member {
        return Ok((Err(SyncError::DeviceNotYours), None));
    }
    if device.closed_code.is_some() {
        return Ok((Err(SyncError::FeedClosed(head(&device))), None));
    }
    if push.base.seq > device.head_seq as u64 {
        return Ok((Err(SyncError::Gap(head(&device))), None));
    }
    let Some(known) = overlap(db, loaded, &device, push)? else {
        if push.ops.is_empty() {
            // Nothing contradicts: the phone only asks from a place that is not in this history.
            return Ok((Err(SyncError::Forked(head(&device))), None));
        }
        fork(&mut draft, device.clone(), push, arrival_ms);
        return Ok((Err(SyncError::Forked(head(&device))), Some(draft.finish())));
    };
    let mut verdicts = Vec::with_capacity(push.ops.len());
    for row in &known {
        verdicts.push(stored_line(row)?);
    }
    let nothing = Vec::new();
    let author = Author {
        device: push.device,
        member: push.member,
        appointments: loaded.appointments.get(&push.member).unwrap_or(&nothing),
        arrival_ms,
        revoked: device.revoked_ms.is_some(),
        clock: ClockEvidence::Push(Evidence {
            arrival_ms,
            boot: &push.boot,
            uptime_ms: push.uptime_ms,
            offset_ms: Some(push.sent_ms - arrival_ms),
            since_ms: device.synced_ms.unwrap_or(device.enrolled_ms),
        }),
    };
    for op in &push.ops[known.len()..] {
        let author = as_of_first_arrival(&author, op, device.revoked_ms);
        verdicts.push(one(db, rules, &mut draft, &author, op)?);
    }
    let mut device = device;
    if let Some(last) = push.ops[known.len()..].last() {
        device.head_seq = last.seq as i64;
        device.head_hash = last.chain;
        draft.rows.signatures.push((push.device, last.seq, push.signature));
    }
    device.synced_ms = Some(arrival_ms);
    device.clock_offset_ms = Some(push.sent_ms - arrival_ms);
    let feed = feed_state(&device);
    draft.own.devices.insert(push.device, device);
    let blobs = draft.rows.blobs.iter().map(|(hash, _)| *hash).collect();
    Ok((Ok(Pushed { feed, verdicts, blobs }), Some(draft.finish())))
}

/// The author as he stood when the operation first arrived, if a receipt proves that it did before a restore. That
/// moment is then its arrival in every respect: later releases and receipts go on from it.
fn as_of_first_arrival<'a>(author: &Author<'a>, op: &PreparedOp, revoked_ms: Option<i64>) -> Author<'a> {
    let Some(first) = op.first_arrival.filter(|first| *first < author.arrival_ms) else {
        return author.clone();
    };
    Author {
        arrival_ms: first,
        revoked: revoked_ms.is_some_and(|at| at <= first),
        ..author.clone()
    }
}

/// Judges and stores one new operation.
fn one(
    db: &mut Db<'_>,
    rules: Rules<'_>,
    draft: &mut Draft<'_>,
    author: &Author<'_>,
    op: &PreparedOp,
) -> StoreResult<VerdictLine> {
    let judged = judge(db, rules, draft, author, op, false)?;
    let line = VerdictLine::new(op.seq, op.hash, judged.outcome.verdict, author.arrival_ms);
    if let Some(waiting) = judged.waiting {
        draft.rows.held.insert((author.device, op.seq), Some(waiting));
    }
    let verdict = judged.outcome.verdict;
    if let Some(row) = refused(
        (author.device, op.seq),
        judged.place.as_ref(),
        verdict,
        author.arrival_ms,
    ) {
        draft.rows.findings.insert(row.id, row);
    }
    draft.own.new.insert((author.device, op.seq, op.hash));
    if judged.place.is_none() {
        draft.own.unplaced.insert((author.device, op.seq));
    }
    if let Some(place) = &judged.place {
        if line.fate != Fate::Held {
            draft.own.placed.insert((author.device, op.seq, place.record));
        }
        if line.fate == Fate::Quarantined {
            draft.own.quarantined.insert(place.record);
        }
    }
    draft.rows.ops.push(NewOp {
        device: author.device,
        seq: op.seq,
        hash: op.hash,
        chain: op.chain,
        arrival_ms: author.arrival_ms,
        written_ms: judged.written_ms,
        member: author.member,
        place: judged.place,
        outcome: judged.outcome,
        body: op.text.clone(),
    });
    Ok(line)
}

/// The verdicts of the operations that the server has already; `None` when the two chains differ.
fn overlap(
    db: &mut Db<'_>,
    loaded: &Loaded,
    device: &DeviceRow,
    push: &PreparedPush,
) -> StoreResult<Option<Vec<OpVerdictRow>>> {
    let stored_head = head(device);
    if push.base.seq == stored_head.seq {
        return Ok((push.base.hash == stored_head.hash).then(Vec::new));
    }
    let last = stored_head.seq.min(push.base.seq + push.ops.len() as u64);
    let stored = stored(db, loaded, push.device, push.base.seq, last)?;
    let base_fits = match stored.first().filter(|row| row.seq as u64 == push.base.seq) {
        Some(row) => row.chain == push.base.hash,
        None => push.base.seq == 0 && push.base.hash == feed::genesis(&push.device),
    };
    let known: Vec<OpVerdictRow> = stored
        .into_iter()
        .filter(|row| row.seq as u64 > push.base.seq)
        .collect();
    if known.len() as u64 != last - push.base.seq {
        return Err(StoreError::Corrupt);
    }
    let same = known.iter().zip(&push.ops).all(|(row, op)| row.chain == op.chain);
    Ok((base_fits && same).then_some(known))
}

/// Stored operations from `first` to `last`, those of this very batch included.
fn stored(db: &mut Db<'_>, loaded: &Loaded, device: DeviceId, first: Seq, last: Seq) -> StoreResult<Vec<OpVerdictRow>> {
    let mut rows = query!(db, feeds::verdicts(device, first as i64, last as i64))?;
    let fresh = loaded
        .rows
        .ops
        .iter()
        .filter(|op| op.device == device && (first..=last).contains(&op.seq));
    rows.extend(fresh.map(|op| OpVerdictRow {
        seq: op.seq as i64,
        hash: op.hash,
        chain: op.chain,
        arrival_ms: op.arrival_ms,
        state: super::rows::state_of(op.outcome.verdict.fate()),
        code: op.outcome.verdict.code().map(|c| c.as_str().to_owned()),
    }));
    Ok(rows)
}

/// Keeps what contradicts the stored feed as evidence and closes the feed.
fn fork(draft: &mut Draft<'_>, mut device: DeviceRow, push: &PreparedPush, arrival_ms: i64) {
    let evidence = push
        .ops
        .iter()
        .map(|op| (push.device, op.seq, op.hash, arrival_ms, op.text.clone()));
    draft.rows.evidence.extend(evidence);
    device.closed_code = Some(findings::FORKED.to_owned());
    draft.own.devices.insert(push.device, device);
    let about = About {
        device: Some(push.device),
        ..About::default()
    };
    let row = finding(findings::FORKED, about, arrival_ms, None);
    draft.rows.findings.insert(row.id, row);
}
