//! Everything that looks random in the demonstration, as a function of its seed and a label.

use sha2::{Digest, Sha256};

/// The seed. Values are drawn by label, not in order: a new person changes nobody else.
pub(super) struct Seed(u64);

impl Seed {
    pub(super) fn new(seed: u64) -> Seed {
        Seed(seed)
    }

    fn digest(&self, label: &str) -> [u8; 32] {
        let hasher = Sha256::new()
            .chain_update(b"wuyuan-demo-v1")
            .chain_update(self.0.to_be_bytes());
        hasher.chain_update(label.as_bytes()).finalize().into()
    }

    /// An id: a UUID of version 8 (RFC 9562 section 5.8, "custom").
    pub(super) fn id(&self, label: &str) -> [u8; 16] {
        let digest = self.digest(label);
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        id[6] = (id[6] & 0x0f) | 0x80;
        id[8] = (id[8] & 0x3f) | 0x80;
        id
    }

    /// A number below `bound`, which is small against 2^32.
    pub(super) fn below(&self, label: &str, bound: usize) -> usize {
        let digest = self.digest(label);
        let number = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
        number as usize % bound.max(1)
    }

    /// `count` of the places `0..of`, in order.
    pub(super) fn choose(&self, label: &str, count: usize, of: usize) -> Vec<usize> {
        let mut places: Vec<usize> = (0..of).collect();
        places.sort_by_key(|place| self.digest(&format!("{label}/{place}")));
        places.truncate(count);
        places.sort_unstable();
        places
    }
}
