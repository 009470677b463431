//! Head signatures and enrolment proofs, good and bad.

use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value as Json, json};
use sync_protocol::feed::{self, Hash};
use sync_protocol::id::{DeviceId, Seq};

use super::{file, names};

/// The order of the group, little-endian (RFC 8032 section 5.1).
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// The same signature with `S` not reduced: lax verifiers take it.
fn unreduced(mut signature: [u8; 64]) -> [u8; 64] {
    let mut carry = 0u16;
    for (byte, order) in signature[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = sum as u8;
        carry = sum >> 8;
    }
    signature
}

fn case(name: &str, key: &[u8; 32], device: &DeviceId, seq: Seq, hash: &Hash, sig: &[u8; 64], valid: bool) -> Json {
    json!({
        "name": name, "public_key": hex::encode(key), "device": device, "seq": seq, "hash": hex::encode(hash),
        "signature": hex::encode(sig), "valid": valid,
    })
}

pub fn make() -> Json {
    let seed = [7u8; 32];
    let key = SigningKey::from_bytes(&seed);
    let public = key.verifying_key().to_bytes();
    let other = SigningKey::from_bytes(&[8u8; 32]).verifying_key().to_bytes();
    let device = names::device(1);
    let hash = feed::body_hash(b"a head");
    let sig = feed::sign_head(&key, &device, 17, &hash);
    let mut flipped = sig;
    flipped[5] ^= 1;
    let first = feed::sign_head(&key, &device, 0, &feed::genesis(&device));
    // A point of small order with R of small order and S = 0: valid for every text where verification is lax.
    let mut identity = [0u8; 32];
    identity[0] = 1;
    let mut forged = [0u8; 64];
    forged[0] = 1;
    let last = feed::sign_head(&key, &device, (1 << 53) - 1, &hash);
    let heads = vec![
        case("a head", &public, &device, 17, &hash, &sig, true),
        case(
            "the head before the first operation",
            &public,
            &device,
            0,
            &feed::genesis(&device),
            &first,
            true,
        ),
        case(
            "the greatest number",
            &public,
            &device,
            (1 << 53) - 1,
            &hash,
            &last,
            true,
        ),
        case("another number", &public, &device, 18, &hash, &sig, false),
        case("another device", &public, &names::device(2), 17, &hash, &sig, false),
        case(
            "another hash",
            &public,
            &device,
            17,
            &feed::body_hash(b"another"),
            &sig,
            false,
        ),
        case("another key", &other, &device, 17, &hash, &sig, false),
        case("a flipped bit", &public, &device, 17, &hash, &flipped, false),
        case(
            "S not reduced (RFC 8032 section 5.1.7)",
            &public,
            &device,
            17,
            &hash,
            &unreduced(sig),
            false,
        ),
        case("a key of small order", &identity, &device, 17, &hash, &forged, false),
    ];
    let member = names::member(1);
    let message = feed::enrolment_message(&device, &member);
    let enrolment = json!({
        "device": device, "member": member, "message": hex::encode(&message),
        "signature": hex::encode(key.sign(&message).to_bytes()),
    });
    let about = "Ed25519 (RFC 8032), verified strictly, over \"wuyuan-head-v1\" || device (16 bytes) || seq (8 bytes, \
                 big-endian) || hash (32 bytes). An enrolment is signed over \"wuyuan-enrol-v1\" || device || member.";
    let mut whole = file(about, heads);
    whole["seed"] = json!(hex::encode(seed));
    whole["public_key"] = json!(hex::encode(public));
    whole["enrolment"] = enrolment;
    whole
}
