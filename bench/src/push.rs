//! Pushes over HTTP: 64 clients, each with its next push ready, signed and written down before the clock starts.
//!
//! A push carries ten operations on photo reports, as a volunteer makes them who comes back under the network:
//! four new reports, two edits of each of the first two of them, and two of a report of the push before.

pub mod feed;
pub mod load;

use sync_protocol::id::UnitCode;
use sync_protocol::role::Role;
use wuyuan_server::demo::DemoMember;
use wuyuan_tests::backend::{Backend, Place};

use crate::Plan;
use crate::cast::{self, SignedIn, Stage};
use crate::latency::Steady;
use crate::raw;
use crate::report::{Report, Row, Target, number};
use crate::timing::middle;

/// Clients at once.
pub const CLIENTS: usize = 64;
/// Pushes of each: the first tenth is for warming up.
const PUSHES: usize = 300;
const WARM_UP: usize = PUSHES / 10;

/// Where the clients write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spread {
    /// Each in a unit of his own.
    Units,
    /// All in one.
    One,
}

/// What one run gave.
struct Outcome {
    rate: f64,
    p50_ms: f64,
    p99_ms: f64,
    memory_mb: f64,
    op_bytes: f64,
    raw_rate: Option<f64>,
}

/// Measures both databases, spread and crowded, several times.
pub fn measure(report: &mut Report, plan: &Plan) {
    for &(backend, name) in &plan.databases {
        let least = match backend {
            Backend::Sqlite => 2_500.0,
            Backend::Postgres => 3_000.0,
        };
        let spread: Vec<Outcome> = (0..plan.runs).map(|_| run(backend, Spread::Units)).collect();
        let one: Vec<Outcome> = (0..plan.runs).map(|_| run(backend, Spread::One)).collect();
        let (rate, crowded) = (of(&spread, |o| o.rate), of(&one, |o| o.rate));
        let figure = |what: &str, value, unit, beside, target| Row {
            what: format!("{name}: {what}"),
            value,
            unit,
            beside,
            target,
        };
        let runs = spread.iter().map(|o| number(o.rate)).collect::<Vec<_>>().join(", ");
        let about = format!(
            "{} ops/s of {:.0} bytes; runs: {runs}",
            number(rate * 10.0),
            of(&spread, |o| o.op_bytes)
        );
        report.add(figure(
            "pushes over HTTP, 64 clients in 64 units",
            rate,
            "/s",
            about,
            Target::AtLeast(least),
        ));
        if spread.iter().all(|o| o.raw_rate.is_some()) {
            let limit = of(&spread, |o| o.raw_rate.unwrap_or_default());
            let beside = format!(
                "the same rows by raw statements, 64 pushes a commit: {} /s",
                number(limit)
            );
            let part = of(&spread, |o| o.rate / o.raw_rate.unwrap_or(f64::INFINITY));
            report.add(figure(
                "of the raw limit of the same run",
                part,
                "",
                beside,
                Target::AtLeast(0.5),
            ));
        }
        let beside = format!(
            "{} /s in one unit; p99 {} ms",
            number(crowded),
            number(of(&one, |o| o.p99_ms))
        );
        report.add(figure(
            "all in one unit, of spread",
            crowded / rate,
            "",
            beside,
            Target::AtLeast(0.6),
        ));
        let beside = format!("p50 {} ms", number(of(&spread, |o| o.p50_ms)));
        let p99 = of(&spread, |o| o.p99_ms);
        report.add(figure(
            "p99 of a push with 64 clients",
            p99,
            "ms",
            beside,
            Target::Below(100.0),
        ));
        let memory = of(&spread, |o| o.memory_mb);
        report.add(figure(
            "server's memory at its highest",
            memory,
            "MB",
            String::new(),
            Target::None,
        ));
    }
}

fn of(outcomes: &[Outcome], figure: impl Fn(&Outcome) -> f64) -> f64 {
    middle(outcomes.iter().map(figure).collect())
}

fn run(backend: Backend, spread: Spread) -> Outcome {
    let mut district = cast::district();
    let writers = writers(&mut district.members, spread);
    let mut stage = Stage::set(backend, &district);
    let mut phones: Vec<SignedIn> = writers.iter().map(|(member, unit)| stage.phone(member, unit)).collect();
    let mut op_bytes = Vec::new();
    let requests: Vec<Vec<Vec<u8>>> = phones
        .iter_mut()
        .map(|signed_in| feed::requests(signed_in, PUSHES, &mut op_bytes))
        .collect();
    let clients = load::all_at_once(&stage.server.url(), requests);
    let steady = Steady::of(&clients, WARM_UP);
    let (_, memory) = stage.server.memory();
    stage.server.stop();
    let raw_rate = match (&*stage.place, spread) {
        (Place::Sqlite(folder), Spread::Units) => Some(raw::pushes_a_second(&folder.path().join("wuyuan.db"))),
        _ => None,
    };
    Outcome {
        rate: steady.rate,
        p50_ms: steady.percentile(50.0),
        p99_ms: steady.percentile(99.0),
        memory_mb: memory as f64 / 1e6,
        op_bytes: op_bytes.iter().sum::<usize>() as f64 / op_bytes.len() as f64,
        raw_rate,
    }
}

/// The first volunteers of as many units, or volunteers who were all appointed to the first one's.
pub fn writers(members: &mut [DemoMember], spread: Spread) -> Vec<(DemoMember, UnitCode)> {
    let mut units: Vec<UnitCode> = Vec::new();
    let mut writers = Vec::new();
    for member in members.iter_mut().filter(|m| m.appointments[0].role == Role::Volunteer) {
        let own = member.appointments[0].unit.clone();
        if writers.len() == CLIENTS || (spread == Spread::Units && units.contains(&own)) {
            continue;
        }
        let unit = match spread {
            Spread::Units => own,
            Spread::One => units.first().cloned().unwrap_or(own),
        };
        member.appointments[0].unit = unit.clone();
        units.push(unit.clone());
        writers.push((member.clone(), unit));
    }
    assert_eq!(writers.len(), CLIENTS, "the district has volunteers enough");
    writers
}
