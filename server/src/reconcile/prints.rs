//! Perceptual hashes in memory, so that a photo is compared with all others at once: a million take some 16 MB and well
//! under a millisecond a photo.
//!
//! Hashes are numbered without gaps in the order in which followers wrote them down, one follower at a time, and are
//! never changed. So a server that has all up to a number goes on from there, whoever wrote the rest. Only committed
//! ones are remembered; what the present transaction has written is read each time.

use std::sync::{Mutex, PoisonError};

use sync_protocol::feed::Hash;

use crate::query;
use crate::store::rows::PrintRow;
use crate::store::{Db, Store, StoreResult};

/// Hashes read at once.
const PAGE: i64 = 10_000;

/// So many that are not remembered yet are let be.
const FRESH: i64 = 256;

/// The committed hashes, by number from 1.
pub struct Prints {
    store: Store,
    bits: Mutex<Vec<u64>>,
}

impl Prints {
    /// Of a store; nothing is read yet.
    pub fn new(store: Store) -> Prints {
        Prints {
            store,
            bits: Mutex::new(Vec::new()),
        }
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The photos whose hashes differ from `own` in at most `most` bits, with how many.
    pub fn like(&self, db: &mut Db<'_>, own: &[(Hash, u64)], most: u32) -> StoreResult<Vec<(Hash, Hash, u32)>> {
        let mut bits = self.bits.lock().unwrap_or_else(PoisonError::into_inner);
        let last = query!(db, neighbours::last_print())?;
        if last - bits.len() as i64 > FRESH {
            // On a connection of its own, which sees what is committed and nothing else.
            self.store.read(|db| remember(db, &mut bits))?;
        }
        let fresh = query!(db, neighbours::prints_after(bits.len() as i64, i64::MAX))?;
        let mut found: Vec<(Hash, i64, u32)> = Vec::new();
        for (photo, print) in own {
            let differs = |other: u64| Some((print ^ other).count_ones()).filter(|bits| *bits <= most);
            let known = bits.iter().enumerate();
            found.extend(known.filter_map(|(at, other)| Some((*photo, at as i64 + 1, differs(*other)?))));
            let new = fresh.iter();
            found.extend(new.filter_map(|row| Some((*photo, row.number, differs(row.bits as u64)?))));
        }
        let numbers: Vec<i64> = found.iter().map(|f| f.1).collect();
        let mut photos = std::collections::HashMap::new();
        for some in numbers.chunks(500) {
            photos.extend(query!(db, neighbours::prints(some))?);
        }
        let named = found
            .into_iter()
            .filter_map(|(own, number, bits)| Some((own, *photos.get(&number)?, bits)));
        Ok(named.filter(|(own, other, _)| own != other).collect())
    }
}

fn remember(db: &mut Db<'_>, bits: &mut Vec<u64>) -> StoreResult<()> {
    loop {
        let rows: Vec<PrintRow> = query!(db, neighbours::prints_after(bits.len() as i64, PAGE))?;
        let next = bits.len() as i64 + 1;
        // A number that does not follow would put every later hash in a wrong place.
        let follows = rows
            .iter()
            .zip(next..)
            .take_while(|(row, number)| row.number == *number);
        let before = bits.len();
        bits.extend(follows.map(|(row, _)| row.bits as u64));
        if bits.len() == before || (rows.len() as i64) < PAGE {
            return Ok(());
        }
    }
}

/// The perceptual hash of a stored likeness, unless it says nothing: an even surface is like every other.
pub fn telling(likeness: Option<&[u8]>) -> Option<u64> {
    let bits = u64::from_be_bytes(likeness?.try_into().ok()?);
    (4..=60).contains(&bits.count_ones()).then_some(bits)
}
