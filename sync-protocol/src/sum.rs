//! Divergence check: a count and an additive sum over exactly what a reader should hold.
//!
//! Each `(record, pos)` is hashed to 128 bits and the hashes are added modulo 2^128, so that the sum can be
//! kept as records come, move and go, in any order (the additive multiset hash of Bellare and
//! Micciancio, 1997, at a width that detects accidents; it is no defence against a server that lies).

use serde::de::{self, Deserialize, Deserializer};
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::id::{Pos, RecordId};

/// Number and sum of a set of `(record, pos)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// How many records.
    pub count: u64,
    /// The sum of their hashes modulo 2^128.
    pub sum: u128,
}

impl Tally {
    /// Adds a record at a position.
    pub fn add(&mut self, record: &RecordId, pos: Pos) {
        self.count += 1;
        self.sum = self.sum.wrapping_add(element(record, pos));
    }

    /// Takes a record at a position out again.
    pub fn remove(&mut self, record: &RecordId, pos: Pos) {
        self.count = self.count.wrapping_sub(1);
        self.sum = self.sum.wrapping_sub(element(record, pos));
    }

    /// The tally of two disjoint sets.
    pub fn join(&mut self, other: &Tally) {
        self.count = self.count.wrapping_add(other.count);
        self.sum = self.sum.wrapping_add(other.sum);
    }
}

/// The first 16 bytes, big-endian, of `SHA-256(record || pos as 8 bytes big-endian)`.
pub fn element(record: &RecordId, pos: Pos) -> u128 {
    let hash: [u8; 32] = Sha256::new()
        .chain_update(record.bytes())
        .chain_update(pos.to_be_bytes())
        .finalize()
        .into();
    let mut head = [0u8; 16];
    head.copy_from_slice(&hash[..16]);
    u128::from_be_bytes(head)
}

/// On the wire: `{"count": n, "sum": "<32 hexadecimal digits>"}`.
#[derive(Serialize, serde::Deserialize)]
struct Wire {
    count: u64,
    sum: String,
}

impl Serialize for Tally {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Wire {
            count: self.count,
            sum: format!("{:032x}", self.sum),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Tally {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        let sum = u128::from_str_radix(&wire.sum, 16).map_err(de::Error::custom)?;
        Ok(Tally { count: wire.count, sum })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_does_not_matter_and_removal_undoes() {
        let records: Vec<RecordId> = (0..5u8).map(|n| RecordId([n; 16])).collect();
        let mut forward = Tally::default();
        let mut backward = Tally::default();
        records
            .iter()
            .enumerate()
            .for_each(|(i, r)| forward.add(r, i as u64 + 1));
        records
            .iter()
            .enumerate()
            .rev()
            .for_each(|(i, r)| backward.add(r, i as u64 + 1));
        assert_eq!(forward, backward);
        forward.remove(&records[2], 3);
        forward.add(&records[2], 9);
        assert_ne!(forward, backward);
        forward.remove(&records[2], 9);
        forward.add(&records[2], 3);
        assert_eq!(forward, backward);
    }
}
