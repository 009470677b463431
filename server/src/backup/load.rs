//! A backup read back into a database of its own, to be looked at.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use super::restore::insert_all;
use super::{BackupError, Header, Reader};
use crate::query;
use crate::store::rows::BlobRow;
use crate::store::{PoolSettings, Store};

/// Blobs read at once.
const PAGE: i64 = 500;

/// The rows of a backup in a temporary SQLite database beside it, so that nothing of the database that it was made from
/// is believed. The folder is nobody else's (mode 0700) and goes away with this.
pub struct Loaded {
    /// The backup's first line.
    pub header: Header,
    /// Its rows.
    pub store: Store,
    _folder: TempDir,
}

impl Loaded {
    /// Reads the whole file back.
    pub fn read(file: &Path) -> Result<Loaded, BackupError> {
        let mut reader = Reader::open(file)?;
        let folder = folder_of(file);
        let folder = tempfile::Builder::new()
            .prefix(".wuyuan-verify-")
            .tempdir_in(&folder)
            .map_err(BackupError::file(&folder))?;
        let url = format!("sqlite://{}", folder.path().join("backup.db").display());
        let store = Store::open(
            &url,
            PoolSettings {
                size: 1,
                wait: Duration::from_secs(10),
            },
        )?;
        store.write(|db| insert_all(db, &mut reader, &mut |_, row| Ok(Some(row))))?;
        Ok(Loaded {
            header: reader.header().clone(),
            store,
            _folder: folder,
        })
    }

    /// Gives every blob that the backup lists to `each`, in the order of their hashes.
    pub(super) fn blobs(&self, mut each: impl FnMut(&BlobRow) -> Result<(), BackupError>) -> Result<(), BackupError> {
        let mut after: Vec<u8> = Vec::new();
        loop {
            let rows = self.store.read(|db| query!(db, keeping::blobs_after(&after, PAGE)))?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.sha256.to_vec();
            for row in &rows {
                each(row)?;
            }
        }
    }
}

/// The folder in which a file lies.
pub(super) fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}
