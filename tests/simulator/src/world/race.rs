//! Two pushes that are committed at the same time on two servers, the later one first, while a third server answers
//! readers: on PostgreSQL, where that can happen.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use wuyuan_tests::backend::{Backend, Place};

use super::World;
use crate::network::Delayed;
use crate::oracle::{Violation, broken};

/// How long a server may take to come to a lock. It needs milliseconds.
const DEADLINE: Duration = Duration::from_secs(30);

impl World {
    pub(super) fn race(&mut self, which: usize, reader: usize) -> Result<(), Violation> {
        let Some((first, second)) = self.two_pushes(which) else { return Ok(()) };
        if self.network.servers.borrow().backend() == Backend::Sqlite {
            // One writer: one after the other is all that can happen.
            self.network.deliver(0, second.member, &second.request, false);
            self.network.deliver(0, first.member, &first.request, false);
            return Ok(());
        }
        let fuse = self.network.servers.borrow().nth(0).fuse.clone();
        fuse.close();
        let slow = self.push(0, first);
        fuse.wait_for_commit(|| slow.is_finished());
        let fast = self.push(1, second);
        let waited = self.wait_for_lock(1, || fast.is_finished());
        let read = waited.and_then(|()| self.only_read(reader, 2));
        fuse.open();
        for push in [slow, fast] {
            push.join().map_err(|_| broken("a server answers", "a push ended in a panic"))?;
        }
        let reads = read?;
        for server in [0, 1] {
            self.network.settle_releases(server);
        }
        self.network.look();
        if reads {
            self.sync_through(reader, 2, BTreeMap::new())?;
        }
        Ok(())
    }

    /// Two delayed pushes of different members.
    fn two_pushes(&self, which: usize) -> Option<(Delayed, Delayed)> {
        let mut delayed = self.network.delayed.borrow_mut();
        let pushes = |d: &Delayed| {
            let body: Option<serde_json::Value> = d.request.body.as_deref().and_then(|b| serde_json::from_slice(b).ok());
            d.request.path == "/v1/sync" && body.is_some_and(|b| b["push"].is_object())
        };
        let mut places: Vec<usize> = (0..delayed.len()).filter(|n| pushes(&delayed[*n])).collect();
        if places.is_empty() {
            return None;
        }
        let at = which % places.len();
        places.rotate_left(at);
        let first = places[0];
        let second = *places[1..].iter().find(|n| delayed[**n].member != delayed[first].member)?;
        let (high, low) = (first.max(second), first.min(second));
        let (b, a) = (delayed.remove(high), delayed.remove(low));
        Some(if first < second { (a, b) } else { (b, a) })
    }

    /// Pushes on a thread of its own; nobody waits for the answer.
    fn push(&self, server: usize, delayed: Delayed) -> thread::JoinHandle<()> {
        let app = self.network.servers.borrow().nth(server).app.clone();
        let Delayed { member, request } = delayed;
        let body = request.body.unwrap_or_default();
        thread::spawn(move || {
            // A refusal is an answer too.
            let _ = actix_web::rt::System::new().block_on(app.sync.sync(member, false, body));
        })
    }

    /// Waits until a server waits for a lock, or is done.
    fn wait_for_lock(&self, server: usize, done: impl Fn() -> bool) -> Result<(), Violation> {
        let servers = self.network.servers.borrow();
        let Place::Postgres(database) = servers.place() else { return Ok(()) };
        let waiting = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = '{}' AND wait_event_type = 'Lock'",
            servers.nth(server).name
        );
        let started = Instant::now();
        while !done() && database.sql(&waiting) == "0" {
            if started.elapsed() > DEADLINE {
                return Err(broken("a server answers", "a push neither ends nor waits"));
            }
            thread::yield_now();
        }
        Ok(())
    }
}
