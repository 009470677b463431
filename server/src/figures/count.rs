//! From sums to figures.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use sync_protocol::id::UnitCode;
use sync_protocol::role::Role;

use super::definitions::{Definition, Definitions, Source, Take};
use super::ground::{Frame, Ground};
use crate::accounts::scope::Grid;
use crate::query;
use crate::store::rows::{FactQuery, SumRow};
use crate::store::{Db, StoreResult};

/// A number of a figure. Minutes where the unit is hours.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Number {
    /// The number, or that above the line.
    pub top: i64,
    /// The number below the line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bottom: Option<i64>,
    /// How many different people it is about, where it is about people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<i64>,
}

/// A part of a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Cell {
    /// The sort, or the unit's code.
    pub key: String,
    /// Its number in the period.
    pub number: Number,
}

/// A figure, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Counted {
    /// Which.
    pub code: String,
    /// What happened in the period, or what there is at its end.
    pub happened: Number,
    /// What reached the server in it, whenever it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub committed: Option<Number>,
    /// What happened before and stands in no earlier report, less what was taken back since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<Number>,
    /// Everything up to the end of the period: the total of the report before, what is late, and what happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// What happened, broken down.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<Cell>,
}

/// What has been found for one key.
#[derive(Debug, Default)]
struct Tally {
    count: i64,
    value: i64,
    who: HashMap<[u8; 16], (i64, i64)>,
}

impl Tally {
    fn add(&mut self, row: &SumRow) {
        self.count += row.count;
        self.value += row.value;
        if let Some(who) = row.who {
            let of = self.who.entry(who).or_default();
            of.0 += row.count;
            of.1 += row.value;
        }
    }

    fn number(&self, take: Take) -> i64 {
        match take {
            Take::Count => self.count,
            Take::Sum => self.value,
            Take::People => self.who.values().filter(|(count, _)| *count > 0).count() as i64,
            Take::Stock if self.who.is_empty() => self.value,
            Take::Stock => self.who.values().filter(|(_, value)| *value > 0).count() as i64,
        }
    }

    /// How many people a number is about.
    fn people(&self, take: Take) -> Option<i64> {
        (!self.who.is_empty()).then(|| match take {
            Take::Stock => self.number(Take::Stock),
            _ => self.number(Take::People),
        })
    }
}

/// Days within which a person in charge is to be seen.
const SEEN_WITHIN: i64 = 14;

/// The roles of the programme, whose holders are its members in office.
const PROGRAMME: [Role; 7] = [
    Role::Supervisor,
    Role::InfoOfficer,
    Role::LiaisonOfficer,
    Role::Volunteer,
    Role::Counsellor,
    Role::GroupLeader,
    Role::AreaManager,
];

/// Counts figures in the order of their definitions, those of `tables`.
pub fn count(
    db: &mut Db<'_>,
    definitions: &Definitions,
    grid: &Grid,
    frame: &Frame,
    tables: &BTreeSet<&str>,
    totals: Option<&BTreeMap<String, i64>>,
) -> StoreResult<Vec<Counted>> {
    let ground = Ground::of(db, definitions, frame)?;
    let special = specials(db, frame, &ground)?;
    let ground = Counting {
        grid,
        frame,
        ground: &ground,
        special: &special,
    };
    let wanted = definitions
        .figures
        .iter()
        .filter(|figure| tables.contains(figure.table.as_str()));
    Ok(wanted.map(|figure| ground.one(figure, totals)).collect())
}

struct Counting<'c> {
    grid: &'c Grid,
    frame: &'c Frame,
    ground: &'c Ground,
    special: &'c BTreeMap<&'static str, BTreeMap<String, i64>>,
}

