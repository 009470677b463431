//! Which photos and other blobs an operation refers to, whatever became of it.
//!
//! An operation is kept for ever, also a held or quarantined one, and it may be issued again: so what it names must be
//! kept as well. Of one whose values could not be typed nobody knows which of them are blobs; then everything that
//! looks like a hash counts, for a row too many keeps a photo for nothing and a row too few loses it.

use std::collections::BTreeSet;

use sync_protocol::catalog::Catalog;
use sync_protocol::feed::Hash;
use sync_protocol::id::{DeviceId, RecordId};
use sync_protocol::json::Json;
use sync_protocol::op::{self, Op, Parsed};
use sync_protocol::shape::{self, Typed};
use sync_protocol::verdict::Code;
use sync_protocol::wire::parse_hash;

use super::rows::write;
use crate::query;
use crate::store::bulk::{Bulk, Column, Verb};
use crate::store::{Store, StoreResult};

/// The fact in `meta` that every stored operation has its rows in `blob_ref`. Programs of the first schema wrote them
/// for accepted operations only.
pub(crate) const COMPLETE: &str = "blob_refs";

/// Operations read at once.
const PAGE: i64 = 500;

/// What the operation refers to: `typed` is what [`shape::check`] said of it.
pub(crate) fn referred(op: &Op, typed: Result<&Typed, &Code>) -> BTreeSet<Hash> {
    match typed {
        Ok(typed) => typed.blobs.iter().copied().collect(),
        Err(_) => mentioned(op),
    }
}

/// Everything in the operation that may be the hash of a blob.
pub(crate) fn mentioned(op: &Op) -> BTreeSet<Hash> {
    let values = op.set.values().chain(op.add.values().flatten());
    let texts = values.filter_map(|value| match value {
        Json::Text(text) => Some(text),
        _ => None,
    });
    texts.filter_map(|text| parse_hash(text)).collect()
}

/// Writes the rows that an earlier program left out, once. Killed in the middle, it begins anew at the next start.
pub fn complete(store: &Store, catalog: &Catalog) -> StoreResult<()> {
    if store.read(|db| query!(db, meta::get(COMPLETE)))?.is_some() {
        return Ok(());
    }
    let mut after = (DeviceId([0; 16]), 0);
    loop {
        let ops = store.read(|db| query!(db, keeping::refused_after(after.0, after.1, PAGE)))?;
        let Some(last) = ops.last() else { break };
        after = (last.device, last.seq);
        let texts = ops.iter().filter_map(|row| std::str::from_utf8(&row.body).ok());
        let mut rows: Vec<(Hash, RecordId)> = Vec::new();
        for text in texts {
            if let Parsed::Op(op) = op::read(text).0 {
                let typed = shape::check(catalog, &op).map(|(_, typed)| typed);
                rows.extend(referred(&op, typed.as_ref()).into_iter().map(|hash| (hash, op.record)));
            }
        }
        let columns = vec![
            (
                "sha256",
                Column::Bytes(rows.iter().map(|r| Some(r.0.as_slice())).collect()),
            ),
            (
                "record",
                Column::Bytes(rows.iter().map(|r| Some(r.1.0.as_slice())).collect()),
            ),
        ];
        store.write(|db| write(db, &Bulk::new(Verb::InsertMissing, "blob_ref", 2, columns)))?;
    }
    store.write(|db| query!(db, meta::put(COMPLETE, "all")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(add: &str) -> Op {
        let text = format!(
            "{{\"seq\":1,\"salt\":\"{salt}\",\"gen\":\"g\",\"cat\":1,\"by\":\"{id}\",\"as\":\"{id}\",\
             \"at\":\"2026-11-22T08:00:00+08:00\",\"boot\":\"b\",\"uptime_ms\":1,\"record\":\"{id}\",\
             \"kind\":\"photo_report\",\"unit\":\"350111001026\",{add}}}",
            salt = "0".repeat(32),
            id = "0197f000-0000-7000-8000-000000000001",
        );
        let Parsed::Op(op) = op::read(&text).0 else {
            panic!("{text}")
        };
        *op
    }

    #[test]
    fn what_cannot_be_typed_mentions_whatever_looks_like_a_hash() {
        let catalog = Catalog::builtin().unwrap();
        let (photo, other) = ("ab".repeat(32), "cd".repeat(32));
        let good = read(&format!(
            "\"set\":{{\"description\":\"{other}\"}},\"add\":{{\"photos\":[\"{photo}\"]}}"
        ));
        let typed = shape::check(&catalog, &good).map(|(_, typed)| typed);
        assert_eq!(referred(&good, typed.as_ref()), [[0xab; 32]].into());
        let bad = read(&format!(
            "\"set\":{{\"title\":7,\"nowhere\":\"{other}\"}},\"add\":{{\"photos\":[\"{photo}\",\"AB\",null]}},\
             \"remove\":{{\"photos\":[\"{}\"]}}",
            "ef".repeat(32)
        ));
        let typed = shape::check(&catalog, &bad).map(|(_, typed)| typed);
        assert_eq!(referred(&bad, typed.as_ref()), [[0xab; 32], [0xcd; 32]].into());
    }
}
