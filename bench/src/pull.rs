//! First pulls: one reader of a whole district, and 641 phones that pull their units at once.

pub mod records;

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection as Sqlite;
use sync_protocol::role::Role;
use wuyuan_tests::backend::{Backend, Place};

use crate::Plan;
use crate::cast::{self, SignedIn, Stage};
use crate::http::Connection;
use crate::report::{Report, Row, Target, number};
use crate::timing::{middle, ms};

/// Records in the district.
const RECORDS: usize = 10_000;
/// Phones at once: as many as there are members.
const PHONES: usize = 641;
/// A client's thread holds only its answer, which lies on the heap.
const STACK: usize = 256 << 10;

struct Outcome {
    first_s: f64,
    pages: usize,
    travelled: usize,
    inflated: usize,
    raw_ms: Option<f64>,
    pack_ms: f64,
    crowd_s: f64,
    crowd_records: usize,
    memory_mb: f64,
    idle_mb: f64,
}

/// Measures both databases.
pub fn measure(report: &mut Report, plan: &Plan) {
    for &(backend, name) in &plan.databases {
        let outcomes: Vec<Outcome> = (0..plan.runs).map(|_| run(backend)).collect();
        let of = |figure: fn(&Outcome) -> f64| middle(outcomes.iter().map(figure).collect());
        let one = &outcomes[0];
        let raw = match one.raw_ms {
            Some(_) => format!(
                "reading the stored rows raw {} ms, ",
                number(of(|o| o.raw_ms.unwrap_or_default()))
            ),
            None => String::new(),
        };
        report.add(Row {
            what: format!("{name}: first pull of {} records", number(RECORDS as f64)),
            value: of(|o| o.first_s),
            unit: "s",
            beside: format!(
                "{} pages, {} MB of JSON as {} KB; {raw}zstd alone over the same JSON {} ms",
                one.pages,
                number(one.inflated as f64 / 1e6),
                number(one.travelled as f64 / 1e3),
                number(of(|o| o.pack_ms))
            ),
            target: Target::Below(2.0),
        });
        report.add(Row {
            what: format!("{name}: {PHONES} phones pull their units at once"),
            value: of(|o| o.crowd_s),
            unit: "s",
            beside: format!("{} records delivered", number(one.crowd_records as f64)),
            target: Target::Below(10.0),
        });
        report.add(Row {
            what: format!("{name}: server's memory at its highest during these"),
            value: of(|o| o.memory_mb),
            unit: "MB",
            beside: format!("{} MB before the first pull", number(of(|o| o.idle_mb))),
            target: Target::Below(300.0),
        });
    }
}

fn run(backend: Backend) -> Outcome {
    let district = cast::district();
    let mut stage = Stage::set(backend, &district);
    records::seed(&stage, &district, RECORDS);
    let url = stage.server.url();
    let holders = |role: Role| district.members.iter().filter(move |m| m.appointments[0].role == role);
    let reader = holders(Role::Prosecutor)
        .next()
        .map(|m| stage.phone(m, &m.appointments[0].unit));
    let reader = reader.expect("the district has a prosecutor");
    // Leaders read every record of their unit, most members only their own: this is the heavier case.
    let phones: Vec<SignedIn> = holders(Role::GroupLeader)
        .cycle()
        .take(PHONES)
        .map(|m| stage.phone(m, &m.appointments[0].unit))
        .collect();
    let (idle, _) = stage.server.memory();
    let started = Instant::now();
    let first = records::pull(&mut Connection::open(&url), &reader);
    let first_s = started.elapsed().as_secs_f64();
    assert_eq!(first.records, RECORDS);
    let (crowd_s, crowd_records) = crowd(&url, &phones);
    let (_, memory) = stage.server.memory();
    stage.server.stop();
    let raw_ms = match &*stage.place {
        Place::Sqlite(folder) => Some(ms(read_raw(&folder.path().join("wuyuan.db")))),
        Place::Postgres(_) => None,
    };
    let started = Instant::now();
    let packed: usize = first
        .inflated
        .iter()
        .map(|body| zstd::encode_all(body.as_slice(), 0).expect("zstd").len())
        .sum();
    let pack_ms = ms(started.elapsed());
    assert!(packed > 0);
    Outcome {
        first_s,
        pages: first.pages,
        travelled: first.travelled,
        inflated: first.inflated.iter().map(Vec::len).sum(),
        raw_ms,
        pack_ms,
        crowd_s,
        crowd_records,
        memory_mb: memory as f64 / 1e6,
        idle_mb: idle as f64 / 1e6,
    }
}

/// Seconds until the last phone has everything, and how many records they got together.
fn crowd(url: &str, phones: &[SignedIn]) -> (f64, usize) {
    let start = Barrier::new(phones.len() + 1);
    thread::scope(|scope| {
        let pulls: Vec<_> = phones
            .iter()
            .map(|phone| {
                let start = &start;
                let pull = move || {
                    start.wait();
                    records::pull(&mut Connection::open(url), phone).records
                };
                thread::Builder::new()
                    .stack_size(STACK)
                    .spawn_scoped(scope, pull)
                    .expect("a thread")
            })
            .collect();
        start.wait();
        let started = Instant::now();
        let records = pulls
            .into_iter()
            .map(|pull| pull.join().expect("a phone gets its records"))
            .sum();
        (started.elapsed().as_secs_f64(), records)
    })
}

fn read_raw(path: &std::path::Path) -> Duration {
    let db = Sqlite::open(path).expect("the server's database opens");
    let started = Instant::now();
    let mut statement = db
        .prepare("SELECT id, kind, unit, creator, pos, state FROM record ORDER BY unit, pos")
        .expect("a query");
    let bytes = statement
        .query_map([], |row| Ok(row.get_ref(5)?.as_blob()?.len()))
        .expect("rows");
    let bytes: usize = bytes.map(|length| length.expect("a row")).sum();
    assert!(bytes > 0);
    started.elapsed()
}
