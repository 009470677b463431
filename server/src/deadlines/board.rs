//! The board: the deadlines that a reader may know of, the first due first. He may know of one when he reads the record
//! and all fields that the deadline is told from.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sync_protocol::catalog::{Kind, Sensitivity};
use sync_protocol::id::{RecordId, UnitCode};
use sync_protocol::role::Role;

use crate::derived::Law;
use crate::query;
use crate::store::column::Fixed;
use crate::store::rows::{AccessRow, DeadlineQuery, DeadlineRow};
use crate::store::{Db, StoreResult};
use crate::sync::desk::Looker;
use crate::sync::rights::reads_field_as;

pub use crate::store::rows::Standing;

/// Most lines of one page.
pub const PAGE: usize = 500;

/// What is asked of the board.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Of this kind of record only.
    pub kind: Option<String>,
    /// Of these units only; `None`: all in scope.
    pub units: Option<BTreeSet<UnitCode>>,
    /// Those that stand so.
    pub standing: Option<Standing>,
    /// Open ones due within so many days.
    pub within_days: Option<u32>,
    /// After the line of this due day, record and code.
    pub after: Option<(i64, RecordId, String)>,
    /// Most lines.
    pub limit: usize,
}

/// In what colour a deadline shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// Over, or few days are left.
    Red,
    /// Not many days are left.
    Amber,
    /// There is time.
    Green,
}

/// A deadline on the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The deadline.
    pub row: DeadlineRow,
    /// How it stands today.
    pub standing: Standing,
    /// Days left; negative: days over. `None`: it is met.
    pub days_left: Option<i64>,
    /// Its colour. `None`: it is met.
    pub band: Option<Band>,
}

/// How many of one deadline are not met.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// All of them.
    pub open: i64,
    /// Those that are over.
    pub overdue: i64,
    /// In red, the overdue ones among them.
    pub red: i64,
    /// In amber.
    pub amber: i64,
    /// In green.
    pub green: i64,
}

/// A page of the board.
#[derive(Debug, Default)]
pub struct Board {
    /// The lines.
    pub lines: Vec<Line>,
    /// More follow.
    pub more: bool,
    /// What is not met in all units that were asked about, by code.
    pub counts: BTreeMap<String, Count>,
    /// Sensitive fields that the lines disclose: to be written down before they are sent.
    pub readings: Vec<AccessRow>,
}

/// Units in which the reader may know of the same deadlines.
struct Group<'s> {
    units: Vec<&'s str>,
    /// Of all records.
    wide: Vec<&'s str>,
    /// Of those that he created or is assigned to.
    own: Vec<&'s str>,
}

/// Shows the board. `db` is one snapshot; `today` counts from 1970-01-01, in China.
pub fn board(
    db: &mut Db<'_>,
    law: &Law,
    looker: Looker<'_>,
    asked: &Asked,
    today: i64,
    now_ms: i64,
) -> StoreResult<Board> {
    let limit = asked.limit.clamp(1, PAGE);
    let after = asked
        .after
        .as_ref()
        .map(|(day, record, code)| (*day, record.0.as_slice(), code.as_str()));
    let within = asked.within_days.map(i64::from);
    let of = DeadlineQuery {
        standing: within
            .map_or(asked.standing, |_| Some(Standing::Open))
            .map(|standing| (standing, today)),
        from_day: None,
        to_day: within.map(|days| today.saturating_add(days)),
        after,
    };
    let mut board = Board::default();
    let mut rows: Vec<DeadlineRow> = Vec::new();
    for group in groups(law, looker, asked) {
        let most = limit as i64 + 1;
        let mut open = Vec::new();
        if !group.wide.is_empty() {
            rows.extend(query!(db, deadlines::page(&group.units, &group.wide, of, most))?);
            open.extend(query!(db, deadlines::open(&group.units, &group.wide))?);
        }
        if !group.own.is_empty() {
            let member = looker.member;
            rows.extend(query!(
                db,
                deadlines::own_page(member, &group.units, &group.own, of, most)
            )?);
            open.extend(query!(db, deadlines::own_open(member, &group.units, &group.own))?);
        }
        for (code, due_day, how_many) in open {
            count(law, board.counts.entry(code).or_default(), due_day - today, how_many);
        }
    }
    rows.sort_by(|a, b| (a.due_day, a.record, &a.code).cmp(&(b.due_day, b.record, &b.code)));
    board.more = rows.len() > limit;
    rows.truncate(limit);
    board.readings = readings(db, law, looker, &rows, now_ms)?;
    board.lines = rows.into_iter().map(|row| line(law, row, today)).collect();
    Ok(board)
}

