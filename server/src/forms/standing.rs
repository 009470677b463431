//! The postings of an arrangement that stand: entries that nothing has taken back.

use std::collections::BTreeSet;

use sync_protocol::form::{Line, Sessions};
use sync_protocol::id::RecordId;
use sync_protocol::record::Record;

use crate::query;
use crate::store::{Db, StoreError, StoreResult};

/// Why no form can say what stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unfit {
    /// Nobody has decided yet who serves.
    Nobody,
    /// Hours are in the account of somebody else than the arrangement names.
    OtherPerson,
}

/// What stands in the ledger of an arrangement.
pub(super) fn of(db: &mut Db<'_>, order: RecordId, arrangement: &Record) -> StoreResult<Result<Sessions, Unfit>> {
    let Some(subject) = super::link(arrangement, "subject") else {
        return Ok(Err(Unfit::Nobody));
    };
    let rows = query!(db, forms::posted(order))?;
    let reversed: BTreeSet<i64> = rows.iter().filter_map(|row| row.reverses).collect();
    let standing = rows
        .iter()
        .filter(|row| row.reverses.is_none() && !reversed.contains(&row.number));
    if standing
        .clone()
        .any(|row| row.subject.as_ref().is_none_or(|whose| whose.0 != subject.0))
    {
        return Ok(Err(Unfit::OtherPerson));
    }
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
    Ok(Ok(Sessions { order, subject, lines }))
}

/// Whether anything stands posted of an arrangement.
pub(crate) fn stands_posted(db: &mut Db<'_>, order: RecordId) -> StoreResult<bool> {
    let rows = query!(db, forms::posted(order))?;
    let entries = rows.iter().filter(|row| row.reverses.is_none()).count();
    Ok(entries > rows.len() - entries)
}
