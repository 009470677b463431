//! `POST /v1/sync` as one function: push, learn what became of held operations, pull.

use std::collections::{BTreeSet, HashMap};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ed25519_dalek::VerifyingKey;
use lru::LruCache;
use sync_protocol::catalog::Catalog;
use sync_protocol::feed::Hash;
use sync_protocol::id::{DeviceId, MemberId, Pos, Seq, UnitCode};
use sync_protocol::limits::Limits;
use sync_protocol::receipt;
use sync_protocol::rules::Rules;
use sync_protocol::wire::{FeedState, Receipt, SyncAnswer, VerdictLine};
use tokio::sync::Semaphore;

use super::SyncError;
use super::committer::{Committer, Done, Setting, Work};
use super::cursor::CursorKey;
use super::envelope::{self, Checks, PreparedPush};
use super::events::Events;
use super::moved::Moved;
use super::pull::{self, Asked, Pulled, Puller};
use super::push::{Pushed, feed_state, stored_line};
use crate::accounts::scope;
use crate::blobs::uploads;
use crate::clock::Clock;
use crate::config::Settings;
use crate::directory::grid::GridCache;
use crate::keys::{Keys, NamedKey};
use crate::query;
use crate::store::rows::DeviceRow;
use crate::store::{Store, StoreError};

/// Devices whose keys are remembered. A key never changes; whether it was revoked is read each time.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();

/// How often units' heads are looked up for moves that other servers have committed.
const WATCH: Duration = Duration::from_millis(500);

/// Most units that one look names.
const LOOK: usize = 1_000;

/// Bodies above this many bytes are read and checked off the thread that serves connections.
const INLINE: usize = 64 * 1024;

/// Everything that syncs work with. Cloning shares it.
#[derive(Clone)]
pub struct SyncService(Arc<Parts>);

struct Parts {
    store: Store,
    catalog: Arc<Catalog>,
    generation: String,
    cursor_key: CursorKey,
    receipt_key: NamedKey,
    limits: Limits,
    grid: Arc<GridCache>,
    clock: Arc<dyn Clock>,
    committer: Committer,
    events: Events,
    moved: Moved,
    device_keys: Mutex<LruCache<DeviceId, (MemberId, VerifyingKey)>>,
    /// A place per reading connection. Whoever waits for one costs no thread: hundreds of phones that pull at once
    /// would otherwise take as many threads, each with memory of its own, only to wait for a connection.
    places: Arc<Semaphore>,
    /// How long an answer may take.
    patience: Duration,
}

/// A request that was read and checked.
struct Prepared {
    push: Option<PreparedPush>,
    question: Question,
    diverged: Vec<UnitCode>,
}

/// What one snapshot answered.
struct Told {
    feed: FeedState,
    resolved: Vec<VerdictLine>,
    pulled: Pulled,
}

/// What is asked of the snapshot.
struct Question {
    member: MemberId,
    device: DeviceId,
    held: Vec<Seq>,
    asked: Option<Asked>,
    pushed: bool,
}

impl SyncService {
    /// Starts the committers and what else syncs need.
    pub fn start(
        store: Store,
        settings: &Settings,
        keys: &Keys,
        catalog: Arc<Catalog>,
        rules: Arc<Rules>,
        grid: Arc<GridCache>,
        clock: Arc<dyn Clock>,
    ) -> std::io::Result<SyncService> {
        let (events, moved) = (Events::default(), Moved::default());
        let committer = Committer::start(Setting {
            committers: if store.is_shared() { settings.committers } else { 1 },
            store: store.clone(),
            catalog: Arc::clone(&catalog),
            limits: rules,
            generations: keys.generations.clone(),
            events: events.clone(),
            moved: moved.clone(),
            grid: Arc::clone(&grid),
            clock: Arc::clone(&clock),
            batch: settings.committer_batch,
            queue: settings.queue_length,
        })?;
        Ok(SyncService(Arc::new(Parts {
            store,
            catalog,
            generation: keys.generation.clone(),
            cursor_key: CursorKey::new(*keys.cursor),
            receipt_key: keys.receipt.clone(),
            limits: settings.limits(),
            grid,
            clock,
            committer,
            events,
            moved,
            device_keys: Mutex::new(LruCache::new(REMEMBERED)),
            places: Arc::new(Semaphore::new(settings.pool_size as usize)),
            patience: Duration::from_millis(settings.sync_wait_ms),
        })))
    }

    /// Where moves of units are told.
    pub fn events(&self) -> &Events {
        &self.0.events
    }

    /// Which units this server's committers have moved.
    pub fn moved(&self) -> &Moved {
        &self.0.moved
    }