fn line(law: &Law, row: DeadlineRow, today: i64) -> Line {
    let days_left = row.met_day.is_none().then_some(row.due_day - today);
    let standing = match row.met_day {
        Some(met) if met <= row.due_day => Standing::Met,
        None if row.due_day >= today => Standing::Open,
        _ => Standing::Missed,
    };
    Line {
        band: days_left.map(|days| band(law, days)),
        days_left,
        standing,
        row,
    }
}

fn band(law: &Law, days_left: i64) -> Band {
    let bands = law.deadlines.bands();
    if days_left < bands.red {
        Band::Red
    } else if days_left < bands.amber {
        Band::Amber
    } else {
        Band::Green
    }
}

fn count(law: &Law, count: &mut Count, days_left: i64, how_many: i64) {
    count.open += how_many;
    if days_left < 0 {
        count.overdue += how_many;
    }
    match band(law, days_left) {
        Band::Red => count.red += how_many,
        Band::Amber => count.amber += how_many,
        Band::Green => count.green += how_many,
    }
}

/// The units asked about, by what the reader may know of there.
fn groups<'s>(law: &'s Law, looker: Looker<'s>, asked: &Asked) -> Vec<Group<'s>> {
    let codes: BTreeMap<&str, &str> = law
        .deadlines
        .all()
        .iter()
        .map(|d| (d.code.as_str(), d.kind.as_str()))
        .collect();
    let mut found: HashMap<&BTreeSet<Role>, Group<'s>> = HashMap::new();
    for (unit, roles) in looker.scope {
        if asked.units.as_ref().is_some_and(|units| !units.contains(unit)) {
            continue;
        }
        let group = found.entry(roles).or_insert_with(|| {
            let mut group = Group {
                units: Vec::new(),
                wide: Vec::new(),
                own: Vec::new(),
            };
            for (code, kind) in &codes {
                let wanted = asked.kind.as_ref().is_none_or(|wanted| wanted == kind);
                let Some(kind) = law.catalog.kinds().get(*kind).filter(|_| wanted) else {
                    continue;
                };
                if !tells(law, kind, roles, code) {
                    continue;
                }
                if !kind.read.unit.is_disjoint(roles) {
                    group.wide.push(code);
                } else if !kind.read.own.is_disjoint(roles) {
                    group.own.push(code);
                }
            }
            group
        });
        group.units.push(unit.as_str());
    }
    found.into_values().collect()
}

/// Whether holders of the roles read all that a deadline is told from.
fn tells(law: &Law, kind: &Kind, roles: &BTreeSet<Role>, code: &str) -> bool {
    let mut fields = law.deadlines.fields(code).into_iter();
    fields.all(|name| kind.field(name).is_some_and(|field| reads_field_as(kind, field, roles)))
}

/// What the lines disclose of somebody else's sensitive fields.
fn readings(
    db: &mut Db<'_>,
    law: &Law,
    looker: Looker<'_>,
    rows: &[DeadlineRow],
    now_ms: i64,
) -> StoreResult<Vec<AccessRow>> {
    let sensitive = |row: &DeadlineRow| -> BTreeSet<&str> {
        let Some(kind) = law.catalog.kinds().get(&row.kind) else {
            return BTreeSet::new();
        };
        let fields = law.deadlines.fields(&row.code).into_iter();
        fields
            .filter(|name| {
                kind.field(name)
                    .is_some_and(|f| f.sensitivity >= Sensitivity::Sensitive)
            })
            .collect()
    };
    let told: Vec<(&DeadlineRow, BTreeSet<&str>)> = rows
        .iter()
        .map(|row| (row, sensitive(row)))
        .filter(|(_, fields)| !fields.is_empty())
        .collect();
    let ids: Vec<&[u8]> = told.iter().map(|(row, _)| row.record.0.as_slice()).collect();
    let mut own = BTreeSet::new();
    if !ids.is_empty() {
        let records = query!(db, records::by_ids(&ids))?;
        own.extend(records.iter().filter(|r| r.creator == looker.member).map(|r| r.id));
    }
    let mut read: BTreeMap<(&str, &str), (BTreeSet<&str>, i64)> = BTreeMap::new();
    for (row, fields) in told.into_iter().filter(|(row, _)| !own.contains(&row.record)) {
        let entry = read.entry((&row.unit, &row.kind)).or_default();
        entry.0.extend(fields);
        entry.1 += 1;
    }
    let entry = |((unit, kind), (fields, records)): ((&str, &str), (BTreeSet<&str>, i64))| AccessRow {
        id: *uuid::Uuid::now_v7().as_bytes(),
        at_ms: now_ms,
        member: looker.member,
        device: None::<Fixed<16>>,
        unit: unit.to_owned(),
        kind: kind.to_owned(),
        fields: fields.into_iter().collect::<Vec<_>>().join(","),
        records,
    };
    Ok(read.into_iter().map(entry).collect())
}
