//! Hashes of bytes that stream by.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use sync_protocol::feed::Hash;

use super::BlobError;
use super::media::HEAD_BYTES;

/// `Upload-Checksum`: what the bytes of one request must hash to.
#[derive(Debug, Clone)]
pub enum Checksum {
    /// SHA-256.
    Sha256(Sha256, Vec<u8>),
    /// SHA-1: no protection against anybody, but what clients send.
    Sha1(sha1::Sha1, Vec<u8>),
}

/// The algorithms, as `Tus-Checksum-Algorithm` lists them.
pub const ALGORITHMS: &str = "sha256,sha1";

impl Checksum {
    /// Reads the header.
    pub fn read(header: &str) -> Result<Checksum, BlobError> {
        let wrong = || BlobError::Malformed(format!("Upload-Checksum is one of {ALGORITHMS} and base64"));
        let (algorithm, wanted) = header.trim().split_once(' ').ok_or_else(wrong)?;
        let wanted = STANDARD.decode(wanted.trim()).map_err(|_| wrong())?;
        match algorithm {
            "sha256" => Ok(Checksum::Sha256(Sha256::new(), wanted)),
            "sha1" => Ok(Checksum::Sha1(sha1::Sha1::new(), wanted)),
            _ => Err(wrong()),
        }
    }

    /// Takes bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Checksum::Sha256(hash, _) => hash.update(bytes),
            Checksum::Sha1(hash, _) => hash.update(bytes),
        }
    }

    /// Whether they were the right ones.
    pub fn holds(self) -> bool {
        match self {
            Checksum::Sha256(hash, wanted) => hash.finalize()[..] == wanted[..],
            Checksum::Sha1(hash, wanted) => hash.finalize()[..] == wanted[..],
        }
    }
}

/// What is found out of a whole as it streams by.
#[derive(Clone, Default)]
pub struct Whole {
    sha256: Sha256,
    sm3: sm3::Sm3,
    head: Vec<u8>,
    bytes: u64,
}

/// What a whole is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its SHA-256.
    pub sha256: Hash,
    /// Its SM3.
    pub sm3: Hash,
    /// Its first bytes.
    pub head: Vec<u8>,
    /// How many bytes.
    pub bytes: u64,
}

impl Whole {
    /// Takes bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        self.sm3.update(bytes);
        let wanted = HEAD_BYTES.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..wanted]);
        self.bytes += bytes.len() as u64;
    }

    /// What it was.
    pub fn finish(self) -> Found {
        Found {
            sha256: self.sha256.finalize().into(),
            sm3: self.sm3.finalize().into(),
            head: self.head,
            bytes: self.bytes,
        }
    }
}