    /// Tells moves that other servers on the same database have committed, for as long as it is polled. On a
    /// database of its own there is nobody else, and it ends at once.
    pub async fn watch_others(self) {
        if !self.0.store.is_shared() {
            return;
        }
        let mut known: HashMap<UnitCode, Pos> = HashMap::new();
        let mut ticks = tokio::time::interval(WATCH);
        loop {
            ticks.tick().await;
            // Nobody asks where the others are.
            let units = self.0.events.listened_to();
            known.retain(|unit, _| units.contains(unit));
            if units.is_empty() {
                continue;
            }
            let parts = Arc::clone(&self.0);
            // A hint that is missed is no harm; the store has logged why.
            let Ok(heads) = blocking(move || parts.heads(units)).await else {
                continue;
            };
            let mut moved = Vec::new();
            for (unit, head) in heads {
                // The first look finds where a unit is; whoever has just begun to listen to it pulls anyway.
                if known.insert(unit.clone(), head).is_some_and(|before| before != head) {
                    moved.push((unit, head));
                }
            }
            self.0.events.moved(&moved);
        }
    }

    /// The way to the committers, for the desk's own works.
    pub fn committer(&self) -> &Committer {
        &self.0.committer
    }

    /// Answers a sync request of `member`. A refusal as a whole changes no record; [`SyncError::Slow`] says nothing
    /// of it.
    pub async fn sync(
        &self,
        member: MemberId,
        push_only: bool,
        body: impl AsRef<[u8]> + Send + 'static,
    ) -> Result<SyncAnswer, SyncError> {
        // A commit can wait without end: for a standby that is gone, or a database that hangs.
        tokio::time::timeout(self.0.patience, self.answer(member, push_only, body))
            .await
            .unwrap_or(Err(SyncError::Slow))
    }

    async fn answer(
        &self,
        member: MemberId,
        push_only: bool,
        body: impl AsRef<[u8]> + Send + 'static,
    ) -> Result<SyncAnswer, SyncError> {
        let mut at_once = None;
        if body.as_ref().len() <= INLINE {
            at_once = self.0.prepare(member, push_only, body.as_ref(), false)?;
        }
        let prepared = match at_once {
            Some(prepared) => prepared,
            None => {
                let parts = Arc::clone(&self.0);
                let prepared = blocking(move || parts.prepare(member, push_only, body.as_ref(), true)).await?;
                prepared.ok_or(SyncError::Internal)?
            }
        };
        let device = prepared.question.device;
        let mut answer = SyncAnswer {
            generation: self.0.generation.clone(),
            server_time: self.0.clock.now_ms(),
            catalog: self.0.catalog.version(),
            ..SyncAnswer::default()
        };
        let mut question = prepared.question;
        if let Some(push) = prepared.push {
            let pushed = self.push(push).await?;
            question.pushed = true;
            answer.feed = pushed.feed;
            answer.verdicts = pushed.verdicts;
            answer.want = self.wanted(member, pushed.blobs).await?;
        }
        if !prepared.diverged.is_empty() {
            self.0
                .committer
                .commit(Work::Diverged(device, prepared.diverged))
                .await?;
        }
        if !question.pushed || question.asked.is_some() || !question.held.is_empty() {
            let places = Arc::clone(&self.0.places);
            let place = places.acquire_owned().await.map_err(|_| SyncError::Stopping)?;
            let parts = Arc::clone(&self.0);
            // The place goes with the work, which goes on when nobody waits for it any more.
            let told = blocking(move || {
                let told = parts.ask(&question);
                drop(place);
                told
            })
            .await?;
            if !told.pulled.readings.is_empty() {
                // Written down before it is sent.
                self.0.committer.commit(Work::Readings(told.pulled.readings)).await?;
            }
            answer.feed = told.feed;
            answer.resolved = told.resolved;
            answer.units = told.pulled.units;
            answer.ended = told.pulled.ended;
            answer.more = told.pulled.more;
        }
        answer.receipt = self.0.receipt(&device, &answer);
        Ok(answer)
    }

    /// Those of `blobs` that the member has not delivered.
    async fn wanted(&self, member: MemberId, blobs: Vec<Hash>) -> Result<Vec<Hash>, SyncError> {
        if blobs.is_empty() {
            return Ok(blobs);
        }
        let parts = Arc::clone(&self.0);
        blocking(move || {
            let delivered = uploads::delivered(&parts.store, member, &blobs)?;
            let lacks = |hash: &Hash| !delivered.iter().any(|(has, _)| has == hash);
            Ok(blobs.into_iter().filter(lacks).collect())
        })
        .await
    }

    async fn push(&self, push: PreparedPush) -> Result<Pushed, SyncError> {
        match self.0.committer.commit(Work::Push(Box::new(push))).await? {
            Done::Pushed(pushed) => Ok(pushed),
            Done::Released(_) | Done::Written => Err(SyncError::Internal),
        }
    }
}

impl Parts {
    /// The heads of units, 0 where there is none yet.
    fn heads(&self, units: BTreeSet<UnitCode>) -> Result<Vec<(UnitCode, Pos)>, SyncError> {
        let codes: Vec<&str> = units.iter().map(UnitCode::as_str).collect();
        let mut heads: HashMap<String, i64> = HashMap::new();
        self.store.read(|db| {
            for some in codes.chunks(LOOK) {
                heads.extend(query!(db, records::heads(some))?);
            }
            Ok::<_, StoreError>(())
        })?;
        let head = |unit: UnitCode| {
            let head = heads.get(unit.as_str()).copied().unwrap_or(0);
            (unit, head as Pos)
        };
        Ok(units.into_iter().map(head).collect())
    }

