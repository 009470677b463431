//! The house's own rules: what may know what. Each rule is also shown a case that it must refuse, so that a rule
//! which checks nothing does not pass for one that is kept.

mod layers;
mod names;
mod purity;
