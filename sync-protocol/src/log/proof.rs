//! What the server answers about its logs.

use serde::{Deserialize, Serialize};

use crate::feed::Hash;
use crate::wire::hex32;

/// Hashes as hexadecimal digits. For `#[serde(with)]`.
mod hashes {
    use serde::de::{self, Deserialize, Deserializer};
    use serde::ser::{SerializeSeq, Serializer};

    use crate::feed::Hash;
    use crate::wire::parse_hash;

    pub fn serialize<S: Serializer>(hashes: &[Hash], serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(hashes.len()))?;
        for hash in hashes {
            list.serialize_element(&hex::encode(hash))?;
        }
        list.end()
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Hash>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        let hash = |text: &String| {
            parse_hash(text).ok_or_else(|| de::Error::custom("64 lower-case hexadecimal digits expected"))
        };
        texts.iter().map(hash).collect()
    }
}

/// That a leaf is in a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inclusion {
    /// The log's origin.
    pub origin: String,
    /// The leaf's number, from 0.
    pub index: u64,
    /// The tree's size.
    pub size: u64,
    /// The leaf's hash.
    #[serde(with = "hex32")]
    pub leaf_hash: Hash,
    /// The leaf's bytes, hexadecimal, where the caller may read them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaf: Option<String>,
    /// The proof.
    #[serde(with = "hashes")]
    pub proof: Vec<Hash>,
    /// The signed checkpoint of `size`.
    pub checkpoint: String,
}

/// That a log only grew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consistency {
    /// The log's origin.
    pub origin: String,
    /// The earlier size.
    pub from: u64,
    /// The later size.
    pub to: u64,
    /// The proof.
    #[serde(with = "hashes")]
    pub proof: Vec<Hash>,
}

/// A log of a server: the one that grows, or one that a restore ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Its number on this server, from 1.
    pub log: u64,
    /// Its key, and with it its origin.
    pub vkey: String,
    /// Its first leaf, hexadecimal.
    pub opening: String,
    /// That the first leaf is in it.
    #[serde(with = "hashes")]
    pub proof: Vec<Hash>,
    /// Its last signed checkpoint.
    pub checkpoint: String,
}

/// All logs of a server, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origins {
    /// They.
    pub origins: Vec<Origin>,
}
