//! Each device's feed: dense, hashed, chained, signed.

use std::collections::HashMap;

use ed25519_dalek::VerifyingKey;
use sync_protocol::feed::{self, Hash};
use sync_protocol::op::{self, Op, OpName, Parsed};
use sync_protocol::verdict::{Code, Fate};

use super::{Kind, PAGE, Place, Run, desk, references};
use crate::query;
use crate::store::rows::{DeviceRow, OpRow};
use crate::store::{Db, StoreResult};
use crate::sync::effect::Effect;
use crate::sync::{ACCEPTED, HELD, QUARANTINED};

pub(super) fn check(db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
    let mut after: Vec<u8> = Vec::new();
    loop {
        let devices = query!(db, inspect::devices_after(&after, PAGE as i64))?;
        let Some(last) = devices.last() else { break };
        after = last.id.0.to_vec();
        for device in &devices {
            feed(db, run, device)?;
            evidence(db, run, device)?;
        }
        run.count("devices", devices.len() as u64);
    }
    for (device, seq) in query!(db, inspect::ops_without_device())? {
        run.fault(Kind::OpWithoutDevice, Place::Op(device.into(), seq));
    }
    for (device, seq) in query!(db, inspect::signatures_without_op())? {
        run.fault(Kind::SignatureWithoutOp, Place::Op(device.into(), seq));
    }
    Ok(())
}

/// Where the walk along a feed stands.
struct Walk {
    /// The number that comes next.
    next: i64,
    /// What the last operation's chain must be, and what is stored: after a fault the walk goes on from either,
    /// so that one altered value is one fault and not one for each operation behind it.
    chain: [Hash; 2],
    /// Whether the last operation's head is signed.
    signed: bool,
}

fn feed(db: &mut Db<'_>, run: &mut Run<'_>, device: &DeviceRow) -> StoreResult<()> {
    let key = <[u8; 32]>::try_from(device.public_key.as_slice()).ok();
    let key = key.and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok());
    if key.is_none() {
        run.fault(Kind::DeviceKey, Place::Device(device.id));
    }
    let genesis = feed::genesis(&device.id);
    let mut walk = Walk {
        next: 1,
        chain: [genesis; 2],
        signed: true,
    };
    let mut after = i64::MIN;
    loop {
        let ops = query!(db, inspect::ops_after(device.id, after, PAGE as i64))?;
        let (Some(first), Some(last)) = (ops.first(), ops.last()) else {
            break;
        };
        after = last.seq;
        let signatures = query!(db, inspect::signatures(device.id, first.seq, last.seq))?;
        run.count("head signatures", signatures.len() as u64);
        let signatures: HashMap<i64, Vec<u8>> = signatures.into_iter().collect();
        for op in &ops {
            step(run, device, &mut walk, op);
            walk.signed = signatures.contains_key(&op.seq);
            if let (Some(signature), Some(key)) = (signatures.get(&op.seq), &key)
                && !is_signed(key, device, op.seq, &walk.chain[0], signature)
            {
                run.fault(Kind::HeadSignature, Place::Op(device.id, op.seq));
            }
            if let Some(read) = content(run, device, op) {
                let dot = (device.id, op.seq as u64);
                references::of_op(db, run, dot, &read, op.state)?;
                if op.state == ACCEPTED {
                    desk::of_op(db, run, op, &read)?;
                }
                if let Some(reissues) = read.reissues.filter(|_| op.state == ACCEPTED) {
                    reissued(db, run, op, &reissues)?;
                }
            }
        }
        run.count("operations", ops.len() as u64);
    }
    if device.head_seq != walk.next - 1 || !walk.chain.contains(&device.head_hash) {
        run.fault(Kind::DeviceHead, Place::Device(device.id));
    }
    if !walk.signed {
        run.fault(Kind::HeadUnsigned, Place::Op(device.id, walk.next - 1));
    }
    if device.durable_seq > device.head_seq {
        run.fault(Kind::DeviceDurable, Place::Device(device.id));
    }
    Ok(())
}

fn is_signed(key: &VerifyingKey, device: &DeviceRow, seq: i64, chain: &Hash, signature: &[u8]) -> bool {
    let signature = <[u8; 64]>::try_from(signature).ok();
    signature.is_some_and(|signature| feed::verify_head(key, &device.id, seq as u64, chain, &signature))
}

