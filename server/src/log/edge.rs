//! The right edge of a log: the unfinished tiles, to which leaves are added.

use std::collections::BTreeMap;

use sync_protocol::feed::Hash;
use tlog_tiles::{HASH_SIZE, HashReader, Tile};

use crate::query;
use crate::store::bulk::{Bulk, Column, Verb};
use crate::store::{Db, StoreError, StoreResult};

/// The height of tiles: each has up to 2^8 hashes (C2SP tlog-tiles).
pub const HEIGHT: u8 = 8;

/// Most hashes of a tile, and leaves of a bundle.
pub const WIDTH: u64 = 1 << HEIGHT;

/// A log of some size, at first without leaves, with what was added to it and is not written yet.
#[derive(Default)]
pub struct Edge {
    size: u64,
    tiles: BTreeMap<(u8, u64), Vec<u8>>,
    bundles: BTreeMap<u64, Vec<u8>>,
}

impl Edge {
    /// Reads the edge of the log `log` when it has `size` leaves.
    pub fn load(db: &mut Db<'_>, log: i64, size: u64) -> StoreResult<Edge> {
        let mut edge = Edge {
            size,
            ..Edge::default()
        };
        let mut level = 0u8;
        while size >> (HEIGHT * level) > 0 {
            let hashes = size >> (HEIGHT * level);
            let (position, width) = (hashes / WIDTH, (hashes % WIDTH) as usize);
            if width > 0 {
                let stored = query!(db, logs::tile(log, level.into(), position as i64))?;
                let mut tile = stored.ok_or(StoreError::Corrupt)?;
                if tile.len() < width * HASH_SIZE {
                    return Err(StoreError::Corrupt);
                }
                tile.truncate(width * HASH_SIZE);
                edge.tiles.insert((level, position), tile);
            }
            level += 1;
        }
        let (position, count) = (size / WIDTH, (size % WIDTH) as usize);
        if count > 0 {
            let stored = query!(db, logs::entries(log, position as i64))?;
            let stored = stored.ok_or(StoreError::Corrupt)?;
            let bundle = first_entries(&stored, count).ok_or(StoreError::Corrupt)?;
            edge.bundles.insert(position, bundle.to_vec());
        }
        Ok(edge)
    }

    /// How many leaves it has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf.
    pub fn push(&mut self, leaf: &[u8]) -> StoreResult<()> {
        let length = u16::try_from(leaf.len()).map_err(|_| StoreError::Internal)?;
        let bundle = self.bundles.entry(self.size / WIDTH).or_default();
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(leaf);
        let mut hash = tlog_tiles::record_hash(leaf);
        let mut position = self.size;
        for level in 0.. {
            let at = (level, position / WIDTH);
            let tile = self.tiles.entry(at).or_default();
            tile.extend_from_slice(&hash.0);
            if tile.len() < WIDTH as usize * HASH_SIZE {
                break;
            }
            hash = Tile::subtree_hash(tile);
            position /= WIDTH;
        }
        self.size += 1;
        Ok(())
    }

    /// The root.
    pub fn root(&self) -> StoreResult<Hash> {
        let root = tlog_tiles::tree_hash(self.size, self).map_err(|_| StoreError::Corrupt)?;
        Ok(root.0)
    }

    /// Writes its tiles and bundles.
    pub fn write(&self, db: &mut Db<'_>, log: i64) -> StoreResult<()> {
        let tiles: Vec<_> = self.tiles.iter().collect();
        let columns = vec![
            ("log", Column::Long(tiles.iter().map(|_| Some(log)).collect())),
            (
                "level",
                Column::Long(tiles.iter().map(|(at, _)| Some(at.0.into())).collect()),
            ),
            (
                "position",
                Column::Long(tiles.iter().map(|(at, _)| Some(at.1 as i64)).collect()),
            ),
            (
                "hashes",
                Column::Bytes(tiles.iter().map(|(_, tile)| Some(tile.as_slice())).collect()),
            ),
        ];
        query!(db, locks::write(&Bulk::new(Verb::Upsert, "log_tile", 3, columns)))?;
        let bundles: Vec<_> = self.bundles.iter().collect();
        let columns = vec![
            ("log", Column::Long(bundles.iter().map(|_| Some(log)).collect())),
            (
                "position",
                Column::Long(bundles.iter().map(|(at, _)| Some(**at as i64)).collect()),
            ),
            (
                "entries",
                Column::Bytes(bundles.iter().map(|(_, bundle)| Some(bundle.as_slice())).collect()),
            ),
        ];
        query!(db, locks::write(&Bulk::new(Verb::Upsert, "log_entries", 2, columns)))
    }
}

impl HashReader for Edge {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        let one = |index: &u64| {
            let tile = Tile::from_index(HEIGHT, *index);
            let data = self.tiles.get(&(tile.level(), tile.level_index()));
            tile.hash_at_index(data.ok_or(tlog_tiles::Error::InvalidTile)?, *index)
        };
        indexes.iter().map(one).collect()
    }
}

/// The leaves of a bundle, as they stand; `None`: it is damaged.
pub fn split(bundle: &[u8]) -> Option<Vec<&[u8]>> {
    let mut leaves = Vec::new();
    let mut rest = bundle;
    while !rest.is_empty() {
        let (length, after) = rest.split_at_checked(2)?;
        let length = usize::from(u16::from_be_bytes(length.try_into().ok()?));
        let (leaf, after) = after.split_at_checked(length)?;
        leaves.push(leaf);
        rest = after;
    }
    Some(leaves)
}

/// The part of a bundle that holds its first `count` leaves.
pub fn first_entries(bundle: &[u8], count: usize) -> Option<&[u8]> {
    let mut end = 0usize;
    for _ in 0..count {
        let length = bundle.get(end..end + 2)?;
        end += 2 + usize::from(u16::from_be_bytes(length.try_into().ok()?));
    }
    bundle.get(..end)
}
