//! The grid, kept in memory: every request needs it and it changes a few times a year.
//!
//! A number in the database counts its changes. Now and then it is looked up, which costs one row; only when it has
//! risen is the grid read again, for a country's takes a second.

use std::sync::{Arc, Mutex, PoisonError};

use crate::accounts::scope::Grid;
use crate::query;
use crate::store::{Db, StoreError, StoreResult};

/// How long another server's import may go unnoticed, ms. Units are only added, never moved or deleted, so
/// an old grid only misses new ones.
const KEPT_MS: i64 = 5_000;

/// The fact that counts changes of the grid.
const CHANGES: &str = "grid_changes";

/// The grid with what is known of its age.
struct Kept {
    /// When it was last known to be the newest, ms.
    checked_ms: i64,
    /// The count of changes that it is of.
    changes: u64,
    grid: Arc<Grid>,
}

/// The grid, shared by all who need it.
#[derive(Default)]
pub struct GridCache(Mutex<Option<Kept>>);

impl GridCache {
    /// The grid, at most some seconds old.
    pub fn get(&self, db: &mut Db<'_>, now_ms: i64) -> StoreResult<Arc<Grid>> {
        self.newer(db, now_ms, KEPT_MS)
    }

    /// The grid as it is in the database.
    pub fn newest(&self, db: &mut Db<'_>, now_ms: i64) -> StoreResult<Arc<Grid>> {
        self.newer(db, now_ms, 0)
    }

    fn newer(&self, db: &mut Db<'_>, now_ms: i64, age_ms: i64) -> StoreResult<Arc<Grid>> {
        // Locked while it is read: whoever comes meanwhile needs the same and would read it once more.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = &*kept
            && (kept.checked_ms..kept.checked_ms + age_ms).contains(&now_ms)
        {
            return Ok(Arc::clone(&kept.grid));
        }
        let changes = changes(db)?;
        match &mut *kept {
            // A snapshot may be older than what is kept; the newer grid only has more.
            Some(kept) if kept.changes >= changes => {
                kept.checked_ms = now_ms;
                Ok(Arc::clone(&kept.grid))
            }
            _ => {
                let grid = Arc::new(Grid::new(&query!(db, units::parents())?));
                *kept = Some(Kept {
                    checked_ms: now_ms,
                    changes,
                    grid: Arc::clone(&grid),
                });
                Ok(grid)
            }
        }
    }

    /// Looks it up next time: this server has changed it.
    pub fn forget(&self) {
        if let Some(kept) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            kept.checked_ms = i64::MIN;
        }
    }
}

fn changes(db: &mut Db<'_>) -> StoreResult<u64> {
    let stored = query!(db, meta::get(CHANGES))?;
    stored.map_or(Ok(0), |text| text.parse().map_err(|_| StoreError::Corrupt))
}

/// Counts a change. Whoever adds units calls it in the same transaction, one at a time.
pub fn changed(db: &mut Db<'_>) -> StoreResult<()> {
    let next = changes(db)? + 1;
    query!(db, meta::put(CHANGES, &next.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::unit::Level;
    use crate::store::Store;
    use crate::store::rows::UnitRow;
    use crate::testing::{self, NOW};

    fn unit(code: &str) -> UnitRow {
        UnitRow {
            code: code.parse().unwrap(),
            name: "演示社区".to_owned(),
            level: Level::Community,
            parent: None,
            successor: None,
            head: 0,
        }
    }

    fn add(store: &Store, code: &str) {
        let added: StoreResult<()> = store.write(|db| {
            query!(db, units::insert(unit(code)))?;
            changed(db)
        });
        added.unwrap();
    }

    #[test]
    fn it_is_read_again_only_when_it_has_changed() {
        let (_folder, store) = testing::sqlite();
        let cache = GridCache::default();
        let get = |now_ms: i64| store.read(|db| cache.get(db, now_ms)).unwrap();
        add(&store, "350111001001");
        let first = get(NOW);
        assert!(Arc::ptr_eq(&first, &get(NOW + 100 * KEPT_MS)), "nothing has changed");
        add(&store, "350111001003");
        let new = "350111001003".parse().unwrap();
        assert!(
            !get(NOW + 100 * KEPT_MS + 1).knows(&new),
            "it was looked up a moment ago"
        );
        assert!(
            store
                .read(|db| cache.newest(db, NOW + 100 * KEPT_MS + 1))
                .unwrap()
                .knows(&new)
        );
        add(&store, "350111001005");
        let newer = "350111001005".parse().unwrap();
        assert!(get(NOW + 101 * KEPT_MS + 2).knows(&newer), "some seconds later");
        add(&store, "350111001007");
        cache.forget();
        assert!(get(NOW + 101 * KEPT_MS + 3).knows(&"350111001007".parse().unwrap()));
    }

    #[test]
    fn units_from_before_there_was_a_count_are_known_and_the_first_count_is_noticed() {
        let (_folder, store) = testing::sqlite();
        let cache = GridCache::default();
        let old: StoreResult<()> = store.write(|db| query!(db, units::insert(unit("350111001001"))));
        old.unwrap();
        let newest = || store.read(|db| cache.newest(db, NOW)).unwrap();
        assert!(newest().knows(&"350111001001".parse().unwrap()));
        add(&store, "350111001003");
        assert!(newest().knows(&"350111001003".parse().unwrap()));
    }

    #[test]
    fn a_snapshot_from_before_a_change_does_not_bring_the_old_grid_back() {
        let (_folder, store) = testing::sqlite();
        let cache = GridCache::default();
        add(&store, "350111001001");
        let old: StoreResult<Arc<Grid>> = store.read(|before| {
            changes(before)?;
            add(&store, "350111001003");
            let new = store.read(|db| cache.newest(db, NOW))?;
            assert!(new.knows(&"350111001003".parse().unwrap()));
            cache.newest(before, NOW)
        });
        assert!(old.unwrap().knows(&"350111001003".parse().unwrap()));
    }
}
