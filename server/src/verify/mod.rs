//! `wuyuan verify`: whether everything stored still says what the phones signed.
//!
//! All rows are read from one snapshot, so a running server may go on. The walks:
//!
//! 1. [`feeds`]: each device's operations from 1 to its head, their hashes, the chain, the signatures over its
//!    heads, and each operation's verdict against its columns.
//! 2. [`records`]: each record merged anew from its accepted operations in the order of the log and compared with
//!    what is stored, byte for byte; who sees it, what it links to, and its share of the unit's sum.
//! 3. [`logs`] and [`waiting`]: each unit's log is dense from 1 to its head; held operations, re-issues and the
//!    catalogues kept fit the rest. [`references`]: exactly the blobs that operations refer to are written down.
//!
//! 4. [`postings`]: the ledger's numbers have no gap, and each posting is derived again from the operations that it
//!    stands on, and what it must stand on was there by the ledger's own rule ([`ground`]).
//!    [`facts`] and [`reports`]: what figures count is told again from the records, and what was issued is counted again.
//!    [`draws`]: each follows from what was kept of it.
//! 5. [`desk`]: each confirmation carries out another member's proposal, and decisions are written down as they were
//!    made.
//! 6. [`log`]: each leaf of the transparency log made anew from what is stored, tiles, roots and checkpoints from the
//!    leaves, and nothing is stored that is neither sealed nor waits for it.
//!
//! Apart from them, [`bytes()`] hashes every blob anew.
//!
//! Memory is bounded by a page of rows, one bit per place in a unit's log and one sum per unit and kind. A fault
//! names device and number, record, or unit and place, and nothing that an operation says.

mod bytes;
mod desk;
mod draws;
mod facts;
mod fault;
mod feeds;
mod ground;
mod log;
mod logs;
mod postings;
mod records;
mod references;
mod reports;
mod waiting;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use sync_protocol::catalog::Catalog;
use sync_protocol::sum::Tally;

pub use bytes::{Source, bytes};
pub use fault::{Fault, Kind, Place};

use crate::accounts::scope::Grid;
use crate::blobs::shelf::ShelfError;
use crate::blobs::vault::VaultError;
use crate::derived::Law;
use crate::directory::grid::GridCache;
use crate::ledger::rule;
use crate::store::{Store, StoreError};

/// Rows read at once.
const PAGE: usize = 200;

/// What is counted.
const COUNTED: [&str; 26] = [
    "units",
    "devices",
    "operations",
    "head signatures",
    "evidence of forks",
    "records",
    "viewers",
    "links",
    "visibility changes",
    "sums",
    "held operations",
    "re-issues",
    "decisions",
    "catalogues",
    "references to blobs",
    "postings",
    "draws",
    "facts",
    "deadlines",
    "reports",
    "logs",
    "leaves",
    "tiles",
    "checkpoints",
    "entries of the journal",
    "appointments",
];

/// What was checked, and how many faults were told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What, and how many of it.
    pub checked: BTreeMap<&'static str, u64>,
    /// How many faults.
    pub faults: u64,
    /// References to blobs that have not arrived: no fault, for phones send them after the operation.
    pub awaited: u64,
    /// Blobs that a backup lists, that nothing refers to and that were collected while it was made: no fault.
    pub collected: u64,
    /// What waits to be sealed: no fault, for a server seals it within a second or two.
    pub unsealed: u64,
    /// Facts and deadlines were told by other holidays, deadlines or another catalogue than given, so only their form was
    /// checked: no fault, for a server that starts tells them again.
    pub told_otherwise: bool,
}

/// Why nothing could be said.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The store failed while this was read.
    #[error("cannot read the {part}: {error}")]
    Store {
        /// What was being read.
        part: &'static str,
        /// Why not.
        error: StoreError,
    },
    /// The blob store failed, or is not there.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The folder of blobs beside a backup cannot be read.
    #[error(transparent)]
    Shelf(#[from] ShelfError),
    /// The snapshot could not be opened.
    #[error(transparent)]
    Snapshot(#[from] StoreError),
    /// The database was served by a newer program.
    #[error(
        "this database was served with catalogue version {stored}, this program only knows {own}: use a newer program"
    )]
    Older {
        /// The database's.
        stored: i64,
        /// This program's.
        own: u32,
    },
}

/// A verification in progress.
struct Run<'r> {
    catalog: &'r Catalog,
    tell: &'r mut dyn FnMut(&Fault),
    report: Report,
    logs: logs::Logs,
    grid: Arc<Grid>,
    /// Where the present rule for hours begins.
    hours_rule: Option<rule::Begun>,
    /// References of operations that were not accepted are written down too.
    references_complete: bool,
    /// By unit and kind, over the records as they are stored.
    tallies: HashMap<(String, String), Tally>,
}

impl Run<'_> {
    fn fault(&mut self, kind: Kind, place: Place) {
        self.report.faults += 1;
        (self.tell)(&Fault { kind, place });
    }

    fn count(&mut self, what: &'static str, more: u64) {
        *self.report.checked.entry(what).or_default() += more;
    }
}

/// Verifies the whole database and tells each fault as it is found.
///
/// # Errors
/// When the store fails, holds a value that is not of its column's form, or needs a newer program. Faults are no
/// error: they are told and counted.
pub fn verify(store: &Store, law: &Law, tell: &mut dyn FnMut(&Fault)) -> Result<Report, VerifyError> {
    let catalog: &Catalog = &law.catalog;
    store.read(|db| {
        let part = |part| move |error| VerifyError::Store { part, error };
        let mut run = Run {
            catalog,
            tell,
            report: Report {
                checked: COUNTED.map(|what| (what, 0)).into(),
                faults: 0,
                awaited: 0,
                collected: 0,
                unsealed: 0,
                told_otherwise: false,
            },
            grid: GridCache::default().get(db, 0).map_err(part("units"))?,
            hours_rule: rule::begun(db).map_err(part("journal"))?,
            references_complete: references::complete(db).map_err(part("meta"))?,
            logs: logs::Logs::default(),
            tallies: HashMap::new(),
        };
        if let Some(stored) = waiting::newer_catalog(db, catalog).map_err(part("catalogues"))? {
            return Err(VerifyError::Older {
                stored,
                own: catalog.version(),
            });
        }
        logs::heads(db, &mut run).map_err(part("units"))?;
        feeds::check(db, &mut run).map_err(part("feeds"))?;
        records::check(db, &mut run).map_err(part("records"))?;
        logs::check(db, &mut run).map_err(part("units' logs"))?;
        logs::sums(db, &mut run).map_err(part("units' sums"))?;
        waiting::held(db, &mut run).map_err(part("held operations"))?;
        waiting::reissues(db, &mut run).map_err(part("re-issues"))?;
        desk::check(db, &mut run).map_err(part("decisions"))?;
        waiting::catalogs(db, &mut run).map_err(part("catalogues"))?;
        references::check(db, &mut run).map_err(part("references to blobs"))?;
        postings::check(db, &mut run).map_err(part("postings"))?;
        draws::check(db, &mut run).map_err(part("draws"))?;
        facts::check(db, &mut run, law).map_err(part("facts"))?;
        reports::check(db, &mut run).map_err(part("reports"))?;
        log::check(db, &mut run).map_err(part("transparency log"))?;
        Ok(run.report)
    })
}
