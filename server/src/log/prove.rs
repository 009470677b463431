//! Proofs from the stored tiles.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use sync_protocol::feed::Hash;
use tlog_tiles::{HashReader, Tile};

use super::edge::HEIGHT;
use crate::query;
use crate::store::{Db, StoreError, StoreResult};

/// The tiles of one log, each read once.
struct Tiles<'d, 'c> {
    db: RefCell<&'d mut Db<'c>>,
    log: i64,
    read: RefCell<HashMap<(u8, u64), Vec<u8>>>,
    failed: Cell<Option<StoreError>>,
}

impl Tiles<'_, '_> {
    fn hash(&self, index: u64) -> StoreResult<tlog_tiles::Hash> {
        let tile = Tile::from_index(HEIGHT, index);
        let at = (tile.level(), tile.level_index());
        let mut read = self.read.borrow_mut();
        let data = match read.entry(at) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(free) => {
                let db = &mut **self.db.borrow_mut();
                let stored = query!(db, logs::tile(self.log, at.0.into(), at.1 as i64))?;
                free.insert(stored.ok_or(StoreError::Corrupt)?)
            }
        };
        tile.hash_at_index(data, index).map_err(|_| StoreError::Corrupt)
    }
}

impl HashReader for Tiles<'_, '_> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        let one = |index: &u64| {
            self.hash(*index).map_err(|error| {
                self.failed.set(Some(error));
                tlog_tiles::Error::InvalidTile
            })
        };
        indexes.iter().map(one).collect()
    }
}

fn with_tiles<T>(
    db: &mut Db<'_>,
    log: i64,
    work: impl FnOnce(&Tiles<'_, '_>) -> Result<T, tlog_tiles::Error>,
) -> StoreResult<T> {
    let tiles = Tiles {
        db: RefCell::new(db),
        log,
        read: RefCell::default(),
        failed: Cell::new(None),
    };
    let done = work(&tiles);
    done.map_err(|_| tiles.failed.get().unwrap_or(StoreError::Internal))
}

/// That leaf `index` is in the tree of the first `size` leaves; `index` lies below `size`.
pub fn inclusion(db: &mut Db<'_>, log: i64, index: u64, size: u64) -> StoreResult<Vec<Hash>> {
    let proof = with_tiles(db, log, |tiles| tlog_tiles::prove_record(size, index, tiles))?;
    Ok(proof.into_iter().map(|hash| hash.0).collect())
}

/// That the tree of `to` leaves begins with that of `from`; `from` is not above `to`.
pub fn consistency(db: &mut Db<'_>, log: i64, from: u64, to: u64) -> StoreResult<Vec<Hash>> {
    if from == 0 || from == to {
        return Ok(Vec::new());
    }
    let proof = with_tiles(db, log, |tiles| tlog_tiles::prove_tree(to, from, tiles))?;
    Ok(proof.into_iter().map(|hash| hash.0).collect())
}

/// The hash of leaf `index`.
pub fn leaf_hash(db: &mut Db<'_>, log: i64, index: u64) -> StoreResult<Hash> {
    let at = tlog_tiles::stored_hash_index(0, index);
    let found = with_tiles(db, log, |tiles| tiles.read_hashes(&[at]))?;
    found.first().map(|hash| hash.0).ok_or(StoreError::Internal)
}
