//! Clients that send what they have as fast as the server answers.

use std::io;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use sync_protocol::verdict::Fate;
use sync_protocol::wire::SyncAnswer;

use crate::http::{Answer, Connection};
use crate::latency::Answered;

/// What one client saw.
pub struct Client {
    /// When its requests were sent and answered.
    pub times: Vec<Answered>,
    /// The answers. After one that did not come the client sent nothing more.
    pub answers: Vec<io::Result<Answer>>,
    /// Bytes that it wrote to its socket and read from it.
    pub travelled: (u64, u64),
}

/// Pushes of operations, every one of which must be accepted.
pub fn all_at_once(url: &str, requests: Vec<Vec<Vec<u8>>>) -> Vec<Vec<Answered>> {
    let clients = together(url, &requests);
    let look = |client: Client| {
        for answer in client.answers {
            accepted(answer.expect("every push is answered"));
        }
        client.times
    };
    clients.into_iter().map(look).collect()
}

/// A thread per client: while one waits for its answer it costs nothing. Nobody looks at the answers before the last
/// client is done.
pub fn together(url: &str, requests: &[Vec<Vec<u8>>]) -> Vec<Client> {
    let start = Barrier::new(requests.len());
    thread::scope(|scope| {
        let clients: Vec<_> = requests
            .iter()
            .map(|requests| scope.spawn(|| one(Connection::open(url), requests, &start)))
            .collect();
        clients
            .into_iter()
            .map(|client| client.join().expect("a client ends"))
            .collect()
    })
}

fn one(mut connection: Connection, requests: &[Vec<u8>], start: &Barrier) -> Client {
    let mut times = Vec::with_capacity(requests.len());
    let mut answers = Vec::with_capacity(requests.len());
    start.wait();
    for request in requests {
        let due = Instant::now();
        let answer = connection.try_send(request);
        let broken = answer.is_err();
        answers.push(answer);
        times.push(Answered {
            due,
            done: Instant::now(),
        });
        if broken {
            break;
        }
    }
    Client {
        times,
        answers,
        travelled: connection.travelled(),
    }
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
