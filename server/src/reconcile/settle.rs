//! From what rules say to the findings in the store: opened, changed, closed by themselves, opened again.
//!
//! What a finding should be follows from two things that are stored: whether its cause is there, and whether somebody
//! decided on just that basis. So it does not matter what was seen before, and a decision that comes in between is
//! found the next time.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sync_protocol::catalog::Catalog;
use sync_protocol::id::RecordId;
use sync_protocol::rules::{RuleCode, Rules};

use super::found::Found;
use super::rules::FROM_BOTH_SIDES;
use super::step::look_at;
use crate::ledger::party::parties;
use crate::ledger::reason::Reason;
use crate::query;
use crate::store::bulk::{Bulk, Column, Verb};
use crate::store::column::Fixed;
use crate::store::rows::FoundRow;
use crate::store::{Db, StoreResult};

/// `finding_fact.closed_why`: the cause is gone.
pub const GONE: &str = "gone";
/// `finding_fact.closed_why`: somebody decided.
pub const DECIDED: &str = "decided";

/// Some records, with all that the rules of `codes` say of them now.
pub struct Said<'s> {
    /// The catalogue in force.
    pub catalog: &'s Catalog,
    /// The rules. Their other findings of these records are closed.
    pub codes: &'s [RuleCode],
    /// Each record's unit.
    pub units: BTreeMap<RecordId, String>,
    /// The findings.
    pub found: Vec<Found>,
}

/// One finding as it is to be written.
struct Change<'s> {
    id: [u8; 16],
    code: &'static str,
    new: bool,
    unit: Option<&'s str>,
    record: Option<[u8; 16]>,
    neighbour: Option<[u8; 16]>,
    op: Option<([u8; 16], i64)>,
    closed_ms: Option<i64>,
    why: Option<&'static str>,
    basis: [u8; 32],
    detail: String,
}

/// Brings the store to what is said. Other records whose hours are freed or held up by that are looked at again.
pub fn settle(db: &mut Db<'_>, rules: &Rules, now_ms: i64, said: &Said<'_>) -> StoreResult<()> {
    let ids: Vec<&[u8]> = said.units.keys().map(|id| id.0.as_slice()).collect();
    let codes: Vec<&str> = said.codes.iter().map(|code| code.code()).collect();
    let both: Vec<&str> = said
        .codes
        .iter()
        .filter(|c| FROM_BOTH_SIDES.contains(c))
        .map(|c| c.code())
        .collect();
    let mut known: BTreeMap<[u8; 16], FoundRow> = BTreeMap::new();
    let mut rows = query!(db, reconciling::findings_about(&ids, &codes))?;
    rows.extend(query!(db, reconciling::findings_beside(&ids, &both))?);
    known.extend(rows.into_iter().map(|row| (row.id, row)));
    let found: BTreeMap<[u8; 16], &Found> = said.found.iter().map(|found| (found.id(), found)).collect();
    let decided = decided(db, rules, said.catalog, &found)?;
    let mut changes: Vec<Change<'_>> = Vec::new();
    for (id, found) in &found {
        let basis = found.basis();
        let is_decided = decided.get(id).is_some_and(|bases| bases.contains(&basis));
        changes.extend(opened(*id, found, basis, is_decided, known.get(id), said, now_ms));
    }
    let lost = |row: &&FoundRow| row.closed_ms.is_none() && !found.contains_key(&row.id);
    changes.extend(known.values().filter(lost).filter_map(|row| closed(row, now_ms)));
    changes.sort_unstable_by_key(|change| change.id);
    write(db, now_ms, &changes)?;
    also(db, said, &changes)?;
    let blocking: BTreeSet<&str> = rules.blocking().map(RuleCode::code).collect();
    let freed = changes.iter().filter(|change| blocking.contains(change.code));
    let sides = freed
        .flat_map(|change| [change.record, change.neighbour])
        .flatten()
        .map(RecordId);
    // The records themselves pass the next steps in this very turn.
    let mut others: BTreeSet<RecordId> = sides.filter(|side| !said.units.contains_key(side)).collect();
    others.extend(freed_by_decisions(db, rules, said, &blocking, &known)?);
    let others: Vec<(RecordId, i64)> = others.into_iter().map(|side| (side, 0)).collect();
    look_at(db, &others)
}

