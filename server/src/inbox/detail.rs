//! One finding with all that somebody needs to decide it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};
use sync_protocol::id::{DeviceId, MemberId, RecordId, Seq, UnitCode};
use sync_protocol::op::{self, Parsed};
use sync_protocol::rules::Rules;

use super::list::{Line, lines};
use super::sight::{Known, sights};
use crate::blobs::evidence::{self, Listed};
use crate::query;
use crate::store::rows::{AccessRow, FindingDecisionRow, FindingQuery, RecordRow};
use crate::store::{Db, StoreError, StoreResult};
use crate::sync::SyncError;
use crate::sync::desk::{self, Looker, OpLine};
use crate::sync::findings::OF_THE_DESK;
use crate::sync::rights::reads_field;
use crate::sync::sheet::{self, Sheet};

/// Most records that are laid open beside each other; further ones are only named.
const SHEETS: usize = 6;
/// Most earlier decisions that are shown.
const DECISIONS: i64 = 20;

/// What a rule saw, as far as the looker may know of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Saw {
    /// Figures; empty where a record takes part that he does not read.
    pub figures: Map<String, Json>,
    /// The limits that applied.
    pub limits: Map<String, Json>,
    /// Of each record that he reads what was seen of it.
    pub sides: BTreeMap<RecordId, Json>,
}

/// What was decided about it before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The operation: its device.
    pub device: DeviceId,
    /// Its number.
    pub seq: Seq,
    /// Who decided.
    pub by: MemberId,
    /// When, ms.
    pub at_ms: i64,
    /// The conclusion's code.
    pub conclusion: String,
    /// Why, if the looker reads the record on which it was written.
    pub reason: Option<String>,
    /// What the finding stood on then.
    pub basis: [u8; 32],
}

/// One finding with all that somebody needs to decide it.
pub struct Case {
    /// The finding.
    pub line: Line,
    /// What the rule saw; absent where none wrote it down, or where the looker may not know.
    pub saw: Option<Saw>,
    /// Records that take part, laid open, with their photos: its own first.
    pub sheets: Vec<(Sheet, Vec<Listed>)>,
    /// Records that take part and are not laid open for being too many.
    pub further: Vec<RecordId>,
    /// The operation that it is about.
    pub op: Option<OpLine>,
    /// Earlier decisions, the latest first.
    pub decisions: Vec<Decided>,
    /// What all this discloses of sensitive fields: to be written down before it is sent.
    pub readings: Vec<AccessRow>,
}

/// Opens a finding. One that the looker may not see and one that is not there answer alike. `db` is one snapshot.
pub fn open(db: &mut Db<'_>, rules: &Rules, looker: Looker<'_>, id: [u8; 16], now_ms: i64) -> Result<Case, SyncError> {
    let sights = sights(looker, None);
    let query = FindingQuery {
        member: &looker.member.0,
        sights: &sights,
        desk_codes: &OF_THE_DESK,
        mine: false,
        id: Some(&id),
        codes: None,
        record: None,
        kind: None,
        opened_before_ms: None,
        standing: None,
        after: None,
    };
    let rows = query!(db, finding_lists::page(&query, 1))?;
    let mut line = lines(db, looker, rows)?.pop().ok_or(SyncError::NotFound)?;
    let detail = query!(db, finding_lists::saw(&[id.as_slice()]))?.pop();
    let detail = detail.map(|saw| parts(&saw.detail)).transpose()?;
    let beside = detail.iter().flat_map(|(_, _, sides)| sides.keys().copied());
    let named: BTreeSet<RecordId> = line.record.into_iter().chain(line.neighbour).chain(beside).collect();
    let known = Known::of(db, looker, named.clone())?;
    let open: Vec<RecordId> = line
        .record
        .into_iter()
        .chain(line.neighbour)
        .chain(named.iter().copied())
        .filter(|id| known.read(*id).is_some())
        .fold(Vec::new(), |mut all, id| {
            if !all.contains(&id) {
                all.push(id);
            }
            all
        });
    line.hidden |= detail
        .iter()
        .any(|(_, _, sides)| sides.keys().any(|id| known.read(*id).is_none()));
    let tells = |id: &RecordId| known.read(*id).is_none_or(|row| tells(rules, looker, row));
    let told = |(figures, limits, sides): &Parts| !(figures.is_empty() && limits.is_empty() && sides.is_empty());
    let saw = detail
        .filter(told)
        .filter(|_| open.iter().all(tells))
        .map(|(figures, limits, sides)| Saw {
            figures: if line.hidden { Map::new() } else { figures },
            limits,
            sides: sides.into_iter().filter(|(id, _)| open.contains(id)).collect(),
        });
    let mut readings = Vec::new();
    let mut sheets = Vec::new();
    for record in open.iter().take(SHEETS) {
        let mut sheet = sheet::lay_open(db, looker, *record, now_ms)?;
        let photos = evidence::list(db, looker, *record, now_ms)?;
        readings.extend(sheet.reading.take());
        readings.extend(photos.reading);
        sheets.push((sheet, photos.blobs));
    }
    let op = operation(db, looker, &line)?;
    Ok(Case {
        saw,
        sheets,
        further: open.into_iter().skip(SHEETS).collect(),
        op,
        decisions: decisions(db, looker, &id)?,
        readings,
        line,
    })
}

