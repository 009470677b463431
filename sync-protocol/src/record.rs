//! A record: a clock and, per field, a multi-value register or an observed-remove set, all in one causal
//! context.
//!
//! This is the dotted causal store of Almeida, Shoker and Baquero, *Delta State Replicated Data Types*
//! (2018): a value carries the dot of the operation that wrote it, an operation removes exactly the dots that
//! its `seen` covers, and a state keeps a value that the other lacks only if the other's clock does not
//! cover its dot. It stands on the `crdts` crate's clock, dot and traits, not on its `Map`, which brings
//! overwritten values back in state merges.
//!
//! Operations of one device on one record are applied in their order, and an operation after those it has
//! seen (the server sees to both); between concurrent ones any order gives the same record.
//!
//! ```
//! use crdts::{CmRDT, CvRDT, Dot};
//! use sync_protocol::{clock::clock_of, id::DeviceId, record::{Change, Record}, value::Value};
//!
//! let (a, b) = (DeviceId([1; 16]), DeviceId([2; 16]));
//! let write = |device, seq, seen: &[(DeviceId, u64)], text: &str| {
//!     Change::new(Dot::new(device, seq), clock_of(seen.iter().copied())).set("note", Value::Text(text.into()))
//! };
//! let mut record = Record::default();
//! record.apply(write(a, 1, &[], "first"));
//! record.apply(write(b, 1, &[], "meanwhile"));        // had not seen a's: both are kept
//! assert_eq!(record.values("note").len(), 2);
//! record.apply(write(a, 2, &[(a, 1), (b, 1)], "both")); // had seen both: replaces them
//! assert_eq!(record.values("note").len(), 1);
//! ```

use std::collections::{BTreeMap, BTreeSet};

use crdts::{CmRDT, CvRDT, ResetRemove};

use crate::clock::{Clock, OpDot, covers};
use crate::id::{DeviceId, Pos};
use crate::value::Value;

mod pack;

pub use pack::PackError;

/// What an accepted operation does to its record.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The operation.
    pub dot: OpDot,
    /// Its place in the unit's log; 0 where there is no log.
    pub pos: Pos,
    /// What its author had seen of the record, his own earlier operations included.
    pub seen: Clock,
    /// Registers written.
    pub set: BTreeMap<String, Value>,
    /// Set elements added.
    pub add: BTreeMap<String, Vec<Value>>,
    /// Set elements removed.
    pub remove: BTreeMap<String, Vec<Value>>,
    /// Fields that the author may write but not read: nothing in them is removed.
    pub blind: BTreeSet<String>,
}

impl Change {
    /// A change that touches nothing yet.
    pub fn new(dot: OpDot, seen: Clock) -> Change {
        Change {
            dot,
            pos: 0,
            seen,
            set: BTreeMap::new(),
            add: BTreeMap::new(),
            remove: BTreeMap::new(),
            blind: BTreeSet::new(),
        }
    }

    /// The same, writing a register too.
    pub fn set(mut self, field: &str, value: Value) -> Change {
        self.set.insert(field.to_owned(), value);
        self
    }

    /// The same, adding to a set too.
    pub fn add(mut self, field: &str, value: Value) -> Change {
        self.add.entry(field.to_owned()).or_default().push(value);
        self
    }

    /// The same, removing from a set too.
    pub fn remove(mut self, field: &str, value: Value) -> Change {
        self.remove.entry(field.to_owned()).or_default().push(value);
        self
    }

    /// The same, at a place in the unit's log.
    pub fn at(mut self, pos: Pos) -> Change {
        self.pos = pos;
        self
    }
}

/// One value of a register and the operation that wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The operation.
    pub dot: OpDot,
    /// Its place in the unit's log.
    pub pos: Pos,
    /// The value.
    pub value: Value,
}

/// The operations that keep a set's element alive, each with its place in the unit's log.
pub type Dots = Vec<(OpDot, Pos)>;