/// Sessions on the other side of what people decided that still wait for it: the push that decides moves one record only.
fn freed_by_decisions(
    db: &mut Db<'_>,
    rules: &Rules,
    said: &Said<'_>,
    blocking_codes: &BTreeSet<&str>,
    known: &BTreeMap<[u8; 16], FoundRow>,
) -> StoreResult<BTreeSet<RecordId>> {
    let is_decided = |row: &&FoundRow| row.closed_ms.is_some() && row.closed_why.as_deref() == Some(DECIDED);
    let blocks = |row: &&FoundRow| row.neighbour.is_some() && blocking_codes.contains(row.code.as_str());
    let sides = known.values().filter(is_decided).filter(blocks);
    let sides = sides
        .flat_map(|row| [row.record, row.neighbour])
        .flatten()
        .map(RecordId::from);
    let mut sessions = BTreeSet::new();
    for side in sides.filter(|side| !said.units.contains_key(side)) {
        sessions.extend(query!(db, ledger::sessions_of(side))?);
        sessions.insert(side);
    }
    if sessions.is_empty() {
        return Ok(sessions);
    }
    let open = blocking(db, rules, &sessions)?;
    let mut freed = BTreeSet::new();
    for session in sessions {
        let waits = query!(db, ledger::claim_of(session))?.map_or_else(String::new, |claim| claim.reasons);
        let still = |code: &String| open.get(&session).is_some_and(|open| open.contains(code));
        let gone = |reason: &Reason| matches!(reason, Reason::Finding(code) if !still(code));
        if waits.split(',').filter_map(Reason::parse).any(|reason| gone(&reason)) {
            freed.insert(session);
        }
    }
    Ok(freed)
}

/// The bases on which people decided about findings. Where hours wait for it, nobody decides in his own matter: such a
/// decision counts for nothing, and the finding opens again.
fn decided(
    db: &mut Db<'_>,
    rules: &Rules,
    catalog: &Catalog,
    found: &BTreeMap<[u8; 16], &Found>,
) -> StoreResult<HashMap<[u8; 16], BTreeSet<[u8; 32]>>> {
    let ids: Vec<&[u8]> = found.keys().map(<[u8; 16]>::as_slice).collect();
    let mut decided: HashMap<[u8; 16], BTreeSet<[u8; 32]>> = HashMap::new();
    if ids.is_empty() {
        return Ok(decided);
    }
    let blocking: BTreeSet<RuleCode> = rules.blocking().collect();
    for decision in query!(db, reconciling::decided(&ids))? {
        let id = decision.finding;
        let Some(about) = found.get(&id) else { continue };
        if blocking.contains(&about.code) {
            let author = query!(db, feeds::provenance(decision.device, decision.seq))?;
            let mut involved = parties(db, catalog, about.record)?;
            if let Some(other) = about.neighbour {
                involved.extend(parties(db, catalog, other)?);
            }
            if author.is_some_and(|(member, _)| involved.contains(&member)) {
                continue;
            }
        }
        decided.entry(id).or_default().insert(decision.basis);
    }
    Ok(decided)
}

/// How a finding whose cause is there changes, if it does.
fn opened<'s>(
    id: [u8; 16],
    found: &Found,
    basis: [u8; 32],
    is_decided: bool,
    known: Option<&FoundRow>,
    said: &'s Said<'_>,
    now_ms: i64,
) -> Option<Change<'s>> {
    let detail = found.detail();
    if let Some(row) = known {
        let same = row.basis == Some(Fixed(basis)) && row.detail.as_deref() == Some(detail.as_str());
        let fits = match is_decided {
            true => row.closed_ms.is_some() && row.closed_why.as_deref() == Some(DECIDED),
            false => row.closed_ms.is_none(),
        };
        if same && fits {
            return None;
        }
    }
    let closed_ms = is_decided.then(|| known.and_then(|row| row.closed_ms).unwrap_or(now_ms));
    Some(Change {
        id,
        code: found.code.code(),
        new: known.is_none(),
        unit: said.units.get(&found.record).map(String::as_str),
        record: Some(found.record.0),
        neighbour: found.neighbour.map(|id| id.0),
        op: found.op.map(|(device, seq)| (device.0, seq as i64)),
        closed_ms,
        why: is_decided.then_some(DECIDED),
        basis,
        detail,
    })
}

