//! Opening a log. Its first leaf says which one it is and, after a restore, where the one before it ended.

use sync_protocol::log::{Leaf, Opening, Previous};

use super::edge::Edge;
use super::sign::{LogKeys, origin};
use crate::query;
use crate::store::rows::LogRow;
use crate::store::{Db, Store, StoreError, StoreResult};

/// Opens the log of the history `generation`, after the newest one that there is. Nobody adds to that one any more.
///
/// # Errors
/// `Conflict` if another server opened it first.
pub fn open(db: &mut Db<'_>, keys: &LogKeys, generation: &str, now_ms: i64) -> StoreResult<LogRow> {
    let before = query!(db, locks::newest_log())?;
    let number = before.as_ref().map_or(1, |log| log.number + 1);
    let leaf = Leaf::Opening(Opening {
        origin: origin(generation),
        opened_ms: now_ms,
        before: before.map(|log| Previous {
            origin: log.origin,
            size: log.size as u64,
            root: log.root,
        }),
    });
    let mut edge = Edge::default();
    edge.push(&leaf.encode())?;
    let log = LogRow {
        number,
        origin: origin(generation),
        opened_ms: now_ms,
        size: 1,
        root: edge.root()?,
    };
    query!(db, logs::insert(&log))?;
    edge.write(db, number)?;
    let note = keys.checkpoint(&log.origin, 1, &log.root, 0, now_ms)?;
    query!(db, logs::insert_checkpoint(number, 1, &note))?;
    Ok(log)
}

/// Opens the first log of a database. A restore opens the log of its history itself.
pub fn begin(store: &Store, keys: &LogKeys, generation: &str, now_ms: i64) -> StoreResult<()> {
    let opened = store.write(|db| match query!(db, logs::newest())? {
        Some(_) => Ok(()),
        None => open(db, keys, generation, now_ms).map(|_| ()),
    });
    match opened {
        // Another server that starts now did it.
        Err(StoreError::Conflict) => Ok(()),
        other => other,
    }
}