impl Counting<'_> {
    fn one(&self, figure: &Definition, totals: Option<&BTreeMap<String, i64>>) -> Counted {
        let happened = self.number(figure, &self.ground.happened);
        let counts_over_time = self.frame.period.month && !figure.is_stock() && figure.bottom.is_none();
        let committed = counts_over_time.then(|| self.number(figure, &self.ground.committed));
        let late = counts_over_time.then(|| self.number(figure, &self.ground.late));
        let before = totals.map(|totals| totals.get(&figure.code).copied().unwrap_or(0));
        let total = before.filter(|_| figure.adds_up()).zip(late.as_ref());
        let mut by = Vec::new();
        if let Some(how) = &figure.by {
            let top = self.tallies(&figure.top, &self.ground.happened, how);
            let bottom = figure
                .bottom
                .as_ref()
                .map(|source| self.tallies(source, &self.ground.happened, how));
            by.extend(top.into_iter().map(|(key, mut number)| {
                number.bottom = bottom.as_ref().map(|all| all.get(&key).map_or(0, |number| number.top));
                Cell { key, number }
            }));
        }
        Counted {
            code: figure.code.clone(),
            total: total.map(|(before, late)| before + late.top + happened.top),
            happened,
            committed,
            late,
            by,
        }
    }

    fn number(&self, figure: &Definition, sums: &[SumRow]) -> Number {
        let whole = |source: &Source| self.tallies(source, sums, "").into_values().next().unwrap_or_default();
        let mut number = whole(&figure.top);
        number.bottom = figure.bottom.as_ref().map(|source| whole(source).top);
        number
    }

    /// The numbers of a source by a key; `how` empty: one number under no key.
    fn tallies(&self, source: &Source, sums: &[SumRow], how: &str) -> BTreeMap<String, Number> {
        let (sums, take) = match source {
            Source::Special { special } => return self.special_by(special, how),
            Source::Facts { take: Take::Stock, .. } => (self.ground.stock.as_slice(), Take::Stock),
            Source::Facts { take, .. } | Source::Ledger { take, .. } => (sums, *take),
        };
        let mut found: BTreeMap<String, Tally> = BTreeMap::new();
        if how.is_empty() {
            found.entry(String::new()).or_default();
        }
        for row in sums.iter().filter(|row| takes(source, row)) {
            found.entry(self.key(row, how)).or_default().add(row);
        }
        let number = |tally: &Tally| Number {
            top: tally.number(take),
            bottom: None,
            people: tally.people(take),
        };
        let told = found.iter().map(|(key, tally)| (key.clone(), number(tally)));
        told.filter(|(key, number)| key.is_empty() || number.top != 0).collect()
    }

    fn key(&self, row: &SumRow, how: &str) -> String {
        match how {
            "" => String::new(),
            "community" => row.unit.clone(),
            "area" => {
                // The unit below the highest one above it; the highest unit stands for itself.
                let Ok(unit) = row.unit.parse::<UnitCode>() else {
                    return row.unit.clone();
                };
                let above = self.grid.above(&unit);
                let area = if above.len() >= 2 {
                    above[above.len() - 2].clone()
                } else {
                    unit
                };
                area.as_str().to_owned()
            }
            sort => {
                let at = sort.strip_prefix("sort:").and_then(|n| n.parse().ok()).unwrap_or(0);
                row.dim.split('|').nth(at).unwrap_or_default().to_owned()
            }
        }
    }

    fn special_by(&self, special: &str, how: &str) -> BTreeMap<String, Number> {
        let found = self.special.get(special);
        let number = |top: i64| Number {
            top,
            bottom: None,
            people: None,
        };
        if how.is_empty() {
            let sum = found.into_iter().flat_map(BTreeMap::values).sum();
            return BTreeMap::from([(String::new(), number(sum))]);
        }
        found
            .into_iter()
            .flatten()
            .map(|(key, top)| (key.clone(), number(*top)))
            .collect()
    }
}

/// Whether a sum belongs to a source.
pub(super) fn takes(source: &Source, row: &SumRow) -> bool {
    match source {
        Source::Facts { facts, at, is, .. } => {
            facts.contains(&row.code)
                && at.is_none_or(|at| {
                    row.dim
                        .split('|')
                        .nth(at)
                        .is_some_and(|sort| is.iter().any(|one| one == sort))
                })
        }
        // A fact and a ledger may have one name; what is posted has its ledger's.
        Source::Ledger { ledger, .. } => row.code == format!("{ledger} ledger"),
        Source::Special { .. } => false,
    }
}

