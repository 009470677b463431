//! The transparency log: every leaf made anew from what is stored, every tile and root from the leaves.
//!
//! Of each leaf there are three witnesses: the bundle that holds it, the tile that holds its hash, and the row that it was
//! made of. Where they differ, the one that stands alone is named, and the walk goes on with the other two: one altered
//! value is one fault. [`tree`] walks a log, [`cover`] sees that everything stored is sealed or waits for it, and
//! [`accounts`] that devices and appointments are what the sealed journal says of them.

mod accounts;
mod checkpoints;
mod cover;
mod entries;
mod rows;
mod tiles;
mod tree;

use super::{Kind, Place, Run};
use crate::keys;
use crate::query;
use crate::store::rows::LogRow;
use crate::store::{Db, StoreResult};

pub(super) fn check(db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
    let logs = query!(db, logs::all())?;
    if let Some(keys) = keys::stored_log_keys(db)? {
        let mut before: Option<&LogRow> = None;
        for log in &logs {
            tree::check(db, run, &keys, log, before)?;
            before = Some(log);
        }
    } else if let Some(log) = logs.first() {
        run.fault(Kind::LogKey, Place::TransparencyLog(log.number));
    }
    let numbers: Vec<i64> = logs.iter().map(|log| log.number).collect();
    if (1..).zip(&numbers).any(|(expected, number)| expected != *number) {
        run.fault(Kind::LogStray, Place::TransparencyLog(numbers.len() as i64));
    }
    for number in query!(db, logs::strays(&numbers))? {
        run.fault(Kind::LogStray, Place::TransparencyLog(number));
    }
    for stray in query!(db, sealing::stray_runs(&numbers))? {
        run.fault(Kind::LogStray, Place::TransparencyLog(stray.log));
    }
    run.count("logs", logs.len() as u64);
    cover::check(db, run)?;
    accounts::check(db, run)
}
