//! Cursors: opaque to clients, made and checked here.
//!
//! Twelve bytes of HMAC-SHA-256 (RFC 2104) keep anybody from making one; what it names is the server's
//! generation, the unit, the fingerprint of the reader's scope there and a place in the unit's log.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use sync_protocol::id::{Pos, UnitCode};

use super::SyncError;

/// The first byte; a change of the form takes the next number.
const FORM: u8 = 1;
/// Form, generation, fingerprint, unit, pos.
const BODY: usize = 1 + 8 + 8 + 8 + 8;
const TAG: usize = 12;

/// A short hash of what a reader may see in a unit.
pub type Fingerprint = [u8; 8];

/// What a cursor says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Of the server's generation.
    pub generation: [u8; 8],
    /// Of the reader's scope in the unit.
    pub fingerprint: Fingerprint,
    /// Everything up to here was sent.
    pub pos: Pos,
}

/// The first eight bytes of the SHA-256 of a text.
pub fn short_hash(text: &[u8]) -> [u8; 8] {
    let hash = Sha256::digest(text);
    let mut short = [0; 8];
    short.copy_from_slice(&hash[..8]);
    short
}

/// The key under which cursors are made. Shared by all servers on one database.
#[derive(Clone)]
pub struct CursorKey([u8; 32]);

impl CursorKey {
    /// From the stored secret.
    pub fn new(secret: [u8; 32]) -> CursorKey {
        CursorKey(secret)
    }

    fn tag(&self, body: &[u8]) -> Result<[u8; TAG], SyncError> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).map_err(|_| SyncError::Internal)?;
        mac.update(body);
        let full = mac.finalize().into_bytes();
        let mut tag = [0; TAG];
        tag.copy_from_slice(&full[..TAG]);
        Ok(tag)
    }

    /// Makes a cursor for `unit`.
    pub fn make(&self, unit: &UnitCode, cursor: &Cursor) -> Result<String, SyncError> {
        let mut bytes = Vec::with_capacity(BODY + TAG);
        bytes.push(FORM);
        bytes.extend_from_slice(&cursor.generation);
        bytes.extend_from_slice(&cursor.fingerprint);
        bytes.extend_from_slice(&number(unit)?.to_be_bytes());
        bytes.extend_from_slice(&cursor.pos.to_be_bytes());
        let tag = self.tag(&bytes)?;
        bytes.extend_from_slice(&tag);
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads a cursor that this server made for `unit`.
    pub fn read(&self, unit: &UnitCode, text: &str) -> Result<Cursor, SyncError> {
        let bytes = URL_SAFE_NO_PAD
            .decode(text.as_bytes())
            .map_err(|_| SyncError::CursorForged)?;
        if bytes.len() != BODY + TAG || bytes[0] != FORM {
            return Err(SyncError::CursorForged);
        }
        let (body, tag) = bytes.split_at(BODY);
        if !bool::from(self.tag(body)?.ct_eq(tag)) {
            return Err(SyncError::CursorForged);
        }
        let eight = |from: usize| {
            let mut part = [0; 8];
            part.copy_from_slice(&body[from..from + 8]);
            part
        };
        if u64::from_be_bytes(eight(17)) != number(unit)? {
            return Err(SyncError::CursorForged);
        }
        Ok(Cursor {
            generation: eight(1),
            fingerprint: eight(9),
            pos: u64::from_be_bytes(eight(25)),
        })
    }
}

fn number(unit: &UnitCode) -> Result<u64, SyncError> {
    unit.as_str().parse().map_err(|_| SyncError::Internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(code: &str) -> UnitCode {
        code.parse().unwrap()
    }

    #[test]
    fn only_what_was_made_here_for_that_unit_is_read() {
        let key = CursorKey::new([7; 32]);
        let here = unit("350111001026");
        let cursor = Cursor {
            generation: [1; 8],
            fingerprint: [2; 8],
            pos: 99,
        };
        let text = key.make(&here, &cursor).unwrap();
        assert_eq!(key.read(&here, &text), Ok(cursor));
        assert_eq!(key.read(&unit("350111001024"), &text), Err(SyncError::CursorForged));
        assert_eq!(CursorKey::new([8; 32]).read(&here, &text), Err(SyncError::CursorForged));
        for i in 0..text.len() {
            let mut forged = text.clone().into_bytes();
            forged[i] = if forged[i] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(key.read(&here, &forged), Err(SyncError::CursorForged), "{i}");
        }
        for rubbish in ["", "AAAA", "not base64!", &text[..text.len() - 4]] {
            assert_eq!(key.read(&here, rubbish), Err(SyncError::CursorForged));
        }
    }
}
