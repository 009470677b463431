//! Photos: how fast they arrive, beside a plain copy of the same bytes; a district that sends at once; thumbnails.

mod picture;
mod plain;
mod sender;
mod thumbnails;

use std::time::Instant;

use sync_protocol::role::Role;
use wuyuan_server::demo::District;
use wuyuan_tests::backend::Backend;

use self::picture::Photo;
use crate::Plan;
use crate::cast::{self, SignedIn, Stage};
use crate::report::{Report, Row, Target, number};
use crate::timing::middle;

/// A photo of a phone, bytes, and how many of them in a run.
const BYTES: usize = 4 << 20;
const PHOTOS: usize = 96;

/// How many send at once.
const CLIENTS: [usize; 2] = [1, 8];

/// Everybody of a district sends three, smaller ones so that the disk holds them.
const PHONES: usize = 641;
const EACH: usize = 3;
const SMALL: usize = 1 << 20;

/// Measures on every database.
pub fn measure(report: &mut Report, plan: &Plan) {
    for (backend, name) in &plan.databases {
        for clients in CLIENTS {
            let rounds: Vec<Round> = (0..plan.runs).map(|_| upload(*backend, clients)).collect();
            row(report, name, clients, &rounds);
        }
        let crowds: Vec<Crowd> = (0..plan.runs).map(|_| crowd(*backend)).collect();
        crowd_rows(report, name, &crowds);
    }
    if let Some((backend, _)) = plan.databases.first() {
        thumbnails::measure(report, *backend);
    }
}

/// Megabytes a second.
struct Round {
    server: f64,
    plain: f64,
    hashes: f64,
}

fn phones(stage: &Stage, district: &District, most: usize) -> Vec<SignedIn> {
    let officers = district
        .members
        .iter()
        .filter(|member| member.appointments[0].role == Role::InfoOfficer);
    officers
        .cycle()
        .take(most)
        .map(|member| stage.phone(member, &member.appointments[0].unit))
        .collect()
}

fn upload(backend: Backend, clients: usize) -> Round {
    let district = cast::district();
    let mut stage = Stage::set(backend, &district);
    let photos: Vec<Photo> = (0..PHOTOS).map(|n| Photo::noise(n as u64, BYTES)).collect();
    let tokens: Vec<String> = phones(&stage, &district, clients)
        .into_iter()
        .map(|p| p.token)
        .collect();
    let started = Instant::now();
    sender::send(&stage.server.url(), &tokens, &photos);
    let server = rate(PHOTOS * BYTES, started);
    stage.server.stop();
    let started = Instant::now();
    plain::copy(&photos, clients);
    let plain = rate(PHOTOS * BYTES, started);
    let started = Instant::now();
    plain::hash(&photos, clients);
    Round {
        server,
        plain,
        hashes: rate(PHOTOS * BYTES, started),
    }
}

fn rate(bytes: usize, since: Instant) -> f64 {
    bytes as f64 / 1e6 / since.elapsed().as_secs_f64()
}

fn row(report: &mut Report, name: &str, clients: usize, rounds: &[Round]) {
    let of = |part: fn(&Round) -> f64| middle(rounds.iter().map(part).collect());
    let (server, plain) = (of(|r| r.server), of(|r| r.plain));
    let at_once = if clients == 1 {
        "one by one".to_owned()
    } else {
        format!("{clients} at once")
    };
    report.add(Row {
        what: format!("{name}: photos of 4 MiB sent {at_once}"),
        value: server,
        unit: "MB/s",
        beside: format!(
            "the same bytes written to files, each with fsync and rename: {} MB/s ({} of it reached); SHA-256 and SM3 alone: {} MB/s",
            number(plain),
            number(server / plain),
            number(of(|r| r.hashes))
        ),
        target: Target::None,
    });
}

/// A district that sends at once.
struct Crowd {
    seconds: f64,
    plain_s: f64,
    p50_ms: f64,
    p99_ms: f64,
    memory_mb: f64,
}

fn crowd(backend: Backend) -> Crowd {
    let district = cast::district();
    let mut stage = Stage::set(backend, &district);
    let tokens: Vec<String> = phones(&stage, &district, PHONES).into_iter().map(|p| p.token).collect();
    let photos: Vec<Photo> = (0..PHONES * EACH).map(|n| Photo::noise(n as u64, SMALL)).collect();
    let started = Instant::now();
    let mut times = sender::send(&stage.server.url(), &tokens, &photos);
    let seconds = started.elapsed().as_secs_f64();
    let (_, memory) = stage.server.memory();
    stage.server.stop();
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() * percent).div_ceil(100) - 1].as_secs_f64() * 1e3;
    let started = Instant::now();
    plain::copy(&photos, CLIENTS[1]);
    Crowd {
        seconds,
        plain_s: started.elapsed().as_secs_f64(),
        p50_ms: at(50),
        p99_ms: at(99),
        memory_mb: memory as f64 / 1e6,
    }
}

fn crowd_rows(report: &mut Report, name: &str, crowds: &[Crowd]) {
    let of = |part: fn(&Crowd) -> f64| middle(crowds.iter().map(part).collect());
    report.add(Row {
        what: format!("{name}: {PHONES} phones send {EACH} photos of 1 MiB each at once"),
        value: of(|c| c.seconds),
        unit: "s",
        beside: format!(
            "a photo takes {} ms at p50, {} ms at p99; the same bytes written to files with fsync: {} s",
            number(of(|c| c.p50_ms)),
            number(of(|c| c.p99_ms)),
            number(of(|c| c.plain_s))
        ),
        target: Target::None,
    });
    report.add(Row {
        what: format!("{name}: server's memory at its highest while they send"),
        value: of(|c| c.memory_mb),
        unit: "MB",
        beside: String::new(),
        target: Target::None,
    });
}
