//! The steps, in the order in which each record passes them.

use super::step::Step;

/// All of them. A later step may rely on what the earlier ones have derived from the same record.
pub fn all() -> Vec<Box<dyn Step>> {
    Vec::new()
}
