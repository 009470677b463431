//! One log from its first leaf to its head.

use sync_protocol::feed::Hash;
use sync_protocol::log::{Compact, Leaf, Opening, Previous, leaf_hash};

use super::checkpoints::Checkpoints;
use super::entries::{Entries, Entry};
use super::rows::{self, Rows, Witness};
use super::tiles::Tiles;
use super::{Kind, Place, Run};
use crate::log::edge::WIDTH;
use crate::log::leaves::Salted;
use crate::log::sign::LogKeys;
use crate::store::rows::LogRow;
use crate::store::{Db, StoreResult};

pub(super) fn check(
    db: &mut Db<'_>,
    run: &mut Run<'_>,
    keys: &LogKeys,
    log: &LogRow,
    before: Option<&LogRow>,
) -> StoreResult<()> {
    let salted = Salted(&keys.salt);
    let size = u64::try_from(log.size).unwrap_or(0);
    let mut entries = Entries::new(log.number, size);
    let mut runs = Rows::new(log.number);
    let mut tiles = Tiles::new(log.number);
    let mut checkpoints = Checkpoints::new(log.number, keys.verifier(&log.origin));
    let mut tree = Compact::default();
    while let Some(entry) = entries.next(db, run)? {
        let index = entries.at() as i64 - 1;
        let witness = match index {
            0 => Witness::Made(opening(log, before), Place::TransparencyLog(log.number)),
            _ => runs.at(db, run, &salted, index)?,
        };
        let witness = match (witness, &entry.bytes) {
            (Witness::Unknown, Some(leaf)) => rows::of_leaf(db, &salted, leaf)?,
            (witness, _) => witness,
        };
        let Some(hash) = agreed(run, &mut tiles, log.number, index, entry, witness) else {
            // Neither leaf nor hash is left: nothing behind it can be said to be right.
            return Ok(());
        };
        tiles.push(db, run, hash)?;
        tree.push(hash);
        checkpoints.at(db, run, &tree)?;
    }
    if tree.root() != log.root || log.size < 1 {
        run.fault(Kind::LogHead, Place::TransparencyLog(log.number));
    }
    run.count("leaves", size);
    entries.finish(db, run)?;
    runs.finish(db, run, log.size)?;
    tiles.finish(db, run)?;
    checkpoints.finish(db, run, log.size)
}

fn opening(log: &LogRow, before: Option<&LogRow>) -> Vec<u8> {
    let leaf = Leaf::Opening(Opening {
        origin: log.origin.clone(),
        opened_ms: log.opened_ms,
        before: before.map(|before| Previous {
            origin: before.origin.clone(),
            size: before.size as u64,
            root: before.root,
        }),
    });
    leaf.encode()
}

/// The leaf's hash by the most witnesses; who stands alone is named.
fn agreed(run: &mut Run<'_>, tiles: &mut Tiles, log: i64, index: i64, entry: Entry, witness: Witness) -> Option<Hash> {
    let (in_bundle, in_tile) = (entry.bytes.as_deref().map(leaf_hash), entry.hash);
    let made = match witness {
        Witness::Made(leaf, place) => Some((leaf_hash(&leaf), place)),
        Witness::Gone(place) => {
            run.fault(Kind::SealMissing, place);
            None
        }
        Witness::Unknown => None,
    };
    let leaf = Place::Leaf(log, index);
    let hash = match (in_bundle, in_tile, &made) {
        (Some(bundle), Some(tile), _) if bundle == tile => bundle,
        (Some(bundle), _, Some((row, _))) if bundle == *row => bundle,
        (_, Some(tile), _) => tile,
        (Some(bundle), None, _) => bundle,
        (None, None, Some((row, _))) => *row,
        (None, None, None) => return None,
    };
    if in_bundle.is_some_and(|bundle| bundle != hash) {
        run.fault(Kind::LogEntries, leaf);
    }
    if in_tile != Some(hash) {
        tiles.fault(run, 0, index / WIDTH as i64);
    }
    if let Some((row, place)) = made
        && row != hash
    {
        run.fault(Kind::SealDiffers, place);
    }
    Some(hash)
}
