//! Deadlines of records: told from a record's story, kept in a table, shown on a board.

mod board;

use std::collections::HashSet;

use sync_protocol::calendar::day_of;
use sync_protocol::id::RecordId;

use crate::derived::{Law, Story};
use crate::query;
use crate::store::bulk::{Bulk, Column, Verb};
use crate::store::rows::DeadlineRow;
use crate::store::{Db, StoreResult};

pub use board::{Asked, Band, Board, Count, Line, PAGE, Standing, board};

/// What a record has set going.
pub fn derive(law: &Law, story: &Story<'_>) -> Vec<DeadlineRow> {
    let found = law
        .deadlines
        .of(&law.calendar, story.kind, &story.record, &story.steps());
    let row = |due: sync_protocol::deadlines::Due| DeadlineRow {
        record: story.row.id,
        code: due.code,
        unit: story.row.unit.clone(),
        kind: story.row.kind.clone(),
        start_day: day_of(due.start),
        due_day: day_of(due.due),
        met_day: due.met.map(day_of),
        provisional: due.provisional,
    };
    found.into_iter().map(row).collect()
}

/// Replaces what the records had set going by `rows`. What is as it was is not written.
pub fn write(db: &mut Db<'_>, records: &[RecordId], rows: Vec<DeadlineRow>) -> StoreResult<()> {
    let ids: Vec<&[u8]> = records.iter().map(|id| id.0.as_slice()).collect();
    let before = query!(db, deadlines::of_records(&ids))?;
    let kept: HashSet<(RecordId, &str)> = rows.iter().map(|row| (row.record, row.code.as_str())).collect();
    let gone: Vec<&DeadlineRow> = before
        .iter()
        .filter(|row| !kept.contains(&(row.record, row.code.as_str())))
        .collect();
    let keys = vec![
        (
            "record",
            Column::Bytes(gone.iter().map(|r| Some(r.record.0.as_slice())).collect()),
        ),
        (
            "code",
            Column::Text(gone.iter().map(|r| Some(r.code.as_str())).collect()),
        ),
    ];
    query!(db, locks::write(&Bulk::new(Verb::Delete, "deadline", 2, keys)))?;
    let new: Vec<&DeadlineRow> = rows.iter().filter(|row| !before.contains(row)).collect();
    let text = |get: fn(&DeadlineRow) -> &str| Column::Text(new.iter().map(|row| Some(get(row))).collect());
    let long = |get: fn(&DeadlineRow) -> Option<i64>| Column::Long(new.iter().map(|row| get(row)).collect());
    let columns = vec![
        (
            "record",
            Column::Bytes(new.iter().map(|r| Some(r.record.0.as_slice())).collect()),
        ),
        ("code", text(|r| &r.code)),
        ("unit", text(|r| &r.unit)),
        ("kind", text(|r| &r.kind)),
        ("start_day", long(|r| Some(r.start_day))),
        ("due_day", long(|r| Some(r.due_day))),
        ("met_day", long(|r| r.met_day)),
        (
            "provisional",
            Column::Bool(new.iter().map(|r| Some(r.provisional)).collect()),
        ),
    ];
    query!(db, locks::write(&Bulk::new(Verb::Upsert, "deadline", 2, columns)))
}
