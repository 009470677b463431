//! Pushes: of phones that push for the first time, of phones all over the country, of phones in one unit.

use std::collections::BTreeMap;

use serde_json::json;

use super::crowd::{self, CLIENTS};
use super::meter::{self, Spent};
use super::stage::Stage;
use crate::cast::SignedIn;
use crate::http::post;
use crate::latency::Steady;
use crate::pull::records::report;
use crate::push::feed::{self, Mine};
use crate::timing::middle;

/// New records in a phone's first push.
pub const FIRST: usize = 10;

/// First pushes sent together; their requests lie in memory.
const TOGETHER: usize = 6_400;

/// A phone that has pushed.
pub struct Veteran {
    /// The phone.
    pub signed_in: SignedIn,
    /// A record of it and its last operation there.
    pub mine: Mine,
}

/// What pushes of one sort came to.
#[derive(Debug, Clone, Copy)]
pub struct Pushes {
    /// Pushes a second.
    pub rate: f64,
    /// Latency that half of them do not exceed, ms.
    pub p50_ms: f64,
    /// Latency that 99 of 100 do not exceed, ms.
    pub p99_ms: f64,
    /// What one push cost.
    pub each: Spent,
    /// Bytes of a request with its head.
    pub request: f64,
    /// Bytes of an answer's body.
    pub answer: f64,
}

/// Phones push for the first time, [`FIRST`] whole reports each. Answers what it came to and every phone that was
/// asked to be kept.
pub fn fill(stage: &Stage, phones: Vec<SignedIn>, keep_every: usize) -> (Pushes, Vec<Veteran>) {
    let mut veterans = Vec::new();
    let mut runs = Vec::new();
    let mut phones = phones.into_iter().enumerate().peekable();
    while phones.peek().is_some() {
        let mut clients: Vec<Vec<Vec<u8>>> = vec![Vec::new(); CLIENTS];
        for (at, mut signed_in) in phones.by_ref().take(TOGETHER) {
            let made: Vec<Mine> = (0..FIRST).map(|_| report(&mut signed_in.phone)).collect();
            clients[at % CLIENTS].push(request(&signed_in, 1));
            if at % keep_every == 0 {
                let mine = made[0];
                veterans.push(Veteran { signed_in, mine });
            }
        }
        runs.push(run(stage, &clients));
    }
    (together(&runs), veterans)
}

/// Phones all over the country push ten operations each, as `bench/README.md` tells them, some on records of theirs that
/// have lain for long. Each phone's turn comes when all others have had theirs.
pub fn spread(stage: &Stage, veterans: &mut [Veteran], pushes: usize) -> Pushes {
    let push = |veteran: &mut Veteran| {
        let first = veteran.signed_in.phone.seq() + 1;
        veteran.mine = feed::ten(&mut veteran.signed_in.phone, Some(veteran.mine));
        request(&veteran.signed_in, first)
    };
    run(stage, &turns(veterans, pushes, push))
}

/// The same with one operation each.
pub fn single(stage: &Stage, veterans: &mut [Veteran], pushes: usize) -> Pushes {
    let push = |veteran: &mut Veteran| {
        let (record, seen) = veteran.mine;
        veteran.mine.1 = edit(&mut veteran.signed_in, record, seen, true);
        request(&veteran.signed_in, veteran.mine.1)
    };
    run(stage, &turns(veterans, pushes, push))
}

/// All phones push ten operations in one unit, again and again.
pub fn crowded(stage: &Stage, phones: &mut [SignedIn], pushes: usize) -> Pushes {
    let mut bytes = Vec::new();
    let clients: Vec<Vec<Vec<u8>>> = phones
        .iter_mut()
        .map(|phone| feed::requests(phone, pushes, &mut bytes))
        .collect();
    run(stage, &clients)
}

/// The phone changes one field of its record; answers the operation's number.
pub fn edit(signed_in: &mut SignedIn, record: sync_protocol::id::RecordId, seen: u64, value: bool) -> u64 {
    let phone = &mut signed_in.phone;
    let mut draft = phone.draft("photo_report", record);
    draft.seen = BTreeMap::from([(phone.device, seen)]);
    draft.set = BTreeMap::from([("still_going_on".to_owned(), json!(value))]);
    phone.record(&draft)
}

/// The request that pushes everything from operation `first` on.
pub fn request(signed_in: &SignedIn, first: u64) -> Vec<u8> {
    let push = signed_in.phone.push(first..=signed_in.phone.seq());
    post("/v1/sync", &signed_in.token, None, &push.text())
}

/// Requests of clients, each veteran belonging to one client, so that its pushes keep their order.
fn turns(veterans: &mut [Veteran], pushes: usize, mut push: impl FnMut(&mut Veteran) -> Vec<u8>) -> Vec<Vec<Vec<u8>>> {
    let whole = veterans.len() / CLIENTS * CLIENTS;
    assert!(whole > 0, "at least a phone for each client");
    let mut clients = vec![Vec::new(); CLIENTS];
    for turn in 0..pushes * CLIENTS {
        clients[turn % CLIENTS].push(push(&mut veterans[turn % whole]));
    }
    clients
}

fn run(stage: &Stage, clients: &[Vec<Vec<u8>>]) -> Pushes {
    let times = clients.iter().map(Vec::len);
    let (pushes, fewest) = (times.clone().sum::<usize>(), times.min().unwrap_or_default());
    assert!(fewest > 1, "at least two pushes for each client");
    let bytes: usize = clients.iter().flatten().map(Vec::len).sum();
    let before = meter::spent(stage);
    let crowd = crowd::all_at_once(&stage.server.url(), clients);
    let each = meter::spent(stage).each(before, pushes);
    let steady = Steady::of(&crowd.times, (fewest / 10).max(1));
    Pushes {
        rate: steady.rate,
        p50_ms: steady.percentile(50.0),
        p99_ms: steady.percentile(99.0),
        each,
        request: bytes as f64 / pushes as f64,
        answer: crowd.answered as f64 / pushes as f64,
    }
}

/// The middle of several runs.
fn together(runs: &[Pushes]) -> Pushes {
    let of = |figure: fn(&Pushes) -> f64| middle(runs.iter().map(figure).collect());
    Pushes {
        rate: of(|p| p.rate),
        p50_ms: of(|p| p.p50_ms),
        p99_ms: of(|p| p.p99_ms),
        each: Spent {
            server_s: of(|p| p.each.server_s),
            database_s: of(|p| p.each.database_s),
            disk: of(|p| p.each.disk),
            wal: of(|p| p.each.wal),
        },
        request: of(|p| p.request),
        answer: of(|p| p.answer),
    }
}