/// A merged record. `Default` is the record before its first operation.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Record {
    clock: Clock,
    registers: BTreeMap<String, Vec<Entry>>,
    sets: BTreeMap<String, BTreeMap<Value, Dots>>,
}

/// Why an operation or a state cannot be merged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// The dot is in the record already.
    #[error("operation {1} of device {0} is in the record already")]
    Repeated(DeviceId, u64),
    /// An operation that it had seen is not.
    #[error("operation {1} of device {0} was seen but is not in the record")]
    CauseMissing(DeviceId, u64),
    /// One dot stands for two values.
    #[error("operation {1} of device {0} stands for two different values")]
    TwoValues(DeviceId, u64),
}

impl Record {
    /// The version vector: which operations are in.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The values of a register: more than one when concurrent writes left siblings, equal ones included.
    pub fn values(&self, field: &str) -> &[Entry] {
        self.registers.get(field).map_or(&[], Vec::as_slice)
    }

    /// The elements of a set.
    pub fn elements(&self, field: &str) -> impl Iterator<Item = (&Value, &Dots)> {
        self.sets.get(field).into_iter().flatten()
    }

    /// The same without the fields that `keep` does not name; its clock stays.
    pub fn only(mut self, keep: impl Fn(&str) -> bool) -> Record {
        self.registers.retain(|name, _| keep(name));
        self.sets.retain(|name, _| keep(name));
        self
    }

    /// All registers.
    pub fn registers(&self) -> impl Iterator<Item = (&str, &[Entry])> {
        self.registers
            .iter()
            .map(|(name, entries)| (name.as_str(), entries.as_slice()))
    }

    /// All sets.
    pub fn sets(&self) -> impl Iterator<Item = (&str, &BTreeMap<Value, Dots>)> {
        self.sets.iter().map(|(name, elements)| (name.as_str(), elements))
    }

    /// Whether the register holds siblings that differ. Equal concurrent values are no conflict.
    pub fn is_contested(&self, field: &str) -> bool {
        self.values(field).windows(2).any(|pair| pair[0].value != pair[1].value)
    }

    /// The value that the policy `latest` shows: the one latest in the unit's log, then of the greater dot.
    pub fn latest(&self, field: &str) -> Option<&Entry> {
        self.values(field)
            .iter()
            .max_by_key(|e| (e.pos, e.dot.counter, e.dot.actor))
    }

    /// Whether `seen` covers every present value of a register.
    pub fn is_covered(&self, field: &str, seen: &Clock) -> bool {
        self.values(field)
            .iter()
            .all(|e| covers(seen, &e.dot.actor, e.dot.counter))
    }
}

impl CmRDT for Record {
    type Op = Change;
    type Validation = MergeError;

    fn validate_op(&self, change: &Change) -> Result<(), MergeError> {
        if covers(&self.clock, &change.dot.actor, change.dot.counter) {
            return Err(MergeError::Repeated(change.dot.actor, change.dot.counter));
        }
        let foreign = change.seen.iter().filter(|seen| *seen.actor != change.dot.actor);
        for seen in foreign {
            if !covers(&self.clock, seen.actor, seen.counter) {
                return Err(MergeError::CauseMissing(*seen.actor, seen.counter));
            }
        }
        Ok(())
    }

