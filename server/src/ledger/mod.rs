//! The hours ledger: minutes that a claim, its observers and an approval have made certain.
//!
//! Two ledgers, a volunteer's own hours and what somebody serves, never mix: which one a kind of record posts to stands
//! in the catalogue, and the database holds each account to its ledger. A posting is never changed; a correction
//! posts a reversal, and the next approval posts anew.
//!
//! [`due`](due::due) is pure: from a session, its steps, its order, its attestations, the findings that block it and what was
//! posted it says what to post, what to take back and what is waited for. [`settle`](settle::settle)
//! reads all that and writes what is due, numbered without a gap; it runs behind the write path, as often as one
//! likes, and posts nothing twice. What a push changes meanwhile comes by afterwards. Nothing here weighs what an hour is worth: where something is amiss the hours wait,
//! with the reason, for people.

mod drawn;
pub mod drill;
pub mod due;
pub mod facts;
pub(crate) mod flag;
pub mod gather;
mod hand;
pub mod lens;
pub mod party;
pub mod reason;
pub mod rule;
pub mod settle;
pub mod sight;
pub mod step;
pub mod totals;
mod witness;
