//! Draws: each follows from its request, checkpoint, signature and roster, and what people entered is what was drawn.

use std::collections::HashMap;

use sync_protocol::catalog::Catalog;
use sync_protocol::draw::{Drawn, Fault as Wrong, Roster};
use sync_protocol::id::{RecordId, UnitCode};
use sync_protocol::log::Checkpoint;
use sync_protocol::op::{self, Op, Parsed};
use sync_protocol::shape;

use super::{Kind, PAGE, Place, Run};
use crate::draw;
use crate::keys;
use crate::query;
use crate::store::rows::{DrawRow, OpRow, RecordRow};
use crate::store::{Db, StoreResult};
use crate::sync::ACCEPTED;

/// Accepted operations, by record.
type Ops = HashMap<RecordId, Vec<OpRow>>;

/// By how much the clocks of servers that work on one database may differ at most, ms.
const CLOCKS_MS: i64 = 10 * 60 * 1_000;

/// Walks along the draws.
pub(super) fn check(db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
    let key = keys::receipt_key(db)?;
    let mut after: Vec<u8> = Vec::new();
    loop {
        let rows = query!(db, draws::after(&after, PAGE as i64))?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.record.0.to_vec();
        for row in &rows {
            for kind in faults(db, run.catalog, row, key.as_deref())? {
                run.fault(kind, Place::Draw(row.record));
            }
        }
        run.count("draws", rows.len() as u64);
    }
}

/// Records of a page whose draw is over have one.
pub(super) fn covered(db: &mut Db<'_>, run: &mut Run<'_>, rows: &[RecordRow], ops: &Ops) -> StoreResult<()> {
    for row in rows.iter().filter(|row| row.kind == draw::KIND) {
        let entered = ops.get(&row.id).into_iter().flatten().any(|op| enters(op).is_some());
        if entered && query!(db, draws::by_record(row.id))?.is_none() {
            run.fault(Kind::DrawMissing, Place::Draw(row.id));
        }
    }
    Ok(())
}

fn faults(db: &mut Db<'_>, catalog: &Catalog, row: &DrawRow, key: Option<&str>) -> StoreResult<Vec<Kind>> {
    let request = query!(db, feeds::op(row.device, row.seq))?;
    let Some(request) = request.filter(|op| op.state == ACCEPTED && op.record.map(|id| id.0) == Some(row.record.0))
    else {
        return Ok(vec![Kind::DrawRequest]);
    };
    let mut wrong = Vec::new();
    if key != Some(keys::public(&row.public_key).as_str()) {
        wrong.push(Kind::DrawSignature);
    }
    if !is_of_a_log(db, &row.checkpoint)? {
        wrong.push(Kind::DrawCheckpoint);
    }
    let ops = query!(db, inspect::ops_on(&[row.record.0.as_slice()], ACCEPTED))?;
    let results: Vec<(&OpRow, Op)> = ops.iter().filter_map(|op| Some((op, enters(op)?))).collect();
    let before = |op: &OpRow| row.drawn_ms <= op.arrival_ms + CLOCKS_MS;
    let in_time = row.drawn_ms >= request.arrival_ms - CLOCKS_MS && results.iter().all(|(op, _)| before(op));
    if !is_next(db, row)? || !in_time {
        wrong.push(Kind::DrawPlace);
    }
    if row.pool.parse::<UnitCode>().is_err() || !query!(db, units::exists(&row.pool))? {
        wrong.push(Kind::DrawPool);
    } else if Roster::parse(&row.roster).is_none() {
        wrong.push(Kind::DrawRoster);
    } else {
        let proof = draw::proof(db, row)?;
        wrong.extend(proof.faults().into_iter().map(|fault| match fault {
            Wrong::RequestUnreadable | Wrong::RequestDiffers => Kind::DrawRequest,
            Wrong::RosterUnreadable | Wrong::ExclusionsDiffer => Kind::DrawRoster,
            Wrong::BeaconInvalid => Kind::DrawSignature,
            Wrong::ResultDiffers => Kind::DrawResult,
        }));
        let widened = request.unit.as_ref() != Some(&row.pool);
        if !results
            .iter()
            .all(|(_, said)| is_entered(catalog, said, &proof.drawn, widened))
        {
            wrong.push(Kind::DrawResult);
        }
    }
    wrong.dedup();
    Ok(wrong)
}

/// Whether the note is one of the stored checkpoints of a log of this server.
fn is_of_a_log(db: &mut Db<'_>, note: &str) -> StoreResult<bool> {
    let Some(named) = Checkpoint::of_note(note) else {
        return Ok(false);
    };
    let log = query!(db, logs::all())?
        .into_iter()
        .find(|log| log.origin == named.origin);
    let (Some(log), Ok(size)) = (log, i64::try_from(named.size)) else {
        return Ok(false);
    };
    Ok(query!(db, logs::checkpoint(log.number, size))?.as_deref() == Some(note))
}

/// Whether draws for the arrangement are numbered from 1 up to this one.
fn is_next(db: &mut Db<'_>, row: &DrawRow) -> StoreResult<bool> {
    let of_order = query!(db, draws::of_order(row.service_order))?;
    let at = of_order.iter().position(|one| one.record == row.record);
    Ok(at.is_some_and(|at| row.number == at as i64 + 1))
}

/// An operation that enters a result.
fn enters(row: &OpRow) -> Option<Op> {
    match op::read(std::str::from_utf8(&row.body).ok()?).0 {
        Parsed::Op(op) => Some(*op).filter(|op| op.act.as_ref().is_some_and(|act| act.name == "draw")),
        Parsed::Withheld(_) | Parsed::Unreadable(_) => None,
    }
}

/// Whether the operation enters exactly what was drawn.
fn is_entered(catalog: &Catalog, op: &Op, drawn: &Drawn, widened: bool) -> bool {
    shape::check(catalog, op).is_ok_and(|(_, typed)| typed.set == draw::result::entered(drawn, widened))
}
