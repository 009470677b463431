//! Each record, merged anew from its operations.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crdts::CmRDT as _;
use sync_protocol::id::{MemberId, RecordId};
use sync_protocol::op::{self, Op, Parsed};
use sync_protocol::record::Record;

use super::{Kind, PAGE, Place, Run, draws, postings};
use crate::query;
use crate::store::rows::{OpRow, RecordRow, SightRow};
use crate::store::{Db, StoreResult};
use crate::sync::effect::{self, Effect};
use crate::sync::{ACCEPTED, assigned, links};

/// What hangs on a page of records.
struct Around {
    ops: HashMap<RecordId, Vec<OpRow>>,
    sight: HashMap<RecordId, BTreeSet<SightRow>>,
    links: HashMap<RecordId, BTreeSet<RecordId>>,
}

pub(super) fn check(db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
    let mut after: Vec<u8> = Vec::new();
    loop {
        let rows = query!(db, inspect::records_after(&after, PAGE as i64))?;
        let Some(last) = rows.last() else { break };
        after = last.id.0.to_vec();
        page(db, run, &rows)?;
        run.count("records", rows.len() as u64);
    }
    for (device, seq) in query!(db, inspect::ops_without_record(ACCEPTED))? {
        run.fault(Kind::OpWithoutRecord, Place::Op(device.into(), seq));
    }
    for record in query!(db, inspect::sight_without_record())? {
        run.fault(Kind::SightWithoutRecord, Place::Record(record.into()));
    }
    Ok(())
}

fn page(db: &mut Db<'_>, run: &mut Run<'_>, rows: &[RecordRow]) -> StoreResult<()> {
    let mut around = read(db, rows)?;
    draws::covered(db, run, rows, &around.ops)?;
    let mut states: BTreeMap<RecordId, Record> = BTreeMap::new();
    for row in rows {
        let tally = run.tallies.entry((row.unit.clone(), row.kind.clone())).or_default();
        tally.add(&row.id, row.pos as u64);
        let ops = around.ops.remove(&row.id).unwrap_or_default();
        // Who sees a record follows from what it ought to be; what cannot be merged was named already.
        if let Some(state) = merge(db, run, row, &ops)? {
            states.insert(row.id, state);
        }
    }
    postings::covered(db, run, rows, &states)?;
    sight(db, run, rows, &states, &mut around)
}

fn read(db: &mut Db<'_>, rows: &[RecordRow]) -> StoreResult<Around> {
    let ids: Vec<&[u8]> = rows.iter().map(|row| row.id.0.as_slice()).collect();
    let mut around = Around {
        ops: HashMap::new(),
        sight: HashMap::new(),
        links: HashMap::new(),
    };
    for op in query!(db, inspect::ops_on(&ids, ACCEPTED))? {
        if let Some(record) = op.record {
            around.ops.entry(record.into()).or_default().push(op);
        }
    }
    for row in query!(db, inspect::sight(&ids))? {
        around.sight.entry(row.record).or_default().insert(row);
    }
    for (source, target) in query!(db, records::links(&ids))? {
        around.links.entry(source).or_default().insert(target);
    }
    Ok(around)
}

/// Merges the record from its operations and compares.
fn merge(db: &mut Db<'_>, run: &mut Run<'_>, row: &RecordRow, ops: &[OpRow]) -> StoreResult<Option<Record>> {
    let place = Place::Record(row.id);
    let (Some(first), Some(last)) = (ops.first(), ops.last()) else {
        run.fault(Kind::RecordWithoutOp, place);
        return Ok(None);
    };
    if last.pos != Some(row.pos) {
        run.fault(Kind::RecordPos, place.clone());
    }
    let mut merged = Record::default();
    let mut readable = true;
    for row in ops {
        match change_of(run, row) {
            Some(change) => merged.apply(change),
            None => {
                readable = false;
                run.fault(Kind::OpUnreadable, Place::Op(row.device, row.seq));
            }
        }
    }
    let creator = match op_of(first) {
        Some(op) => creator(db, first, &op)?,
        None => first.member,
    };
    let same_kind = first.kind.as_ref() == Some(&row.kind) && first.unit.as_ref() == Some(&row.unit);
    if !same_kind || creator != row.creator {
        run.fault(Kind::RecordIdentity, place.clone());
    }
    if merged.pack().ok().as_ref() != Some(&row.state) {
        run.fault(Kind::RecordState, place);
    }
    Ok(readable.then_some(merged))
}

