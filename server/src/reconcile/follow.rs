//! The follower: behind the push path, in short transactions, resumable at any moment.
//!
//! One turn is one transaction: some records whose time has come, then some that changed, unit by unit in the order of
//! the log, with the marks. On a shared database one follower works at a time, by a lock that ends with the
//! transaction; another comes again a little later. Between turns it rests as long as the last one took, so that
//! pushes, which need the same database, have at least every other moment.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use sync_protocol::catalog::Catalog;
use sync_protocol::id::UnitCode;

use super::step::{Step, Turn, look_at};
use crate::clock::Clock;
use crate::query;
use crate::store::bulk::{Bulk, Column, Verb};
use crate::store::rows::RecordRow;
use crate::store::{Db, Store, StoreError, StoreResult};
use crate::sync::missing;
use crate::sync::moved::Moved;

/// Most records of one turn, and of those whose time has come while others have changed.
const RECORDS: usize = 64;
const OVERDUE: usize = 32;

/// After so long a turn ends, whatever it might still do.
const TURN: Duration = Duration::from_millis(20);

/// Most units of one turn.
const UNITS: usize = 64;

/// Units of one look at all heads.
const LOOK: i64 = 1_000;

/// How long an idle follower waits before it looks whether a record's time has come.
const TICK: Duration = Duration::from_millis(500);

/// How often all heads are compared with the marks, for what another server left or a crash forgot.
const SWEEP: Duration = Duration::from_secs(30);

/// How long to wait for another server's follower, and after a failure of the database.
const BUSY: Duration = Duration::from_millis(20);
const AWAY: Duration = Duration::from_secs(1);

/// When a record that could not be worked on is tried again, ms.
const AGAIN_MS: i64 = 5 * 60 * 1_000;

/// Follows the units' logs. Cloning shares it.
#[derive(Clone)]
pub struct Follower(Arc<Parts>);

struct Parts {
    store: Store,
    catalog: Arc<Catalog>,
    clock: Arc<dyn Clock>,
    moved: Moved,
    steps: Vec<Box<dyn Step>>,
    stopping: AtomicBool,
    /// What an earlier program refused has its findings.
    nothing_missing: AtomicBool,
}

/// What came of one turn.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Turned {
    /// Records that passed the steps.
    records: usize,
    /// There is more to do at once.
    more: bool,
    /// Another server's follower was at it; nothing was done.
    elsewhere: bool,
}

impl Follower {
    /// A follower that has not begun. `moved` tells it what this server's committers did.
    pub fn new(
        store: Store,
        catalog: Arc<Catalog>,
        clock: Arc<dyn Clock>,
        moved: Moved,
        steps: Vec<Box<dyn Step>>,
    ) -> Follower {
        Follower(Arc::new(Parts {
            store,
            catalog,
            clock,
            moved,
            steps,
            stopping: AtomicBool::new(false),
            nothing_missing: AtomicBool::new(false),
        }))
    }

    /// Follows in a thread of its own until [`Follower::stop`], or until nobody holds this follower any more.
    pub fn start(&self) -> std::io::Result<()> {
        let (parts, moved) = (Arc::downgrade(&self.0), self.0.moved.clone());
        let run = move || run(&parts, &moved);
        std::thread::Builder::new().name("follower".to_owned()).spawn(run)?;
        Ok(())
    }

    /// Lets the thread end after its present turn.
    pub fn stop(&self) {
        self.0.stopping.store(true, Ordering::Relaxed);
        self.0.moved.call();
    }

    /// Does at once all that there is to do now, and returns when nothing is left. Answers how many records passed the
    /// steps.
    pub fn catch_up(&self) -> StoreResult<usize> {
        let mut units = self.0.sweep()?;
        let mut records = 0;
        loop {
            units.extend(self.0.moved.take());
            let turned = self.0.turn(&mut units)?;
            records += turned.records;
            if turned.elsewhere {
                std::thread::sleep(BUSY);
            } else if !turned.more {
                return Ok(records);
            }
        }
    }
}

/// Follows as long as somebody holds the follower.
fn run(parts: &Weak<Parts>, moved: &Moved) {
    let mut units = BTreeSet::new();
    let mut swept: Option<Instant> = None;
    loop {
        let Some(own) = parts.upgrade().filter(|own| !own.stopping.load(Ordering::Relaxed)) else {
            return;
        };
        if swept.is_none_or(|at| at.elapsed() >= SWEEP) {
            match own.sweep() {
                Ok(behind) => {
                    units.extend(behind);
                    swept = Some(Instant::now());
                }
                Err(error) => tracing::warn!(%error, "the follower cannot look at the units"),
            }
        }
        units.extend(moved.take());
        let began = Instant::now();
        let turned = own.turn(&mut units);
        drop(own);
        match turned {
            Ok(turned) if turned.elsewhere => std::thread::sleep(BUSY),
            Ok(turned) if turned.more => std::thread::sleep(began.elapsed().min(AWAY)),
            Ok(_) => moved.wait(TICK),
            Err(error) => {
                tracing::warn!(%error, "the follower waits for the database");
                std::thread::sleep(AWAY);
            }
        }
    }
}

impl Parts {
    /// The units whose log goes on after their mark.
    fn sweep(&self) -> StoreResult<BTreeSet<UnitCode>> {
        let mut units = BTreeSet::new();
        let mut after = String::new();
        loop {
            let codes = self
                .store
                .read(|db| query!(db, reconcile::behind_after(&after, LOOK)))?;
            units.extend(codes.iter().filter_map(|code| code.parse::<UnitCode>().ok()));
            match codes.into_iter().last() {
                Some(last) => after = last,
                None => return Ok(units),
            }
        }
    }

