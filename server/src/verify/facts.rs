//! What deadlines and figures are told from records: numbers without a gap, and every record told again.
//!
//! No fact is ever changed: what was told otherwise before is taken back by a row of its own. So all rows of a record
//! add up to what it tells now, and a changed row leaves a difference. When a row was told follows from the record's
//! operations alone.

use std::collections::{BTreeMap, HashMap};

use sync_protocol::id::RecordId;

use super::{Kind, PAGE, Place, Run};
use crate::deadlines;
use crate::derived::{Law, Story, is_told_by, tell};
use crate::figures::facts::{self, Fact};
use crate::query;
use crate::store::rows::{DeadlineRow, FactQuery, FactRow, RecordRow, WayRow};
use crate::store::{Db, StoreError, StoreResult};
use crate::sync::ACCEPTED;

/// Walks along the facts, then along the records.
pub(super) fn check(db: &mut Db<'_>, run: &mut Run<'_>, law: &Law) -> StoreResult<()> {
    numbers(db, run)?;
    run.report.told_otherwise = !is_told_by(db, law)?;
    let told_alike = !run.report.told_otherwise;
    let mut after: Vec<u8> = Vec::new();
    loop {
        let rows = query!(db, inspect::records_after(&after, PAGE as i64))?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id.0.to_vec();
        page(db, run, law, &rows, told_alike)?;
    }
}

/// Dense from 1 to what the order says, each of a stored record.
fn numbers(db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
    let mut next = 1;
    loop {
        let later = FactQuery {
            codes: None,
            units: None,
            days: (i64::MIN, i64::MAX),
            numbers: (next - 1, i64::MAX),
            at: None,
        };
        let rows = query!(db, facts::page(later, PAGE as i64))?;
        if rows.is_empty() {
            break;
        }
        let ids: Vec<&[u8]> = rows.iter().map(|row| row.record.0.as_slice()).collect();
        let records = query!(db, records::by_ids(&ids))?;
        let unit_of: HashMap<RecordId, &str> = records.iter().map(|row| (row.id, row.unit.as_str())).collect();
        for row in &rows {
            if row.number != next {
                run.fault(Kind::FactNumber, Place::Fact(next));
            }
            next = row.number + 1;
            if unit_of.get(&row.record) != Some(&row.unit.as_str()) {
                run.fault(Kind::FactDiffers, Place::Fact(row.number));
            }
        }
        run.count("facts", rows.len() as u64);
    }
    if query!(db, figures::number_of(facts::ORDER))? != next - 1 {
        run.fault(Kind::FactNumber, Place::Fact(next));
    }
    Ok(())
}

fn page(db: &mut Db<'_>, run: &mut Run<'_>, law: &Law, rows: &[RecordRow], told_alike: bool) -> StoreResult<()> {
    let ids: Vec<&[u8]> = rows.iter().map(|row| row.id.0.as_slice()).collect();
    let mut facts: HashMap<RecordId, Vec<FactRow>> = HashMap::new();
    for row in query!(db, facts::of_records(&ids))? {
        facts.entry(row.record).or_default().push(row);
    }
    let mut ways: HashMap<RecordId, Vec<WayRow>> = HashMap::new();
    for way in query!(db, figures::ways(&ids, ACCEPTED))? {
        if let Some(record) = way.record {
            ways.entry(record.into()).or_default().push(way);
        }
    }
    for row in rows {
        let ways = ways.get(&row.id).map_or(&[][..], Vec::as_slice);
        for fact in facts.get(&row.id).into_iter().flatten() {
            if !is_of_its_time(fact, ways) {
                run.fault(Kind::FactTime, Place::Fact(fact.number));
            }
        }
    }
    if !told_alike {
        return Ok(());
    }
    let mut due: HashMap<RecordId, Vec<DeadlineRow>> = HashMap::new();
    for row in query!(db, deadlines::of_records(&ids))? {
        due.entry(row.record).or_default().push(row);
    }
    let units: Vec<&str> = rows.iter().map(|row| row.unit.as_str()).collect();
    let marks: HashMap<String, i64> = query!(db, ledger::marks(&units))?.into_iter().collect();
    let passed = |row: &&RecordRow| marks.get(&row.unit).is_some_and(|mark| *mark >= row.pos);
    let passed: Vec<RecordRow> = rows.iter().filter(passed).cloned().collect();
    for story in stories(db, law, &passed)? {
        let stored = facts.remove(&story.row.id).unwrap_or_default();
        adds_up(run, law, &story, &stored);
        let mut stored = due.remove(&story.row.id).unwrap_or_default();
        let mut told = deadlines::derive(law, &story);
        run.count("deadlines", stored.len() as u64);
        stored.sort_unstable_by(|a, b| a.code.cmp(&b.code));
        told.sort_unstable_by(|a, b| a.code.cmp(&b.code));
        if stored != told {
            run.fault(Kind::Deadline, Place::Record(story.row.id));
        }
    }
    Ok(())
}

/// The stories of records; one that cannot be told was named where its record or operation stands.
fn stories<'l>(db: &mut Db<'_>, law: &'l Law, rows: &'l [RecordRow]) -> StoreResult<Vec<Story<'l>>> {
    match tell(db, law, rows) {
        Err(StoreError::Corrupt) => {}
        told => return told,
    }
    let mut stories = Vec::new();
    for row in rows {
        match tell(db, law, std::slice::from_ref(row)) {
            Ok(told) => stories.extend(told),
            Err(StoreError::Corrupt) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(stories)
}

/// Whether a fact was told when one of the record's operations had arrived, not before the one at whose place it was told.
/// A later one may have come between reading the record and reading its way.
fn is_of_its_time(fact: &FactRow, ways: &[WayRow]) -> bool {
    let until = ways.iter().filter(|way| way.pos.is_some_and(|pos| pos <= fact.pos));
    let arrived = until.map(|way| way.arrival_ms).max();
    ways.iter().any(|way| way.pos == Some(fact.pos))
        && ways.iter().any(|way| way.arrival_ms == fact.at_ms)
        && arrived.is_some_and(|arrived| arrived <= fact.at_ms)
}

/// The rows of a record must add up to what it tells. A difference is put down to the last row of its kind.
fn adds_up(run: &mut Run<'_>, law: &Law, story: &Story<'_>, stored: &[FactRow]) {
    let mut balance: BTreeMap<Fact, (i64, Option<i64>)> = BTreeMap::new();
    for row in stored {
        let of = balance.entry(facts::known(row.clone())).or_default();
        of.0 += i64::from(row.sign);
        of.1 = Some(row.number);
    }
    for fact in facts::tell(law, story) {
        balance.entry(fact).or_default().0 -= 1;
    }
    for (net, last) in balance.into_values() {
        if net != 0 {
            let place = last.map_or(Place::Record(story.row.id), Place::Fact);
            run.fault(Kind::FactDiffers, place);
        }
    }
}
