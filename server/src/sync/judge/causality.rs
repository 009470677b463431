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
        let missing = self.missing(op, old)?;
        if missing.is_empty() {
            return Ok(None);
        }
        if self.cut {
            let kept = op
                .seen
                .iter()
                .map(|dot| (*dot.actor, dot.counter))
                .filter(|dot| !missing.contains(dot));
            return Ok(Some(clock_of(kept)));
        }
        let own = missing.iter().any(|(device, _)| *device == self.author.device);
        if own || op.generation == self.rules.generation {
            return Err(Code::SeenUnknown.into());
        }
        Err(Stop::Refused(Code::SeenEarlierGeneration, Some(op.record)))
    }

    /// What the operation says to have seen and is not stored on its record: that very number, not merely one
    /// that the record's clock covers, for a number below the clock's may be on another record.
    fn missing(&mut self, op: &Op, old: Option<&Merged>) -> StoreResult<BTreeSet<(DeviceId, u64)>> {
        let clock = old.map(|old| old.state.clock());
        let mut missing = BTreeSet::new();
        for (device, seq) in op.seen.iter().map(|dot| (*dot.actor, dot.counter)) {
            let future = device == self.author.device && seq >= op.seq;
            let known =
                clock.is_some_and(|clock| clock.get(&device) == seq) || self.draft.is_placed(device, seq, op.record);
            if future || !known {
                missing.insert((device, seq));
            }
        }
        if !missing.is_empty() {
            let devices: Vec<&[u8]> = missing.iter().map(|(device, _)| device.0.as_slice()).collect();
            let seqs: Vec<i64> = missing.iter().map(|(_, seq)| *seq as i64).collect();
            for (device, seq) in query!(self.db, feeds::on_record(op.record, &devices, &seqs))? {
                if device != self.author.device || seq < op.seq {
                    missing.remove(&(device, seq));
                }
            }
        }
        Ok(missing)
    }

    fn links(&mut self, op: &Op, kind: &Kind, typed: &Typed) -> Result<(), Stop> {
        for (field, target) in &typed.links {
            let Some(linked) = self.draft.fetch(self.db, target)?.cloned() else {
                return Err(Stop::Refused(Code::LinkMissing, Some(*target)));
            };
            let fits = kind.field(field).and_then(|f| f.target.as_ref()) == Some(&linked.kind);
            let same_unit = linked.unit == op.unit.as_str() || !kind.read.via.contains(field);
            if !fits || !same_unit || !self.reads(&linked)? {
                return Err(Code::LinkInvalid.into());
            }
        }
        Ok(())
    }
}
