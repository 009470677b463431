//! Why there is no backup, or none can be restored.

use std::path::{Path, PathBuf};

use crate::blobs::shelf::ShelfError;
use crate::blobs::vault::VaultError;
use crate::keys::KeyError;
use crate::random::NoRandomness;
use crate::store::{OpenError, StoreError};
use crate::verify::VerifyError;

/// One line for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The database for looking at a backup did not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The content could not be verified.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The new generation could not be named.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Nothing random could be drawn.
    #[error(transparent)]
    Random(#[from] NoRandomness),
    /// The file or its folder cannot be used.
    #[error("{file}: {error}")]
    File {
        /// Which.
        file: PathBuf,
        /// Why not.
        error: std::io::Error,
    },
    /// The blob store failed, or is not there.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// There is a file of this name already.
    #[error("{0} exists already: a backup never overwrites a file, choose another name")]
    Exists(PathBuf),
    /// Not a backup of this program.
    #[error("{0} is not a backup of wuyuan")]
    Foreign(PathBuf),
    /// A backup of another version of the tables.
    #[error(
        "{file} was made with schema {theirs}, this program has schema {own}: restore it with the program that made it"
    )]
    Schema {
        /// Which file.
        file: PathBuf,
        /// Its schema.
        theirs: String,
        /// This program's.
        own: String,
    },
    /// The file ends too early, or something in it is not as it was written.
    #[error("{file} is damaged at line {line}: {why}")]
    Damaged {
        /// Which file.
        file: PathBuf,
        /// The line of the inflated text, from 1.
        line: u64,
        /// What is wrong there.
        why: String,
    },
    /// There is something in the database already.
    #[error("the database is not empty (there are rows in {0}): restore into a new one")]
    NotEmpty(&'static str),
    /// No server has ever run on this database.
    #[error("there is nothing to back up: no server has run on this database yet")]
    NoGeneration,
    /// The database was restored while its backup was being made.
    #[error("the database began a new generation meanwhile: nothing was marked as durable, make another backup")]
    OtherGeneration,
}

impl From<ShelfError> for BackupError {
    fn from(ShelfError { file, error }: ShelfError) -> BackupError {
        BackupError::File { file, error }
    }
}

impl BackupError {
    /// Puts the file's name to an error of the operating system.
    pub(super) fn file(file: &Path) -> impl FnOnce(std::io::Error) -> BackupError {
        let file = file.to_owned();
        move |error| BackupError::File { file, error }
    }
}
