//! The ledger's place behind the write path: from a record that changed to the sessions whose hours it concerns.

use std::collections::BTreeSet;
use std::sync::Arc;

use sync_protocol::catalog::{Attests, Catalog};
use sync_protocol::id::RecordId;
use sync_protocol::record::Record;
use sync_protocol::rules::Rules;

use super::facts::{field, named};
use super::rule;
use super::settle::{Settling, settle};
use crate::directory::grid::GridCache;
use crate::draw;
use crate::query;
use crate::reconcile::settle::blocking;
use crate::reconcile::step::{Step, Turn, look_at};
use crate::store::rows::RecordRow;
use crate::store::{Db, StoreError, StoreResult};

/// Posts what records that pass by have made due.
pub struct Hours {
    rules: Arc<Rules>,
    grid: Arc<GridCache>,
}

impl Hours {
    /// With the rules whose findings keep hours back, and the grid that tells who could read what.
    pub fn new(rules: Arc<Rules>, grid: Arc<GridCache>) -> Hours {
        Hours { rules, grid }
    }
}

impl Step for Hours {
    fn name(&self) -> &'static str {
        "hours"
    }

    fn derive(&self, db: &mut Db<'_>, turn: &Turn<'_>, records: &[RecordRow]) -> StoreResult<()> {
        let sessions = concerned(db, turn.catalog, records)?;
        if sessions.is_empty() {
            return Ok(());
        }
        let grid = self.grid.get(db, turn.now_ms)?;
        let mut blocking = blocking(db, &self.rules, &sessions)?;
        let seen = records.iter().map(|row| row.id).collect();
        let settling = Settling {
            catalog: turn.catalog,
            grid: &grid,
            seen: &seen,
            now_ms: turn.now_ms,
            draws_since_ms: rule::since_ms(db)?,
        };
        for session in sessions {
            // An attestation may name a session that is not here any more after a restore.
            if let Some(row) = query!(db, records::by_ids(&[session.0.as_slice()]))?.pop() {
                settle(db, settling, row, &blocking.remove(&session).unwrap_or_default())?;
            }
        }
        Ok(())
    }
}

/// The sessions whose hours depend on one of the records. Which sessions an attestation names is noted meanwhile, where
/// that is not done yet.
pub fn concerned(db: &mut Db<'_>, catalog: &Catalog, rows: &[RecordRow]) -> StoreResult<BTreeSet<RecordId>> {
    let mut sessions = BTreeSet::new();
    for row in rows {
        let Some(kind) = catalog.kinds().get(&row.kind) else {
            continue;
        };
        if kind.ledger.is_some() {
            sessions.insert(row.id);
        } else if let Some(attests) = &kind.attests {
            sessions.extend(attestation(db, attests, row)?);
        } else if row.kind == draw::KIND {
            let draw = Record::unpack(&row.state).map_err(|_| StoreError::Corrupt)?;
            for order in named(&draw, field::ORDER) {
                sessions.extend(under(db, catalog, order)?);
            }
        } else if is_order(catalog, &row.kind) {
            sessions.extend(under(db, catalog, row.id)?);
        }
    }
    Ok(sessions)
}

/// The sessions under an arrangement that post hours.
fn under(db: &mut Db<'_>, catalog: &Catalog, order: RecordId) -> StoreResult<Vec<RecordId>> {
    let under = query!(db, records::dependents(order))?;
    let posts = |row: &&RecordRow| catalog.kinds().get(&row.kind).is_some_and(|k| k.ledger.is_some());
    Ok(under.iter().filter(posts).map(|row| row.id).collect())
}

/// Whether sessions that post hours are under records of this kind.
fn is_order(catalog: &Catalog, kind: &str) -> bool {
    let sessions = catalog.kinds().values().filter(|session| session.ledger.is_some());
    let targets = sessions.filter_map(|session| session.field(field::ORDER)?.target.as_deref());
    targets.into_iter().any(|target| target == kind)
}

/// Notes which sessions an attestation names, every sibling counting. Answers those that it names or named.
fn attestation(db: &mut Db<'_>, attests: &Attests, row: &RecordRow) -> StoreResult<BTreeSet<RecordId>> {
    let record = Record::unpack(&row.state).map_err(|_| StoreError::Corrupt)?;
    note(db, row.id, &named(&record, &attests.link))
}

/// Notes which sessions an attestation names. Answers those and the ones that it named before. Where the two differ, the
/// sessions are looked at again: who attests a session decides nothing about it any more.
pub fn note(db: &mut Db<'_>, attestation: RecordId, names: &BTreeSet<RecordId>) -> StoreResult<BTreeSet<RecordId>> {
    let noted: BTreeSet<RecordId> = query!(db, ledger::sessions_of(attestation))?.into_iter().collect();
    for session in names.difference(&noted) {
        query!(db, ledger::attest(attestation, *session))?;
    }
    for session in noted.difference(names) {
        query!(db, ledger::unattest(attestation, *session))?;
    }
    let moved: Vec<(RecordId, i64)> = (names ^ &noted).into_iter().map(|session| (session, 0)).collect();
    look_at(db, &moved)?;
    Ok(names | &noted)
}
