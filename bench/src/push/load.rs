//! Clients that send what they have as fast as the server answers.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use sync_protocol::verdict::Fate;
use sync_protocol::wire::SyncAnswer;

use crate::http::{Answer, Connection};
use crate::latency::Answered;

/// A thread per client: while one waits for its answer it costs nothing.
pub fn all_at_once(url: &str, requests: Vec<Vec<Vec<u8>>>) -> Vec<Vec<Answered>> {
    let start = Barrier::new(requests.len());
    thread::scope(|scope| {
        let clients: Vec<_> = requests
            .iter()
            .map(|requests| scope.spawn(|| one(Connection::open(url), requests, &start)))
            .collect();
        clients
            .into_iter()
            .map(|client| client.join().expect("every push is answered"))
            .collect()
    })
}

fn one(mut connection: Connection, requests: &[Vec<u8>], start: &Barrier) -> Vec<Answered> {
    let mut times = Vec::with_capacity(requests.len());
    let mut answers = Vec::with_capacity(requests.len());
    start.wait();
    for request in requests {
        let due = Instant::now();
        answers.push(connection.send(request));
        times.push(Answered {
            due,
            done: Instant::now(),
        });
    }
    // The clock of this client has stopped; others still run, so the look at the answers waits for all of them.
    start.wait();
    answers.into_iter().for_each(accepted);
    times
}

/// Each client sends its one request `times` times, one in each `pace`, the clients evenly apart. A request that is
/// answered late delays the next ones, and their latency counts from when they were due.
pub fn paced(url: &str, requests: &[Vec<u8>], times: usize, pace: Duration) -> Vec<Vec<Answered>> {
    let start = Instant::now() + pace;
    let clients = u32::try_from(requests.len()).expect("few clients");
    thread::scope(|scope| {
        let threads: Vec<_> = (0..clients)
            .zip(requests)
            .map(|(place, request)| {
                scope.spawn(move || {
                    let mut connection = Connection::open(url);
                    let due = |n: usize| start + pace * place / clients + pace * u32::try_from(n).unwrap_or(u32::MAX);
                    let send = |n: usize| {
                        thread::sleep(due(n).saturating_duration_since(Instant::now()));
                        let answer = connection.send(request);
                        let done = Instant::now();
                        answer.ok();
                        Answered { due: due(n), done }
                    };
                    (0..times).map(send).collect::<Vec<_>>()
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("every request is answered"))
            .collect()
    })
}

/// Every operation was accepted and a receipt came: a refused push would be a fast one.
fn accepted(answer: Answer) {
    let answer: SyncAnswer = serde_json::from_slice(&answer.ok()).expect("an answer");
    assert_eq!(answer.verdicts.len(), 10);
    for verdict in &answer.verdicts {
        assert_eq!(
            (verdict.fate, verdict.code, verdict.repeat),
            (Fate::Accepted, None, false)
        );
    }
    assert!(answer.receipt.is_some());
}
