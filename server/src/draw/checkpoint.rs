//! The checkpoint that a request names: one of this server's, signed before the request arrived and the newest then, or
//! nearly. So nobody waits for one under which the draw pleases him.

use sync_protocol::draw::CHECKPOINT_MS;
use sync_protocol::log::Checkpoint;

use super::DrawError;
use crate::query;
use crate::store::{Db, StoreError};

/// Refuses a checkpoint under which nobody may be drawn.
pub(super) fn check(db: &mut Db<'_>, note: &str, arrival_ms: i64) -> Result<(), DrawError> {
    let named = Checkpoint::of_note(note).ok_or(DrawError::CheckpointUnknown)?;
    let log = query!(db, logs::all())?
        .into_iter()
        .find(|log| log.origin == named.origin);
    let log = log.ok_or(DrawError::CheckpointUnknown)?.number;
    let size = i64::try_from(named.size).map_err(|_| DrawError::CheckpointUnknown)?;
    if query!(db, logs::checkpoint(log, size))?.as_deref() != Some(note) {
        return Err(DrawError::CheckpointUnknown);
    }
    let signed_ms = named.at_ms.ok_or(DrawError::CheckpointUnknown)?;
    if signed_ms > arrival_ms {
        return Err(DrawError::CheckpointAge);
    }
    if arrival_ms - signed_ms <= CHECKPOINT_MS || was_newest(db, log, size, arrival_ms)? {
        return Ok(());
    }
    Err(DrawError::CheckpointAge)
}

/// Whether nothing was signed between the checkpoint and the request's arrival.
fn was_newest(db: &mut Db<'_>, log: i64, size: i64, arrival_ms: i64) -> Result<bool, DrawError> {
    let mut later = query!(db, logs::checkpoints_after(log, size, 1))?;
    if later.is_empty() {
        let next = query!(db, logs::numbered(log + 1))?;
        return Ok(next.is_none_or(|next| next.opened_ms > arrival_ms));
    }
    let (_, note) = later.remove(0);
    let signed_ms = Checkpoint::of_note(&note)
        .and_then(|next| next.at_ms)
        .ok_or(StoreError::Corrupt)?;
    Ok(signed_ms >= arrival_ms)
}
