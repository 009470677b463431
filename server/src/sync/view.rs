//! A merged record as one reader may see it.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::catalog::{Kind, STATE_FIELD, Sensitivity};
use sync_protocol::id::{MemberId, RecordId};
use sync_protocol::record::{Dots, Entry, Record};
use sync_protocol::role::Role;
use sync_protocol::value::Value;
use sync_protocol::wire::{FieldView, ItemView, RecordView, ValueView};

use super::desk_view;
use super::rights::reads_field;
use crate::query;
use crate::store::rows::{OpRow, RecordRow};
use crate::store::{Db, StoreError, StoreResult};

/// Who looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'r> {
    pub member: MemberId,
    /// His roles in the record's unit.
    pub roles: &'r BTreeSet<Role>,
}

/// A view, and which sensitive fields of somebody else's record it discloses.
pub(super) struct Seen {
    pub view: RecordView,
    pub sensitive: BTreeSet<String>,
}

/// Shows `row` to `reader`, fields left out that he may not read.
/// `desk`: the operations of the desk on it.
pub(super) fn view(
    db: &mut Db<'_>,
    kind: &Kind,
    reader: Reader<'_>,
    row: &RecordRow,
    desk: &[OpRow],
) -> StoreResult<Seen> {
    let record = Record::unpack(&row.state).map_err(|_| StoreError::Corrupt)?;
    let mut sensitive = BTreeSet::new();
    let mut fields = BTreeMap::new();
    let mut readable = |name: &str| {
        let Some(field) = kind.field(name) else {
            return name == STATE_FIELD;
        };
        let reads = reads_field(kind, field, reader.roles, reader.member, row.creator);
        if reads && field.sensitivity >= Sensitivity::Sensitive && reader.member != row.creator {
            sensitive.insert(name.to_owned());
        }
        reads
    };
    for (name, entries) in record.registers() {
        if readable(name) {
            fields.insert(name.to_owned(), FieldView::Register(register(db, entries)?));
        }
    }
    for (name, elements) in record.sets() {
        if readable(name) {
            let item = |(value, dots): (&Value, &Dots)| ItemView {
                value: value.to_json(),
                dots: dots.iter().map(|(dot, _)| (dot.actor, dot.counter)).collect(),
            };
            fields.insert(
                name.to_owned(),
                FieldView::Set {
                    items: elements.iter().map(item).collect(),
                },
            );
        }
    }
    let (proposals, decisions) = desk_view::show(db, desk, &mut readable)?;
    let view = RecordView {
        id: row.id,
        kind: row.kind.clone(),
        unit: row.unit.parse().map_err(|_| StoreError::Corrupt)?,
        pos: row.pos as u64,
        creator: row.creator,
        clock: record.clock().iter().map(|dot| (*dot.actor, dot.counter)).collect(),
        fields,
        proposals,
        decisions,
    };
    Ok(Seen { view, sensitive })
}

/// The values of a register, the latest in the unit's log first; with author and time where they differ.
fn register(db: &mut Db<'_>, entries: &[Entry]) -> StoreResult<Vec<ValueView>> {
    let contested = entries.windows(2).any(|pair| pair[0].value != pair[1].value);
    let mut sorted: Vec<&Entry> = entries.iter().collect();
    sorted.sort_unstable_by_key(|e| std::cmp::Reverse((e.pos, e.dot.counter, e.dot.actor)));
    let mut values = Vec::with_capacity(sorted.len());
    for entry in sorted {
        let dot = (entry.dot.actor, entry.dot.counter);
        let provenance = if contested {
            query!(db, feeds::provenance(dot.0, dot.1 as i64))?
        } else {
            None
        };
        values.push(ValueView {
            value: entry.value.to_json(),
            dot,
            by: provenance.map(|(by, _)| by),
            at: provenance.map(|(_, at)| at),
        });
    }
    Ok(values)
}

/// The id in a stored row.
pub(super) fn record_id(bytes: &[u8]) -> StoreResult<RecordId> {
    Ok(RecordId(bytes.try_into().map_err(|_| StoreError::Corrupt)?))
}
