//! Perceptual hashes in memory, so that a photo is compared with all others at once: a million take some 40 MB and well
//! under a millisecond a photo.
//!
//! Each lies in four tables, by its first 16 bits, its next, and so on. Two that differ in few bits differ in at most a
//! quarter of so many in one of the four, so only a hundredth of all is compared with a photo.
//!
//! Hashes are numbered without gaps in the order in which followers wrote them down, one follower at a time, and are
//! never changed. So a server that has all up to a number goes on from there, whoever wrote the rest. Only committed
//! ones are remembered; what the present transaction has written is read each time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use sync_protocol::feed::Hash;

use crate::query;
use crate::store::rows::PrintRow;
use crate::store::{Db, Store, StoreResult};

/// Hashes read at once.
const PAGE: i64 = 10_000;

/// So many that are not remembered yet are let be.
const FRESH: i64 = 256;

/// The parts of a hash, of 16 bits each.
const PARTS: usize = 4;

/// The committed hashes.
pub struct Prints {
    store: Store,
    known: Mutex<Known>,
}

/// Hashes by number from 1, and by each of their parts the places of those that have it.
#[derive(Default)]
struct Known {
    bits: Vec<u64>,
    places: [HashMap<u16, Vec<u32>>; PARTS],
}

fn part(bits: u64, nth: usize) -> u16 {
    (bits >> (16 * nth)) as u16
}

impl Known {
    fn push(&mut self, bits: u64) {
        let place = self.bits.len() as u32;
        for (nth, places) in self.places.iter_mut().enumerate() {
            places.entry(part(bits, nth)).or_default().push(place);
        }
        self.bits.push(bits);
    }

    /// The numbers of those that differ from `own` in at most `most` bits, with how many, in no order.
    fn like(&self, own: u64, most: u32) -> Vec<(i64, u32)> {
        let reach = most / PARTS as u32;
        let near: Vec<u16> = (0..=u16::MAX).filter(|mask| mask.count_ones() <= reach).collect();
        let mut found = Vec::new();
        for (nth, table) in self.places.iter().enumerate() {
            let places = near.iter().filter_map(|mask| table.get(&(part(own, nth) ^ mask)));
            for place in places.flatten() {
                let differing = own ^ self.bits[*place as usize];
                let bits = differing.count_ones();
                // One that is near in an earlier part was found there.
                if bits <= most && (0..nth).all(|earlier| part(differing, earlier).count_ones() > reach) {
                    found.push((i64::from(*place) + 1, bits));
                }
            }
        }
        found
    }
}

impl Prints {
    /// Of a store; nothing is read yet.
    pub fn new(store: Store) -> Prints {
        Prints {
            store,
            known: Mutex::default(),
        }
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The photos whose hashes differ from `own` in at most `most` bits, with how many.
    pub fn like(&self, db: &mut Db<'_>, own: &[(Hash, u64)], most: u32) -> StoreResult<Vec<(Hash, Hash, u32)>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let last = query!(db, neighbours::last_print())?;
        if last - known.bits.len() as i64 > FRESH {
            // On a connection of its own, which sees what is committed and nothing else.
            self.store.read(|db| remember(db, &mut known))?;
        }
        let fresh = query!(db, neighbours::prints_after(known.bits.len() as i64, i64::MAX))?;
        let mut found: Vec<(Hash, i64, u32)> = Vec::new();
        for (photo, print) in own {
            let differs = |other: u64| Some((print ^ other).count_ones()).filter(|bits| *bits <= most);
            let like = known.like(*print, most).into_iter();
            found.extend(like.map(|(number, bits)| (*photo, number, bits)));
            let new = fresh.iter();
            found.extend(new.filter_map(|row| Some((*photo, row.number, differs(row.bits as u64)?))));
        }
        let numbers: Vec<i64> = found.iter().map(|f| f.1).collect();
        let mut photos = HashMap::new();
        for some in numbers.chunks(500) {
            photos.extend(query!(db, neighbours::prints(some))?);
        }
        let named = found
            .into_iter()
            .filter_map(|(own, number, bits)| Some((own, *photos.get(&number)?, bits)));
        Ok(named.filter(|(own, other, _)| own != other).collect())
    }
}

fn remember(db: &mut Db<'_>, known: &mut Known) -> StoreResult<()> {
    loop {
        let rows: Vec<PrintRow> = query!(db, neighbours::prints_after(known.bits.len() as i64, PAGE))?;
        let next = known.bits.len() as i64 + 1;
        // A number that does not follow would put every later hash in a wrong place.
        let follows = rows
            .iter()
            .zip(next..)
            .take_while(|(row, number)| row.number == *number);
        let before = known.bits.len();
        follows.for_each(|(row, _)| known.push(row.bits as u64));
        if known.bits.len() == before || (rows.len() as i64) < PAGE {
            return Ok(());
        }
    }
}

/// The perceptual hash of a stored likeness, unless it says nothing: an even surface is like every other.
pub fn telling(likeness: Option<&[u8]>) -> Option<u64> {
    let bits = u64::from_be_bytes(likeness?.try_into().ok()?);
    (4..=60).contains(&bits.count_ones()).then_some(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_tables_find_is_what_comparing_all_finds() {
        // Hashes of a fixed sequence, and around one of them all that differ in 0 to 12 bits that lie anywhere.
        let mut state = 7_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state ^ state >> 29
        };
        let own = next();
        let mut known = Known::default();
        for differing in 0..=12 {
            for _ in 0..50 {
                let mut bits = own;
                while (bits ^ own).count_ones() < differing {
                    bits ^= 1 << (next() % 64);
                }
                known.push(bits);
                known.push(next());
            }
        }
        for most in [0, 3, 4, 9, 10, 11, 20, 64] {
            let mut found = known.like(own, most);
            found.sort_unstable();
            let all = known
                .bits
                .iter()
                .zip(1..)
                .map(|(bits, number)| (number, (bits ^ own).count_ones()));
            let expected: Vec<(i64, u32)> = all.filter(|(_, bits)| *bits <= most).collect();
            assert_eq!(found, expected, "within {most}");
        }
    }
}
