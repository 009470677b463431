//! What leaves were made of: runs of rows in the order in which they were sealed.

use std::collections::{HashMap, VecDeque};

use sync_protocol::id::DeviceId;
use sync_protocol::log::Leaf;

use super::{Kind, Place, Run};
use crate::log::gather::of_range;
use crate::log::leaves::Salted;
use crate::log::source::{self, verdict_key, verdict_of};
use crate::query;
use crate::store::rows::{SealedRow, UnsealedRow};
use crate::store::{Db, StoreError, StoreResult};
use crate::verify::PAGE;

/// The third witness of a leaf.
pub(super) enum Witness {
    /// The row makes this leaf.
    Made(Vec<u8>, Place),
    /// The row is not there, or does not read back.
    Gone(Place),
    /// Nothing says what the leaf is of, which was told.
    Unknown,
}

/// Reads what the leaves of a log were made of.
pub(super) struct Rows {
    log: i64,
    next: VecDeque<SealedRow>,
    /// The run that is being read, and its leaves by number.
    now: Option<(SealedRow, HashMap<i64, Vec<u8>>)>,
    /// Where the next page of runs begins.
    from: i64,
}

/// The place of a number of a source.
pub(super) fn place(source: i32, key: &[u8], number: i64) -> Place {
    let id = |bytes: &[u8]| bytes.try_into().unwrap_or([0; 16]);
    match source {
        source::OPERATIONS => Place::Op(DeviceId(id(key)), number),
        source::VERDICTS => match verdict_of(key) {
            Some((device, seq)) => Place::Op(device, seq as i64),
            None => Place::Sealed(source, hex::encode(key)),
        },
        source::VISIBILITY => Place::Log(String::from_utf8_lossy(key).into_owned(), number),
        source::JOURNAL => Place::Journal(id(key)),
        source::CATALOG => Place::Catalog(number),
        source::POSTINGS => Place::Posting(number),
        _ => Place::Sealed(source, hex::encode(key)),
    }
}

impl Rows {
    pub fn new(log: i64) -> Rows {
        Rows {
            log,
            next: VecDeque::new(),
            now: None,
            from: i64::MIN,
        }
    }

    /// What leaf `index` was made of.
    pub fn at(&mut self, db: &mut Db<'_>, run: &mut Run<'_>, salted: &Salted<'_>, index: i64) -> StoreResult<Witness> {
        loop {
            if let Some((row, leaves)) = &mut self.now {
                let number = row.first + (index - row.leaf);
                if number <= row.last {
                    let place = place(row.source, &row.key, number);
                    return Ok(match leaves.remove(&number) {
                        Some(leaf) => Witness::Made(leaf, place),
                        None => Witness::Gone(place),
                    });
                }
                self.now = None;
            }
            let Some(row) = self.following(db)? else {
                run.fault(Kind::SealPlace, Place::Leaf(self.log, index));
                return Ok(Witness::Unknown);
            };
            if row.leaf > index {
                run.fault(Kind::SealPlace, Place::Leaf(self.log, index));
                self.next.push_front(row);
                return Ok(Witness::Unknown);
            }
            if row.leaf < index || row.last < row.first {
                // It claims leaves of the run before it.
                run.fault(Kind::SealPlace, place(row.source, &row.key, row.first));
                continue;
            }
            let leaves = made(db, salted, &row)?;
            self.now = Some((row, leaves));
        }
    }

    fn following(&mut self, db: &mut Db<'_>) -> StoreResult<Option<SealedRow>> {
        if self.next.is_empty() {
            self.next = query!(db, sealing::runs_from(self.log, self.from, PAGE as i64))?.into();
        }
        let row = self.next.pop_front();
        if let Some(row) = &row {
            self.from = row.leaf.saturating_add(1);
        }
        Ok(row)
    }

    /// Nothing may claim leaves behind the last one.
    pub fn finish(mut self, db: &mut Db<'_>, run: &mut Run<'_>, size: i64) -> StoreResult<()> {
        if let Some((row, _)) = &self.now
            && row.leaf + (row.last - row.first) >= size
        {
            run.fault(Kind::SealPlace, place(row.source, &row.key, row.last));
        }
        while let Some(row) = self.following(db)? {
            run.fault(Kind::SealPlace, place(row.source, &row.key, row.first));
        }
        Ok(())
    }
}

/// The row that a leaf says it is of, where nothing else says it.
pub(super) fn of_leaf(db: &mut Db<'_>, salted: &Salted<'_>, leaf: &[u8]) -> StoreResult<Witness> {
    let Some((source, key, number)) = Leaf::decode(leaf).and_then(|leaf| named(&leaf)) else {
        return Ok(Witness::Unknown);
    };
    let range = UnsealedRow {
        source,
        key,
        first: number,
        last: number,
    };
    let place = place(source, &range.key, number);
    match of_range(db, salted, &range) {
        Ok(mut leaves) => Ok(match leaves.pop() {
            Some((_, leaf)) => Witness::Made(leaf, place),
            None => Witness::Gone(place),
        }),
        Err(StoreError::Corrupt) => Ok(Witness::Gone(place)),
        Err(error) => Err(error),
    }
}

/// Source, key and number of what a leaf is of.
fn named(leaf: &Leaf) -> Option<(i32, Vec<u8>, i64)> {
    let last_number = |id: &[u8]| Some(i64::from_be_bytes(id.get(id.len().checked_sub(8)?..)?.try_into().ok()?));
    match leaf {
        Leaf::Opening(_) => None,
        Leaf::Operation { device, seq, .. } => Some((source::OPERATIONS, device.0.to_vec(), *seq as i64)),
        Leaf::Verdict {
            device, seq, number, ..
        } => Some((source::VERDICTS, verdict_key(*device, *seq).to_vec(), *number as i64)),
        Leaf::Row { kind, id, .. } => match i32::from(*kind) {
            source::VISIBILITY => Some((source::VISIBILITY, id.get(..12)?.to_vec(), last_number(id)?)),
            source::JOURNAL => Some((source::JOURNAL, id.clone(), 1)),
            other => Some((other, Vec::new(), last_number(id)?)),
        },
    }
}

/// Most numbers of one damaged run that are tried one by one.
const ONE_BY_ONE: i64 = 100_000;

/// The leaves that the rows of a run make, by number. A row that does not read back makes none.
fn made(db: &mut Db<'_>, salted: &Salted<'_>, row: &SealedRow) -> StoreResult<HashMap<i64, Vec<u8>>> {
    let range = |first, last| UnsealedRow {
        source: row.source,
        key: row.key.clone(),
        first,
        last,
    };
    match of_range(db, salted, &range(row.first, row.last)) {
        Ok(leaves) => Ok(leaves.into_iter().collect()),
        Err(StoreError::Corrupt) => {
            let mut leaves = HashMap::new();
            let last = row.last.min(row.first.saturating_add(ONE_BY_ONE));
            for number in row.first..=last {
                match of_range(db, salted, &range(number, number)) {
                    Ok(one) => leaves.extend(one),
                    Err(StoreError::Corrupt) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(leaves)
        }
        Err(error) => Err(error),
    }
}
