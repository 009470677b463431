//! Whether a backup, read back from the disk, is whole and what it holds verifies.

use sync_protocol::id::DeviceId;

use super::{BackupError, Header, Loaded};
use crate::derived::Law;
use crate::query;
use crate::store::Store;
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

/// Verifies the rows of a backup that was read back.
pub fn prove(loaded: &Loaded, law: &Law, tell: &mut dyn FnMut(&Fault)) -> Result<Proof, BackupError> {
    let report = verify::verify(&loaded.store, law, tell)?;
    Ok(Proof {
        header: loaded.header.clone(),
        report,
        heads: heads(&loaded.store)?,
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
