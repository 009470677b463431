//! The leaves of a log as they stand in its bundles, and their hashes as they stand in the tiles of the lowest level.

use sync_protocol::feed::Hash;

use super::{Kind, Place, Run};
use crate::log::edge::{WIDTH, split};
use crate::query;
use crate::store::{Db, StoreResult};

/// Reads a log's leaves from the first to the last.
pub(super) struct Entries {
    log: i64,
    size: u64,
    next: u64,
    bundle: Vec<Vec<u8>>,
    tile: Vec<Hash>,
}

/// Two witnesses of a leaf.
pub(super) struct Entry {
    /// Its bytes in the bundle; `None`: the bundle is damaged, which was told.
    pub bytes: Option<Vec<u8>>,
    /// Its hash in the tile; `None`: the tile lacks it.
    pub hash: Option<Hash>,
}

impl Entries {
    pub fn new(log: i64, size: u64) -> Entries {
        Entries {
            log,
            size,
            next: 0,
            bundle: Vec::new(),
            tile: Vec::new(),
        }
    }

    /// The number of the next leaf.
    pub fn at(&self) -> u64 {
        self.next
    }

    /// The next leaf; `None`: there is none.
    pub fn next(&mut self, db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<Option<Entry>> {
        if self.next >= self.size {
            return Ok(None);
        }
        let within = (self.next % WIDTH) as usize;
        if within == 0 {
            self.read(db, run)?;
        }
        let entry = Entry {
            bytes: self.bundle.get_mut(within).map(std::mem::take),
            hash: self.tile.get(within).copied(),
        };
        self.next += 1;
        Ok(Some(entry))
    }

    fn read(&mut self, db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
        let position = self.next / WIDTH;
        let expected = (self.size - self.next).min(WIDTH) as usize;
        let stored = query!(db, logs::entries(self.log, position as i64))?;
        let leaves = stored.as_deref().and_then(split);
        self.bundle = match leaves {
            Some(leaves) if leaves.len() == expected => leaves.into_iter().map(<[u8]>::to_vec).collect(),
            _ => {
                run.fault(Kind::LogEntries, Place::Leaf(self.log, self.next as i64));
                Vec::new()
            }
        };
        let tile = query!(db, logs::tile(self.log, 0, position as i64))?.unwrap_or_default();
        self.tile = tile.chunks_exact(32).filter_map(|hash| hash.try_into().ok()).collect();
        Ok(())
    }

    /// Whether anything stands behind the last leaf.
    pub fn finish(self, db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
        let behind = self.size.div_ceil(WIDTH);
        if !query!(db, logs::bundles_from(self.log, behind as i64, 1))?.is_empty() {
            run.fault(Kind::LogStray, Place::Leaf(self.log, (behind * WIDTH) as i64));
        }
        Ok(())
    }
}
