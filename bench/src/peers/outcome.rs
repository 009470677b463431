//! One run against one server: pushes from all clients at once, pulls by another client, an edit conflict.

use std::collections::BTreeSet;
use std::time::Instant;

use serde_json::Value;

use super::peer::{Edit, Peer, Push, RECORDS};
use super::process;
use crate::http::Connection;
use crate::latency::Steady;
use crate::push::{CLIENTS, load};

/// What a reader says that it accepts; the server chooses.
const ENCODINGS: &str = "zstd, gzip";

/// What one run gave.
#[derive(Debug)]
pub struct Outcome {
    /// Answers that did not say that everything was stored; the first one in words.
    pub errors: (usize, Option<String>),
    /// Records a second while all clients were busy.
    pub rate: f64,
    /// Which part of all pushes that was: where clients are served unevenly, it is small.
    pub steady: f64,
    /// Latency of a push.
    pub p50_ms: f64,
    /// Latency of a push.
    pub p99_ms: f64,
    /// Bytes at the clients' sockets for each pushed record: sent and received.
    pub push_bytes: (f64, f64),
    /// Bytes sent for each record of a compressed push, where the server takes one.
    pub packed_bytes: Option<f64>,
    /// Records that were there to be pulled.
    pub records: usize,
    /// A pull of everything, as it lies.
    pub plain: Pull,
    /// A pull of everything, compressed if the server does that.
    pub packed: Pull,
    /// What the server's processes had in memory at their highest, in MB.
    pub memory_mb: f64,
    /// What PostgreSQL had in memory after it all, in MB.
    pub database_mb: Option<f64>,
    /// The edit conflict.
    pub edits: Vec<Edit>,
}

/// One pull of everything.
#[derive(Debug)]
pub struct Pull {
    /// Seconds until the last answer was received, inflated and parsed.
    pub seconds: f64,
    /// Bytes at the client's socket for each record: sent and received.
    pub bytes: (f64, f64),
}

impl Outcome {
    /// Lets each client push `pushes` times.
    ///
    /// # Panics
    /// When an acknowledged record is not there to be pulled, or one more than was pushed.
    pub fn of(peer: &mut dyn Peer, pushes: usize) -> Outcome {
        let warm_up = (pushes / 10).max(1);
        let written: Vec<Vec<Push>> = (0..CLIENTS).map(|client| peer.pushes(client, pushes)).collect();
        let requests: Vec<Vec<Vec<u8>>> = written
            .iter()
            .map(|own| own.iter().map(Push::bytes).collect())
            .collect();
        process::forget_highest(&peer.processes());
        let clients = load::together(&peer.url(), &requests);
        let (mut errors, mut first) = (0, None);
        let mut stored = BTreeSet::new();
        for (client, own) in clients.iter().zip(&written) {
            for (answer, push) in client.answers.iter().zip(own) {
                let said = match answer {
                    Ok(answer) => peer.accepted(answer),
                    Err(error) => Err(error.to_string()),
                };
                match said {
                    Ok(()) => stored.extend(push.ids.iter().cloned()),
                    Err(error) => {
                        errors += 1;
                        first.get_or_insert(error);
                    }
                }
            }
        }
        let sum = |side: fn(&(u64, u64)) -> u64| clients.iter().map(|c| side(&c.travelled)).sum::<u64>() as f64;
        let sent = (CLIENTS * pushes * RECORDS) as f64;
        let push_bytes = (sum(|t| t.0) / sent, sum(|t| t.1) / sent);
        let times: Vec<_> = clients.into_iter().map(|client| client.times).collect();
        let steady = (errors == 0).then(|| Steady::of(&times, warm_up));
        let packed_bytes = packed(peer, &mut stored);
        // The first pull warms up whoever needs it.
        let (_, pulled) = pull(peer, None, &stored);
        let (plain, _) = pull(peer, None, &stored);
        let (compressed, _) = pull(peer, Some(ENCODINGS), &stored);
        let memory = process::highest(&peer.processes());
        let database = peer.database().map(|postgres| process::together(&postgres.processes()));
        Outcome {
            errors: (errors, first),
            rate: steady.as_ref().map_or(0.0, |steady| steady.rate * RECORDS as f64),
            steady: steady
                .as_ref()
                .map_or(0.0, |steady| steady.answers() as f64 / (CLIENTS * pushes) as f64),
            p50_ms: steady.as_ref().map_or(0.0, |steady| steady.percentile(50.0)),
            p99_ms: steady.as_ref().map_or(0.0, |steady| steady.percentile(99.0)),
            push_bytes,
            packed_bytes,
            records: pulled,
            plain,
            packed: compressed,
            memory_mb: memory as f64 / 1e6,
            database_mb: database.map(|bytes| bytes as f64 / 1e6),
            edits: peer.conflict(),
        }
    }
}

/// One more push of each of ten clients, compressed: bytes sent a record, if the server takes it.
fn packed(peer: &mut dyn Peer, stored: &mut BTreeSet<String>) -> Option<f64> {
    const PUSHES: usize = 10;
    let mut sent = 0;
    for client in 0..PUSHES {
        let push = peer.pushes(client, 1).remove(0);
        let mut connection = Connection::open(&peer.url());
        let answer = connection.send(&push.packed());
        if peer.accepted(&answer).is_err() {
            // What was refused must not be missing later: this phone's chain goes on with the same push.
            let answer = Connection::open(&peer.url()).send(&push.bytes());
            peer.accepted(&answer).expect("the same push is taken as it lies");
            stored.extend(push.ids);
            return None;
        }
        stored.extend(push.ids);
        sent += connection.travelled().0;
    }
    Some(sent as f64 / (PUSHES * RECORDS) as f64)
}

/// Pulls everything; also how many records came.
fn pull(peer: &dyn Peer, encoding: Option<&str>, stored: &BTreeSet<String>) -> (Pull, usize) {
    let mut connection = Connection::open(&peer.url());
    let started = Instant::now();
    let answers: Vec<Value> = peer.pull(&mut connection, encoding);
    let seconds = started.elapsed().as_secs_f64();
    let ids = peer.ids(&answers);
    let records = ids.len();
    let found: BTreeSet<String> = ids.into_iter().collect();
    assert_eq!(found.len(), records, "a record came twice");
    assert!(stored.is_subset(&found), "an acknowledged record is not there");
    let (sent, received) = connection.travelled();
    let pull = Pull {
        seconds,
        bytes: (sent as f64 / records as f64, received as f64 / records as f64),
    };
    (pull, records)
}
