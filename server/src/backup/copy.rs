//! Copying the bytes of a backup's blobs to the folder beside it, each once for all backups.

use std::collections::HashSet;

use sync_protocol::feed::Hash;

use super::{BackupError, Loaded};
use crate::blobs::direct::{CarryError, Direct, Open};
use crate::blobs::shelf::Shelf;
use crate::blobs::vault::VaultError;
use crate::query;
use crate::store::Store;
use crate::store::rows::BlobRow;
use crate::verify::{Fault, Kind, Place};

/// What is on the shelf of the blobs that a backup lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copied {
    /// How many were copied now.
    pub copied: u64,
    /// How many bytes these have.
    pub bytes: u64,
    /// How many were there.
    pub there: u64,
    /// How many could not be had: the caller was told of each.
    pub failed: u64,
    /// What nothing refers to, and was collected since the backup's moment: it is missed by nobody.
    pub collected: HashSet<Hash>,
}

/// Copies what the shelf lacks. What is there has its name because it was hashed; if no verified backup has had it yet, it
/// is hashed once more, for phones will be told. `live` is the database that the backup was made from, `tell` hears of
/// each blob that cannot be had.
pub fn copy(
    loaded: &Loaded,
    live: &Store,
    vault: &Direct,
    shelf: &Shelf,
    tell: &mut dyn FnMut(&Fault),
) -> Result<Copied, BackupError> {
    shelf.tidy()?;
    let mut done = Copied::default();
    let mut open: Option<Open<'_>> = None;
    loaded.blobs(|row| {
        if is_there(shelf, row)? {
            done.there += 1;
            return Ok(());
        }
        let vault = match &open {
            Some(vault) => vault,
            None => open.insert(vault.existing()?),
        };
        match one(live, vault, shelf, row)? {
            Ok(true) => {
                done.copied += 1;
                done.bytes += row.bytes.unsigned_abs();
            }
            Ok(false) if !loaded.store.read(|db| query!(db, keeping::is_referred(&row.sha256)))? => {
                done.collected.insert(row.sha256);
            }
            Ok(false) => {
                done.failed += 1;
                tell(&fault(row, Kind::BlobMissing));
            }
            Err(kind) => {
                done.failed += 1;
                tell(&fault(row, kind));
            }
        }
        Ok(())
    })?;
    Ok(done)
}

fn fault(row: &BlobRow, kind: Kind) -> Fault {
    let place = Place::Blob(row.sha256);
    Fault { kind, place }
}

fn is_there(shelf: &Shelf, row: &BlobRow) -> Result<bool, BackupError> {
    if shelf.size(&row.sha256)? != Some(row.bytes.unsigned_abs()) {
        return Ok(false);
    }
    if row.durable {
        return Ok(true);
    }
    let found = shelf.examine(&row.sha256)?;
    Ok(found.is_some_and(|found| found.sha256 == row.sha256))
}

/// Copies one blob. Answers false when it was collected meanwhile.
fn one(live: &Store, vault: &Open<'_>, shelf: &Shelf, row: &BlobRow) -> Result<Result<bool, Kind>, BackupError> {
    let mut object = row.object.clone();
    loop {
        let mut missing = false;
        let right = shelf.put(&row.sha256, |file| match vault.carry_out(&object, file) {
            Ok(found) => Ok(found.sha256 == row.sha256),
            Err(CarryError::Vault(VaultError::Missing)) => {
                missing = true;
                Ok(false)
            }
            Err(CarryError::Vault(error)) => Err(error.into()),
            Err(CarryError::File(error)) => Err(BackupError::file(shelf.folder())(error)),
        })?;
        if right {
            return Ok(Ok(true));
        }
        // It may have been collected since, and even delivered anew.
        let now = live.read(|db| query!(db, blobs::by_hash(&row.sha256)))?;
        match now {
            None => return Ok(Ok(false)),
            Some(now) if now.object != object => object = now.object,
            Some(_) if missing => return Ok(Err(Kind::BlobMissing)),
            Some(_) => return Ok(Err(Kind::BlobBytes)),
        }
    }
}
