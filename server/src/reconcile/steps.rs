//! The steps, in the order in which each record passes them.

use std::sync::Arc;

use sync_protocol::rules::Rules;

use super::examine::Examine;
use super::step::Step;
use crate::derived::{Law, Tell};
use crate::directory::grid::GridCache;
use crate::forms::freeze::Frozen;
use crate::ledger::step::Hours;

/// All of them. A later step may rely on what the earlier ones have derived from the same record.
pub fn all(examine: Examine, law: &Law, rules: &Arc<Rules>, grid: &Arc<GridCache>) -> Vec<Box<dyn Step>> {
    vec![
        Box::new(examine),
        Box::new(Hours::new(Arc::clone(rules), Arc::clone(grid))),
        Box::new(Frozen),
        Box::new(Tell(law.clone())),
    ]
}
