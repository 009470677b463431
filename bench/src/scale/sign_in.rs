//! Sign-ins and the exchange of refresh tokens: each sync after a quarter of an hour begins with one.

use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use serde_json::{Value, json};
use wuyuan_server::demo::{self, District};

use super::meter::{self, Spent};
use super::stage::Stage;
use crate::http::{Connection, JSON, request};
use crate::latency::{Answered, Steady};

/// Members who sign in, one after the other, and then exchange tokens at once.
const MEMBERS: usize = 32;

/// Exchanges of each.
const EXCHANGES: usize = 60;

/// What it costs to know who somebody is.
#[derive(Debug, Clone, Copy)]
pub struct SignIns {
    /// What one sign-in with a password cost.
    pub sign_in: Spent,
    /// Seconds of one, alone.
    pub sign_in_s: f64,
    /// What one exchange cost.
    pub exchange: Spent,
    /// Exchanges a second of all together.
    pub rate: f64,
    /// p50 and p99 of one, ms.
    pub ms: (f64, f64),
}

/// Measures it with members of a district.
pub fn measure(stage: &Stage, district: &District) -> SignIns {
    let url = stage.server.url();
    let mut connection = Connection::open(&url);
    let before = meter::spent(stage);
    let started = Instant::now();
    let tokens: Vec<String> = district.members[..MEMBERS]
        .iter()
        .map(|member| {
            let body = json!({"number": member.number, "password": demo::PASSWORD});
            token(&mut connection, "/v1/auth/sign-in", &body)
        })
        .collect();
    let sign_in_s = started.elapsed().as_secs_f64() / MEMBERS as f64;
    let sign_in = meter::spent(stage).each(before, MEMBERS);
    let before = meter::spent(stage);
    let start = Barrier::new(MEMBERS);
    let exchange = |first: String| {
        let mut connection = Connection::open(&url);
        let mut own = first;
        start.wait();
        let once = |_| {
            let due = Instant::now();
            own = token(&mut connection, "/v1/auth/refresh", &json!({"refresh_token": own}));
            Answered {
                due,
                done: Instant::now(),
            }
        };
        (0..EXCHANGES).map(once).collect::<Vec<_>>()
    };
    let times: Vec<Vec<Answered>> = thread::scope(|scope| {
        let threads: Vec<_> = tokens
            .into_iter()
            .map(|first| scope.spawn(|| exchange(first)))
            .collect();
        let joined = threads
            .into_iter()
            .map(|thread| thread.join().expect("every exchange is answered"));
        joined.collect()
    });
    let exchange = meter::spent(stage).each(before, MEMBERS * EXCHANGES);
    let steady = Steady::of(&times, EXCHANGES / 10);
    SignIns {
        sign_in,
        sign_in_s,
        exchange,
        rate: steady.rate,
        ms: (steady.percentile(50.0), steady.percentile(99.0)),
    }
}

fn token(connection: &mut Connection, path: &str, body: &Value) -> String {
    let answer = connection.send(&request("POST", path, JSON, body.to_string().as_bytes()));
    let session: Value = serde_json::from_slice(&answer.ok()).expect("a session");
    session["refresh_token"].as_str().expect("a refresh token").to_owned()
}
