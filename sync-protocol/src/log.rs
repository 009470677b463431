//! The transparency log: what its leaves say, and how anybody checks its proofs.
//!
//! The server seals what it stored into an append-only Merkle tree (RFC 9162 section 2.1) and signs each of its heads,
//! a *checkpoint* (C2SP tlog-checkpoint, a C2SP signed note). A [`Leaf`] holds opaque ids and salted hashes, never what
//! an operation says. Who remembers one checkpoint can check that a later one only added to it
//! ([`check_consistency`]), and that a leaf is in it ([`check_inclusion`]).

mod bytes;
mod leaf;
mod note;
mod proof;
mod succession;
mod tree;

pub use leaf::{
    CATALOG, Content, Decided, JOURNAL, Leaf, OPENING, OPERATION, Opening, POSTING, Previous, VERDICT, VISIBILITY,
    row_digest,
};
pub use note::{Checkpoint, NoteError, VerifierKey};
pub use proof::{Consistency, Inclusion, Origin, Origins};
pub use succession::{Distrust, Successor, follow};
pub use tree::{Compact, check_consistency, check_inclusion, leaf_hash, node_hash};