/// Number, hash and chain of the next operation.
fn step(run: &mut Run<'_>, device: &DeviceRow, walk: &mut Walk, op: &OpRow) {
    let missing = op.seq != walk.next;
    if missing {
        run.fault(Kind::OpMissing, Place::Op(device.id, walk.next));
    }
    walk.next = op.seq.saturating_add(1);
    let hash = read(op).1;
    if hash != op.hash {
        run.fault(Kind::OpHash, Place::Op(device.id, op.seq));
    }
    let links = walk
        .chain
        .iter()
        .flat_map(|before| [feed::link(before, &hash), feed::link(before, &op.hash)]);
    let fits = links.into_iter().any(|link| link == op.chain);
    if !fits && !missing {
        run.fault(Kind::OpChain, Place::Op(device.id, op.seq));
    }
    let computed = if fits || missing {
        op.chain
    } else {
        feed::link(&walk.chain[0], &hash)
    };
    walk.chain = [computed, op.chain];
}

/// What the bytes are, and the hash with which they enter the chain: a stub enters with the hash that it names.
fn read(op: &OpRow) -> (Parsed, Hash) {
    match std::str::from_utf8(&op.body) {
        Ok(text) => op::read(text),
        Err(_) => (Parsed::Unreadable(Code::Malformed), feed::body_hash(&op.body)),
    }
}

/// Whether verdict and columns fit the bytes and each other; answers the operation if it can be read.
fn content(run: &mut Run<'_>, device: &DeviceRow, row: &OpRow) -> Option<Box<Op>> {
    let place = Place::Op(device.id, row.seq);
    if row.member != device.member {
        run.fault(Kind::OpAuthor, place.clone());
    }
    let code = row.code.as_deref().map(Code::parse);
    let consistent = match (row.state, code) {
        (ACCEPTED, None) => row.pos.is_some() && Effect::from_text(row.effect.as_deref()).is_ok(),
        (HELD, Some(Some(code))) => code.fate() == Fate::Held && row.pos.is_none() && row.effect.is_none(),
        (QUARANTINED, Some(Some(code))) => {
            code.fate() == Fate::Quarantined && row.pos.is_none() && row.effect.is_none()
        }
        _ => false,
    };
    if !consistent {
        run.fault(Kind::OpVerdict, place.clone());
    }
    if let (ACCEPTED, Some(pos)) = (row.state, row.pos) {
        run.take_place(row.unit.as_deref().unwrap_or_default(), pos);
    }
    match read(row).0 {
        Parsed::Op(op) => {
            let proposal = Effect::from_text(row.effect.as_deref()).is_ok_and(|effect| effect.proposal);
            if row.state == ACCEPTED && proposal != op.proposes {
                run.fault(Kind::OpProposal, place.clone());
            }
            let record = row.record.map(|record| record.0);
            let same = record == Some(op.record.0)
                && row.kind.as_deref() == Some(op.kind.as_str())
                && row.unit.as_deref() == Some(op.unit.as_str());
            if !same {
                run.fault(Kind::OpPlace, place);
            }
            Some(op)
        }
        Parsed::Withheld(_) | Parsed::Unreadable(_) => {
            if row.state != QUARANTINED {
                run.fault(Kind::OpUnreadable, place);
            }
            None
        }
    }
}

/// An accepted re-issue must be written down, as its own.
fn reissued(db: &mut Db<'_>, run: &mut Run<'_>, row: &OpRow, reissues: &OpName) -> StoreResult<()> {
    let granted = query!(db, inspect::grant(reissues.device, reissues.seq as i64, &reissues.hash))?;
    let own = granted.is_some_and(|grant| grant.by_device == row.device && grant.by_seq == row.seq);
    if !own {
        run.fault(Kind::ReissueMissing, Place::Op(row.device, row.seq));
    }
    Ok(())
}

fn evidence(db: &mut Db<'_>, run: &mut Run<'_>, device: &DeviceRow) -> StoreResult<()> {
    let mut after = (i64::MIN, Vec::new());
    loop {
        let rows = query!(db, inspect::evidence_after(device.id, after.0, &after.1, PAGE as i64))?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = (last.seq, last.hash.to_vec());
        for row in &rows {
            let hash = std::str::from_utf8(&row.body).map(|text| op::read(text).1);
            if hash != Ok(row.hash) || device.closed_code.is_none() {
                run.fault(Kind::Evidence, Place::Op(device.id, row.seq));
            }
        }
        run.count("evidence of forks", rows.len() as u64);
    }
}
