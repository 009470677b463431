//! The names of histories. A restore begins a new one, and phones name the one under which they saw a record.
//!
//! A restored database does not know the histories that began after its backup was made, and phones come from them all
//! the same. So a name carries a tag of the server's own key, which every backup contains: the server knows its own
//! names again, and nobody can invent one under which operations would wait for ever.

use std::collections::BTreeSet;

use hmac::digest::InvalidLength;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::query;
use crate::store::{Db, StoreError, StoreResult};

/// What is said before the random part, so that the key's other tags never fit.
const DOMAIN: &[u8] = b"wuyuan-generation-v1";
/// Bytes of a name's random part, and of its tag.
const HALF: usize = 8;

/// A history that a restore ended, as `meta.generation_before` lists them, the oldest first.
#[derive(Debug, Serialize, Deserialize)]
pub struct Before {
    /// Its name.
    pub generation: String,
    /// The moment of the backup, ms: what came later under it was lost.
    pub backup_ms: i64,
    /// When the restore ended it, ms.
    pub ended_ms: i64,
}

/// The histories that ended, as the database lists them.
pub fn before(db: &mut Db<'_>) -> StoreResult<Vec<Before>> {
    match query!(db, meta::get("generation_before"))? {
        Some(text) => serde_json::from_str(&text).map_err(|_| StoreError::Corrupt),
        None => Ok(Vec::new()),
    }
}

/// The history that goes on, and what is known of those before it.
#[derive(Clone)]
pub struct Generations {
    present: String,
    before: BTreeSet<String>,
    key: Zeroizing<[u8; 32]>,
}

impl Generations {
    /// With the secret under which names are made, and the earlier names that the database lists.
    pub fn new(present: String, before: BTreeSet<String>, key: Zeroizing<[u8; 32]>) -> Generations {
        Generations { present, before, key }
    }

    /// Whether a name is that of a history before the present one, or of one that a restore has forgotten.
    pub fn has_ended(&self, name: &str) -> bool {
        name != self.present && (self.before.contains(name) || is_own(&self.key, name))
    }
}

/// The name, 32 hexadecimal digits, that `random` makes under a key.
pub fn name(key: &[u8; 32], random: [u8; HALF]) -> Result<String, InvalidLength> {
    Ok(hex::encode(random) + &hex::encode(tag(key, &random)?))
}

fn is_own(key: &[u8; 32], name: &str) -> bool {
    let mut bytes = [0; 2 * HALF];
    // In capitals the present name would be another one.
    if hex::decode_to_slice(name, &mut bytes).is_err() || hex::encode(bytes) != name {
        return false;
    }
    let (random, said) = bytes.split_at(HALF);
    tag(key, random).is_ok_and(|tag| tag.ct_eq(said).into())
}

fn tag(key: &[u8; 32], random: &[u8]) -> Result<[u8; HALF], InvalidLength> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key)?;
    mac.update(DOMAIN);
    mac.update(random);
    let mut tag = [0; HALF];
    tag.copy_from_slice(&mac.finalize().into_bytes()[..HALF]);
    Ok(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_own_name_is_known_again_and_no_other() {
        let key = [7; 32];
        let present = name(&key, [1; HALF]).unwrap();
        let forgotten = name(&key, [2; HALF]).unwrap();
        let generations = Generations::new(present.clone(), ["listed".to_owned()].into(), key.into());
        assert!(generations.has_ended(&forgotten));
        assert!(generations.has_ended("listed"));
        let foreign = name(&[8; 32], [2; HALF]).unwrap();
        let bent = forgotten.replacen('0', "1", 1);
        let capitals = [present.to_uppercase(), forgotten.to_uppercase()];
        for other in [
            &present,
            &foreign,
            &bent,
            &capitals[0],
            &capitals[1],
            "",
            "invented",
            &"00".repeat(16),
        ] {
            assert!(!generations.has_ended(other), "{other}");
        }
    }
}
