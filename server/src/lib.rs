//! The Wuyuan sync server as a library.
//!
//! `api/` answers HTTP and calls the domain (`accounts/`, `directory/`, `sync/`), which works on `store/`.
//! [`app::App`] holds the parts, [`serve::serve`] runs them; the `wuyuan` command is a crate of its own.

pub mod accounts;
pub mod api;
pub mod app;
pub mod backup;
pub mod blobs;
pub mod clock;
pub mod config;
pub mod deadlines;
pub mod demo;
pub mod derived;
pub mod directory;
pub mod draw;
pub mod exports;
pub mod figures;
pub mod forms;
pub mod generation;
pub mod inbox;
pub mod keys;
pub mod ledger;
pub mod log;
pub mod logging;
pub mod metrics;
pub mod pages;
pub mod random;
pub mod rate;
pub mod reconcile;
pub mod serve;
pub mod served;
pub mod store;
pub mod sync;
pub mod verify;

#[cfg(test)]
mod testing;
