//! People, what they may do and where, and how they prove who they are.
//!
//! Every change writes its journal entry in the same transaction. A function that takes a caller judges in
//! that transaction what the caller's appointments allow at that moment ([`standing`]).

pub mod activation;
pub mod appointments;
pub mod audit;
pub mod devices;
mod error;
pub mod founding;
pub mod import;
pub mod journal;
pub mod lockout;
pub mod members;
pub mod password;
pub mod refresh;
pub mod scope;
pub mod session;
pub mod sign_in;
pub mod standing;
pub mod tokens;
pub mod totp;
pub mod unit;

pub use error::AccountError;

#[cfg(test)]
mod tests;
