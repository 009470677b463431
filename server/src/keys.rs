//! The keys that every server on one database shares, made on first start.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::generation::{self, Generations};
use crate::log::sign::LogKeys;
use crate::query;
use crate::random::{self, NoRandomness};
use crate::store::{Db, Store, StoreError};

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// None could be made.
    #[error(transparent)]
    Random(#[from] NoRandomness),
    /// A stored key has not 32 bytes, or what was stored beside it cannot be read.
    #[error("the stored key {0} is damaged")]
    Damaged(&'static str),
}

/// An Ed25519 key with the name by which others know it.
#[derive(Clone)]
pub struct NamedKey {
    /// The first 8 bytes of the public key's SHA-256, in hexadecimal.
    pub id: String,
    /// The key.
    pub key: SigningKey,
}

impl NamedKey {
    fn new(seed: &[u8; 32]) -> NamedKey {
        let key = SigningKey::from_bytes(seed);
        let hash = Sha256::digest(key.verifying_key().as_bytes());
        NamedKey {
            id: hex::encode(&hash[..8]),
            key,
        }
    }

    /// The public key, unpadded base64url.
    pub fn public(&self) -> String {
        public(self.key.verifying_key().as_bytes())
    }
}

/// A public key as it is published: base64url without padding.
pub fn public(key: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(key)
}

/// Where the secret is stored that makes cursors and the names of histories.
const CURSOR_KEY: &str = "cursor_key";

/// Where the secret is stored that makes the key of receipts.
const RECEIPT_KEY: &str = "receipt_key";

/// The public key of receipts, as it is published, if this database has one; it is only read.
pub fn receipt_key(db: &mut Db<'_>) -> Result<Option<String>, StoreError> {
    let Some(seed) = query!(db, meta::secret(RECEIPT_KEY))?.map(Zeroizing::new) else {
        return Ok(None);
    };
    let seed = seed.as_slice().try_into().map_err(|_| StoreError::Corrupt)?;
    Ok(Some(public(SigningKey::from_bytes(seed).verifying_key().as_bytes())))
}

/// All of them.
#[derive(Clone)]
pub struct Keys {
    /// Signs access tokens (EdDSA, RFC 8037).
    pub token: NamedKey,
    /// Signs receipts over verdicts.
    pub receipt: NamedKey,
    /// Seals the transparency log.
    pub log: LogKeys,
    /// Authenticates cursors (HMAC-SHA-256).
    pub cursor: Zeroizing<[u8; 32]>,
    /// The random name of this server's history; another one after a restore.
    pub generation: String,
    /// Knows the names of the histories before it.
    pub generations: Generations,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys")
            .field("token", &self.token.id)
            .field("receipt", &self.receipt.id)
            .finish_non_exhaustive()
    }
}

impl Keys {
    /// Reads the keys, making those that are missing. Of several servers that start at once, all end up with
    /// the same ones.
    pub fn load(store: &Store) -> Result<Keys, KeyError> {
        store.write(|db| {
            let cursor = key(db, CURSOR_KEY)?;
            let generation = generation(db)?;
            Ok(Keys {
                token: NamedKey::new(&*key(db, "token_key")?),
                receipt: NamedKey::new(&*key(db, RECEIPT_KEY)?),
                log: log_keys(db)?,
                generations: Generations::new(generation.clone(), earlier(db)?, cursor.clone()),
                generation,
                cursor,
            })
        })
    }
}

/// Where the log's secrets are stored.
const LOG_KEY: &str = "log_key";
const LOG_SALT: &str = "log_salt_key";

/// The log's keys, which are made if there are none.
pub fn log_keys(db: &mut Db<'_>) -> Result<LogKeys, KeyError> {
    Ok(LogKeys {
        key: SigningKey::from_bytes(&*key(db, LOG_KEY)?),
        salt: key(db, LOG_SALT)?,
    })
}

/// The log's keys if this database has them; it is only read.
pub fn stored_log_keys(db: &mut Db<'_>) -> Result<Option<LogKeys>, StoreError> {
    let mut read = |name| -> Result<Option<Zeroizing<[u8; 32]>>, StoreError> {
        let stored = query!(db, meta::secret(name))?.map(Zeroizing::new);
        let fixed = |bytes: Zeroizing<Vec<u8>>| bytes.as_slice().try_into().map(Zeroizing::new);
        stored.map(fixed).transpose().map_err(|_| StoreError::Corrupt)
    };
    let (Some(key), Some(salt)) = (read(LOG_KEY)?, read(LOG_SALT)?) else {
        return Ok(None);
    };
    Ok(Some(LogKeys {
        key: SigningKey::from_bytes(&key),
        salt,
    }))
}

fn key(db: &mut Db<'_>, name: &'static str) -> Result<Zeroizing<[u8; 32]>, KeyError> {
    let fresh = Zeroizing::new(random::bytes::<32>()?);
    // Whoever comes second finds the first one's key, also when both insert at the same moment.
    query!(db, meta::put_secret_if_absent(name, fresh.as_slice()))?;
    let stored = Zeroizing::new(query!(db, meta::secret(name))?.ok_or(KeyError::Damaged(name))?);
    let key: [u8; 32] = stored.as_slice().try_into().map_err(|_| KeyError::Damaged(name))?;
    Ok(Zeroizing::new(key))
}

fn earlier(db: &mut Db<'_>) -> Result<BTreeSet<String>, KeyError> {
    let before = generation::before(db).map_err(|error| match error {
        StoreError::Corrupt => KeyError::Damaged("generation_before"),
        error => error.into(),
    })?;
    Ok(before.into_iter().map(|ended| ended.generation).collect())
}

/// A name for a history that begins in this database.
pub fn new_generation(db: &mut Db<'_>) -> Result<String, KeyError> {
    let key = key(db, CURSOR_KEY)?;
    generation::name(&key, random::bytes()?).map_err(|_| KeyError::Damaged(CURSOR_KEY))
}

fn generation(db: &mut Db<'_>) -> Result<String, KeyError> {
    let fresh = new_generation(db)?;
    query!(db, meta::put_if_absent("generation", &fresh))?;
    query!(db, meta::get("generation"))?.ok_or(KeyError::Damaged("generation"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn servers_that_start_at_once_share_their_keys() {
        let (_folder, store) = testing::sqlite();
        let starts: Vec<_> = (0..4)
            .map(|_| {
                let store = store.clone();
                std::thread::spawn(move || {
                    Keys::load(&store)
                        .map(|k| (k.token.id, k.receipt.id, k.generation))
                        .unwrap()
                })
            })
            .collect();
        let seen: std::collections::BTreeSet<_> = starts.into_iter().map(|s| s.join().unwrap()).collect();
        assert_eq!(seen.len(), 1);
    }

    #[test]
    fn no_key_shows_in_debug() {
        let (_folder, store) = testing::sqlite();
        let keys = Keys::load(&store).unwrap();
        let shown = format!("{keys:?}");
        assert!(!shown.contains(&hex::encode(keys.token.key.to_bytes())));
        assert!(!shown.contains(&keys.generation));
    }
}
