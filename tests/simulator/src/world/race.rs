//! Two pushes that are committed at the same time on two servers, the later one first, while a third server answers
//! readers: on PostgreSQL, where that can happen.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use wuyuan_tests::backend::{Backend, Place};

use super::World;
use crate::action::Fault;
use crate::dice::Dice;
use crate::network::Delayed;
use crate::oracle::{Violation, broken};

/// How long a server may take to come to a lock. It needs milliseconds.
const DEADLINE: Duration = Duration::from_secs(30);

/// More requests than a sync makes before it gives up.
const REQUESTS: u8 = 8;

impl World {
    pub(super) fn race(&mut self, of: [usize; 2], reader: usize, dice: &mut Dice) -> Result<(), Violation> {
        // Both have all that the other one delivered, and a token that lets them push at once.
        for who in of {
            self.sync_through(who, who, BTreeMap::new())?;
        }
        // In one unit, whose log both go on with.
        let unit = dice.pick(&self.cast.units).cloned();
        let edited = dice.chance(1, 2) && self.edit_both(of, dice)?;
        let mut pushes = Vec::new();
        for who in of {
            self.network.time.advance(1);
            if !edited {
                self.create_in(who, dice, unit.as_ref())?;
            }
            self.network.delayed.borrow_mut().clear();
            self.sync_through(who, 0, (0..REQUESTS).map(|nth| (nth, Fault::Delay)).collect())?;
            pushes.extend(self.network.delayed.borrow_mut().drain(..).find(is_push));
        }
        let (Some(second), Some(first)) = (pushes.pop(), pushes.pop()) else {
            return Ok(());
        };
        if first.member == second.member {
            return Ok(());
        }
        if self.network.servers.borrow().backend() == Backend::Sqlite {
            // One writer: one after the other is all that can happen.
            self.network.deliver(0, second.member, &second.request, false);
            self.network.deliver(0, first.member, &first.request, false);
            return Ok(());
        }
        self.network.count("pushes committed at once");
        let fuse = self.network.servers.borrow().nth(0).fuse.clone();
        fuse.close();
        let slow = self.push(0, first);
        fuse.wait_for_commit(|| slow.is_finished());
        let fast = self.push(1, second);
        let waited = self.wait_for_lock(1, || fast.is_finished());
        let read = waited.and_then(|()| self.only_read(reader, 2));
        fuse.open();
        for push in [slow, fast] {
            push.join()
                .map_err(|_| broken("a server answers", "a push ended in a panic"))?;
        }
        let reads = read?;
        for server in [0, 1] {
            self.network.settle_releases(server);
        }
        self.network.look();
        if reads {
            self.network.count("read while a commit waited");
            self.sync_through(reader, 2, BTreeMap::new())?;
        }
        Ok(())
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
        let Place::Postgres(database) = servers.place() else {
            return Ok(());
        };
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

fn is_push(delayed: &Delayed) -> bool {
    let body = delayed.request.body.as_deref();
    let body: Option<serde_json::Value> = body.and_then(|body| serde_json::from_slice(body).ok());
    delayed.request.path == "/v1/sync" && body.is_some_and(|body| body["push"].is_object())
}
