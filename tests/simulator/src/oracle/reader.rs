//! What one reader should hold, by looking at every record.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use sync_protocol::catalog::{Catalog, Field as Rule, Kind, Sensitivity};
use sync_protocol::id::MemberId;
use sync_protocol::role::Role;

use super::record::{Field, Worked};
use crate::cast::Book;

/// All records of a unit as of one moment.
pub type Records = BTreeMap<String, Worked>;

/// Whether holders of `roles` read a field of a record that they read.
pub fn reads_field(field: &Rule, roles: &[Role], creator: bool) -> bool {
    let named = field.read.as_ref();
    let by_role = named.map_or(!roles.is_empty(), |read| roles.iter().any(|role| read.contains(role)));
    creator || (field.sensitivity != Sensitivity::Sealed && by_role)
}

/// The records of `records` that `member` reads at `at_ms`, cut to the fields that he reads.
pub fn sight(catalog: &Catalog, book: &Book, records: &Records, member: MemberId, at_ms: i64) -> Records {
    let mut seen = Records::new();
    for (id, record) in records {
        let roles = book.roles(&member, &record.unit, at_ms);
        let Some(kind) = catalog.kinds().get(&record.kind) else {
            continue;
        };
        let wide = roles.iter().any(|role| kind.read.unit.contains(role));
        let own = roles.iter().any(|role| kind.read.own.contains(role));
        if !(wide || (own && concerns(catalog, records, record, kind, member))) {
            continue;
        }
        let mut record = record.clone();
        record.fields.retain(|name, _| {
            name == "state"
                || kind
                    .field(name)
                    .is_some_and(|field| reads_field(field, &roles, record.creator == member))
        });
        seen.insert(id.clone(), record);
    }
    seen
}

/// Whether the record is the member's own, assigned to him, or linked to one that is.
fn concerns(catalog: &Catalog, records: &Records, record: &Worked, kind: &Kind, member: MemberId) -> bool {
    let member_text = member.to_string();
    let assigned = |record: &Worked, kind: &Kind| {
        let named = kind.read.assigned.iter().flat_map(|field| named(record, field));
        named.collect::<BTreeSet<_>>().contains(&member_text)
    };
    let linked = || kind.read.via.iter().flat_map(|field| named(record, field));
    record.creator == member
        || assigned(record, kind)
        || linked().any(|target| {
            records.get(&target).is_some_and(|target| {
                let kind = catalog.kinds().get(&target.kind);
                kind.is_some_and(|kind| assigned(target, kind))
            })
        })
}

/// Every text that a field holds, siblings included.
fn named(record: &Worked, field: &str) -> Vec<String> {
    match record.fields.get(field) {
        Some(Field::Register(values)) => values
            .iter()
            .filter_map(|w| w.value.as_str().map(str::to_owned))
            .collect(),
        Some(Field::Set(elements)) => {
            let text = |json: &String| serde_json::from_str::<Json>(json).ok()?.as_str().map(str::to_owned);
            elements.keys().filter_map(text).collect()
        }
        None => Vec::new(),
    }
}
