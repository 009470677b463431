//! Each blob's bytes, read from the first to the last and hashed anew.

use sync_protocol::feed::Hash;

use super::{Fault, Kind, Place, Report, VerifyError};
use crate::blobs::digest::Found;
use crate::blobs::direct::{Direct, Open};
use crate::blobs::shelf::Shelf;
use crate::blobs::vault::VaultError;
use crate::query;
use crate::store::Store;
use crate::store::rows::BlobRow;

/// Blobs read at once.
const PAGE: i64 = 200;

/// Where the bytes are.
pub enum Source<'s> {
    /// In the blob store of a database that a server may be working on.
    Vault(&'s Direct),
    /// In the folder of blobs beside backups.
    Shelf(&'s Shelf),
}

/// Reads every blob of `store` and tells what is wrong. This takes as long as reading the whole blob store, so it is done
/// page by page outside any snapshot; a blob that was collected or delivered anew meanwhile is no fault.
///
/// # Errors
/// When the store or the place of the bytes fails. Faults are no error: they are told and counted in `report`.
pub fn bytes(
    store: &Store,
    source: &Source<'_>,
    report: &mut Report,
    tell: &mut dyn FnMut(&Fault),
) -> Result<(), VerifyError> {
    let part = |error| VerifyError::Store { part: "blobs", error };
    let mut open: Option<Open<'_>> = None;
    let mut after: Vec<u8> = Vec::new();
    report.checked.insert("blobs", 0);
    loop {
        let rows = store
            .read(|db| query!(db, keeping::blobs_after(&after, PAGE)))
            .map_err(part)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.sha256.to_vec();
        for row in &rows {
            let kind = match source {
                Source::Vault(direct) => {
                    let vault = match &open {
                        Some(vault) => vault,
                        None => open.insert(direct.existing()?),
                    };
                    in_vault(store, vault, row)?
                }
                Source::Shelf(shelf) => on_shelf(store, shelf, row, report)?,
            };
            if let Some(kind) = kind {
                report.faults += 1;
                let place = Place::Blob(row.sha256);
                tell(&Fault { kind, place });
            }
        }
        *report.checked.entry("blobs").or_default() += rows.len() as u64;
    }
}

fn in_vault(store: &Store, vault: &Open<'_>, row: &BlobRow) -> Result<Option<Kind>, VerifyError> {
    let mut row = row.clone();
    loop {
        let kind = match vault.examine(&row.object) {
            Ok(found) => compare(&row, &found),
            Err(VaultError::Missing) => Some(Kind::BlobMissing),
            Err(error) => return Err(error.into()),
        };
        if kind.is_none() {
            return Ok(None);
        }
        let hash: Hash = row.sha256;
        let now = store
            .read(|db| query!(db, blobs::by_hash(&hash)))
            .map_err(|error| VerifyError::Store { part: "blobs", error })?;
        match now {
            None => return Ok(None),
            Some(now) if now.object != row.object => row = now,
            Some(_) => return Ok(kind),
        }
    }
}

/// A backup's folder may lack what nothing refers to: it was collected while the backup was made.
fn on_shelf(store: &Store, shelf: &Shelf, row: &BlobRow, report: &mut Report) -> Result<Option<Kind>, VerifyError> {
    match shelf.examine(&row.sha256)? {
        Some(found) => Ok(compare(row, &found)),
        None => {
            let referred = store
                .read(|db| query!(db, keeping::is_referred(&row.sha256)))
                .map_err(|error| VerifyError::Store { part: "blobs", error })?;
            if !referred {
                report.collected += 1;
            }
            Ok(referred.then_some(Kind::BlobMissing))
        }
    }
}

fn compare(row: &BlobRow, found: &Found) -> Option<Kind> {
    if found.sha256 != row.sha256 {
        Some(Kind::BlobBytes)
    } else if found.bytes != row.bytes.unsigned_abs() {
        Some(Kind::BlobSize)
    } else {
        (found.sm3 != row.sm3).then_some(Kind::BlobSm3)
    }
}
