//! Units: their logs are dense from 1 to the head, and their sums are those of their records.

use std::collections::{BTreeMap, HashMap};

use sync_protocol::sum::Tally;

use super::{Kind, PAGE, Place, Run};
use crate::query;
use crate::store::{Db, StoreResult};

/// Places per word of a log.
const WORD: i64 = 64;

/// Holes of one log that are named; the first shows where to look.
const NAMED_HOLES: u64 = 10;

/// Which places of one unit's log are taken: a bit each, so that millions fit.
#[derive(Debug, Default)]
struct Log {
    head: i64,
    taken: u64,
    words: BTreeMap<i64, u64>,
}

/// Every unit's log.
#[derive(Debug, Default)]
pub(super) struct Logs(HashMap<String, Log>);

/// What came of taking a place.
enum Taken {
    Free,
    Twice,
    Beyond,
    NoUnit,
}

impl Logs {
    fn take(&mut self, unit: &str, pos: i64) -> Taken {
        let Some(log) = self.0.get_mut(unit) else {
            return Taken::NoUnit;
        };
        // Outside the log nothing is kept: a damaged place must not cost memory.
        if !(1..=log.head).contains(&pos) {
            return Taken::Beyond;
        }
        let bit = 1u64 << (pos % WORD);
        let word = log.words.entry(pos / WORD).or_default();
        if *word & bit != 0 {
            return Taken::Twice;
        }
        *word |= bit;
        log.taken += 1;
        Taken::Free
    }
}

impl Log {
    /// The first places that nothing stands at.
    fn holes(&self) -> Vec<i64> {
        let missing = (self.head.max(0) as u64).saturating_sub(self.taken).min(NAMED_HOLES);
        let free = |pos: &i64| {
            self.words
                .get(&(pos / WORD))
                .is_none_or(|word| word & (1 << (pos % WORD)) == 0)
        };
        (1..=self.head).filter(free).take(missing as usize).collect()
    }
}

impl Run<'_> {
    /// Notes that something stands at a place in a unit's log.
    pub(super) fn take_place(&mut self, unit: &str, pos: i64) {
        let kind = match self.logs.take(unit, pos) {
            Taken::Free => return,
            Taken::Twice => Kind::LogTwice,
            Taken::Beyond => Kind::LogBeyond,
            Taken::NoUnit => Kind::LogUnit,
        };
        self.fault(kind, Place::Log(unit.to_owned(), pos));
    }
}

/// Reads the units' heads. First, for the other walks take places.
pub(super) fn heads(db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
    for unit in query!(db, units::all())? {
        run.count("units", 1);
        run.logs.0.insert(
            unit.code.as_str().to_owned(),
            Log {
                head: unit.head,
                ..Log::default()
            },
        );
    }
    Ok(())
}

/// Takes the places of visibility changes, and names those that nothing took. Last of all walks.
pub(super) fn check(db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
    let mut after = (String::new(), i64::MIN);
    loop {
        let rows = query!(db, inspect::visibility_after(&after.0, after.1, PAGE as i64))?;
        let Some(last) = rows.last() else { break };
        after = (last.unit.clone(), last.pos);
        rows.iter().for_each(|row| run.take_place(&row.unit, row.pos));
        run.count("visibility changes", rows.len() as u64);
    }
    let mut holes: Vec<(String, i64)> = Vec::new();
    for (unit, log) in &run.logs.0 {
        holes.extend(log.holes().into_iter().map(|pos| (unit.clone(), pos)));
    }
    holes.sort_unstable();
    for (unit, pos) in holes {
        run.fault(Kind::LogHole, Place::Log(unit, pos));
    }
    Ok(())
}

/// Compares the units' sums with those of the records that were walked.
pub(super) fn sums(db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
    for row in query!(db, inspect::sums())? {
        run.count("sums", 1);
        let key = (row.unit, row.kind);
        let walked = run.tallies.remove(&key).unwrap_or_default();
        let stored = Tally {
            count: row.records as u64,
            sum: u128::from_be_bytes(row.sum),
        };
        if stored != walked {
            run.fault(Kind::UnitSum, Place::Sum(key.0, key.1));
        }
    }
    let mut left: Vec<(String, String)> = std::mem::take(&mut run.tallies).into_keys().collect();
    left.sort_unstable();
    for (unit, kind) in left {
        run.fault(Kind::UnitSum, Place::Sum(unit, kind));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_found_wherever_they_are() {
        let mut logs = Logs::default();
        logs.0.insert(
            "unit".to_owned(),
            Log {
                head: 200,
                ..Log::default()
            },
        );
        for pos in (1..=200).filter(|pos| ![1, 64, 200].contains(pos)) {
            assert!(matches!(logs.take("unit", pos), Taken::Free));
        }
        assert_eq!(logs.0["unit"].holes(), [1, 64, 200]);
        assert!(matches!(logs.take("unit", 63), Taken::Twice));
        assert!(matches!(logs.take("unit", 0), Taken::Beyond));
        assert!(matches!(logs.take("unit", 201), Taken::Beyond));
        assert!(matches!(logs.take("elsewhere", 1), Taken::NoUnit));
        for pos in [1, 64, 200] {
            logs.take("unit", pos);
        }
        assert!(logs.0["unit"].holes().is_empty());
    }
}
