//! Clients that send at once, and what they saw.

use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use sync_protocol::verdict::Fate;
use sync_protocol::wire::SyncAnswer;

use crate::http::{Answer, Connection};
use crate::latency::Answered;

/// Clients at once.
pub const CLIENTS: usize = 64;

/// A client's thread holds only its answers, which lie on the heap.
const STACK: usize = 256 << 10;

/// What clients saw together.
pub struct Crowd {
    /// Each client's answers.
    pub times: Vec<Vec<Answered>>,
    /// Bytes of all answers' bodies as they travelled.
    pub answered: usize,
}

/// A thread and a connection per client: each sends its requests one after the other, as fast as the server answers.
/// When all are done, every answer is looked at: a refused push would be a fast one.
pub fn all_at_once(url: &str, clients: &[Vec<Vec<u8>>]) -> Crowd {
    let start = Barrier::new(clients.len());
    let one = |requests: &Vec<Vec<u8>>| {
        let mut connection = Connection::open(url);
        let mut answers = Vec::with_capacity(requests.len());
        start.wait();
        let times: Vec<Answered> = requests
            .iter()
            .map(|request| {
                let due = Instant::now();
                answers.push(connection.send(request));
                Answered {
                    due,
                    done: Instant::now(),
                }
            })
            .collect();
        start.wait();
        let answered: usize = answers.iter().map(|answer: &Answer| answer.body.len()).sum();
        answers.into_iter().for_each(accepted);
        (times, answered)
    };
    thread::scope(|scope| {
        let threads: Vec<_> = clients
            .iter()
            .map(|requests| {
                let client = thread::Builder::new().stack_size(STACK);
                client.spawn_scoped(scope, || one(requests)).expect("a thread")
            })
            .collect();
        let mut crowd = Crowd {
            times: Vec::new(),
            answered: 0,
        };
        for client in threads {
            let (times, answered) = client.join().expect("every request is answered");
            crowd.times.push(times);
            crowd.answered += answered;
        }
        crowd
    })
}

/// One client that sends `request` again and again.
pub fn alone(url: &str, request: &[u8], times: usize) -> Vec<Answered> {
    let mut connection = Connection::open(url);
    let send = |_| {
        let due = Instant::now();
        let answer = connection.send(request);
        let done = Instant::now();
        answer.ok();
        Answered { due, done }
    };
    (0..times).map(send).collect()
}

/// The answer to a sync whose every new operation was accepted.
pub fn accepted(answer: Answer) {
    let answer: SyncAnswer = serde_json::from_slice(&answer.ok()).expect("an answer");
    for verdict in &answer.verdicts {
        assert_eq!(
            (verdict.fate, verdict.code, verdict.repeat),
            (Fate::Accepted, None, false)
        );
    }
}