/// How a finding whose cause is gone changes.
fn closed<'s>(row: &FoundRow, now_ms: i64) -> Option<Change<'s>> {
    let code = RuleCode::parse(&row.code)?.code();
    Some(Change {
        id: row.id,
        code,
        new: false,
        unit: None,
        record: row.record.map(|id| id.0),
        neighbour: row.neighbour.map(|id| id.0),
        op: None,
        closed_ms: Some(now_ms),
        why: Some(GONE),
        // What an earlier program found has no basis; nothing can be decided about it any more.
        basis: row.basis.map_or([0; 32], |basis| basis.0),
        detail: row.detail.clone().unwrap_or_else(|| "{}".to_owned()),
    })
}

/// Writes what changed, in the order of ids, so that two transactions never wait for each other.
fn write(db: &mut Db<'_>, now_ms: i64, changes: &[Change<'_>]) -> StoreResult<()> {
    let new: Vec<&Change<'_>> = changes.iter().filter(|change| change.new).collect();
    let columns = vec![
        ("id", Column::Bytes(new.iter().map(|c| Some(c.id.as_slice())).collect())),
        ("code", Column::Text(new.iter().map(|c| Some(c.code)).collect())),
        ("unit", Column::Text(new.iter().map(|c| c.unit).collect())),
        (
            "record",
            Column::Bytes(
                new.iter()
                    .map(|c| c.record.as_ref().map(<[u8; 16]>::as_slice))
                    .collect(),
            ),
        ),
        (
            "device",
            Column::Bytes(new.iter().map(|c| c.op.as_ref().map(|op| op.0.as_slice())).collect()),
        ),
        ("seq", Column::Long(new.iter().map(|c| c.op.map(|op| op.1)).collect())),
        ("opened_ms", Column::Long(new.iter().map(|_| Some(now_ms)).collect())),
        ("closed_ms", Column::Long(new.iter().map(|c| c.closed_ms).collect())),
    ];
    query!(db, locks::write(&Bulk::new(Verb::Insert, "finding", 1, columns)))?;
    // The first opening stays what it was.
    let old: Vec<&Change<'_>> = changes.iter().filter(|change| !change.new).collect();
    let columns = vec![
        ("id", Column::Bytes(old.iter().map(|c| Some(c.id.as_slice())).collect())),
        ("closed_ms", Column::Long(old.iter().map(|c| c.closed_ms).collect())),
    ];
    query!(db, locks::write(&Bulk::new(Verb::Update, "finding", 1, columns)))?;
    let neighbour = |c: &'_ Change<'_>| c.neighbour;
    let neighbours: Vec<Option<[u8; 16]>> = changes.iter().map(neighbour).collect();
    let columns = vec![
        (
            "finding",
            Column::Bytes(changes.iter().map(|c| Some(c.id.as_slice())).collect()),
        ),
        (
            "basis",
            Column::Bytes(changes.iter().map(|c| Some(c.basis.as_slice())).collect()),
        ),
        (
            "neighbour",
            Column::Bytes(
                neighbours
                    .iter()
                    .map(|n| n.as_ref().map(<[u8; 16]>::as_slice))
                    .collect(),
            ),
        ),
        (
            "detail",
            Column::Text(changes.iter().map(|c| Some(c.detail.as_str())).collect()),
        ),
        (
            "updated_ms",
            Column::Long(changes.iter().map(|_| Some(now_ms)).collect()),
        ),
        ("closed_why", Column::Text(changes.iter().map(|c| c.why).collect())),
    ];
    query!(db, locks::write(&Bulk::new(Verb::Upsert, "finding_fact", 1, columns)))
}

