//! Who may see a record beside the unit-wide readers, kept as it changes.
//!
//! Whoever changes it, on the record or on one that it is linked to, writes in the same transaction, under the
//! unit's lock, a visibility row for each member concerned. A record's creation writes none: its own place in
//! the log lies after every cursor, so it is delivered by itself.

use std::collections::BTreeSet;
use std::sync::Arc;

use sync_protocol::catalog::{Catalog, Kind};
use sync_protocol::id::{MemberId, RecordId};
use sync_protocol::record::Record;
use sync_protocol::value::Value;

use super::batch::Draft;
use super::merged::Merged;
use crate::query;
use crate::store::{Db, StoreResult};

/// The members assigned by the record's own fields, every sibling counting.
pub(crate) fn assigned(kind: &Kind, record: &Record) -> BTreeSet<MemberId> {
    ids(&kind.read.assigned, record).map(MemberId).collect()
}

/// The records whose assigned members see this one.
pub(crate) fn links(kind: &Kind, record: &Record) -> BTreeSet<RecordId> {
    ids(&kind.read.via, record).map(RecordId).collect()
}

fn ids<'r>(fields: &'r [String], record: &'r Record) -> impl Iterator<Item = [u8; 16]> + 'r {
    fields.iter().flat_map(|field| {
        let registers = record.values(field).iter().map(|e| &e.value);
        registers
            .chain(record.elements(field).map(|(value, _)| value))
            .filter_map(|value| match value {
                Value::Id(id) => Some(*id),
                _ => None,
            })
    })
}

/// Recomputes who sees the record `id`, which this push has just changed, and the records linked to it.
pub(super) fn refresh(
    db: &mut Db<'_>,
    catalog: &Catalog,
    draft: &mut Draft<'_>,
    id: RecordId,
    old: Option<&Merged>,
) -> StoreResult<()> {
    let Some(record) = draft.record(&id).cloned() else {
        return Ok(());
    };
    let Some(kind) = catalog.kinds().get(&record.kind) else {
        return Ok(());
    };
    settle(db, catalog, draft, id, Arc::clone(&record), kind, old.is_none())?;
    let before = old.map(|old| assigned(kind, &old.state)).unwrap_or_default();
    if assigned(kind, &record.state) == before || !has_dependents(catalog, &record.kind) {
        return Ok(());
    }
    for dependent in dependents(db, draft, id)? {
        let Some(record) = draft.record(&dependent).cloned() else {
            continue;
        };
        let Some(kind) = catalog.kinds().get(&record.kind) else {
            continue;
        };
        settle(db, catalog, draft, dependent, record, kind, false)?;
    }
    Ok(())
}

/// Whether any kind takes its viewers from links to `kind`.
fn has_dependents(catalog: &Catalog, kind: &str) -> bool {
    let target = |k: &Kind, field: &String| k.field(field).and_then(|f| f.target.clone());
    catalog
        .kinds()
        .values()
        .any(|k| k.read.via.iter().any(|field| target(k, field).as_deref() == Some(kind)))
}

fn dependents(db: &mut Db<'_>, draft: &mut Draft<'_>, target: RecordId) -> StoreResult<BTreeSet<RecordId>> {
    let rows = query!(db, records::dependents(target))?;
    let mut found: BTreeSet<RecordId> = rows.iter().map(|row| row.id).collect();
    draft.take_in(db, rows)?;
    // Links made by this very batch are not in the store yet, and those it dropped still are.
    let working = [&draft.own.records, &draft.loaded.working.records];
    found.extend(
        working
            .iter()
            .flat_map(|records| records.iter())
            .filter(|(_, r)| r.links.contains(&target))
            .map(|(id, _)| *id),
    );
    found.retain(|id| draft.record(id).is_some_and(|r| r.links.contains(&target)));
    Ok(found)
}

/// Brings viewers and links of one record up to date and writes down what changed for whom.
fn settle(
    db: &mut Db<'_>,
    catalog: &Catalog,
    draft: &mut Draft<'_>,
    id: RecordId,
    record: Arc<Merged>,
    kind: &Kind,
    created: bool,
) -> StoreResult<()> {
    let links = links(kind, &record.state);
    let mut viewers = assigned(kind, &record.state);
    viewers.insert(record.creator);
    for target in &links {
        if let Some(target) = draft.fetch(db, target)?
            && let Some(kind) = catalog.kinds().get(&target.kind)
        {
            viewers.extend(assigned(kind, &target.state));
        }
    }
    if viewers == record.viewers && links == record.links {
        return Ok(());
    }
    if !created {
        let joined: Vec<MemberId> = viewers.difference(&record.viewers).copied().collect();
        let left: Vec<MemberId> = record.viewers.difference(&viewers).copied().collect();
        for (members, present) in [(joined, true), (left, false)] {
            for member in members {
                let pos = draft.next_pos(&record.unit)?;
                draft
                    .rows
                    .visibility
                    .push((record.unit.clone(), pos, member, id, present));
            }
        }
    }
    let mut record = Arc::unwrap_or_clone(record);
    record.viewers = viewers;
    record.links = links;
    draft.own.records.insert(id, Arc::new(record));
    Ok(())
}
