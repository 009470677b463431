//! Telling phones what a verified backup contains, so that they may drop their own bytes.

use sync_protocol::id::DeviceId;

use super::{BackupError, Proof};
use crate::query;
use crate::store::Store;
use crate::store::bulk::{Bulk, Column, Verb};

/// Devices updated in one transaction: their rows are locked meanwhile, and pushes wait.
const BATCH: usize = 200;

/// Raises `durable_seq` of each device to what `proof` found in the backup, never lowers it. Answers how many
/// devices gained by it.
pub fn mark_durable(store: &Store, proof: &Proof) -> Result<u64, BackupError> {
    let mut raised = 0;
    for heads in proof.heads.chunks(BATCH) {
        raised += store.write(|db| {
            // A database that was restored meanwhile may lack what the backup has.
            if query!(db, meta::get("generation"))?.as_ref() != Some(&proof.header.generation) {
                return Err(BackupError::OtherGeneration);
            }
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
