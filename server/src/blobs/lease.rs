//! One writer an upload, over all servers: a lease in the upload's row, renewed while bytes come.
//!
//! A phone that loses its network comes back before the server has noticed. So whoever writes to an upload on this server
//! and has been silent for a while is sent away when somebody else comes; he puts down what he has. On another
//! server his lease runs out.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sync_protocol::id::MemberId;
use tokio::sync::{Notify, watch};

use super::BlobError;
use super::uploads::{OPEN, Parts, blocking};
use crate::query;
use crate::random;

/// How long a lease runs, ms, and how often it is renewed while bytes come.
pub(super) const LEASE_MS: i64 = 8_000;
pub(super) const RENEW: Duration = Duration::from_secs(2);

/// After so long a silence a writer is sent away when another comes.
const SILENCE: Duration = Duration::from_secs(2);

/// After so long a silence a writer is sent away even if nobody comes: a phone whose network is gone says no word of it,
/// and its connection and what is gathered of its bytes would be held for ever.
pub(super) const GIVEN_UP: Duration = Duration::from_secs(120);

/// How long to wait until one who is sent away has put down what he has.
const LEAVING: Duration = Duration::from_secs(10);

/// Who receives on this server.
#[derive(Default)]
pub(super) struct Receivers {
    present: Mutex<HashMap<[u8; 16], Arc<Presence>>>,
    stopping: AtomicBool,
}

/// One who receives.
pub(super) struct Presence {
    heard: Mutex<Instant>,
    leave: Notify,
    gone: watch::Sender<bool>,
}

/// The place of one who receives; dropping it says that he has gone.
pub(super) struct Present<'r> {
    receivers: &'r Receivers,
    id: [u8; 16],
    presence: Arc<Presence>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Receivers {
    /// Takes the place of who receives for `id`; the lease has been taken before. Whoever was in it has lost the lease
    /// and is sent away: nothing he brings can be put down any more.
    pub fn enter(&self, id: [u8; 16]) -> Present<'_> {
        let presence = Arc::new(Presence {
            heard: Mutex::new(Instant::now()),
            leave: Notify::new(),
            gone: watch::Sender::new(false),
        });
        if let Some(replaced) = locked(&self.present).insert(id, Arc::clone(&presence)) {
            replaced.leave.notify_one();
        }
        if self.stopping.load(Ordering::SeqCst) {
            presence.leave.notify_one();
        }
        Present {
            receivers: self,
            id,
            presence,
        }
    }

    /// Sends away whoever receives for `id` and has been silent, and waits until he has gone. Answers whether somebody
    /// has gone.
    pub async fn send_away(&self, id: &[u8; 16]) -> bool {
        let Some(presence) = locked(&self.present).get(id).cloned() else {
            return false;
        };
        if locked(&presence.heard).elapsed() < SILENCE {
            return false;
        }
        let mut gone = presence.gone.subscribe();
        presence.leave.notify_one();
        tokio::time::timeout(LEAVING, gone.wait_for(|gone| *gone)).await.is_ok()
    }

    /// Sends everybody away, also those who come from now on.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        for presence in locked(&self.present).values() {
            presence.leave.notify_one();
        }
    }

    /// Whether the server stops.
    pub fn stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }
}

impl Present<'_> {
    /// Bytes came.
    pub fn heard(&self) {
        *locked(&self.presence.heard) = Instant::now();
    }

    /// Returns when he is sent away.
    pub async fn leave(&self) {
        self.presence.leave.notified().await;
    }
}

impl Drop for Present<'_> {
    fn drop(&mut self) {
        let mut present = locked(&self.receivers.present);
        if present
            .get(&self.id)
            .is_some_and(|one| Arc::ptr_eq(one, &self.presence))
        {
            present.remove(&self.id);
        }
        drop(present);
        self.presence.gone.send_replace(true);
    }
}

impl Parts {
    /// Takes the lease of an open upload of `member`; the answer is the holder's name.
    pub async fn take(self: &Arc<Self>, member: MemberId, id: [u8; 16]) -> Result<[u8; 16], BlobError> {
        if let Some(holder) = self.try_take(member, id).await? {
            return Ok(holder);
        }
        if self.receivers.send_away(&id).await
            && let Some(holder) = self.try_take(member, id).await?
        {
            return Ok(holder);
        }
        Err(BlobError::Locked)
    }

    async fn try_take(self: &Arc<Self>, member: MemberId, id: [u8; 16]) -> Result<Option<[u8; 16]>, BlobError> {
        let parts = Arc::clone(self);
        blocking(move || {
            let row = parts.own(member, &id)?;
            if row.state != OPEN {
                return Ok(None);
            }
            let holder = random::bytes()?;
            let now_ms = parts.clock.now_ms();
            let taken = parts
                .store
                .write(|db| query!(db, uploads::take(&id, &holder, now_ms, now_ms + LEASE_MS)))?;
            Ok(taken.then_some(holder))
        })
        .await
    }

    /// Lengthens the holder's lease.
    pub async fn renew(self: &Arc<Self>, id: [u8; 16], holder: [u8; 16]) -> Result<(), BlobError> {
        let parts = Arc::clone(self);
        blocking(move || {
            let until = parts.clock.now_ms() + LEASE_MS;
            match parts
                .store
                .write(|db| query!(db, uploads::renew(&id, &holder, until)))?
            {
                true => Ok(()),
                false => Err(BlobError::Locked),
            }
        })
        .await
    }

    /// Ends the holder's lease. If that fails it runs out by itself.
    pub async fn release(self: &Arc<Self>, id: [u8; 16], holder: [u8; 16]) {
        let parts = Arc::clone(self);
        let released = blocking(move || Ok(parts.store.write(|db| query!(db, uploads::release(&id, &holder)))?)).await;
        if let Err(error) = released {
            tracing::warn!(%error, "the lease of an upload stays until it has run out");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_has_lost_the_lease_is_sent_away_by_the_next() {
        let receivers = Receivers::default();
        let first = receivers.enter([1; 16]);
        let second = receivers.enter([1; 16]);
        first.leave().await;
        drop(first);
        assert!(
            locked(&receivers.present).contains_key(&[1; 16]),
            "the second is there still"
        );
        receivers.stop();
        second.leave().await;
    }
}
