//! What is derived from records behind the push path: findings, and whatever else hangs into the follower.
//!
//! The [`follow::Follower`] walks the units' logs after the pushes that made them. For each record that changed, whose
//! neighbours changed, or whose time has come, it calls the [`step::Step`]s of [`steps`] in their order, in short
//! transactions of its own. Marks say how far it has come and move in the same transaction as what was derived, so it
//! can be killed at any moment and goes on.

pub mod examine;
pub mod facts;
pub mod follow;
pub mod found;
pub mod gather;
pub mod geo;
pub mod near;
pub mod prints;
pub mod rules;
pub mod settle;
pub mod step;
pub mod steps;
pub mod traces;