fn op_of(row: &OpRow) -> Option<Op> {
    match op::read(std::str::from_utf8(&row.body).ok()?).0 {
        Parsed::Op(op) => Some(*op),
        Parsed::Withheld(_) | Parsed::Unreadable(_) => None,
    }
}

fn change_of(run: &Run<'_>, row: &OpRow) -> Option<sync_protocol::record::Change> {
    let effect = Effect::from_text(row.effect.as_deref()).ok()?;
    effect::change(run.catalog, &op_of(row)?, row.device, row.pos?, &effect).ok()
}

/// Whose record it is: what is issued again stays its first author's.
fn creator(db: &mut Db<'_>, row: &OpRow, op: &Op) -> StoreResult<MemberId> {
    let Some(reissues) = &op.reissues else {
        return Ok(row.member);
    };
    let original = query!(db, feeds::op(reissues.device, reissues.seq as i64))?;
    Ok(original
        .filter(|original| original.hash == reissues.hash)
        .map_or(row.member, |original| original.member))
}

/// Who sees the records of a page and what they are linked to.
fn sight(
    db: &mut Db<'_>,
    run: &mut Run<'_>,
    rows: &[RecordRow],
    states: &BTreeMap<RecordId, Record>,
    around: &mut Around,
) -> StoreResult<()> {
    let catalog = run.catalog;
    let mut wanted: BTreeMap<RecordId, BTreeSet<RecordId>> = BTreeMap::new();
    for row in rows {
        if let (Some(state), Some(kind)) = (states.get(&row.id), catalog.kinds().get(&row.kind)) {
            wanted.insert(row.id, links(kind, state));
        }
    }
    let targets: BTreeSet<RecordId> = wanted.values().flatten().copied().collect();
    let ids: Vec<&[u8]> = targets.iter().map(|id| id.0.as_slice()).collect();
    let mut through: HashMap<RecordId, BTreeSet<MemberId>> = HashMap::new();
    for chunk in ids.chunks(PAGE) {
        for target in query!(db, records::by_ids(chunk))? {
            // A target that does not read is named where it stands.
            if let (Ok(state), Some(kind)) = (Record::unpack(&target.state), catalog.kinds().get(&target.kind)) {
                through.insert(target.id, assigned(kind, &state));
            }
        }
    }
    for row in rows {
        let (Some(state), Some(kind)) = (states.get(&row.id), catalog.kinds().get(&row.kind)) else {
            continue;
        };
        let links = wanted.remove(&row.id).unwrap_or_default();
        let mut viewers = assigned(kind, state);
        viewers.insert(row.creator);
        links
            .iter()
            .filter_map(|target| through.get(target))
            .for_each(|members| viewers.extend(members));
        let sight = |member: &MemberId| SightRow {
            record: row.id,
            member: *member,
            unit: row.unit.clone(),
        };
        let expected: BTreeSet<SightRow> = viewers.iter().map(sight).collect();
        let stored = around.sight.remove(&row.id).unwrap_or_default();
        run.count("viewers", stored.len() as u64);
        if stored != expected {
            run.fault(Kind::RecordViewers, Place::Record(row.id));
        }
        let stored = around.links.remove(&row.id).unwrap_or_default();
        run.count("links", stored.len() as u64);
        if stored != links {
            run.fault(Kind::RecordLinks, Place::Record(row.id));
        }
    }
    Ok(())
}
