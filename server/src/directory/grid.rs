//! The grid, kept in memory for a few seconds: every request needs it and it changes a few times a year.

use std::sync::{Arc, Mutex, PoisonError};

use crate::accounts::scope::Grid;
use crate::query;
use crate::store::{Db, StoreResult};

/// How long another server's import may go unnoticed, ms. Units are only added, never moved or deleted, so
/// an old grid only misses new ones.
const KEPT_MS: i64 = 5_000;

/// The grid with the time at which it was read.
#[derive(Default)]
pub struct GridCache(Mutex<Option<(i64, Arc<Grid>)>>);

impl GridCache {
    /// The grid, at most some seconds old.
    pub fn get(&self, db: &mut Db<'_>, now_ms: i64) -> StoreResult<Arc<Grid>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at_ms, grid)) = kept
            && (at_ms..at_ms + KEPT_MS).contains(&now_ms)
        {
            return Ok(grid);
        }
        let grid = Arc::new(Grid::new(&query!(db, units::all())?));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now_ms, grid.clone()));
        Ok(grid)
    }

    /// Reads it anew next time: this server has changed it.
    pub fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
