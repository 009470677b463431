//! The transparency log: what was stored is sealed behind the write path, so that nobody can alter it unseen.
//!
//! Whoever stores something that is to be sealed writes a row into `unsealed` in the same transaction ([`source`]); that
//! is all that a push pays. The sealer ([`seal`]) takes what waits, makes leaves of it ([`leaves`]), lets the tree grow
//! ([`edge`]), signs its head ([`sign`]), and commits all of it with the removal of the rows that waited: so whatever is
//! killed, everything is sealed once. The order of leaves is the order of sealing; what a leaf is of stands in `sealed`.
//!
//! Many servers may seal at once. Each prepares from a snapshot and holds nobody up; then it locks the log's row, and
//! goes on only if the log is as long as in its snapshot. Only who holds that lock removes what waits, so what was prepared
//! is then still to be done.
//!
//! [`open`] begins a log, [`read`] and [`prove`] serve it; `verify::log` checks the whole of it again.

pub mod edge;
pub mod gather;
pub mod leaves;
pub mod open;
pub mod prove;
pub mod read;
pub mod seal;
pub mod sign;
pub mod source;

#[cfg(test)]
mod tests;
