//! The collector: what nobody needs goes, and nothing else.
//!
//! - An upload that expired goes with its pieces.
//! - A blob that nothing has referred to for the days of the setting is *condemned*: from then on it counts as absent, so a
//!   push that refers to it hears that it is wanted, and whoever delivers it again spares it. An hour later it goes, unless
//!   something refers to it by then. That is looked at under a lock on all references, so no push slips in between.
//! - An object that no row names and that is older than a day was left behind when a process was killed; or a restore has
//!   brought back rows from before it arrived. So for a while after a restore none of these goes: somebody may still look
//!   for what the backup lacks.
//!
//! Rows go first and objects after the commit: whatever dies in between leaves an object that no row names, never a row
//! without its object. Several servers may do this at once, for each step asks again what it is about to remove.

use std::time::Duration;

use futures_util::StreamExt;

use super::vault::{Vault, VaultError};
use crate::accounts::AccountError;
use crate::accounts::journal::{self, Event};
use crate::generation::{self, Before};
use crate::query;
use crate::store::{Store, StoreError};

/// How often a server collects, and how long after its start it does so first.
pub const EVERY: Duration = Duration::from_secs(3_600);
pub const FIRST: Duration = Duration::from_secs(300);

/// After so many collections the whole blob store and all blobs are looked through.
pub const THOROUGH: u64 = 24;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Rows removed in one transaction, objects looked up at once.
const BATCH: i64 = 200;

/// By what and when to collect.
#[derive(Debug, Clone, Copy)]
pub struct Collecting {
    /// Now, ms.
    pub now_ms: i64,
    /// How long a blob that nothing refers to is kept, in days.
    pub orphan_days: u64,
    /// Look through all blobs for new orphans and through the store for what was left behind.
    pub thorough: bool,
}

/// What was removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Collected {
    /// Uploads that had expired.
    pub uploads: u64,
    /// Blobs that count as absent from now on.
    pub condemned: u64,
    /// Condemned blobs that something refers to by now.
    pub spared: u64,
    /// Blobs that went.
    pub blobs: u64,
    /// Objects that no row named.
    pub leftovers: u64,
}

/// Why collecting stopped; the next time goes on.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The blob store.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The journal.
    #[error(transparent)]
    Journal(#[from] AccountError),
    /// A thread could not be had.
    #[error("cannot start a thread")]
    Thread,
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, CollectError> + Send + 'static,
) -> Result<T, CollectError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| CollectError::Thread)?
}

/// Collects once.
pub async fn collect(store: &Store, vault: &Vault, by: Collecting) -> Result<Collected, CollectError> {
    let mut done = Collected::default();
    uploads(store, vault, by, &mut done).await?;
    remove_condemned(store, vault, by, &mut done).await?;
    if by.thorough {
        condemn(store, by, &mut done).await?;
        if !restored_lately(store, by).await? {
            leftovers(store, vault, &mut done).await?;
        }
    }
    if done != Collected::default() {
        tracing::info!(
            uploads = done.uploads,
            condemned = done.condemned,
            spared = done.spared,
            blobs = done.blobs,
            leftovers = done.leftovers,
            "collected"
        );
    }
    Ok(done)
}

/// Uploads that expired an hour ago: a request that began before has long ended.
async fn uploads(store: &Store, vault: &Vault, by: Collecting, done: &mut Collected) -> Result<(), CollectError> {
    let expired_ms = by.now_ms - HOUR_MS;
    loop {
        let own = store.clone();
        let (seen, removed, objects) = blocking(move || {
            own.write(|db| {
                let ids = query!(db, collecting::expired(expired_ms, by.now_ms, BATCH))?;
                let mut objects: Vec<String> = Vec::new();
                let mut removed = 0;
                for id in &ids {
                    if !query!(db, collecting::remove_expired(&id.0, expired_ms, by.now_ms))? {
                        continue;
                    }
                    let pieces = query!(db, uploads::pieces(&id.0))?;
                    query!(db, uploads::remove_pieces(&id.0))?;
                    objects.extend(pieces.into_iter().map(|piece| piece.object));
                    removed += 1;
                }
                // An object that became a blob's, or is a piece of another upload as well, stays.
                let unnamed = unnamed(db, objects)?;
                Ok::<_, CollectError>((ids.len(), removed, unnamed))
            })
        })
        .await?;
        done.uploads += removed;
        remove_all(vault, objects).await?;
        if seen < BATCH as usize || removed == 0 {
            return Ok(());
        }
    }
}

/// Those of `objects` that no row names.
pub(super) fn unnamed(db: &mut crate::store::Db<'_>, mut objects: Vec<String>) -> Result<Vec<String>, StoreError> {
    let asked: Vec<&str> = objects.iter().map(String::as_str).collect();
    let named = query!(db, collecting::named(&asked))?;
    objects.retain(|object| !named.contains(object));
    Ok(objects)
}

