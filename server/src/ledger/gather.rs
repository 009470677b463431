//! Reading what the hours of one session depend on.

use std::collections::BTreeSet;

use crdts::CmRDT as _;
use sync_protocol::catalog::{Attests, Catalog, Kind, Ledger, STATE_FIELD};
use sync_protocol::clock::clock_of;
use sync_protocol::hours;
use sync_protocol::id::{MemberId, RecordId, UnitCode};
use sync_protocol::record::{Change, Record};
use sync_protocol::value::Value;

use super::drawn;
use super::due::{Due, Facts, due};
use super::facts::{Account, Attestation, Order, Posted, Step, field, id, instant, state_of};
use super::hand::{Hands, read};
use super::lens::{Lens, Seen};
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

/// Gathers a session; none where the record posts no hours, or nothing of it is seen.
pub fn gather<'c>(db: &mut Db<'_>, lens: Lens<'c>, grid: &Grid, row: RecordRow) -> StoreResult<Option<Gathered<'c>>> {
    let catalog = lens.catalog;
    let Some((kind, ledger)) = catalog.kinds().get(&row.kind).and_then(|k| Some((k, k.ledger?))) else {
        return Ok(None);
    };
    let Some(Seen { row, record, ops }) = lens.see(db, row)? else {
        return Ok(None);
    };
    let attesting = attesting(catalog, &row.kind);
    let hands = Hands::of(db, &ops)?;
    let steps = steps(&row, &ops)?;
    let is_asked = ops.first().is_none_or(|op| op.arrival_ms >= lens.draws_since_ms);
    let order = order(db, lens, &record, is_asked)?;
    Ok(Some(Gathered {
        kind,
        ledger,
        writers: writers(kind, &record, &hands),
        holds: holds(db, grid, (&row, kind, &record), &steps)?,
        steps,
        attests: attesting.map(|(_, attests)| attests),
        attestations: match attesting {
            Some((by, attests)) => {
                let rows = named_by(db, lens, (row.id, by), order.as_ref())?;
                attestations(db, grid, &row, (by, attests), rows)?
            }
            None => Vec::new(),
        },
        order,
        posted: query!(db, ledger::of_session(row.id))?,
        record,
        row,
    }))
}

impl Gathered<'_> {
    /// What is due of it, with what was posted of it and the open findings that keep it back.
    pub fn due(&self, posted: &[Posted], findings: &BTreeSet<String>) -> Due {
        due(&Facts {
            kind: self.kind,
            ledger: self.ledger,
            record: &self.record,
            steps: &self.steps,
            order: self.order.as_ref(),
            attests: self.attests,
            attestations: &self.attestations,
            findings,
            posted,
            writers: &self.writers,
            holds: self.holds,
        })
    }
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

/// The arrangement of a session; `is_asked`: its observers must have been drawn.
fn order(db: &mut Db<'_>, lens: Lens<'_>, session: &Record, is_asked: bool) -> StoreResult<Option<Order>> {
    let Some(id) = id(session, field::ORDER) else {
        return Ok(None);
    };
    let Some(row) = query!(db, records::by_ids(&[id.as_slice()]))?.pop() else {
        return Ok(None);
    };
    let Some(seen) = lens.see(db, row)? else {
        return Ok(None);
    };
    let drawn = match is_asked {
        true => Some(drawn::terms(db, lens, seen.row.id)?),
        false => None,
    };
    Ok(Some(Order::of(&seen.record, &steps(&seen.row, &seen.ops)?, drawn)))
}

/// The attestations that name a session. Which sessions each names now is noted; which it named once is not, so to look back
/// one looks at everything that the arrangement's observers have attested.
fn named_by(
    db: &mut Db<'_>,
    lens: Lens<'_>,
    (session, kind): (RecordId, &Kind),
    order: Option<&Order>,
) -> StoreResult<Vec<Seen>> {
    let ids = query!(db, ledger::attestations_of(session))?;
    let ids: Vec<&[u8]> = ids.iter().map(|id| id.0.as_slice()).collect();
    let mut rows = query!(db, records::by_ids(&ids))?;
    if lens.until.is_some() {
        for observer in order.iter().flat_map(|order| &order.observers) {
            rows.extend(query!(db, draws::assigned(*observer, &kind.kind))?);
        }
    }
    rows.retain(|row| row.kind == kind.kind);
    rows.sort_by_key(|row| row.id);
    rows.dedup_by_key(|row| row.id);
    let mut seen = Vec::with_capacity(rows.len());
    for row in rows {
        seen.extend(lens.see(db, row)?);
    }
    Ok(seen)
}

fn attestations(
    db: &mut Db<'_>,
    grid: &Grid,
    session: &RecordRow,
    (kind, attests): (&Kind, &Attests),
    seen: Vec<Seen>,
) -> StoreResult<Vec<Attestation>> {
    let unit: UnitCode = session.unit.parse().map_err(|_| StoreError::Corrupt)?;
    let names = |seen: &Seen| {
        let mut values = seen.record.values(&attests.link).iter();
        values.any(|entry| entry.value == Value::Id(session.id.0))
    };
    let mut statements = Vec::with_capacity(seen.len());
    for seen in seen.into_iter().filter(names) {
        statements.push((seen.row.id, Statement::read(db, kind, seen)?));
    }
    let mut all = Vec::with_capacity(statements.len());
    for (id, statement) in &statements {
        let others = statements.iter().map(|(_, other)| other);
        let others = others.filter(|other| other.observer != statement.observer);
        let witness = statement.witness(db, grid, kind, &unit, others.filter_map(|other| other.first_ms).min())?;
        all.push(Attestation::of(attests, session.id, (*id, &statement.record), witness));
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
