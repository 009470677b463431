//! Whose records stand in no list: sealed persons and minors (Criminal Procedure Law, Art 286), and what is about them, an
//! arrangement, its sessions, their attestations and forms.

use std::collections::{BTreeSet, HashMap};

use sync_protocol::catalog::{Catalog, Field, FieldType, STATE_FIELD};
use sync_protocol::id::RecordId;
use sync_protocol::record::Record;
use sync_protocol::value::Value;

use super::desk::Looker;
use super::{SyncError, opened};
use crate::query;
use crate::store::rows::RecordRow;
use crate::store::{Db, StoreError, StoreResult};

/// Most records of one look.
const LOOK: usize = 500;

/// Whether a record is that of a sealed person, or of a minor.
pub fn is_sealed(row: &RecordRow) -> StoreResult<bool> {
    if row.kind != "subject" {
        return Ok(false);
    }
    let record = unpack(row)?;
    let holds = |field: &str, value: &Value| record.values(field).iter().any(|entry| entry.value == *value);
    Ok(holds(STATE_FIELD, &Value::Text("sealed".to_owned())) || holds("sealed_minor", &Value::Bool(true)))
}

/// Those of some persons who are sealed.
pub fn among(db: &mut Db<'_>, persons: impl Iterator<Item = [u8; 16]>) -> StoreResult<BTreeSet<[u8; 16]>> {
    let persons: BTreeSet<[u8; 16]> = persons.collect();
    let persons: Vec<&[u8]> = persons.iter().map(<[u8; 16]>::as_slice).collect();
    let mut sealed = BTreeSet::new();
    for some in persons.chunks(LOOK) {
        for row in query!(db, records::by_ids(some))? {
            if is_sealed(&row)? {
                sealed.insert(row.id.0);
            }
        }
    }
    Ok(sealed)
}

/// Looks up which sealed persons records are about. Good for one snapshot, for it remembers.
pub struct Sealed<'c> {
    catalog: &'c Catalog,
    known: HashMap<RecordId, BTreeSet<RecordId>>,
}

impl<'c> Sealed<'c> {
    /// Knowing nothing yet.
    pub fn new(catalog: &'c Catalog) -> Sealed<'c> {
        Sealed {
            catalog,
            known: HashMap::new(),
        }
    }

    /// Whether a record is that of a sealed person, or about one.
    pub fn holds(&mut self, db: &mut Db<'_>, row: &RecordRow) -> StoreResult<bool> {
        Ok(!self.persons(db, row)?.is_empty())
    }

    /// Whether a record is about a sealed person whose own record the looker does not read.
    pub fn hides(&mut self, db: &mut Db<'_>, looker: Looker<'_>, row: &RecordRow) -> Result<bool, SyncError> {
        for person in self.persons(db, row)? {
            match opened::open(db, looker, person) {
                Err(SyncError::NotFound) => return Ok(true),
                opened => drop(opened?),
            }
        }
        Ok(false)
    }

    fn persons(&mut self, db: &mut Db<'_>, row: &RecordRow) -> StoreResult<BTreeSet<RecordId>> {
        if let Some(known) = self.known.get(&row.id) {
            return Ok(known.clone());
        }
        // Whoever leads back here is looked at once.
        self.known.insert(row.id, BTreeSet::new());
        let mut persons = BTreeSet::new();
        if is_sealed(row)? {
            persons.insert(row.id);
        }
        let targets = self.targets(row)?;
        let ids: Vec<&[u8]> = targets.iter().map(|id| id.0.as_slice()).collect();
        if !ids.is_empty() {
            for target in query!(db, records::by_ids(&ids))? {
                persons.append(&mut self.persons(db, &target)?);
            }
        }
        self.known.insert(row.id, persons.clone());
        Ok(persons)
    }

    /// The records that a record names, every sibling counting. A link to another of the same kind says that they belong
    /// together, not whose it is.
    fn targets(&self, row: &RecordRow) -> StoreResult<BTreeSet<RecordId>> {
        let Some(kind) = self.catalog.kinds().get(&row.kind) else {
            return Ok(BTreeSet::new());
        };
        let leads = |field: &Field| field.kind == FieldType::Record && field.target.as_ref() != Some(&row.kind);
        let names: Vec<&String> = kind
            .fields
            .iter()
            .filter(|(_, field)| leads(field))
            .map(|(name, _)| name)
            .collect();
        if names.is_empty() {
            return Ok(BTreeSet::new());
        }
        let record = unpack(row)?;
        let values = names.into_iter().flat_map(|name| {
            let held = record.values(name).iter().map(|entry| &entry.value);
            held.chain(record.elements(name).map(|(value, _)| value))
        });
        let id = |value: &Value| match value {
            Value::Id(id) => Some(RecordId(*id)),
            _ => None,
        };
        Ok(values.filter_map(id).collect())
    }
}

fn unpack(row: &RecordRow) -> StoreResult<Record> {
    Record::unpack(&row.state).map_err(|_| StoreError::Corrupt)
}
