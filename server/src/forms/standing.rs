//! The postings of an arrangement that stand: entries that nothing has taken back.

use std::collections::BTreeSet;

use sync_protocol::form::{Line, Sessions};
use sync_protocol::id::RecordId;
use sync_protocol::record::Record;

use crate::query;
use crate::store::{Db, StoreError, StoreResult};

/// What stands in the ledger of an arrangement. `None`: nobody has decided yet who serves.
pub(super) fn of(db: &mut Db<'_>, order: RecordId, arrangement: &Record) -> StoreResult<Option<Sessions>> {
    let Some(subject) = super::link(arrangement, "subject") else {
        return Ok(None);
    };
    let rows = query!(db, forms::posted(order))?;
    let reversed: BTreeSet<i64> = rows.iter().filter_map(|row| row.reverses).collect();
    let standing = rows
        .iter()
        .filter(|row| row.reverses.is_none() && !reversed.contains(&row.number));
    let positive = |number: i64| u64::try_from(number).map_err(|_| StoreError::Corrupt);
    let lines = standing
        .map(|row| {
            Ok(Line {
                number: positive(row.number)?,
                session: row.session,
                round: positive(row.round)?,
                minutes: positive(row.minutes)?,
                day: row.day.clone(),
                digest: row.digest,
            })
        })
        .collect::<StoreResult<_>>()?;
    Ok(Some(Sessions { order, subject, lines }))
}
