//! The roster: everybody who might be drawn, and why some are not.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::draw::{Candidate, Exclusion, POOL, Roster};
use sync_protocol::id::{MemberId, RecordId, UnitCode};
use sync_protocol::record::Record;
use sync_protocol::role::Role;
use sync_protocol::value::Value;

use super::exclusions;
use super::request::{Filed, members};
use crate::accounts::scope::Grid;
use crate::accounts::unit::Level;
use crate::query;
use crate::store::{Db, StoreError, StoreResult};

/// States of an arrangement in which its observers are bound.
const BINDING: [&str; 4] = ["planned", "pledged", "active", "suspended"];

/// The roster as of the request's arrival, and the unit whose volunteers stand on it: the arrangement's own, or its area
/// where too few could be drawn. Also whether the request leaves out more than a supervisor may, on either.
pub(super) fn gather(db: &mut Db<'_>, grid: &Grid, filed: &Filed) -> StoreResult<(UnitCode, Roster, bool)> {
    let own = roster(db, grid, filed, &filed.unit)?;
    let are_many = exclusions::are_many(&own);
    if own.pool().count() >= POOL {
        return Ok((filed.unit.clone(), own, are_many));
    }
    match area(db, grid, &filed.unit)? {
        None => Ok((filed.unit.clone(), own, are_many)),
        Some(area) => {
            let wide = roster(db, grid, filed, &area)?;
            let are_many = are_many || exclusions::are_many(&wide);
            Ok((area, wide, are_many))
        }
    }
}

/// The area in which a community lies.
fn area(db: &mut Db<'_>, grid: &Grid, unit: &UnitCode) -> StoreResult<Option<UnitCode>> {
    let Some(above) = grid.above(unit).into_iter().next() else {
        return Ok(None);
    };
    let rows = query!(db, units::by_codes(&[above.as_str()]))?;
    Ok(rows
        .into_iter()
        .find(|row| row.level == Level::Area)
        .map(|row| row.code))
}

fn roster(db: &mut Db<'_>, grid: &Grid, filed: &Filed, pool: &UnitCode) -> StoreResult<Roster> {
    // Who is appointed above the unit serves in it too.
    let mut units = grid.covered(pool);
    units.extend(grid.above(&filed.unit));
    let codes: Vec<&str> = units.iter().map(UnitCode::as_str).collect();
    let mut active: BTreeMap<MemberId, bool> = BTreeMap::new();
    for row in query!(db, draws::appointed(Role::Volunteer, &codes, filed.arrival_ms))? {
        *active.entry(row.member).or_default() |= row.is_active(filed.arrival_ms);
    }
    let involved = involved(filed);
    let replaced = replaced(db, filed)?;
    let mut candidates = Vec::with_capacity(active.len());
    for (member, is_active) in active {
        let mut excluded: BTreeSet<Exclusion> = filed
            .named
            .iter()
            .filter(|(who, _)| *who == member)
            .map(|(_, why)| *why)
            .collect();
        if !is_active {
            excluded.insert(Exclusion::Ended);
        }
        if involved.contains(&member) {
            excluded.insert(Exclusion::Involved);
        }
        if replaced.contains(&member) {
            excluded.insert(Exclusion::Earlier);
        }
        if serves(db, filed, member)? {
            excluded.insert(Exclusion::Serving);
        }
        candidates.push(Candidate { member, excluded });
    }
    Roster::new(candidates).ok_or(StoreError::Internal)
}

fn involved(filed: &Filed) -> BTreeSet<MemberId> {
    let mut involved = filed.people("supervisor");
    involved.extend(filed.people("prosecutor"));
    involved.insert(filed.author);
    involved
}

/// Whom earlier draws for the arrangement had drawn and people then replaced.
fn replaced(db: &mut Db<'_>, filed: &Filed) -> StoreResult<BTreeSet<MemberId>> {
    let mut found = BTreeSet::new();
    for draw in query!(db, draws::of_order(filed.order))? {
        for row in query!(db, records::by_ids(&[draw.record.0.as_slice()]))? {
            let record = Record::unpack(&row.state).map_err(|_| StoreError::Corrupt)?;
            found.extend(members(&record, "replaced"));
        }
    }
    Ok(found)
}

/// Whether the member was drawn to observe under another arrangement whose period meets this one's. Whom people only put
/// down there may be drawn here: else who arranges both could keep somebody out of a draw.
fn serves(db: &mut Db<'_>, filed: &Filed, member: MemberId) -> StoreResult<bool> {
    let (from, until) = period(&filed.arrangement);
    for row in query!(db, draws::assigned(member, "service_order"))? {
        if row.id == filed.order {
            continue;
        }
        let other = Record::unpack(&row.state).map_err(|_| StoreError::Corrupt)?;
        let binding = super::states(&other).any(|state| BINDING.contains(&state));
        let (other_from, other_until) = period(&other);
        let meets = from <= other_until && other_from <= until;
        let named = members(&other, "observers").contains(&member);
        if binding && meets && named && is_drawn(db, row.id, member)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a draw for the arrangement that is not set aside has the member as an observer.
fn is_drawn(db: &mut Db<'_>, order: RecordId, member: MemberId) -> StoreResult<bool> {
    for draw in query!(db, draws::of_order(order))? {
        for row in query!(db, records::by_ids(&[draw.record.0.as_slice()]))? {
            let record = Record::unpack(&row.state).map_err(|_| StoreError::Corrupt)?;
            let stands = super::states(&record).any(|state| state != "set_aside");
            let mut seats = ["observer_1", "observer_2"].into_iter();
            if stands && seats.any(|seat| members(&record, seat).contains(&member)) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// First and last day of an arrangement, `YYYY-MM-DD`, every sibling counting.
fn period(record: &Record) -> (String, String) {
    let days = |field: &str| -> Vec<String> {
        let values = record.values(field).iter();
        values
            .filter_map(|entry| match &entry.value {
                Value::Text(day) => Some(day.clone()),
                _ => None,
            })
            .collect()
    };
    let from = days("period_from").into_iter().min().unwrap_or_default();
    let until = days("period_until").into_iter().max().unwrap_or_default();
    (from, until)
}
