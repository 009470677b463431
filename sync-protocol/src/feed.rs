//! The feed chain: every operation of a device, hashed over the bytes as the phone wrote them.
//!
//! `h0 = SHA-256("wuyuan-feed-v1" || device)`, `hn = SHA-256(h(n-1) || SHA-256(bytes n))`, and one Ed25519
//! signature (RFC 8032, strict verification) over
//! `"wuyuan-head-v1" || device || last seq (8 bytes, big-endian) || last hash`. There is no canonical form:
//! bytes are hashed as they came. The chain runs over the body's hash, so a body can be erased by law,
//! or travel apart, and the chain still verifies.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::id::{DeviceId, Seq};

/// A SHA-256 (FIPS 180-4).
pub type Hash = [u8; 32];

/// The suite of keys, signatures and hashes that a device was enrolled with. A second suite (SM2 with SM3)
/// can stand beside it: the name travels with the key.
pub const SUITE: &str = "ed25519-sha256";

const FEED_DOMAIN: &[u8] = b"wuyuan-feed-v1";
const HEAD_DOMAIN: &[u8] = b"wuyuan-head-v1";
const ENROL_DOMAIN: &[u8] = b"wuyuan-enrol-v1";

/// The chain's hash before the first operation.
pub fn genesis(device: &DeviceId) -> Hash {
    Sha256::new()
        .chain_update(FEED_DOMAIN)
        .chain_update(device.bytes())
        .finalize()
        .into()
}

/// The hash of an operation's bytes.
pub fn body_hash(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// The chain's hash after one more operation whose bytes hash to `body`.
pub fn link(previous: &Hash, body: &Hash) -> Hash {
    Sha256::new()
        .chain_update(previous)
        .chain_update(body)
        .finalize()
        .into()
}

fn message(domain: &[u8], device: &DeviceId, seq: Seq, hash: &Hash) -> Vec<u8> {
    let mut text = Vec::with_capacity(domain.len() + 16 + 8 + 32);
    text.extend_from_slice(domain);
    text.extend_from_slice(device.bytes());
    text.extend_from_slice(&seq.to_be_bytes());
    text.extend_from_slice(hash);
    text
}

/// Signs the head `(seq, hash)` of a feed.
pub fn sign_head(key: &SigningKey, device: &DeviceId, seq: Seq, hash: &Hash) -> [u8; 64] {
    key.sign(&message(HEAD_DOMAIN, device, seq, hash)).to_bytes()
}

/// Whether `signature` is the device's over the head `(seq, hash)`. Strict: small-order keys and
/// non-canonical signatures are refused.
pub fn verify_head(key: &VerifyingKey, device: &DeviceId, seq: Seq, hash: &Hash, signature: &[u8; 64]) -> bool {
    key.verify_strict(
        &message(HEAD_DOMAIN, device, seq, hash),
        &Signature::from_bytes(signature),
    )
    .is_ok()
}

/// What a new device signs to show that it holds its key: `"wuyuan-enrol-v1" || device || member`.
pub fn enrolment_message(device: &DeviceId, member: &crate::id::MemberId) -> Vec<u8> {
    let mut text = Vec::with_capacity(ENROL_DOMAIN.len() + 32);
    text.extend_from_slice(ENROL_DOMAIN);
    text.extend_from_slice(device.bytes());
    text.extend_from_slice(member.bytes());
    text
}
