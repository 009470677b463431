//! In whose hand an attestation is, and whether its author was blind to what the others stated.

use sync_protocol::catalog::{Kind, STATE_FIELD};
use sync_protocol::id::{MemberId, UnitCode};
use sync_protocol::record::Record;

use super::facts::{Witness, state};
use super::gather::steps;
use super::hand::{Hand, Hands};
use super::lens::Seen;
use crate::accounts::scope::Grid;
use crate::query;
use crate::store::{Db, StoreResult};
use crate::sync::rights;

/// An attestation, and how it came to be.
#[derive(Debug)]
pub struct Statement {
    /// Whose record it is.
    pub observer: MemberId,
    /// It, merged.
    pub record: Record,
    /// When its first operation arrived, ms: from then on others could have read it.
    pub first_ms: Option<i64>,
    /// Who handed it in, the last time that it was handed in.
    handed_in: Option<Hand>,
    /// Every value in it is its observer's.
    is_all_own: bool,
}

impl Statement {
    /// Reads an attestation.
    pub fn read(db: &mut Db<'_>, kind: &Kind, seen: Seen) -> StoreResult<Statement> {
        let Seen { row, record, ops } = seen;
        let hands = Hands::of(db, &ops)?;
        let hands_in = |act: &String| {
            let transition = kind.workflow.transitions.get(act);
            transition.is_some_and(|t| t.to == state::SUBMITTED && t.from.contains(&kind.workflow.initial))
        };
        let steps = steps(&row, &ops)?;
        let handed_in = steps.iter().rfind(|step| step.act.as_ref().is_some_and(hands_in));
        let handed_in = handed_in.and_then(|step| hands.get(step.dot)).copied();
        let registers = record.registers().filter(|(name, _)| *name != STATE_FIELD);
        let written = registers.flat_map(|(_, entries)| entries.iter().map(|entry| entry.dot));
        let added = record.sets().flat_map(|(_, elements)| elements.values().flatten());
        let is_own = |dot| hands.wrote(&dot) == Some(row.creator);
        let is_all_own = written.chain(added.map(|(dot, _)| *dot)).all(is_own);
        Ok(Statement {
            observer: row.creator,
            first_ms: hands.first_ms(),
            record,
            handed_in,
            is_all_own,
        })
    }

    /// Judges it; `other_ms`: when the first statement of somebody else arrived, ms. Whoever could read that at any time
    /// until he handed in his own was not blind, nor whoever could have at that moment.
    pub fn witness(
        &self,
        db: &mut Db<'_>,
        grid: &Grid,
        kind: &Kind,
        unit: &UnitCode,
        other_ms: Option<i64>,
    ) -> StoreResult<Witness> {
        let mut appointments = query!(db, feeds::appointments(&[self.observer.0.as_slice()]))?;
        // By an appointment that is written down afterwards nobody has read anything before.
        for appointment in &mut appointments {
            appointment.starts_ms = appointment.starts_ms.max(appointment.created_ms);
        }
        let blind = self.handed_in.is_some_and(|hand| {
            let written_ms = hand.written_ms.unwrap_or(hand.arrival_ms).min(hand.arrival_ms);
            let from_ms = other_ms.map_or(written_ms, |other| other.min(written_ms));
            let held = rights::roles_between(grid, &appointments, unit, (from_ms, hand.arrival_ms));
            kind.read.unit.is_disjoint(&held)
        });
        Ok(Witness {
            observer: self.observer,
            own: self.is_all_own && self.handed_in.is_some_and(|hand| hand.member == self.observer),
            blind,
        })
    }
}
