//! A push before any transaction: its JSON, its chain, its signature, and the receipts that it brings along.
//!
//! After a restore a phone pushes again what the server lost, with the receipts that it has for it. A receipt that
//! bears this server's signature (a backup keeps the keys) proves when the operation first arrived, and by that
//! moment its author's right is judged: nobody loses an accepted record because an appointment ended between the
//! first arrival and the restore. What does not verify proves nothing and changes nothing.

use std::collections::HashMap;

use ed25519_dalek::VerifyingKey;
use sync_protocol::catalog::Catalog;
use sync_protocol::feed::{self, Hash};
use sync_protocol::id::{DeviceId, MemberId, Seq};
use sync_protocol::op::{self, Parsed};
use sync_protocol::receipt;
use sync_protocol::shape::{self, Typed};
use sync_protocol::value::MAX_INTEGER;
use sync_protocol::verdict::Code;
use sync_protocol::wire::{Head, Push, SyncRequest};

use super::SyncError;
use crate::keys::NamedKey;

/// One operation of a push, hashed and read.
#[derive(Debug, Clone)]
pub struct PreparedOp {
    /// The bytes as the phone wrote them.
    pub text: Box<str>,
    /// Their hash, or the one that a stub names.
    pub hash: Hash,
    /// The claimed chain's hash after it.
    pub chain: Hash,
    /// Its number: `base.seq` + index + 1.
    pub seq: Seq,
    /// What could be read.
    pub parsed: Parsed,
    /// When it arrived first, ms, if a receipt of this server proves that it did before.
    pub first_arrival: Option<i64>,
    /// Its values by the catalogue version it names, or why they are not of their types. Judged here, for it needs
    /// no lock and the committers are few.
    pub typed: Result<Typed, Code>,
}

impl PreparedOp {
    /// Reads the text of an operation; `chain` gives the chain's hash after it from its own.
    pub fn read(catalog: &Catalog, text: &str, seq: Seq, chain: impl FnOnce(&Hash) -> Hash) -> PreparedOp {
        let (parsed, hash) = op::read(text);
        let typed = match &parsed {
            Parsed::Op(op) => shape::check(catalog, op).map(|(_, typed)| typed),
            Parsed::Withheld(_) => Err(Code::TooLarge),
            Parsed::Unreadable(code) => Err(*code),
        };
        PreparedOp {
            text: text.into(),
            chain: chain(&hash),
            hash,
            seq,
            parsed,
            first_arrival: None,
            typed,
        }
    }
}

/// A push whose signature fits its claimed chain.
#[derive(Debug, Clone)]
pub struct PreparedPush {
    /// The device.
    pub device: DeviceId,
    /// Its member.
    pub member: MemberId,
    /// The head that the push claims to build on.
    pub base: Head,
    /// Its operations.
    pub ops: Vec<PreparedOp>,
    /// The signature over the head after the last.
    pub signature: [u8; 64],
    /// The phone's boot at sending.
    pub boot: String,
    /// Milliseconds since that boot at sending.
    pub uptime_ms: i64,
    /// The phone's wall clock at sending, ms.
    pub sent_ms: i64,
}

/// Reads a sync request.
pub fn parse(body: &str) -> Result<SyncRequest<'_>, SyncError> {
    serde_json::from_str(body).map_err(|e| SyncError::Malformed(format!("line {}, column {}", e.line(), e.column())))
}

/// What pushes are checked by.
#[derive(Clone, Copy)]
pub struct Checks<'c> {
    /// The catalogue in force.
    pub catalog: &'c Catalog,
    /// The key of this server's receipts.
    pub receipt_key: &'c NamedKey,
    /// Most operations in one push.
    pub push_ops: u32,
}

/// Computes the claimed chain and checks the device's signature over its end.
pub fn prepare(
    checks: Checks<'_>,
    device: DeviceId,
    member: MemberId,
    key: &VerifyingKey,
    push: &Push<'_>,
) -> Result<PreparedPush, SyncError> {
    let most = checks.push_ops;
    if push.ops.len() > most as usize {
        return Err(SyncError::TooManyOps(most));
    }
    let times_fit = push.uptime_ms <= MAX_INTEGER as u64 && push.sent_at.unsigned_abs() <= MAX_INTEGER as u64;
    if push.base.seq > MAX_INTEGER as u64 - u64::from(most) || push.boot.len() > 64 || !times_fit {
        return Err(SyncError::Malformed(
            "base, boot, uptime_ms or sent_at is out of range".to_owned(),
        ));
    }
    if push.receipts.len() > push.ops.len() {
        return Err(SyncError::Malformed("more receipts than operations".to_owned()));
    }
    let arrivals = arrivals(&device, push, checks.receipt_key);
    let mut chain = push.base.hash;
    let mut ops = Vec::with_capacity(push.ops.len());
    for (seq, raw) in (push.base.seq + 1..).zip(&push.ops) {
        let mut op = PreparedOp::read(checks.catalog, raw.get(), seq, |hash| feed::link(&chain, hash));
        op.first_arrival = arrivals.get(&(seq, op.hash)).copied();
        chain = op.chain;
        ops.push(op);
    }
    let last = push.base.seq + ops.len() as u64;
    if !feed::verify_head(key, &device, last, &chain, &push.sig) {
        return Err(SyncError::BadSignature);
    }
    Ok(PreparedPush {
        device,
        member,
        base: push.base,
        ops,
        signature: push.sig,
        boot: push.boot.clone(),
        uptime_ms: push.uptime_ms as i64,
        sent_ms: push.sent_at,
    })
}

/// When operations first arrived, by the receipts that hold. Of two for one operation the earlier counts.
fn arrivals(device: &DeviceId, push: &Push<'_>, receipt_key: &NamedKey) -> HashMap<(Seq, Hash), i64> {
    let mut arrivals = HashMap::new();
    let key = receipt_key.key.verifying_key();
    for earlier in push.receipts.iter().filter(|earlier| earlier.key == receipt_key.id) {
        for line in receipt::read(&key, device, &earlier.text, &earlier.sig).unwrap_or_default() {
            let arrival = arrivals.entry((line.seq, line.hash)).or_insert(line.arrival);
            *arrival = line.arrival.min(*arrival);
        }
    }
    arrivals
}
