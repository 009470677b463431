//! Syncs that bring nothing and fetch nothing: what every phone does most of the time.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;
use sync_protocol::id::UnitCode;
use sync_protocol::role::Role;
use wuyuan_tests::backend::Backend;

use crate::Plan;
use crate::cast::{self, SignedIn, Stage};
use crate::http::{Connection, post};
use crate::latency::{Answered, Steady};
use crate::pull::records;
use crate::push::load;
use crate::report::{Report, Row, Target, number};
use crate::timing::middle;

/// Volunteers at once, each syncing once in `PACE`.
const VOLUNTEERS: usize = 16;
/// Readers of the whole district at once.
const READERS: usize = 2;
/// Between two syncs of one phone.
const PACE: Duration = Duration::from_millis(100);
/// Syncs of each phone; the first ten are for warming up.
const SYNCS: usize = 110;
const WARM_UP: usize = 10;

struct Outcome {
    volunteer_ms: f64,
    reader_ms: f64,
    reader_p50_ms: f64,
    floor_ms: f64,
    units: usize,
}

/// Measures both databases.
pub fn measure(report: &mut Report, plan: &Plan) {
    for &(backend, name) in &plan.databases {
        let outcomes: Vec<Outcome> = (0..plan.runs).map(|_| run(backend)).collect();
        let of = |figure: fn(&Outcome) -> f64| middle(outcomes.iter().map(figure).collect());
        let pace = 1.0 / PACE.as_secs_f64();
        let load = format!(
            "{VOLUNTEERS} volunteers and {READERS} district readers, each {} syncs a second; p99 of `GET /healthz` at that pace {} ms",
            number(pace),
            number(of(|o| o.floor_ms))
        );
        report.add(Row {
            what: format!("{name}: p99 of an empty sync of a volunteer"),
            value: of(|o| o.volunteer_ms),
            unit: "ms",
            beside: load,
            target: Target::Below(20.0),
        });
        report.add(Row {
            what: format!(
                "{name}: p99 of an empty sync of a district reader with {} units",
                outcomes[0].units
            ),
            value: of(|o| o.reader_ms),
            unit: "ms",
            beside: format!("p50 {} ms", number(of(|o| o.reader_p50_ms))),
            target: Target::Below(20.0),
        });
    }
}

fn run(backend: Backend) -> Outcome {
    let district = cast::district();
    let mut stage = Stage::set(backend, &district);
    records::seed(&stage, &district, 10_000);
    let phones = |role: Role, most: usize| -> Vec<SignedIn> {
        let holders = district
            .members
            .iter()
            .filter(|m| m.appointments[0].role == role)
            .cycle();
        holders
            .take(most)
            .map(|member| stage.phone(member, &member.appointments[0].unit))
            .collect()
    };
    let url = stage.server.url();
    let volunteers = phones(Role::Volunteer, VOLUNTEERS);
    let readers = phones(Role::Prosecutor, READERS);
    let units = cursors(&url, &readers[0]).len();
    let requests: Vec<Vec<u8>> = volunteers
        .iter()
        .chain(&readers)
        .map(|phone| empty(&url, phone))
        .collect();
    let times = load::paced(&url, &requests, SYNCS, PACE);
    let of = |clients: &[Vec<Answered>], percent| Steady::of(clients, WARM_UP).percentile(percent);
    let floor = vec![b"GET /healthz HTTP/1.1\r\nhost: bench\r\n\r\n".to_vec(); VOLUNTEERS + READERS];
    let floor = load::paced(&url, &floor, SYNCS, PACE);
    stage.server.stop();
    Outcome {
        volunteer_ms: of(&times[..VOLUNTEERS], 99.0),
        reader_ms: of(&times[VOLUNTEERS..], 99.0),
        reader_p50_ms: of(&times[VOLUNTEERS..], 50.0),
        floor_ms: of(&floor, 99.0),
        units,
    }
}

/// The cursors of somebody who has everything.
fn cursors(url: &str, phone: &SignedIn) -> BTreeMap<UnitCode, String> {
    records::pull(&mut Connection::open(url), phone).cursors
}

fn empty(url: &str, phone: &SignedIn) -> Vec<u8> {
    let cursors = cursors(url, phone);
    let body = json!({"device": phone.phone.device, "pull": {"cursors": cursors}}).to_string();
    post("/v1/sync", &phone.token, Some("zstd"), &body)
}
