//! Reading what the hours of one session depend on.

use std::collections::BTreeSet;

use crdts::CmRDT as _;
use sync_protocol::catalog::{Attests, Catalog, Kind, Ledger, STATE_FIELD};
use sync_protocol::clock::clock_of;
use sync_protocol::hours;
use sync_protocol::id::{MemberId, RecordId, UnitCode};
use sync_protocol::record::{Change, Record};
use sync_protocol::value::Value;

use super::facts::{Account, Attestation, Order, Posted, Step, field, id, instant, state_of};
use super::hand::{Hands, read};
use super::witness::Statement;
use crate::accounts::scope::Grid;
use crate::query;
use crate::store::rows::{OpRow, PostingRow, RecordRow};
use crate::store::{Db, StoreError, StoreResult};
use crate::sync::effect::Effect;
use crate::sync::{ACCEPTED, rights};

/// A session and everything around it.
#[derive(Debug)]
pub struct Gathered<'c> {
    /// Its kind.
    pub kind: &'c Kind,
    /// The ledger to which it posts.
    pub ledger: Ledger,
    /// Its row.
    pub row: RecordRow,
    /// It, merged.
    pub record: Record,
    /// Its accepted operations that wrote its state.
    pub steps: Vec<Step>,
    /// Its arrangement.
    pub order: Option<Order>,
    /// How it is attested.
    pub attests: Option<&'c Attests>,
    /// What observers stated.
    pub attestations: Vec<Attestation>,
    /// What was posted.
    pub posted: Vec<PostingRow>,
    /// Who wrote the present values that count towards the hours.
    pub writers: BTreeSet<MemberId>,
    /// Whose own hours they are to be may claim some there.
    pub holds: bool,
}

/// The kind that attests `session`, and how.
pub fn attesting<'c>(catalog: &'c Catalog, session: &str) -> Option<(&'c Kind, &'c Attests)> {
    let target = |kind: &Kind, attests: &Attests| kind.field(&attests.link).and_then(|f| f.target.clone());
    catalog.kinds().values().find_map(|kind| {
        let attests = kind.attests.as_ref()?;
        (target(kind, attests).as_deref() == Some(session)).then_some((kind, attests))
    })
}

/// Gathers a session; none where the record posts no hours.
pub fn gather<'c>(
    db: &mut Db<'_>,
    catalog: &'c Catalog,
    grid: &Grid,
    row: RecordRow,
) -> StoreResult<Option<Gathered<'c>>> {
    let Some((kind, ledger)) = catalog.kinds().get(&row.kind).and_then(|k| Some((k, k.ledger?))) else {
        return Ok(None);
    };
    let record = unpack(&row)?;
    let attesting = attesting(catalog, &row.kind);
    let ops = query!(db, feeds::of_record(row.id))?;
    let hands = Hands::of(db, &ops)?;
    let steps = steps(&row, &ops)?;
    Ok(Some(Gathered {
        kind,
        ledger,
        writers: writers(kind, &record, &hands),
        holds: holds(db, grid, (&row, kind, &record), &steps)?,
        steps,
        order: order(db, &record)?,
        attests: attesting.map(|(_, attests)| attests),
        attestations: match attesting {
            Some((by, attests)) => attestations(db, grid, &row, by, attests)?,
            None => Vec::new(),
        },
        posted: query!(db, ledger::of_session(row.id))?,
        record,
        row,
    }))
}

/// Who wrote the present values that count towards the hours, and what the person who served says of them.
fn writers(kind: &Kind, record: &Record, hands: &Hands) -> BTreeSet<MemberId> {
    let names = hours::counting(kind).chain([field::CONFIRMED]);
    let entries = names.flat_map(|name| record.values(name));
    entries.filter_map(|entry| hands.wrote(&entry.dot)).collect()
}

/// Whether whose hours they are to be was somebody, from the session's beginning until the last step, who may claim hours in its unit.
fn holds(
    db: &mut Db<'_>,
    grid: &Grid,
    (row, kind, record): (&RecordRow, &Kind, &Record),
    steps: &[Step],
) -> StoreResult<bool> {
    let (Some(member), Some(from_ms)) = (id(record, field::VOLUNTEER), instant(record, field::STARTED)) else {
        return Ok(false);
    };
    let until_ms = steps.last().map_or(i64::MAX, |step| step.arrival_ms);
    let appointments = query!(db, feeds::appointments(&[member.as_slice()]))?;
    let unit: UnitCode = row.unit.parse().map_err(|_| StoreError::Corrupt)?;
    let held = rights::roles_between(grid, &appointments, &unit, (from_ms, until_ms));
    Ok(!held.is_disjoint(&kind.write.create))
}

