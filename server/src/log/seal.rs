//! The sealer: one batch after another of what waits.

use super::edge::Edge;
use super::gather::{Gathered, gather};
use super::leaves::Salted;
use super::sign::{LogKeys, origin};
use super::source;
use crate::app::App;
use crate::query;
use crate::store::bulk::{Bulk, Column, Verb};
use crate::store::rows::{LogRow, UnsealedRow};
use crate::store::{Db, Store, StoreError, StoreResult};

/// Seals for one history.
pub struct Sealer<'s> {
    /// The database.
    pub store: &'s Store,
    /// The log's keys.
    pub keys: &'s LogKeys,
    /// The history.
    pub generation: &'s str,
    /// Most leaves of one transaction.
    pub batch: usize,
}

/// What came of one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many leaves were added.
    Sealed(usize),
    /// Another server was faster; nothing was done.
    Late,
}

/// Most batches that a server seals when it stops.
const LAST: usize = 8;

/// Seals everything that waits now. Answers how many leaves were added.
pub fn seal_all(app: &App) -> StoreResult<u64> {
    // What came while this went on is sealed the next time: the moment of the beginning counts.
    let began_ms = app.now_ms();
    let leaves = Sealer::of(app).all(&|| app.now_ms())?;
    app.metrics.leaves.inc_by(leaves);
    app.metrics.sealed_up_to.set(began_ms / 1_000);
    Ok(leaves)
}

/// Seals what came last, so that a stopped server leaves nothing behind. If there is more than can be done at once, the
/// next start goes on.
pub fn seal_last(app: &App) {
    if app.settings.seal_interval_ms == 0 {
        return;
    }
    for _ in 0..LAST {
        match Sealer::of(app).step(app.now_ms()) {
            Ok(Step::Sealed(0) | Step::Late) => return,
            Ok(Step::Sealed(_)) => {}
            Err(error) => {
                tracing::warn!(%error, "could not seal at the end; the next start does");
                return;
            }
        }
    }
}

impl<'s> Sealer<'s> {
    /// The sealer of a server.
    fn of(app: &'s App) -> Sealer<'s> {
        Sealer {
            store: &app.store,
            keys: &app.keys.log,
            generation: &app.keys.generation,
            batch: app.settings.seal_batch as usize,
        }
    }

    /// Seals until nothing waits, or another server does it.
    pub fn all(&self, now_ms: &dyn Fn() -> i64) -> StoreResult<u64> {
        let mut sealed = 0;
        loop {
            match self.step(now_ms())? {
                Step::Sealed(0) | Step::Late => return Ok(sealed),
                Step::Sealed(leaves) => sealed += leaves as u64,
            }
        }
    }

    /// Seals one batch.
    pub fn step(&self, now_ms: i64) -> StoreResult<Step> {
        let prepared = self.store.read(|db| self.prepare(db))?;
        let (log, gathered, edge) = prepared;
        let leaves = gathered.leaves();
        if leaves == 0 {
            return Ok(Step::Sealed(0));
        }
        let root = edge.root()?;
        let note = self
            .keys
            .checkpoint(&log.origin, edge.size(), &root, log.size as u64, now_ms)?;
        let done = self.store.write(|db| {
            if query!(db, locks::newest_log())?.as_ref() != Some(&log) {
                return Ok(Step::Late);
            }
            edge.write(db, log.number)?;
            write_runs(db, &log, &gathered)?;
            move_on(db, &gathered)?;
            query!(db, logs::grow(log.number, edge.size() as i64, &root))?;
            query!(db, logs::insert_checkpoint(log.number, edge.size() as i64, &note))?;
            Ok::<_, StoreError>(Step::Sealed(leaves))
        })?;
        Ok(done)
    }

    fn prepare(&self, db: &mut Db<'_>) -> StoreResult<(LogRow, Gathered, Edge)> {
        let log = query!(db, logs::newest())?.ok_or(StoreError::Internal)?;
        if log.origin != origin(self.generation) {
            // Restored under this server's feet: what it knows is of another history.
            return Err(StoreError::Corrupt);
        }
        let gathered = gather(db, &Salted(&self.keys.salt), self.batch)?;
        let mut edge = Edge::load(db, log.number, log.size as u64)?;
        for leaf in gathered.runs.iter().flat_map(|run| &run.leaves) {
            edge.push(leaf)?;
        }
        Ok((log, gathered, edge))
    }
}

fn write_runs(db: &mut Db<'_>, log: &LogRow, gathered: &Gathered) -> StoreResult<()> {
    let mut leaf = log.size;
    let mut starts = Vec::with_capacity(gathered.runs.len());
    for run in &gathered.runs {
        starts.push(leaf);
        leaf += run.leaves.len() as i64;
    }
    let runs = &gathered.runs;
    let columns = vec![
        ("source", Column::Int(runs.iter().map(|run| Some(run.source)).collect())),
        (
            "key",
            Column::Bytes(runs.iter().map(|run| Some(run.key.as_slice())).collect()),
        ),
        ("first", Column::Long(runs.iter().map(|run| Some(run.first)).collect())),
        (
            "last",
            Column::Long(
                runs.iter()
                    .map(|run| Some(run.first + run.leaves.len() as i64 - 1))
                    .collect(),
            ),
        ),
        ("log", Column::Long(runs.iter().map(|_| Some(log.number)).collect())),
        ("leaf", Column::Long(starts.into_iter().map(Some).collect())),
    ];
    query!(db, locks::write(&Bulk::new(Verb::Insert, "sealed", 3, columns)))
}

/// What was sealed waits no longer.
fn move_on(db: &mut Db<'_>, gathered: &Gathered) -> StoreResult<()> {
    debug_assert!(gathered.done.iter().all(|row| row.source != source::POSTINGS));
    let keys = waiting_columns(&gathered.done, 3);
    query!(db, locks::write(&Bulk::new(Verb::Delete, "unsealed", 3, keys)))?;
    let rest = waiting_columns(&gathered.rest, 4);
    query!(db, locks::write(&Bulk::new(Verb::Insert, "unsealed", 3, rest)))
}

/// The first `count` columns of rows of `unsealed`.
fn waiting_columns(rows: &[UnsealedRow], count: usize) -> Vec<(&'static str, Column<'_>)> {
    let mut columns = vec![
        ("source", Column::Int(rows.iter().map(|row| Some(row.source)).collect())),
        (
            "key",
            Column::Bytes(rows.iter().map(|row| Some(row.key.as_slice())).collect()),
        ),
        ("first", Column::Long(rows.iter().map(|row| Some(row.first)).collect())),
        ("last", Column::Long(rows.iter().map(|row| Some(row.last)).collect())),
    ];
    columns.truncate(count);
    columns
}
