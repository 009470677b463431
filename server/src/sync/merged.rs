//! A merged record in memory, with who sees it.

use std::collections::{BTreeSet, HashMap};

use sync_protocol::id::{MemberId, RecordId};
use sync_protocol::record::Record;

use crate::query;
use crate::store::rows::RecordRow;
use crate::store::{Db, StoreError, StoreResult};

/// A record in memory.
#[derive(Debug, Clone)]
pub(super) struct Merged {
    pub kind: String,
    pub unit: String,
    pub creator: MemberId,
    pub pos: i64,
    pub state: Record,
    /// Its creator and those assigned to it.
    pub viewers: BTreeSet<MemberId>,
    /// The records whose assigned members see this one.
    pub links: BTreeSet<RecordId>,
}

/// What a record had when it was read, so that only the difference is written.
#[derive(Debug, Clone, Default)]
pub(super) struct Before {
    pub viewers: BTreeSet<MemberId>,
    pub links: BTreeSet<RecordId>,
}

/// Unpacks records and reads who views them and what they link to.
pub(super) fn unpack(db: &mut Db<'_>, rows: Vec<RecordRow>) -> StoreResult<Vec<(RecordId, Merged, Before)>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<&[u8]> = rows.iter().map(|r| r.id.0.as_slice()).collect();
    let mut befores: HashMap<RecordId, Before> = HashMap::new();
    for viewer in query!(db, records::viewers(&ids))? {
        befores.entry(viewer.record).or_default().viewers.insert(viewer.member);
    }
    for (source, target) in query!(db, records::links(&ids))? {
        befores.entry(source).or_default().links.insert(target);
    }
    rows.into_iter()
        .map(|row| {
            let before = befores.remove(&row.id).unwrap_or_default();
            let state = Record::unpack(&row.state).map_err(|_| StoreError::Corrupt)?;
            let held = Merged {
                kind: row.kind,
                unit: row.unit,
                creator: row.creator,
                pos: row.pos,
                state,
                viewers: before.viewers.clone(),
                links: before.links.clone(),
            };
            Ok((row.id, held, before))
        })
        .collect()
}
