//! What waits for people: the list of findings that a reader may see, and each of them with all that he needs to decide.
//!
//! Who reads a record sees its findings; what was refused and which devices are in doubt is for the desk. What a rule saw
//! is shown to those who read every field that the rules look at, of every record that took part.

mod detail;
mod list;
mod sight;

pub use crate::store::rows::FindingStanding as Standing;
pub use detail::{Case, Decided, Saw, open};
pub use list::{Asked, Counts, DAY_MS, Line, PAGE, Page, list};
