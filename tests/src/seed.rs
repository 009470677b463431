//! Randomness that can be had again: a test prints its seed, and `FAULTS_SEED` repeats it.

use rand::SeedableRng;
use rand::rngs::StdRng;

/// Random numbers of a seed of their own, which is printed, or of the one that `FAULTS_SEED` gives.
///
/// # Panics
/// When `FAULTS_SEED` is no number.
pub fn rng(test: &str) -> StdRng {
    let seed = match std::env::var("FAULTS_SEED") {
        Ok(text) => text.parse().expect("FAULTS_SEED is a number"),
        Err(_) => {
            let mut bytes = [0; 8];
            getrandom::fill(&mut bytes).expect("random bytes");
            u64::from_le_bytes(bytes)
        }
    };
    println!("{test}: FAULTS_SEED={seed}");
    StdRng::seed_from_u64(seed)
}

/// Random numbers for a thread of their own, which follow from the same seed.
pub fn branch(rng: &mut StdRng) -> StdRng {
    StdRng::from_rng(rng)
}

/// How often a test does what it does: `usual`, or as `FAULTS_ROUNDS` says.
///
/// # Panics
/// When `FAULTS_ROUNDS` is no number.
pub fn rounds(usual: usize) -> usize {
    let given = std::env::var("FAULTS_ROUNDS").ok();
    given.map_or(usual, |text| text.parse().expect("FAULTS_ROUNDS is a number"))
}
