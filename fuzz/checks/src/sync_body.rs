//! The body of `POST /v1/sync`: what is read, and what is checked of a push before any transaction.

use std::ops::Range;

use ed25519_dalek::SigningKey;
use sync_protocol::feed;
use sync_protocol::id::{DeviceId, MemberId};
use sync_protocol::limits::Limits;
use sync_protocol::op::Parsed;
use sync_protocol::shape;
use sync_protocol::value::MAX_INTEGER;
use sync_protocol::wire::{Push, SyncRequest};
use wuyuan_server::keys::NamedKey;
use wuyuan_server::sync::SyncError;
use wuyuan_server::sync::envelope::{self, Checks, PreparedPush};

use crate::operation::BUILTIN;

const MEMBER: MemberId = MemberId([0x0a; 16]);

/// What is read means the same when it is written; a push signed over the chain of its very bytes is prepared.
pub fn check(data: &[u8]) {
    let Some(body) = crate::text(data) else { return };
    match envelope::parse(body) {
        Ok(request) => {
            same_meaning(body, &request);
            if let Some(push) = request.push {
                pushed(body, request.device, push);
            }
        }
        Err(SyncError::Malformed(place)) => {
            let figures: String = place.chars().filter(char::is_ascii_digit).collect();
            let numbers: Vec<&str> = place
                .split(|c: char| !c.is_ascii_digit())
                .filter(|n| !n.is_empty())
                .collect();
            assert!(numbers.len() == 2 && !figures.is_empty(), "{place}");
            let expected = format!("line {}, column {}", numbers[0], numbers[1]);
            assert_eq!(place, expected, "a refusal names the place and repeats nothing");
        }
        Err(other) => panic!("{other}"),
    }
}

fn same_meaning(body: &str, request: &SyncRequest<'_>) {
    let written = serde_json::to_string(request).expect("a request that was read can be written");
    let again = envelope::parse(&written).expect("what was written can be read");
    assert_eq!(again.device, request.device);
    assert_eq!(again.held, request.held);
    assert_eq!(again.pull, request.pull);
    assert_eq!(again.push.is_some(), request.push.is_some());
    let (Some(now), Some(before)) = (&again.push, &request.push) else {
        return;
    };
    assert_eq!((now.base, now.sig, &now.boot), (before.base, before.sig, &before.boot));
    assert_eq!((now.uptime_ms, now.sent_at), (before.uptime_ms, before.sent_at));
    assert_eq!(now.receipts, before.receipts);
    assert!(
        now.ops
            .iter()
            .map(|op| op.get())
            .eq(before.ops.iter().map(|op| op.get()))
    );
    let bounds = |text: &str| text.as_ptr() as usize..text.as_ptr() as usize + text.len();
    let Range { start, end } = bounds(body);
    for op in &before.ops {
        let op = bounds(op.get());
        assert!(
            start <= op.start && op.end <= end,
            "an operation is a part of the body, not a copy"
        );
    }
}

fn pushed(body: &str, device: DeviceId, mut push: Push<'_>) {
    let key = SigningKey::from_bytes(&[5; 32]);
    let receipt_key = NamedKey {
        id: "0011223344556677".to_owned(),
        key: SigningKey::from_bytes(&[6; 32]),
    };
    let checks = Checks {
        catalog: &BUILTIN,
        receipt_key: &receipt_key,
        push_ops: Limits::default().push_ops,
    };
    let claimed = push.sig;
    let prepare = |push: &Push<'_>| envelope::prepare(checks, device, MEMBER, &key.verifying_key(), push);
    let within = is_within_limits(&push);
    match prepare(&push) {
        Ok(_) => assert!(within),
        Err(SyncError::BadSignature) => assert!(within),
        Err(SyncError::TooManyOps(_) | SyncError::Malformed(_)) => assert!(!within),
        Err(other) => panic!("{other}"),
    }
    if !within {
        return;
    }
    // The chain over the raw bytes, walked anew.
    let mut chain = push.base.hash;
    for op in &push.ops {
        chain = feed::link(&chain, &sync_protocol::op::read(op.get()).1);
    }
    let last = push.base.seq + push.ops.len() as u64;
    push.sig = feed::sign_head(&key, &device, last, &chain);
    let prepared = prepare(&push).expect("a push signed over its own chain is prepared");
    as_sent(body, &push, &prepared, &chain);

    let good = push.sig;
    push.sig[0] ^= 1;
    assert!(matches!(prepare(&push), Err(SyncError::BadSignature)));
    if claimed != good {
        push.sig = claimed;
        assert!(matches!(prepare(&push), Err(SyncError::BadSignature)));
    }
}

fn is_within_limits(push: &Push<'_>) -> bool {
    let most = MAX_INTEGER as u64;
    let limit = Limits::default().push_ops;
    push.ops.len() <= limit as usize
        && push.base.seq <= most - u64::from(limit)
        && push.boot.len() <= 64
        && push.uptime_ms <= most
        && push.sent_at.unsigned_abs() <= most
        && push.receipts.len() <= push.ops.len()
}

fn as_sent(body: &str, push: &Push<'_>, prepared: &PreparedPush, chain: &feed::Hash) {
    assert_eq!(prepared.member, MEMBER);
    assert_eq!(prepared.ops.len(), push.ops.len());
    assert_eq!(prepared.ops.last().map_or(push.base.hash, |op| op.chain), *chain);
    for (op, (raw, seq)) in prepared.ops.iter().zip(push.ops.iter().zip(push.base.seq + 1..)) {
        assert_eq!((&*op.text, op.seq), (raw.get(), seq));
        assert!(body.contains(&*op.text));
        // No receipt in a made-up body is signed by this server.
        assert_eq!(op.first_arrival, None);
        match &op.parsed {
            Parsed::Withheld(hash) => assert_eq!(*hash, op.hash),
            Parsed::Unreadable(code) => {
                assert_eq!(op.hash, feed::body_hash(op.text.as_bytes()));
                assert_eq!(op.typed.as_ref(), Err(code));
            }
            Parsed::Op(read) => {
                assert_eq!(op.hash, feed::body_hash(op.text.as_bytes()));
                assert_eq!(op.typed.is_ok(), shape::check(&BUILTIN, read).is_ok());
            }
        }
    }
}
