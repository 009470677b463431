//! Photos that nobody took: bytes that begin like a JPEG, and their delivery in one request.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use sha2::{Digest, Sha256};
use sync_protocol::feed::Hash;

use crate::api::{Answer, Api};

/// The `nth` photo, of `size` bytes.
pub fn photo(nth: u64, size: usize) -> Vec<u8> {
    let mut bytes = vec![0; size];
    StdRng::seed_from_u64(nth).fill(&mut bytes[..]);
    let head = [0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F', 0];
    bytes[..head.len()].copy_from_slice(&head);
    bytes
}

/// What a record calls it by.
pub fn hash(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// Delivers a photo whole.
pub fn deliver(api: &Api, bytes: &[u8]) -> Answer {
    let sha256 = STANDARD.encode(hex::encode(hash(bytes)));
    let headers = [
        ("tus-resumable", "1.0.0"),
        ("upload-length", &bytes.len().to_string()),
        ("upload-metadata", &format!("sha256 {sha256}")),
        ("content-type", "application/offset+octet-stream"),
    ];
    api.send("POST", "/v1/blobs", &headers, bytes)
}
