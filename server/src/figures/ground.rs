//! What the figures of one report stand on: alike facts and postings added up, each list for one purpose.

use std::collections::{BTreeSet, HashMap};

use sync_protocol::id::UnitCode;

use super::definitions::{Definitions, Source, Take};
use super::period::Period;
use crate::query;
use crate::store::rows::{FactQuery, SumRow};
use crate::store::{Db, StoreResult};

/// Up to which numbers facts and postings are in a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Position {
    /// The last fact.
    pub facts: i64,
    /// The last posting.
    pub postings: i64,
}

/// Which part of a ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What happened in the period.
    Happened,
    /// What reached the server in it, whenever it happened.
    Committed,
    /// What happened before it and stands in no earlier report: 补报, and what was taken back since.
    Late,
}

/// The report before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earlier {
    /// Its position.
    pub position: Position,
    /// The last day of its month.
    pub last: i64,
}

/// What a report is of.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The period.
    pub period: Period,
    /// The units; `None`: all.
    pub units: Option<BTreeSet<UnitCode>>,
    /// Up to where.
    pub position: Position,
    /// The report before.
    pub earlier: Option<Earlier>,
}

/// Most units that a query names; of more, all are read and the others left out.
const NAMED: usize = 10_000;

/// Sessions of one look for their kinds.
const LOOK: usize = 500;

/// Sums of facts and of postings, those of a ledger under its name.
pub type Sums = Vec<SumRow>;

/// The sums of all purposes.
#[derive(Debug, Default)]
pub struct Ground {
    /// What happened in the period.
    pub happened: Sums,
    /// What reached the server in it.
    pub committed: Sums,
    /// What stands in no earlier report.
    pub late: Sums,
    /// Everything up to its last day, of what is counted at an end.
    pub stock: Sums,
}

impl Frame {
    /// The queries of a part: bounds of days, numbers of facts and of postings, and moments. Several parts of the log
    /// may belong to one.
    fn bounds(&self, part: Part) -> Vec<Bounds> {
        let upto = |from: Position| {
            [
                (from.facts, self.position.facts),
                (from.postings, self.position.postings),
            ]
        };
        let nothing = Position { facts: 0, postings: 0 };
        let (first, last) = (self.period.first, self.period.last);
        match (part, self.earlier) {
            (Part::Happened, _) => vec![Bounds {
                days: (first, last),
                numbers: upto(nothing),
                at: None,
            }],
            (Part::Committed, _) => vec![Bounds {
                days: (i64::MIN, i64::MAX),
                numbers: upto(nothing),
                at: Some(self.period.moments()),
            }],
            (Part::Late, None) => vec![Bounds {
                days: (i64::MIN, first - 1),
                numbers: upto(nothing),
                at: None,
            }],
            (Part::Late, Some(earlier)) => {
                let mut bounds = vec![Bounds {
                    days: (i64::MIN, first - 1),
                    numbers: upto(earlier.position),
                    at: None,
                }];
                if earlier.last + 1 < first {
                    // Months between that had no report.
                    let before = [(0, earlier.position.facts), (0, earlier.position.postings)];
                    bounds.push(Bounds {
                        days: (earlier.last + 1, first - 1),
                        numbers: before,
                        at: None,
                    });
                }
                bounds
            }
        }
    }

    /// The facts of a part, query by query.
    pub fn facts<'q>(
        &self,
        part: Part,
        codes: Option<&'q [&'q str]>,
        units: Option<&'q [&'q str]>,
    ) -> Vec<FactQuery<'q>> {
        // Where days bound what is read, the codes' index finds them; elsewhere it would lead astray.
        let codes = codes.filter(|_| part == Part::Happened);
        let query = |bounds: Bounds| FactQuery {
            codes,
            units,
            days: bounds.days,
            numbers: bounds.numbers[0],
            at: bounds.at,
        };
        self.bounds(part).into_iter().map(query).collect()
    }

    /// The postings of a part, query by query.
    pub fn postings<'q>(&self, part: Part, units: Option<&'q [&'q str]>) -> Vec<FactQuery<'q>> {
        let query = |bounds: Bounds| FactQuery {
            codes: None,
            units,
            days: bounds.days,
            numbers: bounds.numbers[1],
            at: bounds.at,
        };
        self.bounds(part).into_iter().map(query).collect()
    }

    /// The units to name in a query.
    pub fn named(&self) -> Option<Vec<&str>> {
        let units = self.units.as_ref().filter(|units| units.len() <= NAMED)?;
        Some(units.iter().map(UnitCode::as_str).collect())
    }

    /// Whether a unit belongs to it.
    pub fn has(&self, unit: &str) -> bool {
        self.units
            .as_ref()
            .is_none_or(|units| unit.parse().is_ok_and(|unit| units.contains(&unit)))
    }
}