    /// Reads a request and checks all of it that needs no lock. `None`: it needs the database, and this thread may not
    /// wait for it, for others' connections are served by it.
    fn prepare(
        &self,
        member: MemberId,
        push_only: bool,
        body: &[u8],
        may_wait: bool,
    ) -> Result<Option<Prepared>, SyncError> {
        let text = std::str::from_utf8(body).map_err(|_| SyncError::Malformed("not UTF-8".to_owned()))?;
        let request = envelope::parse(text)?;
        if push_only && request.pull.is_some() {
            return Err(SyncError::PushOnly);
        }
        if request.held.len() > self.limits.push_ops as usize {
            return Err(SyncError::TooManyOps(self.limits.push_ops));
        }
        let Some((owner, key)) = self.device_key(request.device, may_wait)? else {
            return Ok(None);
        };
        if owner != member {
            return Err(SyncError::DeviceNotYours);
        }
        let asked = request
            .pull
            .as_ref()
            .map(|p| pull::check(p, &self.cursor_key, &self.limits))
            .transpose()?;
        let checks = Checks {
            catalog: &self.catalog,
            receipt_key: &self.receipt_key,
            push_ops: self.limits.push_ops,
        };
        let push = request.push.as_ref();
        let push = push
            .map(|p| envelope::prepare(checks, request.device, member, &key, p))
            .transpose()?;
        Ok(Some(Prepared {
            push,
            question: Question {
                member,
                device: request.device,
                held: request.held,
                asked,
                pushed: false,
            },
            diverged: request.pull.map(|p| p.diverged).unwrap_or_default(),
        }))
    }

    /// Whose the device is, and its key. `None`: it is not remembered, and the database may not be asked.
    fn device_key(&self, device: DeviceId, may_wait: bool) -> Result<Option<(MemberId, VerifyingKey)>, SyncError> {
        let remembered = || self.device_keys.lock().unwrap_or_else(PoisonError::into_inner);
        let known = remembered().get(&device).copied();
        if known.is_some() || !may_wait {
            return Ok(known);
        }
        let row = self
            .store
            .read(|db| query!(db, devices::by_id(device)))?
            .ok_or(SyncError::DeviceUnknown)?;
        let bytes: [u8; 32] = row.public_key.try_into().map_err(|_| StoreError::Corrupt)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| StoreError::Corrupt)?;
        let known = (row.member, key);
        remembered().put(device, known);
        Ok(Some(known))
    }

    /// Answers a question out of one snapshot.
    fn ask(&self, question: &Question) -> Result<Told, SyncError> {
        let now_ms = self.clock.now_ms();
        self.store.read(|db| {
            let device: DeviceRow = query!(db, devices::by_id(question.device))?.ok_or(SyncError::DeviceUnknown)?;
            if device.revoked_ms.is_some() && question.asked.is_some() && !question.pushed {
                return Err(SyncError::DeviceRevoked);
            }
            let mut resolved = Vec::new();
            if !question.held.is_empty() {
                let seqs: Vec<i64> = question
                    .held
                    .iter()
                    .map(|seq| (*seq).min(i64::MAX as u64) as i64)
                    .collect();
                for row in query!(db, feeds::verdicts_of(question.device, &seqs))? {
                    resolved.push(stored_line(&row)?);
                }
            }
            let pulled = match &question.asked {
                // A revoked device delivers and learns its verdicts, and reads nothing.
                Some(asked) if device.revoked_ms.is_none() => {
                    let appointments = query!(db, appointments::of_member(question.member))?;
                    let grid = self.grid.get(db, now_ms)?;
                    let scope = scope::scope(&grid, &appointments, now_ms);
                    let rules = pull::Rules {
                        catalog: &self.catalog,
                        generation: &self.generation,
                        cursor_key: &self.cursor_key,
                        limits: &self.limits,
                    };
                    let puller = Puller {
                        member: question.member,
                        device: question.device,
                        scope: &scope,
                        now_ms,
                    };
                    pull::pull(db, rules, puller, asked)?
                }
                _ => Pulled::default(),
            };
            Ok(Told {
                feed: feed_state(&device),
                resolved,
                pulled,
            })
        })
    }

    fn receipt(&self, device: &DeviceId, answer: &SyncAnswer) -> Option<Receipt> {
        let lines = || answer.verdicts.iter().chain(&answer.resolved);
        lines().next()?;
        Some(Receipt {
            key: self.receipt_key.id.clone(),
            sig: receipt::sign(&self.receipt_key.key, device, lines()),
        })
    }
}

/// Runs what blocks on a thread that may.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SyncError> + Send + 'static,
) -> Result<T, SyncError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| SyncError::Internal)?
}
