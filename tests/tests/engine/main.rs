//! The sync engine on both databases, without HTTP: the protocol's promises one by one, and random histories
//! held against an oracle.

mod blobs;
mod collect;
mod decisions;
mod desk;
mod draws;
mod held;
mod merge;
mod missing;
mod people;
mod reopened;
mod second;
mod sight;
mod walk;
