//! What can go wrong with an upload.

use super::vault::VaultError;
use crate::random::NoRandomness;
use crate::store::StoreError;

/// Why an upload did not go on.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// A header says what cannot be.
    #[error("{0}")]
    Malformed(String),
    /// No such upload, or another member's.
    #[error("there is no such upload")]
    NotFound,
    /// It has ended, expired or was thrown away.
    #[error("the upload has ended")]
    Gone,
    /// It is made of others and takes no bytes itself.
    #[error("an upload that is put together takes no bytes")]
    Composed,
    /// It is elsewhere.
    #[error("the upload is at {0}")]
    OffsetWrong(u64),
    /// Somebody else writes to it.
    #[error("another request is writing to the upload")]
    Locked,
    /// The checksum is another.
    #[error("these bytes have another checksum")]
    ChecksumWrong,
    /// The member has begun too many.
    #[error("at most {0} uploads may be unfinished")]
    TooMany(u32),
    /// The member has sent too much that nothing refers to.
    #[error("at most {0} bytes may lie here that no record refers to")]
    TooMuch(u64),
    /// It came in too many pieces.
    #[error("the upload came in too many pieces")]
    TooManyPieces,
    /// It has more bytes than it may have, or than were announced.
    #[error("at most {0} bytes")]
    TooLarge(u64),
    /// The whole has another hash.
    #[error("the bytes have another SHA-256 than was announced")]
    HashWrong,
    /// It is nothing that is taken.
    #[error("neither a photo nor a voice note nor a document that is taken")]
    MediaRefused,
    /// The connection broke. What came is kept.
    #[error("the body broke off")]
    Cut,
    /// The server stops. What came is kept.
    #[error("the server is stopping")]
    Stopping,
    /// The blob store.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No randomness.
    #[error(transparent)]
    Random(#[from] NoRandomness),
    /// A thread did not end as it should.
    #[error("a thread failed")]
    Thread,
}
