//! The fourth question: does everything that the operation builds on exist.

use std::collections::BTreeSet;

use sync_protocol::catalog::Kind;
use sync_protocol::clock::{Clock, clock_of};
use sync_protocol::id::DeviceId;
use sync_protocol::op::Op;
use sync_protocol::shape::Typed;
use sync_protocol::verdict::Code;

use super::{Case, Stop};
use crate::query;
use crate::store::StoreResult;
use crate::sync::merged::Merged;
use crate::sync::rows;

impl Case<'_, '_, '_, '_> {
    /// What the operation saw must exist on its record, and what it links to must exist. Answers the clock cut
    /// to what exists, if the desk releases it and something had to go.
    pub(super) fn causality(
        &mut self,
        op: &Op,
        kind: &Kind,
        typed: &Typed,
        old: Option<&Merged>,
    ) -> Result<Option<Clock>, Stop> {
        self.links(op, kind, typed)?;
        let Unmet { missing, held } = self.unmet(op, old)?;
        if held && !self.cut {
            return Err(Stop::Refused(Code::AfterHeld, Some(op.record)));
        }
        if missing.is_empty() {
            return Ok(None);
        }
        if self.cut {
            let dots = op.seen.iter().map(|dot| (*dot.actor, dot.counter));
            return Ok(Some(clock_of(dots.filter(|dot| !missing.contains(dot)))));
        }
        let own = missing.iter().any(|(device, _)| *device == self.author.device);
        if own || !self.rules.generations.has_ended(&op.generation) {
            return Err(Code::SeenUnknown.into());
        }
        Err(Stop::Refused(Code::SeenEarlierGeneration, Some(op.record)))
    }

    /// What the operation says to have seen and is not on its record: that very number, not merely one that the
    /// record's clock covers, for a number below the clock's may be on another record. Of its own device it may
    /// also have seen what could not be read, for nobody else knows on which record that was.
    fn unmet(&mut self, op: &Op, old: Option<&Merged>) -> StoreResult<Unmet> {
        let clock = old.map(|old| old.state.clock());
        let mut unmet = Unmet {
            missing: BTreeSet::new(),
            held: false,
        };
        for (device, seq) in op.seen.iter().map(|dot| (*dot.actor, dot.counter)) {
            let own = device == self.author.device;
            let known = clock.is_some_and(|clock| clock.get(&device) == seq)
                || self.draft.is_placed(device, seq, op.record)
                || (own && self.draft.is_unplaced(device, seq));
            if (own && seq >= op.seq) || !known {
                unmet.missing.insert((device, seq));
                unmet.held |= self.draft.is_held(device, seq, op.record);
            }
        }
        if !unmet.missing.is_empty() {
            let devices: Vec<&[u8]> = unmet.missing.iter().map(|(device, _)| device.0.as_slice()).collect();
            let seqs: Vec<i64> = unmet.missing.iter().map(|(_, seq)| *seq as i64).collect();
            for found in query!(self.db, feeds::among(op.record, &devices, &seqs))? {
                let dot = (found.device, found.seq as u64);
                let own = dot.0 == self.author.device;
                if (own && dot.1 >= op.seq) || (!own && found.record.is_none()) || !unmet.missing.contains(&dot) {
                    continue;
                }
                if found.state == rows::HELD {
                    unmet.held = true;
                } else {
                    unmet.missing.remove(&dot);
                }
            }
        }
        Ok(unmet)
    }

    fn links(&mut self, op: &Op, kind: &Kind, typed: &Typed) -> Result<(), Stop> {
        for (field, target) in &typed.links {
            let Some(linked) = self.draft.fetch(self.db, target)?.cloned() else {
                // Let go by the desk, it does not wait any longer.
                return Err(match self.cut {
                    true => Code::LinkInvalid.into(),
                    false => Stop::Refused(Code::LinkMissing, Some(*target)),
                });
            };
            let fits = kind.field(field).and_then(|f| f.target.as_ref()) == Some(&linked.kind);
            let attested = kind.attests.as_ref().is_some_and(|attests| attests.link == *field);
            let one_unit = attested || kind.read.via.contains(field);
            let same_unit = linked.unit == op.unit.as_str() || !one_unit;
            if !fits || !same_unit || !self.reads(&linked)? {
                return Err(Code::LinkInvalid.into());
            }
        }
        Ok(())
    }
}

/// What an operation says to have seen and cannot be found on its record.
struct Unmet {
    missing: BTreeSet<(DeviceId, u64)>,
    /// Some of it is there and waits.
    held: bool,
}
