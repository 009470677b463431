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
    pub until: Option<Until<'c>>,
}

/// An operation after which nothing counts.
#[derive(Debug, Clone, Copy)]
pub struct Until<'c> {
    /// The unit in whose log it stands.
    pub unit: &'c str,
    /// Its place there.
    pub pos: i64,
    /// When it arrived, ms: by that other units' operations are held against it.
    pub arrival_ms: i64,
}

impl Until<'_> {
    fn is_over(&self, op: &OpRow) -> bool {
        match op.unit.as_deref() == Some(self.unit) {
            true => op.pos > Some(self.pos),
            false => op.arrival_ms > self.arrival_ms,
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

impl<'c> Lens<'c> {
    /// What is stored now.
    pub fn now(catalog: &'c Catalog) -> Lens<'c> {
        Lens { catalog, until: None }
    }

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
