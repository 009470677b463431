//! The request for a draw: the operation that made its record.

use std::collections::BTreeSet;

use sync_protocol::draw::{self, Exclusion};
use sync_protocol::feed::Hash;
use sync_protocol::id::{DeviceId, MemberId, RecordId, UnitCode};
use sync_protocol::json::Json;
use sync_protocol::op::{self, Op, Parsed};
use sync_protocol::record::Record;
use sync_protocol::role::Role;
use sync_protocol::value::Value;

use super::DrawError;
use crate::accounts::scope::Grid;
use crate::query;
use crate::store::rows::OpRow;
use crate::store::{Db, StoreError};
use crate::sync::ACCEPTED;
use crate::sync::desk::Looker;
use crate::sync::opened::Opened;
use crate::sync::rights;

/// The fields that name who must not be drawn.
pub(super) const EXCLUDED: [&str; 3] = ["excluded_kin", "excluded_conflict", "excluded_household"];

/// The states of an arrangement in which observers are drawn.
const OPEN: [&str; 4] = ["planned", "pledged", "active", "suspended"];

/// A request as it was filed. Later changes of the record do not count.
pub(super) struct Filed {
    pub device: DeviceId,
    pub seq: i64,
    pub hash: Hash,
    pub arrival_ms: i64,
    pub unit: UnitCode,
    pub checkpoint: String,
    pub order: RecordId,
    /// The arrangement as it is now.
    pub arrangement: Record,
    /// The request's record as it is now.
    pub state: Record,
    pub named: BTreeSet<(MemberId, Exclusion)>,
    pub says_why_anew: bool,
    /// Who filed it.
    pub author: MemberId,
}

/// Reads the request of an opened record.
pub(super) fn read(db: &mut Db<'_>, looker: Looker<'_>, opened: &Opened<'_>) -> Result<Filed, DrawError> {
    let ops = query!(db, feeds::of_record(opened.row.id))?;
    let first = ops
        .into_iter()
        .find(|op| op.state == ACCEPTED)
        .ok_or(DrawError::NotRequest)?;
    let op = parsed(&first)?;
    let text = |field: &str| match op.set.get(field) {
        Some(Json::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let order: RecordId = text("order")
        .and_then(|id| id.parse().ok())
        .ok_or(DrawError::NotRequest)?;
    let says = |field: &str| text(field).is_some_and(|text| !text.trim().is_empty());
    let named = draw::named(&op);
    if !named.is_empty() && !says("exclusion_note") {
        return Err(DrawError::ReasonMissing);
    }
    let row = query!(db, records::by_ids(&[order.0.as_slice()]))?.pop();
    let row = row
        .filter(|row| looker.catalog.kinds().contains_key(&row.kind))
        .ok_or(DrawError::NotRequest)?;
    let unpack = |state: &[u8]| Record::unpack(state).map_err(|_| StoreError::Corrupt);
    let arrangement = unpack(&row.state)?;
    if super::states(&arrangement).any(|state| !OPEN.contains(&state)) {
        return Err(DrawError::NotOpen);
    }
    Ok(Filed {
        device: first.device,
        seq: first.seq,
        hash: first.hash,
        arrival_ms: first.arrival_ms,
        unit: opened.row.unit.parse().map_err(|_| StoreError::Corrupt)?,
        checkpoint: text("checkpoint").ok_or(DrawError::NotRequest)?,
        order,
        arrangement,
        state: unpack(&opened.row.state)?,
        named,
        says_why_anew: says("redraw_reason"),
        author: first.member,
    })
}

fn parsed(row: &OpRow) -> Result<Op, DrawError> {
    let text = std::str::from_utf8(&row.body).map_err(|_| StoreError::Corrupt)?;
    match op::read(text).0 {
        Parsed::Op(op) => Ok(*op),
        Parsed::Withheld(_) | Parsed::Unreadable(_) => Err(StoreError::Corrupt.into()),
    }
}

impl Filed {
    /// Refuses unless the caller is a prosecutor of the unit or the arrangement's supervisor.
    pub fn may_draw(&self, looker: Looker<'_>, opened: &Opened<'_>) -> Result<(), DrawError> {
        let supervises = opened.roles.contains(&Role::Supervisor) && self.people("supervisor").contains(&looker.member);
        if opened.roles.contains(&Role::Prosecutor) || supervises {
            Ok(())
        } else {
            Err(DrawError::Forbidden)
        }
    }

    /// Whether who filed it was a prosecutor of the unit then.
    pub fn is_of_a_prosecutor(&self, db: &mut Db<'_>, grid: &Grid) -> Result<bool, DrawError> {
        let appointments = query!(db, appointments::of_member(self.author))?;
        let then = (self.arrival_ms, self.arrival_ms);
        Ok(rights::roles_between(grid, &appointments, &self.unit, then).contains(&Role::Prosecutor))
    }

    /// The members whom a field of the arrangement names, every sibling counting.
    pub fn people(&self, field: &str) -> BTreeSet<MemberId> {
        members(&self.arrangement, field)
    }
}

/// The members whom a field of a record names, every sibling counting.
pub(super) fn members(record: &Record, field: &str) -> BTreeSet<MemberId> {
    let registers = record.values(field).iter().map(|entry| &entry.value);
    let all = registers.chain(record.elements(field).map(|(value, _)| value));
    all.filter_map(|value| match value {
        Value::Id(id) => Some(MemberId(*id)),
        _ => None,
    })
    .collect()
}