/// What is counted neither from facts nor from postings, each by its keys.
fn specials(
    db: &mut Db<'_>,
    frame: &Frame,
    ground: &Ground,
) -> StoreResult<BTreeMap<&'static str, BTreeMap<String, i64>>> {
    let (from_ms, to_ms) = frame.period.moments();
    let mut found: BTreeMap<&'static str, BTreeMap<String, i64>> = BTreeMap::new();
    let mut roles: BTreeMap<String, BTreeSet<[u8; 16]>> = BTreeMap::new();
    let mut members = BTreeSet::new();
    for held in query!(db, appointments::active(to_ms - 1))? {
        if PROGRAMME.contains(&held.role) && frame.has(held.unit.as_str()) {
            roles.entry(held.role.to_string()).or_default().insert(held.member.0);
            members.insert(held.member.0);
        }
    }
    let by_role = roles.into_iter().map(|(role, who)| (role, who.len() as i64)).collect();
    found.insert("members_by_role", by_role);
    found.insert(
        "members_in_office",
        BTreeMap::from([(String::new(), members.len() as i64)]),
    );

    let written: BTreeSet<&str> = ground
        .happened
        .iter()
        .filter(|row| row.code == "record" && row.count > 0)
        .map(|row| row.unit.as_str())
        .collect();
    let communities = query!(db, reports::communities())?;
    let silent = communities
        .into_iter()
        .filter(|code| frame.has(code) && !written.contains(code.as_str()));
    found.insert("communities_without_records", silent.map(|code| (code, 1)).collect());
    found.insert(
        "not_seen",
        BTreeMap::from([(String::new(), not_seen(db, frame, ground)?)]),
    );

    let refused = query!(db, reports::refused(from_ms, to_ms))?;
    // What named no unit that could be read belongs to the whole.
    let ours = |unit: &Option<String>| unit.as_ref().map_or(frame.units.is_none(), |unit| frame.has(unit));
    let refused = refused
        .into_iter()
        .filter(|(unit, _)| ours(unit))
        .map(|(_, many)| many)
        .sum();
    found.insert("operations_refused", BTreeMap::from([(String::new(), refused)]));
    let mut opened: BTreeMap<String, i64> = BTreeMap::new();
    for (code, unit, many) in query!(db, reports::findings(from_ms, to_ms))? {
        if ours(&unit) {
            *opened.entry(code).or_default() += many;
        }
    }
    found.insert("findings_opened", opened);
    let (mut exports, mut readings) = (0, 0);
    for (kind, unit, many) in query!(db, reports::readings(from_ms, to_ms))? {
        if !frame.has(&unit) {
            continue;
        }
        let kind_of = if kind.starts_with("export:") {
            &mut exports
        } else {
            &mut readings
        };
        *kind_of += many;
    }
    found.insert("exports", BTreeMap::from([(String::new(), exports)]));
    found.insert("sensitive_readings", BTreeMap::from([(String::new(), readings)]));
    Ok(found)
}

/// How many people in charge at the end nobody has seen in person within the days before.
fn not_seen(db: &mut Db<'_>, frame: &Frame, ground: &Ground) -> StoreResult<i64> {
    let mut charge: HashMap<[u8; 16], i64> = HashMap::new();
    let watched = |row: &&SumRow| row.code == "charge" && row.dim != "suspect";
    for row in ground.stock.iter().filter(watched) {
        if let Some(who) = row.who {
            *charge.entry(who).or_default() += row.value;
        }
    }
    let named = frame.named();
    let seen = query!(
        db,
        facts::sums(FactQuery {
            codes: Some(&["visit.seen"]),
            units: named.as_deref(),
            days: (frame.period.last - SEEN_WITHIN + 1, frame.period.last),
            numbers: (0, frame.position.facts),
            at: None,
        })
    )?;
    for row in seen.iter().filter(|row| row.count > 0) {
        row.who.and_then(|who| charge.remove(&who));
    }
    Ok(charge.values().filter(|net| **net > 0).count() as i64)
}
