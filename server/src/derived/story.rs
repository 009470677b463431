//! A record with the way it came: who wrote when, and which states it passed.

use std::collections::HashMap;

use sync_protocol::calendar::{china_date, day_of};
use sync_protocol::catalog::{Kind, STATE_FIELD};
use sync_protocol::deadlines::Step;
use sync_protocol::id::{MemberId, RecordId};
use sync_protocol::record::Record;
use sync_protocol::value::Value;

use super::Law;
use crate::query;
use crate::store::rows::{RecordRow, WayRow};
use crate::store::{Db, StoreError, StoreResult};
use crate::sync::ACCEPTED;
use crate::sync::effect::Effect;

/// A record and its way.
#[derive(Debug)]
pub struct Story<'l> {
    /// Its kind.
    pub kind: &'l Kind,
    /// Its row.
    pub row: &'l RecordRow,
    /// Merged.
    pub record: Record,
    /// The states that it passed, in their order.
    pub passed: Vec<Passed>,
    /// When its first operation was written, ms.
    pub begun_ms: i64,
    /// When its first operation reached the server, ms.
    pub arrived_ms: i64,
    /// When its last operation did, ms.
    pub changed_ms: i64,
}

/// A state that a record came into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// The state.
    pub state: String,
    /// Who brought it there.
    pub by: MemberId,
    /// When he wrote that, as far as is known; else when it arrived, ms.
    pub written_ms: i64,
    /// When it arrived, ms.
    pub arrival_ms: i64,
}

impl Passed {
    /// The day in China, since 1970-01-01, on which it happened.
    pub fn day(&self) -> i64 {
        day_of(china_date(self.written_ms))
    }
}

impl Story<'_> {
    /// The value of a register that readers see first.
    pub fn value(&self, field: &str) -> Option<&Value> {
        self.record
            .latest(field)
            .map(|entry| &entry.value)
            .filter(|value| **value != Value::Null)
    }

    /// A text, date, code or unit.
    pub fn text(&self, field: &str) -> Option<&str> {
        match self.value(field) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The id of a member or record.
    pub fn id(&self, field: &str) -> Option<[u8; 16]> {
        match self.value(field) {
            Some(Value::Id(id)) => Some(*id),
            _ => None,
        }
    }

    /// Whether a truth value is true.
    pub fn is(&self, field: &str) -> bool {
        self.value(field) == Some(&Value::Bool(true))
    }

    /// The day of a date or a moment, in China, since 1970-01-01.
    pub fn day(&self, field: &str) -> Option<i64> {
        match self.value(field)? {
            Value::Text(text) => text.parse().ok().map(day_of),
            Value::Instant(instant) => Some(day_of(china_date(instant.ms))),
            _ => None,
        }
    }

    /// The present state.
    pub fn state(&self) -> &str {
        self.text(STATE_FIELD).unwrap_or_default()
    }

    /// The first time that it came into one of the states.
    pub fn first(&self, states: &[&str]) -> Option<&Passed> {
        self.passed
            .iter()
            .find(|passed| states.contains(&passed.state.as_str()))
    }

    /// The last time.
    pub fn last(&self, states: &[&str]) -> Option<&Passed> {
        self.passed
            .iter()
            .rev()
            .find(|passed| states.contains(&passed.state.as_str()))
    }

    /// The states with the days on which they reached the server.
    pub fn steps(&self) -> Vec<Step> {
        let step = |passed: &Passed| Step {
            state: passed.state.clone(),
            day: china_date(passed.arrival_ms),
        };
        self.passed.iter().map(step).collect()
    }
}

/// Tells the stories of records. A kind that the catalogue does not know has none.
pub(crate) fn tell<'l>(db: &mut Db<'_>, law: &'l Law, rows: &'l [RecordRow]) -> StoreResult<Vec<Story<'l>>> {
    let ids: Vec<&[u8]> = rows.iter().map(|row| row.id.0.as_slice()).collect();
    let mut ways: HashMap<RecordId, Vec<WayRow>> = HashMap::new();
    for way in query!(db, figures::ways(&ids, ACCEPTED))? {
        if let Some(record) = way.record {
            ways.entry(record.into()).or_default().push(way);
        }
    }
    let mut stories = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(kind) = law.catalog.kinds().get(&row.kind) else {
            continue;
        };
        let ways = ways.remove(&row.id).ok_or(StoreError::Corrupt)?;
        stories.push(one(kind, row, &ways)?);
    }
    Ok(stories)
}

fn one<'l>(kind: &'l Kind, row: &'l RecordRow, ways: &[WayRow]) -> StoreResult<Story<'l>> {
    let first = ways.first().ok_or(StoreError::Corrupt)?;
    let record = Record::unpack(&row.state).map_err(|_| StoreError::Corrupt)?;
    let present: Vec<u64> = record.values(STATE_FIELD).iter().map(|entry| entry.pos).collect();
    let mut passed: Vec<Passed> = Vec::new();
    for way in ways {
        let Some(state) = Effect::from_text(way.effect.as_deref())?.state else {
            continue;
        };
        let from = passed.last().map(|passed| passed.state.as_str());
        if leads(kind, from, &state) || way.pos.is_some_and(|pos| present == [pos as u64]) {
            passed.push(Passed {
                state,
                by: way.member,
                written_ms: written(way),
                arrival_ms: way.arrival_ms,
            });
        }
    }
    Ok(Story {
        kind,
        record,
        passed,
        begun_ms: written(first),
        arrived_ms: first.arrival_ms,
        changed_ms: ways.iter().map(|way| way.arrival_ms).max().unwrap_or(first.arrival_ms),
        row,
    })
}

/// Whether the workflow leads from one state to the other. One that was written beside another by somebody who had not
/// seen it leads nowhere until people have decided.
fn leads(kind: &Kind, from: Option<&str>, to: &str) -> bool {
    let Some(from) = from else { return true };
    kind.workflow
        .transitions
        .values()
        .any(|t| t.to == to && t.from.iter().any(|state| state == from))
}

fn written(way: &WayRow) -> i64 {
    way.written_ms.unwrap_or(way.arrival_ms)
}
