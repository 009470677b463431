//! Whether an acknowledged write survives `kill -9`, and how often the server brought data to the disk for it.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::peer::{Peer, Push};
use super::syncs;
use crate::http::Connection;
use crate::push::CLIENTS;

/// Pushes that one client makes, each after the answer to the last, while the calls are counted.
const COUNTED: usize = 50;
/// Pushes before that.
const WARM_UP: usize = 5;
/// The server is killed when so many pushes of all clients are acknowledged.
const ACKNOWLEDGED: usize = 3 * CLIENTS;
/// What each client has ready: it is not to run dry before the kill.
const READY: usize = 30;
/// How long it may take until then.
const DEADLINE: Duration = Duration::from_secs(120);

/// What was seen.
#[derive(Debug)]
pub struct Proof {
    /// Calls for each of the pushes of one client.
    pub syncs_a_push: f64,
    /// Records that were acknowledged to any client before the kill.
    pub acknowledged: usize,
    /// How many of them are there after the restart.
    pub found: usize,
}

impl Proof {
    /// Counts, then kills under load from all clients, restarts and reads back.
    pub fn of(peer: &mut dyn Peer) -> Proof {
        let mut acknowledged = BTreeSet::new();
        let syncs = count(peer, &mut acknowledged);
        kill_under_load(peer, &mut acknowledged);
        peer.restart();
        let pulled = peer.pull(&mut Connection::open(&peer.url()), None);
        let there: BTreeSet<String> = peer.ids(&pulled).into_iter().collect();
        Proof {
            syncs_a_push: syncs as f64 / COUNTED as f64,
            acknowledged: acknowledged.len(),
            found: acknowledged.intersection(&there).count(),
        }
    }
}

fn count(peer: &mut dyn Peer, acknowledged: &mut BTreeSet<String>) -> usize {
    let mut pushes = peer.pushes(0, WARM_UP + COUNTED);
    let mut processes = peer.processes();
    processes.extend(
        peer.database()
            .map(super::postgres::Postgres::processes)
            .unwrap_or_default(),
    );
    let mut connection = Connection::open(&peer.url());
    let mut send = |pushes: &[Push]| {
        for push in pushes {
            let answer = connection.send(&push.bytes());
            peer.accepted(&answer).expect("the push is stored");
        }
    };
    let counted = pushes.split_off(WARM_UP);
    send(&pushes);
    let syncs = syncs::during(&processes, || send(&counted));
    acknowledged.extend(pushes.into_iter().chain(counted).flat_map(|push| push.ids));
    syncs
}

fn kill_under_load(peer: &mut dyn Peer, acknowledged: &mut BTreeSet<String>) {
    let pushes: Vec<Vec<Push>> = (0..CLIENTS).map(|client| peer.pushes(client, READY)).collect();
    let url = peer.url();
    let answered = AtomicUsize::new(0);
    let answers = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for own in &pushes {
            let (url, answered, answers) = (&url, &answered, &answers);
            scope.spawn(move || {
                let mut connection = Connection::open(url);
                for push in own {
                    // The connection breaks when the server is killed; what was not answered was not acknowledged.
                    let Ok(answer) = connection.try_send(&push.bytes()) else {
                        break;
                    };
                    answers.lock().expect("no client panics").push((push, answer));
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let started = Instant::now();
        while answered.load(Ordering::Relaxed) < ACKNOWLEDGED {
            assert!(started.elapsed() < DEADLINE, "the server does not acknowledge");
            thread::sleep(Duration::from_micros(200));
        }
        peer.kill();
    });
    let answers = answers.into_inner().expect("no client panics");
    assert!(
        answers.len() < CLIENTS * READY,
        "the server was killed when everything was done"
    );
    for (push, answer) in answers {
        // While its database dies a server may say so.
        if peer.accepted(&answer).is_ok() {
            acknowledged.extend(push.ids.iter().cloned());
        }
    }
}
