//! Encryption at rest of what must be kept but is no longer to be read here.
//!
//! When a unit ends for the phone's holder its data goes, but operations that the server's backup does not contain
//! yet must survive. They stay as ChaCha20-Poly1305 ciphertext (RFC 8439) under a key of this installation.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use sync_protocol::feed::Hash;
use sync_protocol::id::{DeviceId, Seq};

use crate::store::StoreError;

/// The nonce is the beginning of the body's hash: bodies are salted and never change, so no nonce serves twice.
fn nonce(body_hash: &Hash) -> Nonce {
    let mut nonce = Nonce::default();
    let length = nonce.len();
    nonce.copy_from_slice(&body_hash[..length]);
    nonce
}

fn place(device: &DeviceId, seq: Seq) -> Vec<u8> {
    [device.bytes().as_slice(), &seq.to_be_bytes()].concat()
}

/// Encrypts the bytes of the operation `(device, seq)`.
pub(crate) fn seal(
    key: &[u8; 32],
    device: &DeviceId,
    seq: Seq,
    body_hash: &Hash,
    bytes: &[u8],
) -> Result<Vec<u8>, StoreError> {
    let cipher = ChaCha20Poly1305::new(&Key::from(*key));
    let payload = Payload {
        msg: bytes,
        aad: &place(device, seq),
    };
    cipher
        .encrypt(&nonce(body_hash), payload)
        .map_err(|_| StoreError::Damaged("an operation cannot be encrypted"))
}

/// Decrypts them.
pub(crate) fn open(
    key: &[u8; 32],
    device: &DeviceId,
    seq: Seq,
    body_hash: &Hash,
    bytes: &[u8],
) -> Result<Vec<u8>, StoreError> {
    let cipher = ChaCha20Poly1305::new(&Key::from(*key));
    let payload = Payload {
        msg: bytes,
        aad: &place(device, seq),
    };
    cipher
        .decrypt(&nonce(body_hash), payload)
        .map_err(|_| StoreError::Damaged("an encrypted operation"))
}
