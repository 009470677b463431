//! The one write path and its counterpart: push, the committer behind it, and pull.
//!
//! A push is *prepared* outside any transaction ([`envelope`]: JSON, chain, signature), queued, and taken by
//! the [`committer`], which judges what waits ([`judge`]) against records that it has read under their units'
//! locks ([`batch`]), and commits once. A pull ([`pull`]) reads one snapshot.

pub mod batch;
pub mod committer;
pub mod cursor;
pub mod desk;
mod desk_view;
pub mod effect;
pub mod envelope;
mod error;
pub mod events;
pub mod findings;
mod judge;
mod known;
mod load;
pub(crate) mod mention;
mod merged;
pub(crate) mod missing;
pub mod moved;
pub(crate) mod opened;
pub mod pull;
pub mod push;
pub mod release;
pub(crate) mod rights;
mod rows;
pub(crate) mod sealed;
pub mod service;
pub mod sheet;
mod time;
mod view;
mod visibility;
mod workflow;

pub use error::SyncError;
pub(crate) use findings::record_finding_id;
pub(crate) use judge::says_the_same;
pub(crate) use rows::{ACCEPTED, HELD, QUARANTINED};
pub(crate) use visibility::{assigned, links};
