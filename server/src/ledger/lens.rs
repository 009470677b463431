//! Records as they stand, or as they stood when some operation was the last one.

use crdts::CmRDT as _;
use sync_protocol::catalog::Catalog;
use sync_protocol::record::Record;

use super::hand::read;
use crate::query;
use crate::store::rows::{OpRow, RecordRow};
use crate::store::{Db, StoreError, StoreResult};
use crate::sync::ACCEPTED;
use crate::sync::effect::{self, Effect};

/// As of when one looks.
#[derive(Debug, Clone, Copy)]
pub struct Lens<'c> {
    /// The catalogue in force.
    pub catalog: &'c Catalog,
    /// The last operation that counts; none for what is stored now.
    pub until: Option<Until>,
    /// Sessions of which something had arrived before this moment, ms, are not asked for a draw of their observers.
    pub draws_since_ms: i64,
}

/// After which nothing counts. What a session stands on is all in one unit's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Until {
    /// A place in the unit's log.
    Pos(i64),
    /// A moment of arrival, ms.
    Arrival(i64),
}

impl Until {
    fn is_over(self, op: &OpRow) -> bool {
        match self {
            Until::Pos(pos) => op.pos > Some(pos),
            Until::Arrival(ms) => op.arrival_ms > ms,
        }
    }
}

/// A record as it is seen.
#[derive(Debug)]
pub struct Seen {
    /// Its row as it is stored now, but for its place in the log.
    pub row: RecordRow,
    /// It, merged.
    pub record: Record,
    /// Its accepted operations that are in it, in the order of the log.
    pub ops: Vec<OpRow>,
}

impl Lens<'_> {
    /// Looks at a record; none where nothing of it had arrived.
    pub fn see(&self, db: &mut Db<'_>, mut row: RecordRow) -> StoreResult<Option<Seen>> {
        let mut ops = query!(db, feeds::of_record(row.id))?;
        // What a push adds meanwhile is not in the record as it was read.
        ops.retain(|op| op.state == ACCEPTED && op.pos <= Some(row.pos));
        let record = match self.until {
            None => Record::unpack(&row.state).map_err(|_| StoreError::Corrupt)?,
            Some(until) => {
                ops.retain(|op| !until.is_over(op));
                let Some(last) = ops.last().and_then(|op| op.pos) else {
                    return Ok(None);
                };
                row.pos = last;
                self.merge(&ops)?
            }
        };
        Ok(Some(Seen { row, record, ops }))
    }

    fn merge(&self, ops: &[OpRow]) -> StoreResult<Record> {
        let mut record = Record::default();
        for row in ops {
            let effect = Effect::from_text(row.effect.as_deref())?;
            let change = effect::change(self.catalog, &read(row)?, row.device, row.pos.unwrap_or(0), &effect);
            record.apply(change.map_err(|_| StoreError::Corrupt)?);
        }
        Ok(record)
    }
}
