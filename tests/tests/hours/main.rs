//! Hours from a claim to the ledger, on both databases: what posts, what waits and why, and what can never be.

mod backlog;
mod blind;
mod constraints;
mod drawn;
mod ground;
mod lists;
mod posting;
mod restored;
mod sealed;
mod totals;
mod verify;
mod walk;
mod witness;
