//! All chance of a simulation, from one seed.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};

/// A stream of chance. The same seed gives the same stream on every machine.
#[derive(Debug)]
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream of `seed`.
    pub fn new(seed: u64) -> Dice {
        Dice(ChaCha8Rng::seed_from_u64(seed))
    }

    /// The stream of `seed` for one use, apart from its other uses.
    pub fn of(seed: u64, name: u64) -> Dice {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(name);
        Dice(rng)
    }

    /// Any number.
    pub fn any(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number below `most`, which is not 0.
    pub fn below(&mut self, most: usize) -> usize {
        (self.any() % most as u64) as usize
    }

    /// True `hits` times in `of`.
    pub fn chance(&mut self, hits: usize, of: usize) -> bool {
        self.below(of) < hits
    }

    /// One of `items`; nothing of none.
    pub fn pick<'i, T>(&mut self, items: &'i [T]) -> Option<&'i T> {
        match items.len() {
            0 => None,
            len => Some(&items[self.below(len)]),
        }
    }

    /// Fills `bytes`.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill_bytes(bytes);
    }
}