    /// One turn over `units`; those that are done are taken out of them.
    fn turn(&self, units: &mut BTreeSet<UnitCode>) -> StoreResult<Turned> {
        let now_ms = self.clock.now_ms();
        let some: Vec<UnitCode> = units.iter().take(UNITS).cloned().collect();
        let done = self.store.write(|db| {
            if !query!(db, locks::follow())? {
                return Ok(None);
            }
            let nothing_missing = self.nothing_missing.load(Ordering::Relaxed) || missing::open_next(db)?;
            let (turned, finished) = self.work(db, now_ms, &some)?;
            Ok::<_, StoreError>(Some((turned, finished, nothing_missing)))
        })?;
        let Some((turned, finished, nothing_missing)) = done else {
            return Ok(Turned {
                elsewhere: true,
                ..Turned::default()
            });
        };
        finished.iter().for_each(|unit| {
            units.remove(unit);
        });
        self.nothing_missing.store(nothing_missing, Ordering::Relaxed);
        Ok(Turned {
            more: turned.more || !units.is_empty() || !nothing_missing,
            ..turned
        })
    }

    /// What one turn does in its transaction. Answers also which of the units are done.
    fn work(&self, db: &mut Db<'_>, now_ms: i64, units: &[UnitCode]) -> StoreResult<(Turned, Vec<UnitCode>)> {
        let began = Instant::now();
        let mut turned = Turned::default();
        let overdue = if units.is_empty() { RECORDS } else { OVERDUE };
        let due = query!(db, reconcile::due(now_ms, overdue as i64))?;
        if !due.is_empty() {
            turned.more = due.len() == overdue;
            turned.records += due.len();
            let ids: Vec<&[u8]> = due.iter().map(|id| id.0.as_slice()).collect();
            // Whoever asks for one of them from here on is heard the next time.
            let keys = vec![("record", Column::Bytes(ids.iter().map(|id| Some(*id)).collect()))];
            query!(db, locks::write(&Bulk::new(Verb::Delete, "reconcile_due", 1, keys)))?;
            let mut rows = query!(db, records::by_ids(&ids))?;
            rows.sort_unstable_by_key(|row| row.id);
            self.derive(db, now_ms, &rows)?;
        }
        let codes: Vec<&str> = units.iter().map(UnitCode::as_str).collect();
        let behind = query!(db, reconcile::behind(&codes))?;
        let mut open: BTreeSet<&str> = behind.iter().map(|row| row.code.as_str()).collect();
        for (nth, unit) in behind.iter().enumerate() {
            let room = RECORDS.saturating_sub(turned.records);
            // One unit goes on in every turn, however long the due ones took: hours that wait until everything was looked at
            // are due again at once, and would keep each other waiting for ever.
            if room == 0 || (nth > 0 && began.elapsed() >= TURN) {
                turned.more = true;
                break;
            }
            let rows = query!(db, reconcile::changed(&unit.code, unit.pos.unwrap_or(0), room as i64))?;
            turned.records += rows.len();
            let last = rows.last().map_or(0, |row| row.pos);
            // A push may have gone on since the head was read: what is beyond it comes the next time.
            let reached = if rows.len() < room { last.max(unit.head) } else { last };
            if reached >= unit.head {
                open.remove(unit.code.as_str());
            }
            // The mark goes first: a step asks what is behind it, and what it works on is not.
            mark(db, &unit.code, reached)?;
            self.derive(db, now_ms, &rows)?;
        }
        // A step may have asked for records to be looked at, which belong to what there is to do now.
        turned.more |= turned.records > 0 && !query!(db, reconcile::due(now_ms, 1))?.is_empty();
        let finished = units.iter().filter(|unit| !open.contains(unit.as_str()));
        Ok((turned, finished.cloned().collect()))
    }

    /// Lets records pass the steps. One that cannot be worked on does not keep the others back.
    fn derive(&self, db: &mut Db<'_>, now_ms: i64, rows: &[RecordRow]) -> StoreResult<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let together = self.pass(db, now_ms, rows);
        let error = match together {
            Ok(()) => return Ok(()),
            Err(error @ (StoreError::Unavailable | StoreError::Busy)) => return Err(error),
            Err(error) => error,
        };
        tracing::warn!(%error, records = rows.len(), "records are looked at one by one");
        for row in rows {
            match self.pass(db, now_ms, std::slice::from_ref(row)) {
                Ok(()) => {}
                Err(error @ (StoreError::Unavailable | StoreError::Busy)) => return Err(error),
                Err(error) => {
                    tracing::error!(%error, record = %row.id, "nothing could be derived from a record; it is tried again");
                    look_at(db, &[(row.id, now_ms + AGAIN_MS)])?;
                }
            }
        }
        Ok(())
    }

    fn pass(&self, db: &mut Db<'_>, now_ms: i64, rows: &[RecordRow]) -> StoreResult<()> {
        let turn = Turn {
            catalog: &self.catalog,
            now_ms,
        };
        db.savepoint(|db| {
            for step in &self.steps {
                let done = catch_unwind(AssertUnwindSafe(|| step.derive(db, &turn, rows)));
                done.unwrap_or_else(|_| {
                    tracing::error!(step = step.name(), "a step ended in a panic");
                    Err(StoreError::Internal)
                })?;
            }
            Ok(())
        })
    }
}

/// Moves the mark of a unit.
fn mark(db: &mut Db<'_>, unit: &str, pos: i64) -> StoreResult<()> {
    let columns = vec![
        ("unit", Column::Text(vec![Some(unit)])),
        ("pos", Column::Long(vec![Some(pos)])),
    ];
    query!(db, locks::write(&Bulk::new(Verb::Upsert, "reconciled", 1, columns)))
}
