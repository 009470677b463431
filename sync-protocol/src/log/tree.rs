//! The Merkle tree of RFC 9162, section 2.1.

use sha2::{Digest, Sha256};

use crate::feed::Hash;

/// The hash of a leaf's bytes.
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(leaf).finalize().into()
}

/// The hash of two subtrees.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new()
        .chain_update([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// Whether the leaf with hash `leaf` is number `index` (from 0) of the tree of `size` leaves whose root is `root`
/// (RFC 9162 section 2.1.3.2).
pub fn check_inclusion(proof: &[Hash], index: u64, size: u64, leaf: &Hash, root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
    for step in proof {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(step, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, step);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether the tree of `to` leaves and root `to_root` begins with the tree of `from` leaves and root `from_root`
/// (RFC 9162 section 2.1.4.2). A tree begins with itself and, with an empty proof, with the empty tree.
pub fn check_consistency(proof: &[Hash], from: u64, from_root: &Hash, to: u64, to_root: &Hash) -> bool {
    if from > to {
        return false;
    }
    if from == 0 {
        return proof.is_empty();
    }
    if from == to {
        return proof.is_empty() && from_root == to_root;
    }
    // A full tree's own root begins the proof unsaid.
    let mut steps = proof.iter();
    let first = if from.is_power_of_two() {
        from_root
    } else {
        match steps.next() {
            Some(first) => first,
            None => return false,
        }
    };
    let (mut node, mut last) = (from - 1, to - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut earlier, mut later) = (*first, *first);
    for step in steps {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            earlier = node_hash(step, &earlier);
            later = node_hash(step, &later);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            later = node_hash(&later, step);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && earlier == *from_root && later == *to_root
}

/// A tree that only grows and only tells its root: the roots of its full subtrees, the largest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compact {
    size: u64,
    full: Vec<Hash>,
}

impl Compact {
    /// How many leaves it has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds the hash of a leaf.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            // As many full subtrees end here as the size has trailing ones.
            if let Some(left) = self.full.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.full.push(hash);
        self.size += 1;
    }

    /// Its root; of an empty one the hash of nothing.
    pub fn root(&self) -> Hash {
        let mut full = self.full.iter().rev();
        match full.next() {
            Some(last) => full.fold(*last, |right, left| node_hash(left, &right)),
            None => Sha256::digest([]).into(),
        }
    }
}
