//! What the feed chain and the signatures cost for a push: no canonical form, the bytes as they came.

use ed25519_dalek::{Signature, SigningKey};
use sync_protocol::feed::{self, Hash};
use sync_protocol::id::{AppointmentId, MemberId};
use sync_protocol::op;
use sync_protocol::receipt;
use sync_protocol::verdict::Verdict;
use sync_protocol::wire::VerdictLine;
use wuyuan_tests::phones::{Holder, Phone};

use crate::push::feed::ten;
use crate::report::{Report, Row, Target, number};
use crate::timing::{median, us};

/// Measures pushes of 10, 100 and 500 operations.
pub fn measure(report: &mut Report) {
    let phone = phone();
    let public = phone.key.verifying_key();
    for ops in [10_u64, 100, 500] {
        let texts: Vec<&str> = (1..=ops).map(|seq| phone.text(seq)).collect();
        let bytes: usize = texts.iter().map(|text| text.len()).sum();
        let signature = feed::sign_head(&phone.key, &phone.device, ops, &phone.hash(ops));
        let chain = || {
            texts.iter().fold(phone.hash(0), |head, text| {
                feed::link(&head, &feed::body_hash(text.as_bytes()))
            })
        };
        let whole = median(
            || (),
            |()| assert!(feed::verify_head(&public, &phone.device, ops, &chain(), &signature)),
        );
        let hash = median(
            || (),
            |()| {
                texts
                    .iter()
                    .map(|text| feed::body_hash(text.as_bytes()))
                    .collect::<Vec<Hash>>()
            },
        );
        let message = phone.hash(ops);
        let bare = Signature::from_bytes(&ed25519_dalek::Signer::sign(&phone.key, &message).to_bytes());
        let verify = median(|| (), |()| public.verify_strict(&message, &bare).is_ok());
        report.add(Row {
            what: format!("chain and one strict verification of a push of {ops}"),
            value: us(whole),
            unit: "µs",
            beside: format!(
                "SHA-256 over the {} KB alone {} µs, one verification alone {} µs",
                number(bytes as f64 / 1e3),
                number(us(hash)),
                number(us(verify))
            ),
            target: Target::None,
        });
        let read = median(|| (), |()| texts.iter().map(|text| op::read(text)).collect::<Vec<_>>());
        let plain = median(
            || (),
            |()| {
                texts
                    .iter()
                    .map(|text| serde_json::from_str::<serde_json::Value>(text))
                    .collect::<Vec<_>>()
            },
        );
        report.add(Row {
            what: format!("strict reading and hashing of {ops} operations"),
            value: us(read),
            unit: "µs",
            beside: format!(
                "the same texts by `serde_json::Value`, which hashes nothing and lets duplicate keys pass: {} µs",
                number(us(plain))
            ),
            target: Target::None,
        });
        receipts(report, &phone, ops);
    }
}

fn receipts(report: &mut Report, phone: &Phone, ops: u64) {
    let key = SigningKey::from_bytes(&[7; 32]);
    let lines: Vec<VerdictLine> = (1..=ops)
        .map(|seq| VerdictLine::new(seq, phone.hash(seq), Verdict::Accepted, 1_795_305_600_000))
        .collect();
    let sign = median(|| (), |()| receipt::sign(&key, &phone.device, &lines));
    let bare = median(|| (), |()| ed25519_dalek::Signer::sign(&key, &phone.hash(ops)));
    report.add(Row {
        what: format!("a receipt over {ops} verdicts"),
        value: us(sign),
        unit: "µs",
        beside: format!("one signature over 32 bytes alone {} µs", number(us(bare))),
        target: Target::None,
    });
}

/// A phone with 500 operations.
fn phone() -> Phone {
    let holder = Holder {
        member: MemberId([1; 16]),
        appointment: AppointmentId([2; 16]),
        unit: "350111001026".parse().expect("a unit's code"),
    };
    let mut phone = Phone::new(holder, "00112233445566778899aabbccddeeff", 1);
    let mut before = None;
    while phone.seq() < 500 {
        before = Some(ten(&mut phone, before));
    }
    phone
}
