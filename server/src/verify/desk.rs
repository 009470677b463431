//! Proposals, confirmations and decisions: each is written down as what it is, and nothing is written down that no
//! operation says.

use std::collections::BTreeSet;

use sync_protocol::id::DeviceId;
use sync_protocol::op::{self, Op, Parsed};

use super::{Kind, PAGE, Place, Run};
use crate::query;
use crate::store::rows::{DecisionRow, OpRow};
use crate::store::{Db, StoreResult};
use crate::sync::effect::Effect;
use crate::sync::{ACCEPTED, says_the_same};

/// An accepted operation: whether what it says about others is so, and is written down.
pub(super) fn of_op(db: &mut Db<'_>, run: &mut Run<'_>, row: &OpRow, op: &Op) -> StoreResult<()> {
    let place = || Place::Op(row.device, row.seq);
    if !is_of_the_desk(op) {
        return Ok(());
    }
    let kept = query!(db, findings::desk_op(op.record, row.device, row.seq))?;
    let confirms = op.confirms.map(|named| (named.device.0, named.seq as i64));
    let fits = kept.is_some_and(|kept| {
        let named = kept.confirms_device.zip(kept.confirms_seq);
        Some(kept.pos) == row.pos && named.map(|(device, seq)| (device.0, seq)) == confirms
    });
    if !fits {
        run.fault(Kind::DeskOpMissing, place());
    }
    if let Some(named) = &op.confirms {
        let proposal = query!(db, feeds::op(named.device, named.seq as i64))?;
        let carried_out = proposal.is_some_and(|proposal| {
            proposal.hash == named.hash && proposal.member != row.member && confirms_it(run, &proposal, row, op)
        });
        if !carried_out {
            run.fault(Kind::ProposalMissing, place());
        }
    }
    if op.proposes {
        return Ok(());
    }
    let Some(decides) = &op.decides else { return Ok(()) };
    let ids: Vec<Vec<u8>> = decides.findings.keys().filter_map(|id| hex::decode(id).ok()).collect();
    let ids: Vec<&[u8]> = ids.iter().map(Vec::as_slice).collect();
    let rows = query!(db, findings::decisions_of(&ids, row.device, row.seq))?;
    run.count("decisions", rows.len() as u64);
    let kept: BTreeSet<(String, String, &str)> = rows
        .iter()
        .map(|row| {
            (
                hex::encode(row.finding),
                hex::encode(row.basis),
                row.conclusion.as_str(),
            )
        })
        .collect();
    let said = decides.findings.iter();
    let said: BTreeSet<(String, String, &str)> = said
        .map(|(finding, basis)| (finding.clone(), basis.clone(), decides.conclusion.code()))
        .collect();
    if kept != said {
        run.fault(Kind::DecisionMissing, place());
    }
    Ok(())
}

fn is_of_the_desk(op: &Op) -> bool {
    op.proposes || op.confirms.is_some() || op.decides.is_some()
}

/// Whether `proposal` stands before `row` on the same record and says the same.
fn confirms_it(run: &Run<'_>, proposal: &OpRow, row: &OpRow, op: &Op) -> bool {
    let is_proposal = Effect::from_text(proposal.effect.as_deref()).is_ok_and(|effect| effect.proposal);
    let before = proposal.state == ACCEPTED && proposal.pos < row.pos && proposal.record == row.record;
    let (Some(proposed), Ok((_, typed))) = (read(proposal), sync_protocol::shape::check(run.catalog, op)) else {
        return false;
    };
    is_proposal && before && says_the_same(run.catalog, &proposed, op, &typed)
}

fn read(row: &OpRow) -> Option<Box<Op>> {
    match op::read(std::str::from_utf8(&row.body).ok()?).0 {
        Parsed::Op(op) => Some(op),
        Parsed::Withheld(_) | Parsed::Unreadable(_) => None,
    }
}

/// What is written down of the desk and no accepted operation says.
pub(super) fn check(db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
    let mut after = (Vec::new(), Vec::new(), i64::MIN);
    loop {
        let rows = query!(db, findings::desk_ops_after((&after.0, &after.1, after.2), PAGE as i64))?;
        let Some(last) = rows.last() else { break };
        after = (last.record.0.to_vec(), last.device.0.to_vec(), last.seq);
        for row in rows {
            let says = |op: &Op| op.record == row.record && is_of_the_desk(op);
            if !accepted(db, row.device, row.seq)?.is_some_and(|op| says(&op)) {
                run.fault(Kind::DeskOpStray, Place::Op(row.device, row.seq));
            }
        }
    }
    let mut after = (Vec::new(), Vec::new(), i64::MIN);
    loop {
        let rows = query!(
            db,
            findings::decisions_after((&after.0, &after.1, after.2), PAGE as i64)
        )?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = (last.finding.to_vec(), last.device.0.to_vec(), last.seq);
        for row in rows {
            let known = !query!(db, findings::by_ids(&[row.finding.as_slice()]))?.is_empty();
            if !known || !accepted(db, row.device, row.seq)?.is_some_and(|op| decides(&op, &row)) {
                run.fault(Kind::DecisionStray, Place::Op(row.device, row.seq));
            }
        }
    }
}

fn accepted(db: &mut Db<'_>, device: DeviceId, seq: i64) -> StoreResult<Option<Box<Op>>> {
    let row = query!(db, feeds::op(device, seq))?.filter(|row| row.state == ACCEPTED);
    Ok(row.as_ref().and_then(read))
}

fn decides(op: &Op, row: &DecisionRow) -> bool {
    let decides = op.decides.as_ref().filter(|_| !op.proposes);
    decides.is_some_and(|decides| {
        decides.conclusion.code() == row.conclusion
            && decides.findings.get(&hex::encode(row.finding)) == Some(&hex::encode(row.basis))
    })
}