    fn apply(&mut self, change: Change) {
        let Change {
            dot,
            pos,
            seen,
            set,
            add,
            remove,
            blind,
        } = change;
        if covers(&self.clock, &dot.actor, dot.counter) {
            return;
        }
        let overwritten = |d: &OpDot| covers(&seen, &d.actor, d.counter);
        for (field, value) in set {
            let keep_all = blind.contains(&field);
            let entries = self.registers.entry(field).or_default();
            entries.retain(|e| keep_all || !overwritten(&e.dot));
            entries.push(Entry { dot, pos, value });
            entries.sort_unstable_by_key(|e| (e.dot.actor, e.dot.counter));
        }
        for (field, values) in remove {
            let Some(elements) = self.sets.get_mut(&field).filter(|_| !blind.contains(&field)) else {
                continue;
            };
            for value in values {
                if let Some(dots) = elements.get_mut(&value) {
                    dots.retain(|(d, _)| !overwritten(d));
                }
            }
            elements.retain(|_, dots| !dots.is_empty());
        }
        for (field, values) in add {
            let keep_all = blind.contains(&field);
            let elements = self.sets.entry(field).or_default();
            for value in values {
                let dots = elements.entry(value).or_default();
                dots.retain(|(d, _)| *d != dot && (keep_all || !overwritten(d)));
                dots.push((dot, pos));
                dots.sort_unstable_by_key(|(d, _)| (d.actor, d.counter));
            }
        }
        self.sets.retain(|_, elements| !elements.is_empty());
        self.clock.apply(dot);
    }
}

impl CvRDT for Record {
    type Validation = MergeError;

    fn validate_merge(&self, other: &Record) -> Result<(), MergeError> {
        for (field, theirs) in other.registers() {
            for entry in theirs {
                let twin = self.values(field).iter().find(|e| e.dot == entry.dot);
                if twin.is_some_and(|e| e.value != entry.value) {
                    return Err(MergeError::TwoValues(entry.dot.actor, entry.dot.counter));
                }
            }
        }
        Ok(())
    }

    fn merge(&mut self, other: Record) {
        let Record { clock, registers, sets } = other;
        let survives = |dot: &OpDot, absent_from: &Clock| !covers(absent_from, &dot.actor, dot.counter);
        let names: BTreeSet<String> = self.registers.keys().chain(registers.keys()).cloned().collect();
        let mut theirs = registers;
        for name in names {
            let there = theirs.remove(&name).unwrap_or_default();
            let here = self.registers.entry(name.clone()).or_default();
            here.retain(|e| there.iter().any(|t| t.dot == e.dot) || survives(&e.dot, &clock));
            for entry in there {
                if !here.iter().any(|e| e.dot == entry.dot) && survives(&entry.dot, &self.clock) {
                    here.push(entry);
                }
            }
            here.sort_unstable_by_key(|e| (e.dot.actor, e.dot.counter));
            if here.is_empty() {
                self.registers.remove(&name);
            }
        }
        let names: BTreeSet<String> = self.sets.keys().chain(sets.keys()).cloned().collect();
        let mut theirs = sets;
        for name in names {
            let mut there = theirs.remove(&name).unwrap_or_default();
            let here = self.sets.entry(name).or_default();
            for (value, dots) in here.iter_mut() {
                let twin = there.remove(value).unwrap_or_default();
                dots.retain(|d| twin.contains(d) || survives(&d.0, &clock));
                dots.extend(twin.into_iter().filter(|d| survives(&d.0, &self.clock)));
                dots.sort_unstable_by_key(|(d, _)| (d.actor, d.counter));
                dots.dedup();
            }
            for (value, mut dots) in there {
                dots.retain(|d| survives(&d.0, &self.clock));
                here.insert(value, dots);
            }
            here.retain(|_, dots| !dots.is_empty());
        }
        self.sets.retain(|_, elements| !elements.is_empty());
        self.clock.merge(clock);
    }
}

impl ResetRemove<DeviceId> for Record {
    /// Removes every value whose dot `clock` covers; the operations still count as in.
    fn reset_remove(&mut self, clock: &Clock) {
        let gone = |dot: &OpDot| covers(clock, &dot.actor, dot.counter);
        for entries in self.registers.values_mut() {
            entries.retain(|e| !gone(&e.dot));
        }
        self.registers.retain(|_, entries| !entries.is_empty());
        for elements in self.sets.values_mut() {
            elements.values_mut().for_each(|dots| dots.retain(|(d, _)| !gone(d)));
            elements.retain(|_, dots| !dots.is_empty());
        }
        self.sets.retain(|_, elements| !elements.is_empty());
    }
}
