//! What a pulled record shows of its proposals and decisions.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use sync_protocol::op::{self, Op, Parsed};
use sync_protocol::wire::{DecisionView, ProposalView};

use super::effect::Effect;
use super::findings::{AWAITS, About, finding};
use crate::query;
use crate::store::rows::OpRow;
use crate::store::{Db, StoreError, StoreResult};

/// Most proposals and most decisions that a view shows; the history has all.
const SHOWN: usize = 20;

/// One operation of the desk.
struct Read<'r> {
    row: &'r OpRow,
    op: Box<Op>,
    proposal: bool,
}

/// The waiting proposals and the decisions among `rows`, the operations of the desk on one record in the order of the log.
pub(super) fn show(
    db: &mut Db<'_>,
    rows: &[OpRow],
    readable: &mut dyn FnMut(&str) -> bool,
) -> StoreResult<(Vec<ProposalView>, Vec<DecisionView>)> {
    let mut ops = Vec::with_capacity(rows.len());
    for row in rows {
        let text = std::str::from_utf8(&row.body).map_err(|_| StoreError::Corrupt)?;
        if let Parsed::Op(op) = op::read(text).0 {
            let proposal = Effect::from_text(row.effect.as_deref())?.proposal;
            ops.push(Read { row, op, proposal });
        }
    }
    let proposals = proposals(db, &ops, readable)?;
    let mut decisions = Vec::new();
    for read in ops.iter().rev().filter(|read| !read.proposal).take(SHOWN) {
        decisions.extend(decision(db, read, &ops)?);
    }
    Ok((proposals, decisions))
}

fn at(row: &OpRow) -> i64 {
    row.written_ms.unwrap_or(row.arrival_ms)
}

fn proposals(
    db: &mut Db<'_>,
    ops: &[Read<'_>],
    readable: &mut dyn FnMut(&str) -> bool,
) -> StoreResult<Vec<ProposalView>> {
    let waiting = |read: &Read<'_>| {
        let about = About {
            neighbour: None,
            unit: read.row.unit.clone(),
            record: Some(read.op.record),
            device: Some(read.row.device),
            seq: Some(read.op.seq),
        };
        finding(AWAITS, about, 0, None).id
    };
    let mut views = Vec::new();
    for read in ops.iter().filter(|read| read.proposal) {
        let found = query!(db, findings::by_ids(&[waiting(read).as_slice()]))?;
        if views.len() < SHOWN && found.iter().any(|row| row.closed_ms.is_none()) {
            views.push(proposal(read, readable)?);
        }
    }
    Ok(views)
}

fn proposal(read: &Read<'_>, readable: &mut dyn FnMut(&str) -> bool) -> StoreResult<ProposalView> {
    let mut body: serde_json::Map<String, Json> =
        serde_json::from_slice(&read.row.body).map_err(|_| StoreError::Corrupt)?;
    let mut hidden = false;
    let mut part = |name: &str| -> BTreeMap<String, Json> {
        let fields = match body.remove(name) {
            Some(Json::Object(fields)) => fields,
            _ => serde_json::Map::new(),
        };
        let mut kept = BTreeMap::new();
        for (field, value) in fields {
            match readable(&field) {
                true => kept.insert(field, value).is_some(),
                false => std::mem::replace(&mut hidden, true),
            };
        }
        kept
    };
    let set = part("set");
    let mut lists = |name: &str| -> BTreeMap<String, Vec<Json>> {
        let list = |(field, value)| match value {
            Json::Array(values) => Some((field, values)),
            _ => None,
        };
        part(name).into_iter().filter_map(list).collect()
    };
    let (add, remove) = (lists("add"), lists("remove"));
    Ok(ProposalView {
        dot: (read.row.device, read.op.seq),
        hash: read.row.hash,
        by: read.row.member,
        at: at(read.row),
        set,
        add,
        remove,
        act: read.op.act.as_ref().map(|act| act.name.clone()),
        approves: read.op.approves,
        decides: body.remove("decides").filter(|decides| !decides.is_null()),
        hidden,
        reason: read.op.reason.clone(),
    })
}

fn decision(db: &mut Db<'_>, read: &Read<'_>, ops: &[Read<'_>]) -> StoreResult<Option<DecisionView>> {
    let Some(decides) = &read.op.decides else {
        return Ok(None);
    };
    let ids: Vec<Vec<u8>> = decides.findings.keys().filter_map(|id| hex::decode(id).ok()).collect();
    let ids: Vec<&[u8]> = ids.iter().map(Vec::as_slice).collect();
    let proposed_by = read.op.confirms.and_then(|named| {
        let proposal = |other: &&Read<'_>| other.row.device == named.device && other.op.seq == named.seq;
        ops.iter().find(proposal).map(|other| other.row.member)
    });
    Ok(Some(DecisionView {
        dot: (read.row.device, read.op.seq),
        by: read.row.member,
        proposed_by,
        at: at(read.row),
        conclusion: decides.conclusion.code().to_owned(),
        findings: query!(db, findings::decided_by(&ids, read.row.device, read.row.seq))?,
        reason: read.op.reason.clone(),
    }))
}