/// Says of new findings between two units that they concern the other one as well.
fn also(db: &mut Db<'_>, said: &Said<'_>, changes: &[Change<'_>]) -> StoreResult<()> {
    let pairs: Vec<(&Change<'_>, RecordId)> = changes
        .iter()
        .filter(|change| change.new)
        .filter_map(|change| Some((change, RecordId(change.neighbour?))))
        .collect();
    if pairs.is_empty() {
        return Ok(());
    }
    let mut units: HashMap<RecordId, String> = HashMap::new();
    let sides = pairs
        .iter()
        .flat_map(|(change, other)| change.record.map(RecordId).into_iter().chain([*other]));
    let unknown: Vec<RecordId> = sides.filter(|side| !said.units.contains_key(side)).collect();
    let ids: Vec<&[u8]> = unknown.iter().map(|id| id.0.as_slice()).collect();
    if !ids.is_empty() {
        units.extend(
            query!(db, records::by_ids(&ids))?
                .into_iter()
                .map(|row| (row.id, row.unit)),
        );
    }
    let unit = |record: &RecordId| said.units.get(record).or_else(|| units.get(record)).map(String::as_str);
    let mut homeless = Vec::new();
    let mut rows = Vec::new();
    for (change, other) in &pairs {
        let record = change.record.map(RecordId);
        let own = record.as_ref().and_then(unit);
        if change.unit.is_none() {
            homeless.extend(own.map(|own| (change.id.as_slice(), own)));
        }
        rows.extend(
            unit(other)
                .filter(|other| own.is_some_and(|own| own != *other))
                .map(|unit| (unit, change.id.as_slice())),
        );
    }
    // A pair found from its neighbour's side: the record's unit was not at hand when it was written.
    let columns = vec![
        ("id", Column::Bytes(homeless.iter().map(|r| Some(r.0)).collect())),
        ("unit", Column::Text(homeless.iter().map(|r| Some(r.1)).collect())),
    ];
    query!(db, locks::write(&Bulk::new(Verb::Update, "finding", 1, columns)))?;
    let columns = vec![
        ("unit", Column::Text(rows.iter().map(|r| Some(r.0)).collect())),
        ("finding", Column::Bytes(rows.iter().map(|r| Some(r.1)).collect())),
    ];
    query!(
        db,
        locks::write(&Bulk::new(Verb::InsertMissing, "finding_also", 2, columns))
    )
}

/// The codes of the open findings that keep hours from being posted, session by session: those about the session and
/// those about what observers state of it.
pub fn blocking(
    db: &mut Db<'_>,
    rules: &Rules,
    sessions: &BTreeSet<RecordId>,
) -> StoreResult<BTreeMap<RecordId, BTreeSet<String>>> {
    let ids: Vec<&[u8]> = sessions.iter().map(|id| id.0.as_slice()).collect();
    let stated = query!(db, ledger::attesting(&ids))?;
    let mut concern: BTreeMap<RecordId, BTreeSet<RecordId>> = BTreeMap::new();
    for (about, session) in stated.into_iter().chain(sessions.iter().map(|id| (*id, *id))) {
        concern.entry(about).or_default().insert(session);
    }
    let ids: Vec<&[u8]> = concern.keys().map(|id| id.0.as_slice()).collect();
    let codes: Vec<&str> = rules.blocking().map(RuleCode::code).collect();
    let both = |code: &&str| FROM_BOTH_SIDES.iter().any(|rule| rule.code() == *code);
    let both: Vec<&str> = codes.iter().copied().filter(both).collect();
    let mut rows = query!(db, reconciling::findings_about(&ids, &codes))?;
    rows.extend(query!(db, reconciling::findings_beside(&ids, &both))?);
    let mut blocking: BTreeMap<RecordId, BTreeSet<String>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.closed_ms.is_none()) {
        let sides = [row.record, row.neighbour].into_iter().flatten().map(RecordId::from);
        for session in sides.filter_map(|side| concern.get(&side)).flatten() {
            blocking.entry(*session).or_default().insert(row.code.clone());
        }
    }
    Ok(blocking)
}
