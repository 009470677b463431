//! The log's key: it signs checkpoints, and the same one signs for every log of a server.

use ed25519_dalek::{SignatureError, Signer as _, SigningKey};
use signed_note::{Note, Signer};
use sync_protocol::feed::Hash;
use sync_protocol::log::VerifierKey;
use tlog_tiles::Checkpoint;
use zeroize::Zeroizing;

use crate::store::{StoreError, StoreResult};

/// What a log's name begins with; the name of the history follows.
const NAME: &str = "wuyuan";

/// What the logs of a server are made with.
#[derive(Clone)]
pub struct LogKeys {
    /// Signs checkpoints.
    pub key: SigningKey,
    /// Salts the digests of leaves (HMAC-SHA-256).
    pub salt: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for LogKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogKeys").finish_non_exhaustive()
    }
}

/// The name of the log of a history.
pub fn origin(generation: &str) -> String {
    format!("{NAME}/{generation}")
}

struct OriginSigner<'k> {
    origin: &'k str,
    id: u32,
    key: &'k SigningKey,
}

impl Signer for OriginSigner<'_> {
    fn name(&self) -> &str {
        self.origin
    }

    fn key_id(&self) -> u32 {
        self.id
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignatureError> {
        self.key
            .try_sign(message)
            .map(|signature| signature.to_bytes().to_vec())
    }
}

impl LogKeys {
    /// The key that verifies checkpoints of `origin`.
    pub fn verifier(&self, origin: &str) -> VerifierKey {
        VerifierKey::new(origin, self.key.verifying_key())
    }

    /// The signed checkpoint of a tree; the one before it was of `after` leaves, 0 if there was none.
    pub fn checkpoint(&self, origin: &str, size: u64, root: &Hash, after: u64, now_ms: i64) -> StoreResult<String> {
        let further = format!("at {now_ms}\nafter {after}\n");
        let head = Checkpoint::new(origin, size, tlog_tiles::Hash(*root), &further);
        let text = head.map_err(|_| StoreError::Internal)?.to_bytes();
        let public = [&[1], self.key.verifying_key().as_bytes().as_slice()].concat();
        let signer = OriginSigner {
            origin,
            id: signed_note::key_id(origin, &public),
            key: &self.key,
        };
        let mut note = Note::new(&text, &[]).map_err(|_| StoreError::Internal)?;
        note.add_sigs(&[&signer]).map_err(|_| StoreError::Internal)?;
        String::from_utf8(note.to_bytes()).map_err(|_| StoreError::Internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_here_reads_in_the_protocol_and_by_the_library() {
        let keys = LogKeys {
            key: SigningKey::from_bytes(&[5; 32]),
            salt: Zeroizing::new([6; 32]),
        };
        let origin = origin("5d41402abc4b2a76");
        let note = keys.checkpoint(&origin, 300, &[7; 32], 290, 1_795_305_600_000).unwrap();
        let own = keys.verifier(&origin);
        let read = own.open(&note).unwrap();
        assert_eq!(
            (read.size, read.root, read.at_ms, read.after),
            (300, [7; 32], Some(1_795_305_600_000), Some(290))
        );
        let library = signed_note::StandardVerifier::new(&own.text()).unwrap();
        let known = signed_note::VerifierList::new(vec![Box::new(library)]);
        Note::from_bytes(note.as_bytes()).unwrap().verify(&known).unwrap();
        assert!(own.open(&note.replace("\n300\n", "\n301\n")).is_err());
        assert!(keys.verifier("wuyuan/other").open(&note).is_err());
    }
}