fn unpack(row: &RecordRow) -> StoreResult<Record> {
    Record::unpack(&row.state).map_err(|_| StoreError::Corrupt)
}

/// The accepted operations that wrote the state, each with the state that it left: those that are in the record as it
/// was read, and no later ones.
pub fn steps(record: &RecordRow, ops: &[OpRow]) -> StoreResult<Vec<Step>> {
    let mut states = Record::default();
    let mut steps = Vec::new();
    for row in ops
        .iter()
        .filter(|row| row.state == ACCEPTED && row.pos <= Some(record.pos))
    {
        let effect = Effect::from_text(row.effect.as_deref())?;
        // What is only proposed has written nothing.
        let Some(state) = effect.state.filter(|_| !effect.proposal) else {
            continue;
        };
        let op = read(row)?;
        let seen = effect
            .seen
            .map_or_else(|| op.seen.clone(), |seen| clock_of(seen.iter().map(|(d, s)| (*d, *s))));
        let mut change = Change::new(op.dot(row.device), seen).at(row.pos.unwrap_or(0).max(0) as u64);
        change.blind = effect.blind;
        states.apply(change.set(STATE_FIELD, Value::Text(state)));
        steps.push(Step {
            dot: (row.device, op.seq),
            member: row.member,
            act: op.act.map(|act| act.name),
            approves: op.approves,
            settled: state_of(&states).map(str::to_owned),
            written_ms: row.written_ms.unwrap_or(row.arrival_ms),
            arrival_ms: row.arrival_ms,
        });
    }
    Ok(steps)
}

fn order(db: &mut Db<'_>, session: &Record) -> StoreResult<Option<Order>> {
    let Some(id) = id(session, field::ORDER) else {
        return Ok(None);
    };
    let Some(row) = query!(db, records::by_ids(&[id.as_slice()]))?.pop() else {
        return Ok(None);
    };
    let ops = query!(db, feeds::of_record(row.id))?;
    Ok(Some(Order::of(&unpack(&row)?, &steps(&row, &ops)?)))
}

fn attestations(
    db: &mut Db<'_>,
    grid: &Grid,
    session: &RecordRow,
    kind: &Kind,
    attests: &Attests,
) -> StoreResult<Vec<Attestation>> {
    let ids = query!(db, ledger::attestations_of(session.id))?;
    let ids: Vec<&[u8]> = ids.iter().map(|id| id.0.as_slice()).collect();
    let mut rows = query!(db, records::by_ids(&ids))?;
    rows.retain(|row| row.kind == kind.kind);
    rows.sort_by_key(|row| row.id);
    let unit: UnitCode = session.unit.parse().map_err(|_| StoreError::Corrupt)?;
    let mut statements = Vec::with_capacity(rows.len());
    for row in &rows {
        statements.push(Statement::read(db, kind, row)?);
    }
    let mut all = Vec::with_capacity(rows.len());
    for (row, statement) in rows.iter().zip(&statements) {
        let others = statements.iter().filter(|other| other.observer != statement.observer);
        let witness = statement.witness(db, grid, kind, &unit, others.filter_map(|other| other.first_ms).min())?;
        all.push(Attestation::of(
            attests,
            session.id,
            (row.id, &statement.record),
            witness,
        ));
    }
    Ok(all)
}

impl TryFrom<&PostingRow> for Posted {
    type Error = StoreError;

    fn try_from(row: &PostingRow) -> StoreResult<Posted> {
        let account = match (row.member, row.subject) {
            (Some(member), None) => Account::Member(member.into()),
            (None, Some(subject)) => Account::Subject(RecordId::from(subject)),
            _ => return Err(StoreError::Corrupt),
        };
        Ok(Posted {
            number: row.number,
            round: row.round,
            account,
            minutes: row.minutes,
            digest: row.digest,
            by: (row.approved_device, row.approved_seq as u64),
            reverses: row.reverses,
        })
    }
}
