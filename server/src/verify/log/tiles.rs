//! The tiles of a log, made anew from the hashes of its leaves.

use std::collections::BTreeSet;

use sync_protocol::feed::Hash;
use tlog_tiles::{HASH_SIZE, Tile};

use super::{Kind, Place, Run};
use crate::log::edge::WIDTH;
use crate::query;
use crate::store::{Db, StoreResult};

/// The tiles of each level that grow at the moment.
pub(super) struct Tiles {
    log: i64,
    levels: Vec<(u64, Vec<u8>)>,
    told: BTreeSet<(i64, i64)>,
}

impl Tiles {
    pub fn new(log: i64) -> Tiles {
        Tiles {
            log,
            levels: Vec::new(),
            told: BTreeSet::new(),
        }
    }

    /// Tells that a tile is wrong, once.
    pub fn fault(&mut self, run: &mut Run<'_>, level: i64, position: i64) {
        if self.told.insert((level, position)) {
            run.fault(Kind::LogTile, Place::Tile(self.log, level, position));
        }
    }

    /// Adds a leaf's hash and compares the tiles that it completes.
    pub fn push(&mut self, db: &mut Db<'_>, run: &mut Run<'_>, leaf: Hash) -> StoreResult<()> {
        let mut hash = leaf;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push((0, Vec::new()));
            }
            let (position, tile) = &mut self.levels[level];
            tile.extend_from_slice(&hash);
            if tile.len() < WIDTH as usize * HASH_SIZE {
                return Ok(());
            }
            let (position, whole) = (std::mem::replace(position, *position + 1), std::mem::take(tile));
            self.compare(db, run, level as i64, position as i64, &whole)?;
            hash = Tile::subtree_hash(&whole).0;
        }
        Ok(())
    }

    fn compare(
        &mut self,
        db: &mut Db<'_>,
        run: &mut Run<'_>,
        level: i64,
        position: i64,
        expected: &[u8],
    ) -> StoreResult<()> {
        let stored = query!(db, logs::tile(self.log, level, position))?;
        run.count("tiles", 1);
        if stored.as_deref() != Some(expected) {
            self.fault(run, level, position);
        }
        Ok(())
    }

    /// Compares the unfinished tiles, and names what stands behind them.
    pub fn finish(mut self, db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
        let levels = std::mem::take(&mut self.levels);
        for (level, (position, tile)) in levels.iter().enumerate() {
            if !tile.is_empty() {
                self.compare(db, run, level as i64, *position as i64, tile)?;
            }
        }
        for level in query!(db, logs::levels(self.log))? {
            let known = usize::try_from(level).ok().and_then(|level| levels.get(level));
            let last = known.map_or(i64::MIN, |(position, tile)| {
                *position as i64 - i64::from(tile.is_empty())
            });
            for (position, _) in query!(db, logs::tiles_after(self.log, level, last, 1))? {
                self.fault(run, level, position);
            }
        }
        Ok(())
    }
}
