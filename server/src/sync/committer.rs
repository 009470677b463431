//! The committer: pushes queue, one thread takes what waits, judges it together and commits once.
//!
//! Every push is judged in memory on a draft of its own, so a refused or impossible push leaves nothing
//! behind and needs no savepoint; what the batch adopted is written at the end with one statement per table.
//! If the database refuses that (it never should), the batch is undone and each push is tried alone, so that
//! one bad push harms nobody.
//!
//! Order of locks: device rows, then unit rows, each sorted; only then records are read.

use std::collections::{BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sync_protocol::catalog::Catalog;
use sync_protocol::id::{DeviceId, Pos, RecordId, Seq, UnitCode};
use sync_protocol::rules::Rules as Limits;
use sync_protocol::verdict::Fate;
use tokio::sync::oneshot;

use super::SyncError;
use super::batch::Loaded;
use super::envelope::PreparedPush;
use super::events::Events;
use super::judge::Rules;
use super::load::{Wanted, load};
use super::moved::Moved;
use super::push::{Pushed, push};
use super::release::{self, Release};
use super::rows::FindingRow;
use crate::accounts::scope::Grid;
use crate::clock::Clock;
use crate::directory::grid::GridCache;
use crate::generation::Generations;
use crate::query;
use crate::store::rows::{AccessRow, OpRow};
use crate::store::{Db, Store, StoreError, StoreResult};

/// How long an idle committer sleeps before it looks whether the server is stopping.
const IDLE: Duration = Duration::from_millis(200);

/// How often everything that is held is looked at, for what a crash between a commit and its releases left.
const SWEEP: Duration = Duration::from_secs(300);

/// Most records or operations that one look or one release names.
const LOOK: usize = 1_000;

/// Something to be written.
#[derive(Debug)]
pub enum Work {
    /// A phone's push.
    Push(Box<PreparedPush>),
    /// Held operations to judge again.
    Release(Release),
    /// Readings of sensitive fields.
    Readings(Vec<AccessRow>),
    /// A client that could not reach its tally in some units.
    Diverged(DeviceId, Vec<UnitCode>),
}

/// What became of it.
#[derive(Debug)]
pub enum Done {
    /// Of a push.
    Pushed(Pushed),
    /// How many held operations went on.
    Released(usize),
    /// Written.
    Written,
}

struct Job {
    work: Work,
    reply: Option<oneshot::Sender<Result<Done, SyncError>>>,
}

/// What committers work with.
pub struct Setting {
    /// The store.
    pub store: Store,
    /// The catalogue in force.
    pub catalog: Arc<Catalog>,
    /// The limits of what makes a finding.
    pub limits: Arc<Limits>,
    /// This history and those before it: what was seen in them may still come.
    pub generations: Generations,
    /// Where moves of unit heads are told.
    pub events: Events,
    /// The same, for who derives something from what was pushed.
    pub moved: Moved,
    /// The grid.
    pub grid: Arc<GridCache>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Most works in one transaction.
    pub batch: usize,
    /// Most works that may wait.
    pub queue: usize,
    /// How many committers: one for SQLite, two for PostgreSQL were best.
    pub committers: usize,
}

/// The way to the committers. Dropping the last clone ends them once the queue is empty.
#[derive(Clone)]
pub struct Committer {
    queue: SyncSender<Job>,
}

impl Committer {
    /// Starts the committers and lets them look once at everything that is held. They end when every clone of
    /// the way to them is gone and the queue is empty.
    pub fn start(setting: Setting) -> std::io::Result<Committer> {
        let (queue, jobs) = sync_channel(setting.queue);
        let jobs = Arc::new(Mutex::new(jobs));
        let setting = Arc::new(setting);
        for n in 0..setting.committers {
            let (setting, jobs) = (Arc::clone(&setting), Arc::clone(&jobs));
            let name = format!("committer-{n}");
            let mut committing = Committing {
                setting,
                grid: Arc::default(),
                pending: VecDeque::new(),
                sweeps: n == 0,
                swept: Instant::now(),
                missed: false,
                reached: true,
            };
            if n == 0 {
                committing.look_at_held();
            }
            std::thread::Builder::new()
                .name(name)
                .spawn(move || committing.run(&jobs))?;
        }
        Ok(Committer { queue })
    }

    /// Queues something and waits until it is committed.
    pub async fn commit(&self, work: Work) -> Result<Done, SyncError> {
        let (reply, answer) = oneshot::channel();
        self.queue
            .try_send(Job {
                work,
                reply: Some(reply),
            })
            .map_err(|e| match e {
                TrySendError::Full(_) => SyncError::Busy,
                TrySendError::Disconnected(_) => SyncError::Stopping,
            })?;
        answer.await.map_err(|_| SyncError::Internal)?
    }
}

struct Committing {
    setting: Arc<Setting>,
    grid: Arc<Grid>,
    /// Releases that earlier batches made possible: works of their own, with locks of their own.
    pending: VecDeque<Release>,
    /// Whether it is this one that looks at everything that is held now and then.
    sweeps: bool,
    swept: Instant,
    /// The database failed, so a look at what is held, or a release of it, may have been missed.
    missed: bool,
    /// The last commit succeeded.
    reached: bool,
}

/// What a committed batch calls for.
#[derive(Default)]
struct After {
    moved: Vec<(UnitCode, Pos)>,
    changed: BTreeSet<RecordId>,
    awaited: BTreeSet<RecordId>,
}

type Answers = Vec<Result<Done, SyncError>>;

impl Committing {
    fn run(mut self, jobs: &Mutex<Receiver<Job>>) {
        loop {
            let Some(mut batch) = self.take(jobs) else { return };
            // While the database is away nobody's push waits for a look that must fail as well.
            let missed = self.missed && (self.reached || batch.is_empty());
            if missed || (self.sweeps && self.swept.elapsed() >= SWEEP) {
                self.swept = Instant::now();
                self.look_at_held();
            }
            batch.extend(self.pending.drain(..).map(|release| Job {
                work: Work::Release(release),
                reply: None,
            }));
            if batch.is_empty() {
                continue;
            }
            let works: Vec<&Work> = batch.iter().map(|job| &job.work).collect();
            let answers = self.commit_all(&works);
            for (job, answer) in batch.into_iter().zip(answers) {
                // A client that has gone away asks again and gets its verdicts as repeats.
                if let Some(reply) = job.reply {
                    let _ = reply.send(answer);
                }
            }
        }
    }

    /// Takes what waits. `None`: everything is done and nobody can send any more.
    fn take(&self, jobs: &Mutex<Receiver<Job>>) -> Option<Vec<Job>> {
        let jobs = jobs.lock().ok()?;
        let mut batch = Vec::new();
        if self.pending.is_empty() {
            match jobs.recv_timeout(IDLE) {
                Ok(job) => batch.push(job),
                Err(RecvTimeoutError::Timeout) => return Some(batch),
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
        while batch.len() < self.setting.batch
            && let Ok(job) = jobs.try_recv()
        {
            batch.push(job);
        }
        Some(batch)
    }

    /// Commits all in one transaction, or else each in its own: unless that would fail alike, the database being away
    /// or a lock being held by somebody who does not let go.
    fn commit_all(&mut self, works: &[&Work]) -> Answers {
        let done = self.commit(works);
        self.reached = done.is_ok();
        match done {
            Ok(answers) => answers,
            Err(error @ (StoreError::Unavailable | StoreError::Busy)) => {
                // Whether it was committed may be unknown; what it released or made possible is looked for later.
                self.missed = true;
                works.iter().map(|_| Err(error.into())).collect()
            }
            Err(error) if works.len() == 1 => vec![Err(error.into())],
            Err(error) => {
                tracing::warn!(%error, works = works.len(), "batch undone; each work is tried alone");
                let alone = |work: &&Work| {
                    self.commit(std::slice::from_ref(work))
                        .and_then(|mut answers| answers.pop().ok_or(StoreError::Internal))
                };
                works
                    .iter()
                    .map(alone)
                    .map(|answer| answer.unwrap_or_else(|e| Err(e.into())))
                    .collect()
            }
        }
    }

    fn commit(&mut self, works: &[&Work]) -> StoreResult<Answers> {
        let setting = Arc::clone(&self.setting);
        let now_ms = setting.clock.now_ms();
        let grid = &mut self.grid;
        let judged = catch_unwind(AssertUnwindSafe(|| {
            setting.store.write(|db| {
                let (answers, loaded) = judge_all(db, &setting, grid, works, now_ms)?;
                loaded.write(db)?;
                Ok::<_, StoreError>((answers, after(&loaded)))
            })
        }));
        let (answers, after) = judged.unwrap_or_else(|_| {
            tracing::error!("a batch ended in a panic");
            Err(StoreError::Internal)
        })?;
        setting.events.moved(&after.moved);
        setting.moved.add(&after.moved);
        self.look_for_released(&after);
        Ok(answers)
    }

    /// Queues the held operations that the batch may have made possible. Looked up after the commit: of an
    /// operation that waits and the record that it waits for, whichever is committed later sees the other.
    fn look_for_released(&mut self, after: &After) {
        if after.changed.is_empty() && after.awaited.is_empty() {
            return;
        }
        let found = self.setting.store.read(|db| {
            if !query!(db, feeds::any_held())? {
                return Ok(Vec::new());
            }
            let awaited: Vec<&[u8]> = after.awaited.iter().map(|id| id.0.as_slice()).collect();
            let mut come = Vec::new();
            for some in awaited.chunks(LOOK) {
                come.extend(query!(db, records::by_ids(some))?.into_iter().map(|row| row.id));
            }
            come.extend(&after.changed);
            let records: Vec<&[u8]> = come.iter().map(|id| id.0.as_slice()).collect();
            let mut found = Vec::new();
            for some in records.chunks(LOOK) {
                found.extend(query!(db, feeds::waiting_for(some))?);
            }
            Ok(found)
        });
        self.release_later(found);
    }

    fn look_at_held(&mut self) {
        self.missed = false;
        let found = self.setting.store.read(|db| query!(db, feeds::all_held()));
        self.release_later(found);
    }

    fn release_later(&mut self, found: StoreResult<Vec<crate::store::rows::HeldRow>>) {
        match found {
            Ok(rows) if rows.is_empty() => {}
            Ok(rows) => {
                let ops: Vec<(DeviceId, Seq)> = rows.iter().map(|row| (row.device, row.seq as Seq)).collect();
                let releases = ops.chunks(LOOK).map(|some| Release {
                    ops: some.to_vec(),
                    cut: false,
                });
                self.pending.extend(releases);
            }
            // They stay held until the database answers again.
            Err(error) => {
                self.missed = true;
                tracing::warn!(%error, "held operations could not be looked up");
            }
        }
    }
}

/// Reads under locks, judges each work, and answers; nothing is written yet.
fn judge_all(
    db: &mut Db<'_>,
    setting: &Setting,
    grid: &mut Arc<Grid>,
    works: &[&Work],
    now_ms: i64,
) -> StoreResult<(Answers, Loaded)> {
    let mut wanted = Wanted::default();
    let mut releases: Vec<Vec<OpRow>> = Vec::with_capacity(works.len());
    for work in works {
        releases.push(want(db, setting, &mut wanted, work)?);
    }
    // Units are only added, so what is known stays true. A phone may name what never was, so it is not read for that.
    if wanted.units.iter().any(|unit| !grid.knows(unit)) {
        *grid = setting.grid.newest(db, now_ms)?;
    }
    let mut loaded = load(db, &wanted)?;
    let mut held = Vec::with_capacity(releases.len());
    for rows in releases {
        held.push(release::still_held(db, rows)?);
    }
    let rules = Rules {
        catalog: &setting.catalog,
        limits: &setting.limits,
        grid,
        generations: &setting.generations,
    };
    let mut answers = Vec::with_capacity(works.len());
    for (work, held) in works.iter().zip(held) {
        answers.push(judge_one(db, rules, &mut loaded, work, &held, now_ms)?);
    }
    Ok((answers, loaded))
}

fn want(db: &mut Db<'_>, setting: &Setting, wanted: &mut Wanted, work: &Work) -> StoreResult<Vec<OpRow>> {
    match work {
        Work::Push(push) => {
            wanted.devices.insert(push.device);
            wanted.members.insert(push.member);
            for op in &push.ops {
                wanted.op(db, op)?;
            }
            Ok(Vec::new())
        }
        Work::Release(release) => {
            let rows = release::read(db, release)?;
            for row in &rows {
                wanted.devices.insert(row.device);
                wanted.members.insert(row.member);
                wanted.op(db, &release::prepared(&setting.catalog, row)?)?;
            }
            Ok(rows)
        }
        Work::Readings(_) | Work::Diverged(..) => Ok(Vec::new()),
    }
}

fn judge_one(
    db: &mut Db<'_>,
    rules: Rules<'_>,
    loaded: &mut Loaded,
    work: &Work,
    held: &[OpRow],
    now_ms: i64,
) -> StoreResult<Result<Done, SyncError>> {
    match work {
        Work::Push(prepared) => {
            let (answer, finished) = push(db, rules, loaded, prepared, now_ms)?;
            if let Some(finished) = finished {
                loaded.adopt(finished);
            }
            Ok(answer.map(Done::Pushed))
        }
        Work::Release(Release { cut, .. }) => {
            let mut went_on = 0;
            for row in held {
                went_on += usize::from(release::release(db, rules, loaded, row, *cut, now_ms)?);
            }
            Ok(Ok(Done::Released(went_on)))
        }
        Work::Readings(rows) => {
            loaded.rows.readings.extend(rows.iter().cloned());
            Ok(Ok(Done::Written))
        }
        Work::Diverged(device, units) => {
            for row in units.iter().map(|unit| diverged(*device, unit, now_ms)) {
                let stored = query!(db, findings::by_ids(&[row.id.as_slice()]))?;
                // One that is open has been since it was opened.
                if !stored.iter().any(|known| known.closed_ms.is_none()) {
                    loaded.rows.findings.insert(row.id, row);
                }
            }
            Ok(Ok(Done::Written))
        }
    }
}

fn diverged(device: DeviceId, unit: &UnitCode, now_ms: i64) -> FindingRow {
    use super::findings::{About, DIVERGED, finding};
    let about = About {
        unit: Some(unit.as_str().to_owned()),
        device: Some(device),
        ..About::default()
    };
    finding(DIVERGED, about, now_ms, None)
}

fn after(loaded: &Loaded) -> After {
    let head = |code: &String| Some((code.parse().ok()?, *loaded.working.heads.get(code)? as u64));
    // An operation held again waits for the next change; one held for the first time may have just missed it.
    let fresh = loaded
        .rows
        .ops
        .iter()
        .filter(|op| op.outcome.verdict.fate() == Fate::Held);
    let awaited = fresh.filter_map(|op| {
        loaded
            .rows
            .held
            .get(&(op.device, op.seq))
            .copied()
            .flatten()?
            .wait_record
    });
    // What follows an operation that waited can go on whatever became of it.
    let went_on = loaded
        .rows
        .revised
        .iter()
        .filter(|revised| revised.outcome.verdict.fate() != Fate::Held);
    let mut changed = loaded.changed.records.clone();
    // What awaits a record goes on also when the record's creation was quarantined: it will not come.
    changed.extend(&loaded.working.quarantined);
    changed.extend(went_on.filter_map(|revised| revised.record));
    After {
        moved: loaded.changed.units.iter().filter_map(head).collect(),
        changed,
        awaited: awaited.collect(),
    }
}
