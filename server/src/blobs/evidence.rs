//! A record's photos, voice notes and documents with everything that is known of how they came to be.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::feed::Hash;
use sync_protocol::id::{MemberId, RecordId};
use sync_protocol::record::Record;
use sync_protocol::value::Value;

use super::right;
use crate::query;
use crate::store::rows::{AccessRow, BlobRow, CollectionRow};
use crate::store::{Db, StoreError, StoreResult};
use crate::sync::SyncError;
use crate::sync::desk::Looker;
use crate::sync::opened::{self, Opened};

/// What a record's fields refer to, as far as the reader reads them, in the order in which it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: String,
    /// Its unit.
    pub unit: String,
    /// The blobs.
    pub blobs: Vec<Listed>,
    /// Names and numbers of those who are named as deliverers.
    pub people: BTreeMap<MemberId, (String, String)>,
    /// What the listing discloses of somebody else's sensitive fields.
    pub reading: Option<AccessRow>,
    /// The entry of the access log for an export of it.
    pub export: AccessRow,
}

/// A blob that a record refers to, or did.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// Its hash.
    pub sha256: Hash,
    /// The fields into which it was put.
    pub fields: BTreeSet<String>,
    /// Whether one of them holds it now. What was taken out again can still be read.
    pub current: bool,
    /// Who put it there.
    pub authors: BTreeSet<MemberId>,
    /// What arrived; nothing until one of the authors has delivered it.
    pub arrived: Option<BlobRow>,
    /// The authors' deliveries, the earliest first.
    pub deliveries: Vec<CollectionRow>,
}

/// Lists a record's blobs. An unreadable record and a missing one answer alike. `db` is one snapshot.
pub fn list(db: &mut Db<'_>, looker: Looker<'_>, record: RecordId, now_ms: i64) -> Result<Listing, SyncError> {
    let opened = opened::open(db, looker, record)?;
    let mut blobs = referred(db, &opened)?;
    arrivals(db, &mut blobs)?;
    let fields: BTreeSet<&str> = blobs
        .iter()
        .flat_map(|blob| blob.fields.iter().map(String::as_str))
        .collect();
    let reading = right::disclosed(&opened, looker.member, &fields, now_ms);
    let exported: Vec<&str> = ["export"].into_iter().chain(fields).collect();
    let export = right::entry(&opened, looker.member, &exported, now_ms);
    Ok(Listing {
        record,
        kind: opened.row.kind.clone(),
        unit: opened.row.unit.clone(),
        people: people(db, &blobs)?,
        reading,
        export,
        blobs,
    })
}

/// What the operations that the reader sees have put into fields that he reads.
fn referred(db: &mut Db<'_>, opened: &Opened<'_>) -> StoreResult<Vec<Listed>> {
    let state = Record::unpack(&opened.row.state).map_err(|_| StoreError::Corrupt)?;
    let ops = query!(db, feeds::of_record(opened.row.id))?;
    let mut blobs: Vec<Listed> = Vec::new();
    let mut places: BTreeMap<Hash, usize> = BTreeMap::new();
    for op in ops.iter().filter(|op| opened.shows(op)) {
        for put in right::puts(opened, op) {
            let place = *places.entry(put.hash).or_insert_with(|| {
                blobs.push(Listed {
                    sha256: put.hash,
                    fields: BTreeSet::new(),
                    current: false,
                    authors: BTreeSet::new(),
                    arrived: None,
                    deliveries: Vec::new(),
                });
                blobs.len() - 1
            });
            let blob = &mut blobs[place];
            blob.fields.insert(put.field.to_owned());
            blob.authors.insert(op.member);
            blob.current |= holds(&state, put.field, put.hash);
        }
    }
    Ok(blobs)
}

/// Whether a field of the merged record holds the hash, be it as one of several values that contend.
fn holds(state: &Record, field: &str, hash: Hash) -> bool {
    let wanted = Value::Hash(hash);
    state.values(field).iter().any(|entry| entry.value == wanted)
        || state.elements(field).any(|(item, _)| *item == wanted)
}

/// Most hashes that one look names.
const LOOK: usize = 500;

/// Fills in what arrived from the authors. Bytes that somebody else delivered do not show: who refers to a hash without
/// having the bytes shall not learn that they exist.
fn arrivals(db: &mut Db<'_>, blobs: &mut [Listed]) -> StoreResult<()> {
    for some in blobs.chunks_mut(LOOK) {
        let hashes: Vec<Hash> = some.iter().map(|blob| blob.sha256).collect();
        let named: Vec<&[u8]> = hashes.iter().map(|hash| hash.as_slice()).collect();
        let rows = query!(db, blob_readers::blobs(&named))?;
        let mut rows: BTreeMap<Hash, BlobRow> = rows.into_iter().map(|row| (row.sha256, row)).collect();
        let deliveries = query!(db, blob_readers::deliveries(&named))?;
        for blob in some {
            let of_authors = deliveries
                .iter()
                .filter(|delivery| delivery.sha256 == blob.sha256 && blob.authors.contains(&delivery.member));
            blob.deliveries = of_authors.cloned().collect();
            if !blob.deliveries.is_empty() {
                blob.arrived = rows.remove(&blob.sha256);
            }
        }
    }
    Ok(())
}

fn people(db: &mut Db<'_>, blobs: &[Listed]) -> StoreResult<BTreeMap<MemberId, (String, String)>> {
    let deliveries = blobs.iter().flat_map(|blob| &blob.deliveries);
    let members: BTreeSet<MemberId> = deliveries.map(|delivery| delivery.member).collect();
    let members: Vec<&[u8]> = members.iter().map(|member| member.0.as_slice()).collect();
    let mut people = BTreeMap::new();
    for some in members.chunks(LOOK) {
        let rows = query!(db, blob_readers::people(some))?;
        people.extend(rows.into_iter().map(|(id, name, number)| (id, (name, number))));
    }
    Ok(people)
}
