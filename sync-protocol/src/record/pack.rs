//! The bytes in which a record is stored: one table of devices per record, then everything by its index.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Dots, Entry, Record};
use crate::clock::{OpDot, clock_of};
use crate::id::DeviceId;
use crate::value::Value;

/// The first byte of the packed form; a change of the form takes the next number.
const FORM: u8 = 1;

/// Why bytes are not a packed record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// Written by a later version, or not a record.
    #[error("not a packed record of a form that this version reads")]
    Form,
    /// Damaged.
    #[error("a packed record is damaged")]
    Damaged,
}

/// A dot by its device's index in the table, and its place in the unit's log.
type PackedDot = (u32, u64, u64);

/// Elements, each with the operations that keep it alive.
type PackedSet<V> = Vec<(V, Vec<PackedDot>)>;

#[derive(Serialize, Deserialize)]
struct Packed<S, V> {
    devices: Vec<([u8; 16], u64)>,
    registers: Vec<(S, Vec<(PackedDot, V)>)>,
    sets: Vec<(S, PackedSet<V>)>,
}

impl Record {
    /// Packs the record.
    pub fn pack(&self) -> Result<Vec<u8>, PackError> {
        let devices: Vec<([u8; 16], u64)> = self.clock.iter().map(|d| (d.actor.0, d.counter)).collect();
        let index: BTreeMap<[u8; 16], u32> = devices.iter().zip(0..).map(|((id, _), i)| (*id, i)).collect();
        let dot = |d: &OpDot, pos: u64| Ok((*index.get(&d.actor.0).ok_or(PackError::Damaged)?, d.counter, pos));
        let mut registers = Vec::with_capacity(self.registers.len());
        for (name, entries) in &self.registers {
            let entries: Result<Vec<_>, _> = entries.iter().map(|e| Ok((dot(&e.dot, e.pos)?, &e.value))).collect();
            registers.push((name.as_str(), entries?));
        }
        let mut sets = Vec::with_capacity(self.sets.len());
        for (name, elements) in &self.sets {
            let mut packed = Vec::with_capacity(elements.len());
            for (value, dots) in elements {
                let dots: Result<Vec<_>, PackError> = dots.iter().map(|(d, pos)| dot(d, *pos)).collect();
                packed.push((value, dots?));
            }
            sets.push((name.as_str(), packed));
        }
        let packed = Packed {
            devices,
            registers,
            sets,
        };
        postcard::to_extend(&packed, vec![FORM]).map_err(|_| PackError::Damaged)
    }

    /// Unpacks a record.
    pub fn unpack(bytes: &[u8]) -> Result<Record, PackError> {
        let Some((&FORM, bytes)) = bytes.split_first() else {
            return Err(PackError::Form);
        };
        let packed: Packed<String, Value> = postcard::from_bytes(bytes).map_err(|_| PackError::Damaged)?;
        let devices = packed.devices;
        let dot = |(i, seq, pos): PackedDot| {
            let (id, _) = devices.get(i as usize).ok_or(PackError::Damaged)?;
            Ok((OpDot::new(DeviceId(*id), seq), pos))
        };
        let mut registers = BTreeMap::new();
        for (name, entries) in packed.registers {
            let entries: Result<Vec<Entry>, PackError> = entries
                .into_iter()
                .map(|(d, value)| dot(d).map(|(dot, pos)| Entry { dot, pos, value }))
                .collect();
            registers.insert(name, entries?);
        }
        let mut sets = BTreeMap::new();
        for (name, elements) in packed.sets {
            let mut unpacked = BTreeMap::new();
            for (value, dots) in elements {
                let dots: Result<Dots, PackError> = dots.into_iter().map(dot).collect();
                unpacked.insert(value, dots?);
            }
            sets.insert(name, unpacked);
        }
        let clock = clock_of(devices.iter().map(|(id, seq)| (DeviceId(*id), *seq)));
        Ok(Record { clock, registers, sets })
    }
}
