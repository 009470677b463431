//! Each posting, derived again from the operations that it stands on.

use std::collections::{BTreeMap, HashMap, HashSet};

use crdts::CmRDT as _;
use sync_protocol::catalog::{Kind as RecordKind, Ledger};
use sync_protocol::hours;
use sync_protocol::id::RecordId;
use sync_protocol::json::Json;
use sync_protocol::op::{self, Op, Parsed};
use sync_protocol::record::Record;

use super::{Kind, PAGE, Place, Run, ground};
use crate::ledger::facts::{CLOCKS_MS, approved_states, day, field, id, instant, number, state_of};
use crate::ledger::settle::posting_id;
use crate::query;
use crate::store::rows::{OpRow, PostingRow, RecordRow};
use crate::store::{Db, StoreResult};
use crate::sync::ACCEPTED;
use crate::sync::effect::{self, Effect};

/// Walks along the ledger.
pub(super) fn check(db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
    let mut next = 1;
    let mut after = i64::MIN;
    let mut newest_ms = i64::MIN;
    loop {
        let rows = query!(db, ledger::after(after, PAGE as i64))?;
        let Some(last) = rows.last() else { break };
        after = last.number;
        for row in &rows {
            if row.number != next {
                run.fault(Kind::PostingNumber, Place::Posting(next));
            }
            next = row.number + 1;
            // One that says that it is older was put in afterwards.
            if row.posted_ms.saturating_add(CLOCKS_MS) < newest_ms {
                run.fault(Kind::PostingNumber, Place::Posting(row.number));
            }
            newest_ms = newest_ms.max(row.posted_ms);
            posting(db, run, row)?;
        }
        run.count("postings", rows.len() as u64);
    }
    Ok(())
}

/// Approved sessions of a page of records that the follower has come by are posted, or noted with what they wait for.
pub(super) fn covered(
    db: &mut Db<'_>,
    run: &mut Run<'_>,
    rows: &[RecordRow],
    states: &BTreeMap<RecordId, Record>,
) -> StoreResult<()> {
    let catalog = run.catalog;
    let approved = |row: &&RecordRow| {
        let kind = catalog.kinds().get(&row.kind).filter(|kind| kind.ledger.is_some());
        let now = states.get(&row.id).and_then(state_of);
        kind.zip(now)
            .is_some_and(|(kind, now)| approved_states(kind).any(|state| state == now))
    };
    let sessions: Vec<&RecordRow> = rows.iter().filter(approved).collect();
    if sessions.is_empty() {
        return Ok(());
    }
    let units: Vec<&str> = sessions.iter().map(|row| row.unit.as_str()).collect();
    let marks: HashMap<String, i64> = query!(db, ledger::marks(&units))?.into_iter().collect();
    let ids: Vec<&[u8]> = sessions.iter().map(|row| row.id.0.as_slice()).collect();
    let mut settled: HashSet<RecordId> = query!(db, ledger::claiming(&ids))?.into_iter().collect();
    let rounds = query!(db, ledger::rounds(&ids))?;
    let reversed: HashSet<i64> = rounds.iter().filter_map(|(_, _, reverses)| *reverses).collect();
    let stands = |(_, number, reverses): &&(_, i64, Option<i64>)| reverses.is_none() && !reversed.contains(number);
    settled.extend(
        rounds
            .iter()
            .filter(stands)
            .map(|(session, _, _)| RecordId::from(*session)),
    );
    for row in sessions {
        let passed = marks.get(&row.unit).is_some_and(|mark| *mark >= row.pos);
        // One that is to be looked at again waits until everything beside it was looked at.
        if passed && !settled.contains(&row.id) && !query!(db, reconcile::is_due(row.id, i64::MAX))? {
            run.fault(Kind::PostingMissing, Place::Record(row.id));
        }
    }
    Ok(())
}

fn posting(db: &mut Db<'_>, run: &mut Run<'_>, row: &PostingRow) -> StoreResult<()> {
    let place = Place::Posting(row.number);
    let ops = query!(db, feeds::of_record(row.session))?;
    let ops: Vec<&OpRow> = ops.iter().filter(|op| op.state == ACCEPTED).collect();
    let kind = run.catalog.kinds().get(&row.kind);
    let Some((kind, ledger)) = kind.and_then(|kind| Some((kind, kind.ledger?))) else {
        run.fault(Kind::PostingLedger, place);
        return Ok(());
    };
    if row.ledger != ledger.code() {
        run.fault(Kind::PostingLedger, place.clone());
    }
    let called = ops
        .iter()
        .position(|op| (op.device, op.seq) == (row.approved_device, row.approved_seq));
    let Some((at, by)) = called.and_then(|at| Some((at, read(ops[at])?))) else {
        run.fault(Kind::PostingOp, place);
        return Ok(());
    };
    if row.id != posting_id(row.session, row.round, row.reverses.is_some()) {
        run.fault(Kind::PostingValue, place.clone());
    }
    match row.reverses {
        Some(entry) => reversal(db, run, row, entry, kind, &by),
        None => {
            if is_taken_back_after(db, row, &ops[..=at])? {
                run.fault(Kind::PostingOp, place.clone());
            }
            entry(db, run, row, (kind, ledger), &ops[..=at], &by)
        }
    }
}