/// What a rule wrote down: figures, limits, and of each record what it saw of it.
type Parts = (Map<String, Json>, Map<String, Json>, BTreeMap<RecordId, Json>);

fn parts(detail: &str) -> StoreResult<Parts> {
    let mut detail: Map<String, Json> = serde_json::from_str(detail).map_err(|_| StoreError::Corrupt)?;
    let mut part = |name: &str| match detail.remove(name) {
        None => Ok(Map::new()),
        Some(Json::Object(part)) => Ok(part),
        Some(_) => Err(StoreError::Corrupt),
    };
    let (figures, limits, sides) = (part("figures")?, part("limits")?, part("sides")?);
    let side = |(id, saw): (String, Json)| Ok((id.parse().map_err(|_| StoreError::Corrupt)?, saw));
    Ok((
        figures,
        limits,
        sides.into_iter().map(side).collect::<StoreResult<_>>()?,
    ))
}

/// Whether the looker reads every field of the record that the rules look at.
fn tells(rules: &Rules, looker: Looker<'_>, row: &RecordRow) -> bool {
    let Some(kind) = looker.catalog.kinds().get(&row.kind) else {
        return false;
    };
    let roles = row.unit.parse().ok().and_then(|unit: UnitCode| looker.scope.get(&unit));
    let fields = rules
        .reading(&row.kind)
        .map(|reading| reading.fields(kind))
        .unwrap_or_default();
    let reads = |name: &&str| {
        let field = kind.field(name);
        field
            .zip(roles)
            .is_some_and(|(field, roles)| reads_field(kind, field, roles, looker.member, row.creator))
    };
    fields.iter().all(reads)
}

/// The operation that a finding is about. The record's sheet decides about those on a record; others are the desk's.
fn operation(db: &mut Db<'_>, looker: Looker<'_>, line: &Line) -> Result<Option<OpLine>, SyncError> {
    let Some((device, Some(seq))) = line.op else {
        return Ok(None);
    };
    let Some(row) = query!(db, feeds::op(device, seq))? else {
        return Ok(None);
    };
    let stored = match row.record {
        Some(record) => query!(db, records::by_ids(&[record.0.as_slice()]))?.pop(),
        None => None,
    };
    let unit = stored.as_ref().map(|row| &row.unit).or(row.unit.as_ref());
    let roles = unit
        .and_then(|unit| unit.parse().ok())
        .and_then(|unit: UnitCode| looker.scope.get(&unit));
    let nobody = BTreeSet::new();
    let creator = stored.as_ref().map(|row| row.creator);
    let mut shown = desk::line(looker, roles.unwrap_or(&nobody), creator, &row)?;
    if stored.as_ref().is_some_and(|row| line.record != Some(row.id)) {
        shown.says = None;
    }
    Ok(Some(shown))
}

fn decisions(db: &mut Db<'_>, looker: Looker<'_>, id: &[u8]) -> Result<Vec<Decided>, SyncError> {
    let rows = query!(db, finding_lists::decisions(id, DECISIONS))?;
    let on: BTreeSet<RecordId> = rows.iter().filter_map(|row| Some(RecordId(row.record?.0))).collect();
    let known = Known::of(db, looker, on)?;
    let decided = |row: FindingDecisionRow| {
        let read = row.record.is_some_and(|id| known.read(RecordId(id.0)).is_some());
        Decided {
            device: row.device,
            seq: row.seq as u64,
            by: row.member,
            at_ms: row.at_ms,
            reason: reason(&row.body).filter(|_| read),
            conclusion: row.conclusion,
            basis: row.basis,
        }
    };
    Ok(rows.into_iter().map(decided).collect())
}

fn reason(body: &[u8]) -> Option<String> {
    match op::read(std::str::from_utf8(body).ok()?).0 {
        Parsed::Op(op) => op.reason,
        Parsed::Withheld(_) | Parsed::Unreadable(_) => None,
    }
}
