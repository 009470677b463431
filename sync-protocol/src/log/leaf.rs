//! Leaves: one canonical form of bytes each.
//!
//! Every leaf begins with the version (1) and its kind. Integers are big-endian; a *short* is one byte that says how many
//! follow, and those; a fate is 0 accepted, 1 held, 2 quarantined.
//!
//! | kind | then |
//! |---|---|
//! | 0 opening | short origin, opened (8 bytes, ms); 0, or 1 and: short origin, size (8), root (32) of the log before |
//! | 1 operation | device (16), seq (8), hash (32), arrival (8, ms), fate (1), short code, digest (32) |
//! | 2 verdict | device (16), seq (8), number of the change (8), when (8, ms), fate (1), short code, digest (32) |
//! | 3 visibility, 4 journal, 5 catalogue, 6 posting | short id, digest (32) |
//!
//! A digest is [`row_digest`]: of what the server keeps beside and does not tell here.

use sha2::{Digest, Sha256};

use super::bytes::{Bytes, put_short};
use crate::feed::Hash;
use crate::id::{DeviceId, Seq};
use crate::verdict::Fate;

const VERSION: u8 = 1;
const DIGEST_DOMAIN: &[u8] = b"wuyuan-sealed-v1";

/// The kind of a log's first leaf.
pub const OPENING: u8 = 0;
/// The kind of a stored operation with its first verdict.
pub const OPERATION: u8 = 1;
/// The kind of a later verdict.
pub const VERDICT: u8 = 2;
/// The kind of a change of who may see a record. Its id: the unit's 12 digits, the place in its log (8 bytes).
pub const VISIBILITY: u8 = 3;
/// The kind of a change of accounts, appointments or devices. Its id: the entry's 16 bytes.
pub const JOURNAL: u8 = 4;
/// The kind of a version of the catalogue. Its id: the version (8 bytes).
pub const CATALOG: u8 = 5;
/// The kind of a posting in the hours ledger. Its id: its number (8 bytes).
pub const POSTING: u8 = 6;

/// A leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaf {
    /// The first one of a log.
    Opening(Opening),
    /// A stored operation.
    Operation {
        /// Its device.
        device: DeviceId,
        /// Its number.
        seq: Seq,
        /// SHA-256 of its bytes.
        hash: Hash,
        /// First arrival, ms.
        arrival_ms: i64,
        /// Its first verdict.
        decided: Decided,
    },
    /// What became of an operation that was held.
    Verdict {
        /// Its device.
        device: DeviceId,
        /// Its number.
        seq: Seq,
        /// Which change of its verdict this is, from 1.
        number: u64,
        /// When, ms.
        at_ms: i64,
        /// What it became.
        decided: Decided,
    },
    /// A row of another kind, by its id alone.
    Row {
        /// One of [`VISIBILITY`], [`JOURNAL`], [`CATALOG`], [`POSTING`].
        kind: u8,
        /// Its id.
        id: Vec<u8>,
        /// [`row_digest`] of it.
        digest: Hash,
    },
}

/// A verdict and, as a digest, what else the server put down with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// What became of the operation.
    pub fate: Fate,
    /// Why it was not accepted; empty when it was.
    pub code: String,
    /// [`row_digest`] of the rest.
    pub digest: Hash,
}

/// What a log begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Its own origin.
    pub origin: String,
    /// When it was opened, ms.
    pub opened_ms: i64,
    /// The log that a restore ended.
    pub before: Option<Previous>,
}

/// Where a log ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previous {
    /// Its origin.
    pub origin: String,
    /// How many leaves it has.
    pub size: u64,
    /// Its root.
    pub root: Hash,
}

fn fate_byte(fate: Fate) -> u8 {
    match fate {
        Fate::Accepted => 0,
        Fate::Held => 1,
        Fate::Quarantined => 2,
    }
}

impl Decided {
    fn put(&self, to: &mut Vec<u8>) {
        to.push(fate_byte(self.fate));
        put_short(to, self.code.as_bytes());
        to.extend_from_slice(&self.digest);
    }

    fn read(from: &mut Bytes<'_>) -> Option<Decided> {
        let fate = match from.byte()? {
            0 => Fate::Accepted,
            1 => Fate::Held,
            2 => Fate::Quarantined,
            _ => return None,
        };
        Some(Decided {
            fate,
            code: from.short_text()?,
            digest: from.array()?,
        })
    }
}

