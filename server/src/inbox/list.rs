//! A page of findings, and how many there are.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::id::{DeviceId, RecordId, UnitCode};
use sync_protocol::rules::{RuleCode, Rules, Severity};

use super::sight::{Known, sights};
use crate::query;
use crate::store::rows::{FindingNowRow, FindingQuery, FindingSawRow, FindingStanding};
use crate::store::{Db, StoreError, StoreResult};
use crate::sync::SyncError;
use crate::sync::desk::Looker;
use crate::sync::findings::{self, OF_THE_DESK};

/// Most findings of one page.
pub const PAGE: usize = 200;

/// A day, ms.
pub const DAY_MS: i64 = 86_400_000;
/// Where one age ends and the next begins, in days since a finding was opened.
const AGES_DAYS: [i64; 3] = [3, 7, 30];

/// What is asked of the list.
#[derive(Debug, Clone)]
pub struct Asked {
    /// How they stand.
    pub standing: FindingStanding,
    /// Of this rule only.
    pub rule: Option<RuleCode>,
    /// Of rules that matter so much only.
    pub severity: Option<Severity>,
    /// Of these units only; `None`: all in scope.
    pub units: Option<BTreeSet<UnitCode>>,
    /// Of records of this kind only.
    pub kind: Option<String>,
    /// Of this record only.
    pub record: Option<RecordId>,
    /// Opened at least so many days ago.
    pub days: Option<u32>,
    /// Of records that the looker created or is assigned to.
    pub mine: bool,
    /// After this one: when it was opened (of a list of closed ones: closed), ms, and its id.
    pub after: Option<(i64, [u8; 16])>,
    /// Most lines.
    pub limit: usize,
}

/// A finding in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its row.
    pub row: FindingNowRow,
    /// The rule.
    pub rule: RuleCode,
    /// Its unit, if the looker has a role there.
    pub unit: Option<String>,
    /// Its record, if the looker reads it or sees a refused operation that names it.
    pub record: Option<RecordId>,
    /// That record's kind.
    pub kind: Option<String>,
    /// The other record, if the looker reads it.
    pub neighbour: Option<RecordId>,
    /// A record takes part that the looker does not read.
    pub hidden: bool,
    /// The operation that it is about.
    pub op: Option<(DeviceId, Option<i64>)>,
    /// What it stands on.
    pub basis: [u8; 32],
    /// Why it is closed: `gone` or `decided`.
    pub closed_why: Option<String>,
}

/// How many there are on all pages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub all: i64,
    /// By rule.
    pub rules: BTreeMap<String, i64>,
    /// By unit; those of no unit of the looker's are not in it.
    pub units: BTreeMap<String, i64>,
    /// By age since they were opened: under 3 days, under 7, under 30, more.
    pub ages: [i64; 4],
}

/// A page of the list.
#[derive(Debug)]
pub struct Page {
    /// The lines.
    pub lines: Vec<Line>,
    /// After what the next page begins, unless this is the last: when it was opened (of a list of closed ones: closed), ms,
    /// and its id.
    pub next: Option<(i64, [u8; 16])>,
    /// Of the first page.
    pub counts: Option<Counts>,
}

/// Lists findings. `db` is one snapshot.
pub fn list(db: &mut Db<'_>, rules: &Rules, looker: Looker<'_>, asked: &Asked, now_ms: i64) -> Result<Page, SyncError> {
    let sights = sights(looker, asked.units.as_ref());
    let codes: Option<Vec<&str>> = (asked.rule.is_some() || asked.severity.is_some()).then(|| {
        let fits = |code: &&RuleCode| {
            asked.rule.is_none_or(|rule| rule == **code)
                && asked
                    .severity
                    .is_none_or(|severity| rules.rule(**code).severity == severity)
        };
        RuleCode::ALL.iter().filter(fits).map(|code| code.code()).collect()
    });
    let query = FindingQuery {
        member: &looker.member.0,
        sights: &sights,
        desk_codes: &OF_THE_DESK,
        mine: asked.mine,
        id: None,
        codes: codes.as_deref(),
        record: asked.record.as_ref().map(|id| id.0.as_slice()),
        kind: asked.kind.as_deref(),
        opened_before_ms: asked.days.map(|days| now_ms - i64::from(days) * DAY_MS),
        standing: Some(asked.standing),
        after: asked.after.as_ref().map(|(at, id)| (*at, id.as_slice())),
    };
    let limit = asked.limit.clamp(1, PAGE);
    let mut rows = query!(db, finding_lists::page(&query, limit as i64 + 1))?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let at = |row: &FindingNowRow| match asked.standing {
        FindingStanding::Open => row.opened_ms,
        _ => row.closed_ms.unwrap_or(row.opened_ms),
    };
    let next = rows.last().filter(|_| more).map(|row| (at(row), row.id));
    let counts = match asked.after {
        None => Some(counts(db, looker, &query, now_ms)?),
        Some(_) => None,
    };
    Ok(Page {
        lines: lines(db, looker, rows)?,
        next,
        counts,
    })
}

