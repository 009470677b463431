//! One seeded simulator: many phones with the real client, the real server application on a real database of either
//! kind, one clock, and everything that can go wrong between them, drawn from one seed.
//!
//! [`run`] draws [`action::Action`]s and does them in a [`world::World`]. Between the phones and the servers lies
//! the [`network::Network`], on which the [`oracle::Oracle`] hears every answer. After every step the promises are
//! looked at: nothing that was acknowledged is lost or doubled, verdicts are stable, no answer shows what its reader
//! may not read, and whenever an answer finishes a unit, what its reader then holds is exactly what the oracle works
//! out for him from the texts of the operations. When all is quiet, the phones' own replicas are compared too, every
//! save that a phone knows of must be on the server, and the whole history must verify.
//!
//! What fails is [`shrink`]ed to a short script that can be run again.

pub mod action;
pub mod body;
pub mod cast;
pub mod content;
pub mod coverage;
pub mod dice;
pub mod disk;
pub mod fuse;
pub mod handset;
pub mod mutant;
pub mod network;
pub mod oracle;
pub mod run;
pub mod servers;
pub mod shrink;
pub mod stranger;
pub mod world;
