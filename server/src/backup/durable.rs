//! Telling phones what a verified backup contains, so that they may drop their own bytes.

use std::time::{Duration, Instant};

use sync_protocol::feed::Hash;
use sync_protocol::id::DeviceId;

use super::{BackupError, Copied, Loaded, Proof};
use crate::query;
use crate::store::bulk::{Bulk, Column, Verb};
use crate::store::{Db, Store, StoreError};

/// Devices updated in one transaction: their rows are locked meanwhile, and pushes wait.
const BATCH: usize = 200;

/// How long this gives way to a server that writes without a pause. SQLite's lock has no queue: whoever asks at the
/// right moment gets it, and the backup is made already.
const PATIENCE: Duration = Duration::from_secs(60);

/// Raises `durable_seq` of each device to what `proof` found in the backup, never lowers it. Answers how many
/// devices gained by it.
pub fn mark_durable(store: &Store, proof: &Proof) -> Result<u64, BackupError> {
    let mut raised = 0;
    for heads in proof.heads.chunks(BATCH) {
        raised += patiently(store, |db| {
            same_generation(db, &proof.header.generation)?;
            let ids: Vec<&[u8]> = heads.iter().map(|(id, _)| id.0.as_slice()).collect();
            let stored = query!(db, locks::devices(&ids))?;
            let gains = |(id, seq): &&(DeviceId, i64)| {
                stored
                    .iter()
                    .any(|row| row.id == *id && row.durable_seq < *seq && *seq <= row.head_seq)
            };
            let gaining: Vec<&(DeviceId, i64)> = heads.iter().filter(gains).collect();
            let columns = vec![
                (
                    "id",
                    Column::Bytes(gaining.iter().map(|(id, _)| Some(id.0.as_slice())).collect()),
                ),
                (
                    "durable_seq",
                    Column::Long(gaining.iter().map(|(_, seq)| Some(*seq)).collect()),
                ),
            ];
            query!(db, locks::write(&Bulk::new(Verb::Update, "device", 1, columns)))?;
            Ok::<_, BackupError>(gaining.len() as u64)
        })?;
    }
    Ok(raised)
}

/// Says of each blob that `loaded` lists that a verified backup contains it, once all of them are on the shelf. Answers of
/// how many that is new.
pub fn mark_blobs_durable(store: &Store, loaded: &Loaded, copied: &Copied) -> Result<u64, BackupError> {
    let mut marked = 0;
    let mut waiting: Vec<Hash> = Vec::with_capacity(BATCH);
    let mut mark = |hashes: &mut Vec<Hash>| {
        let named: Vec<&[u8]> = hashes.iter().map(Hash::as_slice).collect();
        marked += patiently(store, |db| {
            same_generation(db, &loaded.header.generation)?;
            Ok::<_, BackupError>(query!(db, keeping::mark_durable(&named))? as u64)
        })?;
        hashes.clear();
        Ok::<_, BackupError>(())
    };
    loaded.blobs(|row| {
        if !row.durable && !copied.collected.contains(&row.sha256) {
            waiting.push(row.sha256);
        }
        if waiting.len() == BATCH {
            mark(&mut waiting)?;
        }
        Ok(())
    })?;
    mark(&mut waiting)?;
    Ok(marked)
}

/// Runs `body` in a writing transaction, again while another is in the way.
fn patiently<T>(store: &Store, mut body: impl FnMut(&mut Db<'_>) -> Result<T, BackupError>) -> Result<T, BackupError> {
    let started = Instant::now();
    loop {
        match store.write(&mut body) {
            Err(BackupError::Store(StoreError::Busy)) if started.elapsed() < PATIENCE => {}
            done => return done,
        }
    }
}

/// A database that was restored meanwhile may lack what the backup has.
fn same_generation(db: &mut Db<'_>, generation: &str) -> Result<(), BackupError> {
    match query!(db, meta::get("generation"))? {
        Some(own) if own == generation => Ok(()),
        _ => Err(BackupError::OtherGeneration),
    }
}