/// The rows as lines for the looker, without those about sealed persons whose records he does not read.
pub(super) fn lines(db: &mut Db<'_>, looker: Looker<'_>, rows: Vec<FindingNowRow>) -> Result<Vec<Line>, SyncError> {
    let ids: Vec<&[u8]> = rows.iter().map(|row| row.id.as_slice()).collect();
    let saw: BTreeMap<[u8; 16], FindingSawRow> = query!(db, finding_lists::saw(&ids))?
        .into_iter()
        .map(|saw| (saw.finding, saw))
        .collect();
    let own = rows.iter().filter_map(|row| row.record);
    let others = saw.values().filter_map(|saw| saw.neighbour);
    let about: BTreeSet<RecordId> = own.chain(others).map(|id| RecordId(id.0)).collect();
    let known = Known::of(db, looker, about)?;
    let beside = |row: &FindingNowRow| saw.get(&row.id).and_then(|saw| saw.neighbour);
    let is_sealed = |row: &FindingNowRow| {
        let sides = [row.record, beside(row)].into_iter().flatten();
        sides.into_iter().any(|id| known.is_sealed(RecordId(id.0)))
    };
    let shown = rows.into_iter().filter(|row| !is_sealed(row));
    let line = |row: FindingNowRow| line(looker, &known, saw.get(&row.id), row);
    Ok(shown.map(line).collect::<StoreResult<_>>()?)
}

fn line(looker: Looker<'_>, known: &Known, saw: Option<&FindingSawRow>, row: FindingNowRow) -> StoreResult<Line> {
    let named = row.record.map(|id| RecordId(id.0));
    let beside = saw.and_then(|saw| saw.neighbour).map(|id| RecordId(id.0));
    let record = named.filter(|id| known.read(*id).is_some() || OF_THE_DESK.contains(&row.code.as_str()));
    let neighbour = beside.filter(|id| known.read(*id).is_some());
    let stored = named.and_then(|id| known.rows.get(&id));
    let basis = findings::basis_of(looker.catalog, &row, saw.map(|saw| saw.basis), stored)?;
    let in_scope = |unit: &String| {
        unit.parse()
            .is_ok_and(|unit: UnitCode| looker.scope.contains_key(&unit))
    };
    Ok(Line {
        rule: RuleCode::parse(&row.code).ok_or(StoreError::Corrupt)?,
        unit: row.unit.clone().filter(in_scope),
        kind: record.and_then(|id| known.read(id)).map(|row| row.kind.clone()),
        hidden: record != named || neighbour != beside,
        op: row.device.map(|device| (DeviceId(device.0), row.seq)),
        record,
        neighbour,
        basis,
        closed_why: row.closed_ms.and(saw.and_then(|saw| saw.closed_why.clone())),
        row,
    })
}

fn counts(db: &mut Db<'_>, looker: Looker<'_>, query: &FindingQuery<'_>, now_ms: i64) -> StoreResult<Counts> {
    let before = AGES_DAYS.map(|days| now_ms - days * DAY_MS);
    let mut counts = Counts::default();
    for (code, unit, all, first, second, third) in query!(db, finding_lists::counts(query, before))? {
        let older = [first, second, third].map(|older| older.unwrap_or(0));
        counts.all += all;
        *counts.rules.entry(code).or_default() += all;
        let unit = unit.and_then(|unit| unit.parse::<UnitCode>().ok());
        if let Some(unit) = unit.filter(|unit| looker.scope.contains_key(unit)) {
            *counts.units.entry(unit.as_str().to_owned()).or_default() += all;
        }
        let ages = [all - older[0], older[0] - older[1], older[1] - older[2], older[2]];
        for (age, more) in counts.ages.iter_mut().zip(ages) {
            *age += more;
        }
    }
    Ok(counts)
}
