//! The steps, in the order in which each record passes them.

use super::step::Step;
use crate::derived::{Law, Tell};

/// All of them. A later step may rely on what the earlier ones have derived from the same record.
pub fn all(law: &Law) -> Vec<Box<dyn Step>> {
    vec![Box::new(Tell(law.clone()))]
}
