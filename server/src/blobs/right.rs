//! Who reads a blob. A hash is no secret, so knowing one gives no right: the bytes must have been delivered by the
//! author of an operation that the reader may see, or by the reader himself.

use std::collections::BTreeSet;

use sync_protocol::catalog::FieldType;
use sync_protocol::feed::Hash;
use sync_protocol::id::MemberId;
use sync_protocol::json::Json;
use sync_protocol::op::{self, Op, Parsed};
use sync_protocol::wire::parse_hash;

use crate::query;
use crate::store::Db;
use crate::store::rows::{AccessRow, BlobRow, OpRow};
use crate::sync::SyncError;
use crate::sync::desk::Looker;
use crate::sync::opened::{self, Opened};

/// A blob that may be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Readable {
    /// The blob.
    pub blob: BlobRow,
    /// What reading it discloses of somebody else's sensitive fields: to be written down before the bytes are sent.
    pub reading: Option<AccessRow>,
}

/// Finds a blob for a reader. One that is not there, or not for him, is not found. `db` is one snapshot.
pub fn readable(db: &mut Db<'_>, looker: Looker<'_>, hash: Hash, now_ms: i64) -> Result<Readable, SyncError> {
    let hashes = [hash.as_slice()];
    let blob = query!(db, blob_readers::blobs(&hashes))?
        .pop()
        .ok_or(SyncError::NotFound)?;
    let deliverers: Vec<MemberId> = query!(db, blob_readers::deliveries(&hashes))?
        .into_iter()
        .map(|delivery| delivery.member)
        .collect();
    if deliverers.contains(&looker.member) {
        return Ok(Readable { blob, reading: None });
    }
    let members: Vec<&[u8]> = deliverers.iter().map(|member| member.0.as_slice()).collect();
    for row in query!(db, blob_readers::records(hash, &members))? {
        let opened = match opened::open_row(db, looker, row) {
            Err(SyncError::NotFound) => continue,
            opened => opened?,
        };
        let ops = query!(db, blob_readers::written(opened.row.id, &members))?;
        let fields: BTreeSet<&str> = ops
            .iter()
            .filter(|op| opened.shows(op))
            .flat_map(|op| puts(&opened, op))
            .filter(|put| put.hash == hash)
            .map(|put| put.field)
            .collect();
        if !fields.is_empty() {
            let reading = disclosed(&opened, looker.member, &fields, now_ms);
            return Ok(Readable { blob, reading });
        }
    }
    Err(SyncError::NotFound)
}

/// A hash that an operation puts into a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Put<'o> {
    /// The blob.
    pub hash: Hash,
    /// The field, which the reader reads.
    pub field: &'o str,
}

/// What an operation puts into those blob fields of the record that the reader reads.
pub(super) fn puts<'o>(opened: &'o Opened<'_>, row: &OpRow) -> Vec<Put<'o>> {
    // One that names another kind was refused for it, and its fields are not this record's.
    if row.kind.as_ref() != Some(&opened.row.kind) {
        return Vec::new();
    }
    let Some(op) = read(row) else { return Vec::new() };
    let mut found = Vec::new();
    for (name, field) in &opened.kind.fields {
        if field.kind != FieldType::Blob || !opened.reads(field) {
            continue;
        }
        let added = op.add.get(name).into_iter().flatten();
        let hashes = op
            .set
            .get(name)
            .into_iter()
            .chain(added)
            .filter_map(|value| match value {
                Json::Text(text) => parse_hash(text),
                _ => None,
            });
        found.extend(hashes.map(|hash| Put { hash, field: name }));
    }
    found
}

/// The operation, if its bytes can be read.
fn read(row: &OpRow) -> Option<Op> {
    match op::read(std::str::from_utf8(&row.body).ok()?).0 {
        Parsed::Op(op) => Some(*op),
        Parsed::Withheld(_) | Parsed::Unreadable(_) => None,
    }
}

/// The entry of the access log for a reading of `fields`, if it is one that is written down.
pub(crate) fn disclosed(
    opened: &Opened<'_>,
    reader: MemberId,
    fields: &BTreeSet<&str>,
    now_ms: i64,
) -> Option<AccessRow> {
    let noted = fields.iter().filter(|name| {
        let field = opened.kind.field(name);
        field.is_some_and(|field| opened.notes(field))
    });
    let noted: Vec<&str> = noted.copied().collect();
    (!noted.is_empty()).then(|| entry(opened, reader, &noted, now_ms))
}

/// An entry of the access log about an opened record.
pub(crate) fn entry(opened: &Opened<'_>, reader: MemberId, fields: &[&str], now_ms: i64) -> AccessRow {
    AccessRow {
        id: *uuid::Uuid::now_v7().as_bytes(),
        at_ms: now_ms,
        member: reader,
        device: None,
        unit: opened.row.unit.clone(),
        kind: opened.row.kind.clone(),
        fields: fields.join(","),
        records: 1,
    }
}
