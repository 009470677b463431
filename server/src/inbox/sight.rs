//! Which findings a reader sees, and which of the records that they are about.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sync_protocol::id::{RecordId, UnitCode};
use sync_protocol::role::Role;

use crate::query;
use crate::store::rows::{FindingSight, RecordRow};
use crate::store::{Db, StoreError, StoreResult};
use crate::sync::SyncError;
use crate::sync::desk::Looker;
use crate::sync::rights::{is_desk, reads_record};
use crate::sync::sealed::Sealed;

/// The looker's units, by the roles that he holds there. `units`: only of these.
pub fn sights<'l>(looker: Looker<'l>, units: Option<&BTreeSet<UnitCode>>) -> Vec<FindingSight<'l>> {
    let mut found: HashMap<&BTreeSet<Role>, FindingSight<'l>> = HashMap::new();
    let asked = |unit: &UnitCode| units.is_none_or(|units| units.contains(unit));
    for (unit, roles) in looker.scope.iter().filter(|(unit, _)| asked(unit)) {
        let sight = found.entry(roles).or_insert_with(|| sight(looker, roles));
        sight.units.push(unit.as_str());
    }
    found.into_values().collect()
}

fn sight<'l>(looker: Looker<'l>, roles: &BTreeSet<Role>) -> FindingSight<'l> {
    let mut sight = FindingSight {
        desk: roles.iter().any(|role| is_desk(*role)),
        ..FindingSight::default()
    };
    for (code, kind) in looker.catalog.kinds() {
        if !kind.read.unit.is_disjoint(roles) {
            sight.wide.push(code);
        } else if !kind.read.own.is_disjoint(roles) {
            sight.own.push(code);
        }
    }
    sight
}

/// The kind of those who may be sealed.
const PERSONS: &str = "subject";

/// Most records that one look names.
const LOOK: usize = 500;

/// Of some records those that there are, and whether the looker reads each.
pub struct Known {
    /// The records.
    pub rows: BTreeMap<RecordId, RecordRow>,
    readable: BTreeSet<RecordId>,
    sealed: BTreeSet<RecordId>,
}

impl Known {
    /// Looks the records up. `db` is one snapshot.
    pub fn of(db: &mut Db<'_>, looker: Looker<'_>, records: BTreeSet<RecordId>) -> Result<Known, SyncError> {
        let all: Vec<RecordId> = records.into_iter().collect();
        let mut sealed = Sealed::new(looker.catalog);
        let mut known = Known {
            rows: BTreeMap::new(),
            readable: BTreeSet::new(),
            sealed: BTreeSet::new(),
        };
        for some in all.chunks(LOOK) {
            let ids: Vec<&[u8]> = some.iter().map(|id| id.0.as_slice()).collect();
            let viewers = query!(db, records::viewers(&ids))?;
            let own: BTreeSet<RecordId> = viewers
                .iter()
                .filter(|viewer| viewer.member == looker.member)
                .map(|viewer| viewer.record)
                .collect();
            for row in query!(db, records::by_ids(&ids))? {
                if !reads_persons(looker, &row)? && sealed.hides(db, looker, &row)? {
                    known.sealed.insert(row.id);
                } else if reads(looker, &row, own.contains(&row.id))? {
                    known.readable.insert(row.id);
                }
                known.rows.insert(row.id, row);
            }
        }
        Ok(known)
    }

    /// Whether a record is about a sealed person whose own record the looker does not read: it stands in no list of his.
    pub fn is_sealed(&self, record: RecordId) -> bool {
        self.sealed.contains(&record)
    }

    /// The record, if the looker reads it.
    pub fn read(&self, record: RecordId) -> Option<&RecordRow> {
        self.rows.get(&record).filter(|row| self.readable.contains(&row.id))
    }
}

/// Whether the looker reads the unit's persons, sealed ones too: most who decide do.
fn reads_persons(looker: Looker<'_>, row: &RecordRow) -> StoreResult<bool> {
    let unit: UnitCode = row.unit.parse().map_err(|_| StoreError::Corrupt)?;
    let persons = looker.catalog.kinds().get(PERSONS);
    let roles = looker.scope.get(&unit);
    Ok(persons
        .zip(roles)
        .is_some_and(|(kind, roles)| !kind.read.unit.is_disjoint(roles)))
}

fn reads(looker: Looker<'_>, row: &RecordRow, own: bool) -> StoreResult<bool> {
    let unit: UnitCode = row.unit.parse().map_err(|_| StoreError::Corrupt)?;
    let kind = looker.catalog.kinds().get(&row.kind);
    let roles = looker.scope.get(&unit);
    Ok(kind
        .zip(roles)
        .is_some_and(|(kind, roles)| reads_record(kind, roles, own)))
}
