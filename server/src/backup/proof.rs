//! Whether a backup, read back from the disk, is whole and what it holds verifies.

use std::path::Path;
use std::time::Duration;

use sync_protocol::catalog::Catalog;
use sync_protocol::id::DeviceId;

use super::restore::load;
use super::save::folder_of;
use super::{BackupError, Header, Reader};
use crate::query;
use crate::store::{PoolSettings, Store};
use crate::verify::{self, Fault, Report};

/// What a backup was found to hold.
#[derive(Debug, Clone)]
pub struct Proof {
    /// Its first line.
    pub header: Header,
    /// What was verified, and how many faults there were.
    pub report: Report,
    /// How far each device's feed goes in it.
    pub heads: Vec<(DeviceId, i64)>,
}

/// Devices read at once.
const PAGE: i64 = 500;

/// Reads the whole file back into a temporary SQLite database beside it and verifies that, so nothing of the
/// database that it was made from is believed. The temporary folder is nobody else's (mode 0700) and goes away.
pub fn prove(file: &Path, catalog: &Catalog, tell: &mut dyn FnMut(&Fault)) -> Result<Proof, BackupError> {
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
    store.write(|db| load(db, &mut reader))?;
    let report = verify::verify(&store, catalog, tell)?;
    Ok(Proof {
        header: reader.header().clone(),
        report,
        heads: heads(&store)?,
    })
}

fn heads(store: &Store) -> Result<Vec<(DeviceId, i64)>, BackupError> {
    store.read(|db| {
        let mut heads = Vec::new();
        let mut after: Vec<u8> = Vec::new();
        loop {
            let devices = query!(db, inspect::devices_after(&after, PAGE))?;
            let Some(last) = devices.last() else { return Ok(heads) };
            after = last.id.0.to_vec();
            heads.extend(devices.iter().map(|device| (device.id, device.head_seq)));
        }
    })
}