/// Whether an earlier entry of the session was taken back by an operation that does not come before the approval, whose
/// operations these are: what was approved before has been taken back with it.
fn is_taken_back_after(db: &mut Db<'_>, row: &PostingRow, ops: &[&OpRow]) -> StoreResult<bool> {
    let of_session = query!(db, ledger::of_session(row.session))?;
    let mut reversals = of_session
        .iter()
        .filter(|one| one.reverses.is_some() && one.number < row.number);
    let is_before = |reversal: &PostingRow| {
        let by = (reversal.approved_device, reversal.approved_seq);
        ops.iter().any(|op| (op.device, op.seq) == by)
    };
    Ok(!reversals.all(is_before))
}

fn entry(
    db: &mut Db<'_>,
    run: &mut Run<'_>,
    row: &PostingRow,
    (kind, ledger): (&RecordKind, Ledger),
    ops: &[&OpRow],
    by: &Op,
) -> StoreResult<()> {
    let place = Place::Posting(row.number);
    let approves = by.act.as_ref().and_then(|act| kind.workflow.transitions.get(&act.name));
    if !approves.is_some_and(|transition| transition.approves) {
        run.fault(Kind::PostingOp, place);
        return Ok(());
    }
    let mut record = Record::default();
    // An operation that does not read is named where it stands.
    let changes = ops.iter().filter_map(|op| {
        let effect = Effect::from_text(op.effect.as_deref()).ok()?;
        effect::change(run.catalog, &read(op)?, op.device, op.pos?, &effect).ok()
    });
    changes.for_each(|change| record.apply(change));
    let is_approved = by.approves == Some(row.digest) && hours::digest(kind, &record) == Some(row.digest);
    if !is_approved {
        run.fault(Kind::PostingDigest, place.clone());
    }
    let account = match (ledger, row.member, row.subject) {
        (Ledger::Volunteer, Some(member), None) => id(&record, field::VOLUNTEER) == Some(member.0),
        (Ledger::SocialService, None, Some(subject)) => match id(&record, field::ORDER) {
            Some(order) => served(db, RecordId(order), subject.0)?,
            None => false,
        },
        _ => false,
    };
    let says = number(&record, field::CLAIMED) == Some(row.minutes)
        && instant(&record, field::STARTED).and_then(day).as_ref() == Some(&row.day)
        && ops
            .iter()
            .all(|op| op.unit.as_ref() == Some(&row.unit) && op.kind.as_ref() == Some(&row.kind));
    if !account || !says {
        run.fault(Kind::PostingValue, place);
    } else if is_approved && !ground::stood(db, run, row)? {
        run.fault(Kind::PostingGround, place);
    }
    Ok(())
}

fn reversal(
    db: &mut Db<'_>,
    run: &mut Run<'_>,
    row: &PostingRow,
    entry: i64,
    kind: &RecordKind,
    by: &Op,
) -> StoreResult<()> {
    let place = Place::Posting(row.number);
    let takes_back = by.act.as_ref().and_then(|act| kind.workflow.transitions.get(&act.name));
    if !takes_back.is_some_and(|transition| transition.reverses) {
        run.fault(Kind::PostingOp, place.clone());
    }
    let of_session = query!(db, ledger::of_session(row.session))?;
    let exact = of_session.iter().filter(|one| one.number == entry).any(|one| {
        let same = |other: &PostingRow| {
            let PostingRow {
                ledger,
                member,
                subject,
                round,
                unit,
                kind,
                day,
                digest,
                ..
            } = other.clone();
            (ledger, member, subject, round, unit, kind, day, digest)
        };
        one.reverses.is_none() && one.number < row.number && one.minutes == -row.minutes && same(one) == same(row)
    });
    let once = of_session.iter().filter(|one| one.reverses == Some(entry)).count() == 1;
    if !exact || !once {
        run.fault(Kind::PostingReversal, place);
    }
    Ok(())
}

/// Whether the arrangement was ever for this subject.
fn served(db: &mut Db<'_>, order: RecordId, subject: [u8; 16]) -> StoreResult<bool> {
    let ops = query!(db, feeds::of_record(order))?;
    let named = |op: &OpRow| {
        let op = read(op)?;
        match op.set.get(field::SUBJECT)? {
            Json::Text(text) => text.parse::<RecordId>().ok(),
            _ => None,
        }
    };
    let accepted = ops.iter().filter(|op| op.state == ACCEPTED);
    Ok(accepted.filter_map(named).any(|id| id.0 == subject))
}

/// The operation of a row, if it reads.
pub(super) fn read(row: &OpRow) -> Option<Op> {
    match op::read(std::str::from_utf8(&row.body).ok()?).0 {
        Parsed::Op(op) => Some(*op),
        Parsed::Withheld(_) | Parsed::Unreadable(_) => None,
    }
}
