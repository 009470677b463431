//! The desk's list of open findings, a page at a time.

use std::time::Instant;

use super::scene::{IDLE, Scene};
use crate::http::{Connection, request};
use crate::latency::{Answered, Steady};
use crate::report::{Report, Row, Target, number};

/// Pages that are timed; the first tenth is for warming up.
const PAGES: usize = 200;

/// Measures the first page of a prosecutor of all districts and of one.
pub fn measure(report: &mut Report, name: &str, scene: &mut Scene) {
    scene.serve(&IDLE);
    for districts in [scene.districts, 1] {
        let prosecutor = scene.stage.prosecutor(0..districts);
        let unit = prosecutor.appointments[0].unit.clone();
        let phones = scene.stage.phones(&[(&prosecutor, unit)]);
        let token = format!("authorization: Bearer {}\r\n", phones[0].token);
        let page = request("GET", "/v1/findings", &token, &[]);
        let mut connection = Connection::open(&scene.stage.server.url());
        if connection.send(&page).status == 404 {
            eprintln!("{name}: there is no GET /v1/findings to measure");
            break;
        }
        let times: Vec<Answered> = (0..PAGES)
            .map(|_| {
                let due = Instant::now();
                let answer = connection.send(&page);
                let done = Instant::now();
                answer.ok();
                Answered { due, done }
            })
            .collect();
        let steady = Steady::of(&[times], PAGES / 10);
        report.add(Row {
            what: format!(
                "{name}: a page of {} open findings, prosecutor of {districts} districts, p50",
                number(scene.findings as f64)
            ),
            value: steady.percentile(50.0),
            unit: "ms",
            beside: format!("p99 {} ms", number(steady.percentile(99.0))),
            target: Target::None,
        });
    }
    scene.stage.server.stop();
}
