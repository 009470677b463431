//! Backups: the rows of one snapshot in one file that restores into either kind of database.
//!
//! The file is a zstd stream (RFC 8878) of lines of JSON, each ended by a line feed:
//!
//! ```text
//! {"format":"wuyuan-backup-v1","created":1795305600000,"generation":"…","schema":"0001","tables":{"meta":["key","value"],…}}
//! {"unit":["350111001026","…","community","350111001000",null,17]}
//! …
//! {"rows":{"unit":223,…},"sha256":"<over all lines before this one, line feeds included>"}
//! ```
//!
//! A row is an object of one member: the table's name with the values in the header's order of columns; binary
//! values are base64 (RFC 4648 section 4). Tables come one after another, each in the order of its key. Refresh
//! tokens are left out, so a restored server asks everybody to sign in and raises no reuse alarm. The file holds
//! the server's keys: it is made with mode 0600 and belongs where only the office's keepers of keys can read it.
//!
//! A file of an earlier schema is read too: it lacks the tables that came since.
//!
//! The bytes of photos are not in it but in a folder beside it, the [shelf](crate::blobs::shelf): one for all backups,
//! each blob once, named by its hash.
//!
//! [`save`] writes the file, [`load`] reads it back, [`mod@copy`] brings what the shelf lacks, [`proof`] verifies, and only
//! then phones are told by [`durable`] that they may drop their bytes. [`restore`] begins a new generation.

mod blobs;
mod copy;
mod durable;
mod error;
mod format;
mod load;
mod proof;
mod read;
mod restore;
mod save;

pub use copy::{Copied, copy};
pub use durable::{mark_blobs_durable, mark_durable};
pub use error::BackupError;
pub use format::Header;
pub use load::Loaded;
pub use proof::{Proof, prove};
pub use read::Reader;
pub use restore::{Bytes, Restored, restore};
pub use save::{Saved, save};