struct Bounds {
    days: (i64, i64),
    numbers: [(i64, i64); 2],
    at: Option<(i64, i64)>,
}

impl Ground {
    /// Adds up what the definitions need. A year has no late entries: they belong to months' reports.
    pub fn of(db: &mut Db<'_>, definitions: &Definitions, frame: &Frame) -> StoreResult<Ground> {
        let flows = codes(definitions, false);
        let mut ground = Ground {
            happened: part(db, frame, Part::Happened, &flows)?,
            ..Ground::default()
        };
        if frame.period.month {
            ground.committed = part(db, frame, Part::Committed, &flows)?;
            ground.late = part(db, frame, Part::Late, &flows)?;
        }
        let stocks = codes(definitions, true);
        let named = frame.named();
        ground.stock = query!(
            db,
            facts::sums(FactQuery {
                codes: Some(&stocks),
                units: named.as_deref(),
                days: (i64::MIN, frame.period.last),
                numbers: (0, frame.position.facts),
                at: None,
            })
        )?;
        for sums in [
            &mut ground.happened,
            &mut ground.committed,
            &mut ground.late,
            &mut ground.stock,
        ] {
            sums.retain(|row| frame.has(&row.unit));
        }
        Ok(ground)
    }
}

/// The codes of facts that are counted at an end, or over a time.
fn codes(definitions: &Definitions, stock: bool) -> Vec<&str> {
    let sources = definitions
        .figures
        .iter()
        .flat_map(|f| [Some(&f.top), f.bottom.as_ref()])
        .flatten();
    let mut codes: BTreeSet<&str> = BTreeSet::new();
    for source in sources {
        if let Source::Facts { facts, take, .. } = source
            && (*take == Take::Stock) == stock
        {
            codes.extend(facts.iter().map(String::as_str));
        }
    }
    codes.into_iter().collect()
}

fn part(db: &mut Db<'_>, frame: &Frame, part: Part, codes: &[&str]) -> StoreResult<Sums> {
    let named = frame.named();
    let units = named.as_deref();
    let mut sums = Vec::new();
    for query in frame.facts(part, Some(codes), units) {
        sums.extend(query!(db, facts::sums(query))?);
    }
    for query in frame.postings(part, units) {
        sums.extend(query!(db, posted::volunteer(query))?);
        let mut service = query!(db, posted::service(query))?;
        sort_out(db, frame.position, &mut service)?;
        sums.extend(service.into_iter().map(|(_, row)| row));
    }
    Ok(sums)
}

/// Gives postings of social service the kind of their session, as it was known at the position.
fn sort_out(db: &mut Db<'_>, position: Position, postings: &mut [([u8; 16], SumRow)]) -> StoreResult<()> {
    for some in postings.chunks_mut(LOOK) {
        let ids: Vec<&[u8]> = some.iter().map(|(session, _)| session.as_slice()).collect();
        let mut kinds: HashMap<[u8; 16], HashMap<String, i64>> = HashMap::new();
        for row in query!(db, facts::of_records(&ids))? {
            if row.code == "service" && row.number <= position.facts {
                *kinds.entry(row.record.0).or_default().entry(row.dim).or_default() += i64::from(row.sign);
            }
        }
        for (session, row) in some {
            let known = kinds.get(session).into_iter().flatten().find(|(_, net)| **net > 0);
            row.dim = known.map_or_else(|| "other".to_owned(), |(kind, _)| kind.clone());
        }
    }
    Ok(())
}