impl Leaf {
    /// Its kind.
    pub fn kind(&self) -> u8 {
        match self {
            Leaf::Opening(_) => OPENING,
            Leaf::Operation { .. } => OPERATION,
            Leaf::Verdict { .. } => VERDICT,
            Leaf::Row { kind, .. } => *kind,
        }
    }

    /// Its bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut to = vec![VERSION, self.kind()];
        match self {
            Leaf::Opening(opening) => {
                put_short(&mut to, opening.origin.as_bytes());
                to.extend_from_slice(&opening.opened_ms.to_be_bytes());
                to.push(u8::from(opening.before.is_some()));
                if let Some(before) = &opening.before {
                    put_short(&mut to, before.origin.as_bytes());
                    to.extend_from_slice(&before.size.to_be_bytes());
                    to.extend_from_slice(&before.root);
                }
            }
            Leaf::Operation {
                device,
                seq,
                hash,
                arrival_ms,
                decided,
            } => {
                to.extend_from_slice(device.bytes());
                to.extend_from_slice(&seq.to_be_bytes());
                to.extend_from_slice(hash);
                to.extend_from_slice(&arrival_ms.to_be_bytes());
                decided.put(&mut to);
            }
            Leaf::Verdict {
                device,
                seq,
                number,
                at_ms,
                decided,
            } => {
                to.extend_from_slice(device.bytes());
                to.extend_from_slice(&seq.to_be_bytes());
                to.extend_from_slice(&number.to_be_bytes());
                to.extend_from_slice(&at_ms.to_be_bytes());
                decided.put(&mut to);
            }
            Leaf::Row { id, digest, .. } => {
                put_short(&mut to, id);
                to.extend_from_slice(digest);
            }
        }
        to
    }

    /// Reads a leaf's bytes; `None`: they are not of this form.
    pub fn decode(bytes: &[u8]) -> Option<Leaf> {
        let mut from = Bytes(bytes);
        if from.byte()? != VERSION {
            return None;
        }
        let leaf = match from.byte()? {
            OPENING => Leaf::Opening(Opening::read(&mut from)?),
            OPERATION => Leaf::Operation {
                device: DeviceId(from.array()?),
                seq: from.u64()?,
                hash: from.array()?,
                arrival_ms: from.i64()?,
                decided: Decided::read(&mut from)?,
            },
            VERDICT => Leaf::Verdict {
                device: DeviceId(from.array()?),
                seq: from.u64()?,
                number: from.u64()?,
                at_ms: from.i64()?,
                decided: Decided::read(&mut from)?,
            },
            kind @ VISIBILITY..=POSTING => Leaf::Row {
                kind,
                id: from.short()?.to_vec(),
                digest: from.array()?,
            },
            _ => return None,
        };
        from.0.is_empty().then_some(leaf)
    }
}

impl Opening {
    fn read(from: &mut Bytes<'_>) -> Option<Opening> {
        let origin = from.short_text()?;
        let opened_ms = from.i64()?;
        let before = match from.byte()? {
            0 => None,
            1 => Some(Previous {
                origin: from.short_text()?,
                size: from.u64()?,
                root: from.array()?,
            }),
            _ => return None,
        };
        Some(Opening {
            origin,
            opened_ms,
            before,
        })
    }
}

/// What is hashed of a row: its values in a fixed order, each as its length (4 bytes) and its bytes; no value is the length
/// 2^32 - 1 and nothing. Integers have 8 bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content(Vec<u8>);

impl Content {
    /// Adds a value.
    pub fn bytes(mut self, value: Option<&[u8]>) -> Content {
        match value {
            Some(value) => {
                let count = u32::try_from(value.len()).unwrap_or(u32::MAX - 1);
                self.0.extend_from_slice(&count.to_be_bytes());
                self.0.extend_from_slice(value);
            }
            None => self.0.extend_from_slice(&u32::MAX.to_be_bytes()),
        }
        self
    }

    /// Adds a text.
    pub fn text(self, value: Option<&str>) -> Content {
        self.bytes(value.map(str::as_bytes))
    }

    /// Adds an integer.
    pub fn long(self, value: Option<i64>) -> Content {
        self.bytes(value.map(i64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice))
    }

    /// The bytes that are hashed.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// SHA-256 over `"wuyuan-sealed-v1" || kind || salt || content`. The salt is the server's secret until it proves this row
/// to somebody: without it nobody can try what a leaf might say.
pub fn row_digest(kind: u8, salt: &[u8; 32], content: &Content) -> Hash {
    Sha256::new()
        .chain_update(DIGEST_DOMAIN)
        .chain_update([kind])
        .chain_update(salt)
        .chain_update(content.as_bytes())
        .finalize()
        .into()
}
