//! Putting a backup into an empty database, all or nothing.

use std::path::Path;

use super::blobs::Blobs;
use super::{BackupError, Reader};
use crate::blobs::direct::Direct;
use crate::blobs::shelf::Shelf;
use crate::generation::{self, Before};
use crate::keys;
use crate::log::{open, source};
use crate::query;
use crate::random;
use crate::store::portable::{PortableRow, TABLES, Table, Value};
use crate::store::rows::JournalRow;
use crate::store::{Db, Store, StoreError};
use crate::verify::Fault;

/// Rows inserted at once.
const BATCH: usize = 500;

/// About how many bytes of values are inserted at once.
const BATCH_BYTES: usize = 8 << 20;

/// The journal's event of a restore.
const EVENT: &str = "database_restored";

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The generation of the backup.
    pub earlier: String,
    /// The generation that begins now.
    pub generation: String,
    /// When the backup was made, ms.
    pub created: i64,
    /// How many rows.
    pub rows: u64,
    /// How many blobs, with their bytes.
    pub blobs: u64,
    /// How many blobs were left out: the folder lacks them, or their bytes are others.
    pub left_out: u64,
}

/// Where bytes come from and where they go.
pub struct Bytes<'b> {
    /// The folder beside the backup.
    pub shelf: &'b Shelf,
    /// The new blob store.
    pub vault: &'b Direct,
    /// Hears of each blob that is left out.
    pub tell: &'b mut dyn FnMut(&Fault),
}

/// Restores `file` into the empty database `store` and begins a new generation there, so that every phone
/// notices, pushes again what the backup lacks, and restarts its cursors. Keys are kept: receipts stay good.
/// The file is read twice, first only to check it. A blob whose bytes are not there is left out with who delivered it, so
/// that phones hear that it is absent and send it again.
///
/// The bytes get new objects; those of a restore that was killed are named by no row, and the collector removes them.
pub fn restore(store: &Store, file: &Path, bytes: Bytes<'_>, now_ms: i64) -> Result<Restored, BackupError> {
    Reader::open(file)?.check()?;
    store.write(|db| {
        for table in TABLES {
            if !query!(db, portable::page(table, None, 1))?.is_empty() {
                return Err(BackupError::NotEmpty(table.name));
            }
        }
        let mut reader = Reader::open(file)?;
        let mut blobs = Blobs::new(bytes);
        let rows = insert_all(db, &mut reader, &mut |table, row| blobs.bring(table, row))?;
        let restored = Restored {
            blobs: blobs.brought,
            left_out: blobs.left_out.len() as u64,
            earlier: reader.header().generation.clone(),
            generation: keys::new_generation(db)?,
            created: reader.header().created,
            rows,
        };
        begin(db, &restored, now_ms)?;
        Ok(restored)
    })
}

/// Inserts every row of a backup as `bring` gives it back. Answers how many.
pub(super) fn insert_all(
    db: &mut Db<'_>,
    reader: &mut Reader,
    bring: &mut dyn FnMut(&'static Table, PortableRow) -> Result<Option<PortableRow>, BackupError>,
) -> Result<u64, BackupError> {
    let mut waiting: Vec<PortableRow> = Vec::with_capacity(BATCH);
    let mut bytes = 0;
    let mut of: Option<&'static Table> = None;
    let mut total = 0;
    while let Some((table, row)) = reader.next_row()? {
        let Some(row) = bring(table, row)? else { continue };
        let other = of.is_some_and(|of| of.name != table.name);
        if other || waiting.len() == BATCH || bytes > BATCH_BYTES {
            insert(db, of, &mut waiting)?;
            bytes = 0;
        }
        bytes += row.0.iter().map(size).sum::<usize>();
        of = Some(table);
        waiting.push(row);
        total += 1;
    }
    insert(db, of, &mut waiting)?;
    if !source::is_in(&reader.header().schema) {
        query!(db, sealing::wait_for_all(source::BEFORE))?;
    }
    Ok(total)
}

fn size(value: &Value) -> usize {
    match value {
        Value::Bytes(bytes) => bytes.len(),
        Value::Text(text) => text.len(),
        Value::Null | Value::Long(_) | Value::Bool(_) => 8,
    }
}

fn insert(db: &mut Db<'_>, table: Option<&Table>, rows: &mut Vec<PortableRow>) -> Result<(), BackupError> {
    if let Some(table) = table {
        let bulk = table.insertion(rows);
        query!(db, locks::write(&bulk))?;
    }
    rows.clear();
    Ok(())
}

/// Begins the new generation, writes down that it did, and opens its log, which names the one before.
fn begin(db: &mut Db<'_>, restored: &Restored, now_ms: i64) -> Result<(), BackupError> {
    let mut before = generation::before(db)?;
    before.push(Before {
        generation: restored.earlier.clone(),
        backup_ms: restored.created,
        ended_ms: now_ms,
    });
    let before = serde_json::to_string(&before).map_err(|_| StoreError::Internal)?;
    query!(db, meta::put("generation_before", &before))?;
    query!(db, meta::put("generation", &restored.generation))?;
    let detail = serde_json::json!({
        "generation_before": restored.earlier,
        "backup_ms": restored.created,
        "rows": restored.rows,
        "blobs": restored.blobs,
        "blobs_left_out": restored.left_out,
    });
    let entry = JournalRow {
        id: random::uuid_at(now_ms)?.into_bytes(),
        at_ms: now_ms,
        actor: None,
        event: EVENT.to_owned(),
        subject: restored.generation.clone(),
        detail: detail.to_string(),
    };
    query!(db, journal::insert(entry))?;
    let log_keys = keys::log_keys(db)?;
    open::open(db, &log_keys, &restored.generation, now_ms)?;
    Ok(())
}