/// Finds blobs that nothing refers to.
async fn condemn(store: &Store, by: Collecting, done: &mut Collected) -> Result<(), CollectError> {
    let days = i64::try_from(by.orphan_days).unwrap_or(i64::MAX);
    let before_ms = by.now_ms.saturating_sub(days.saturating_mul(DAY_MS));
    let mut after: Vec<u8> = Vec::new();
    loop {
        let own = store.clone();
        let from = std::mem::take(&mut after);
        let (last, condemned) = blocking(move || {
            let orphans = own.read(|db| query!(db, collecting::orphans(&from, before_ms, BATCH)))?;
            let Some(last) = orphans.last() else {
                return Ok((None, 0));
            };
            let named: Vec<&[u8]> = orphans.iter().map(|hash| hash.0.as_slice()).collect();
            let condemned = own.write(|db| query!(db, collecting::condemn(&named, before_ms, by.now_ms)))?;
            Ok((Some(last.0.to_vec()), condemned))
        })
        .await?;
        done.condemned += condemned as u64;
        match last {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
}

/// Removes what was condemned an hour ago and nothing refers to.
async fn remove_condemned(
    store: &Store,
    vault: &Vault,
    by: Collecting,
    done: &mut Collected,
) -> Result<(), CollectError> {
    let until_ms = by.now_ms - HOUR_MS;
    loop {
        let own = store.clone();
        let (spared, objects) = blocking(move || own.write(|db| judge(db, by, until_ms))).await?;
        let removed = objects.len() as u64;
        done.spared += spared;
        done.blobs += removed;
        remove_all(vault, objects).await?;
        if removed + spared == 0 {
            return Ok(());
        }
    }
}

/// Decides on some condemned blobs. Answers how many are spared, and the objects of those that went.
fn judge(db: &mut crate::store::Db<'_>, by: Collecting, until_ms: i64) -> Result<(u64, Vec<String>), CollectError> {
    if query!(db, collecting::condemned(until_ms, 1))?.is_empty() {
        return Ok((0, Vec::new()));
    }
    query!(db, locks::references())?;
    let mut spared = 0;
    let mut objects = Vec::new();
    let mut hashes = Vec::new();
    for (hash, object) in query!(db, collecting::condemned(until_ms, BATCH))? {
        if query!(db, keeping::is_referred(&hash.0))? {
            query!(db, blobs::spare(&hash.0))?;
            spared += 1;
        } else if query!(db, collecting::remove(&hash.0, &object, until_ms))? {
            hashes.push(hex::encode(hash.0));
            objects.push(object);
        }
    }
    if !hashes.is_empty() {
        let detail = serde_json::json!({"blobs": hashes});
        journal::write(db, by.now_ms, None, Event::BlobsCollected, "blobs", detail)?;
    }
    Ok((spared, objects))
}

/// Whether the last restore is younger than orphans may be.
async fn restored_lately(store: &Store, by: Collecting) -> Result<bool, CollectError> {
    let own = store.clone();
    let before = blocking(move || Ok(own.read(generation::before)?)).await?;
    let days = i64::try_from(by.orphan_days).unwrap_or(i64::MAX / DAY_MS);
    let until_ms = |ended: &Before| ended.ended_ms.saturating_add(days * DAY_MS);
    Ok(before.iter().any(|ended| by.now_ms < until_ms(ended)))
}

/// Removes objects that no row names, once they are older than a day by the store's own clock: one that is being
/// written has no row yet, and a server's clock may be wrong by weeks.
async fn leftovers(store: &Store, vault: &Vault, done: &mut Collected) -> Result<(), CollectError> {
    let before_ms = vault.clock_ms().await? - DAY_MS;
    let old = vault.all().filter_map(|object| async move {
        match object {
            Ok((key, _, written_ms)) => (written_ms < before_ms).then_some(Ok(key)),
            Err(error) => Some(Err(error)),
        }
    });
    let mut batches = std::pin::pin!(old.chunks(BATCH as usize));
    while let Some(batch) = batches.next().await {
        let keys: Vec<String> = batch.into_iter().collect::<Result<_, _>>()?;
        let own = store.clone();
        let unnamed = blocking(move || Ok(own.read(|db| unnamed(db, keys))?)).await?;
        done.leftovers += unnamed.len() as u64;
        remove_all(vault, unnamed).await?;
    }
    let own = vault.clone();
    done.leftovers += blocking(move || Ok(own.sweep(before_ms)?)).await?;
    Ok(())
}

async fn remove_all(vault: &Vault, objects: Vec<String>) -> Result<(), CollectError> {
    for object in objects {
        vault.remove(&object).await?;
    }
    Ok(())
}
