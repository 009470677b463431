//! A year's report over a million records, beside the raw scan of what it stands on.
//!
//! The facts are generated: visits, leads and volunteers' sessions of 641 members in 198 units over the twelve months of
//! 2026, about three facts a record, as the follower writes them. The report counts all of them; the limit is one
//! statement that reads every row and adds its value up.

use std::time::Instant;

use sync_protocol::id::MemberId;
use sync_protocol::role::Role;
use wuyuan_server::figures::period::Period;
use wuyuan_server::figures::report::{self, Asker};
use wuyuan_server::query;
use wuyuan_server::store::bulk::{Bulk, Column, Verb};
use wuyuan_server::store::rows::FactQuery;
use wuyuan_server::store::{Store, StoreResult};
use wuyuan_tests::backend::Backend;
use wuyuan_tests::engine::Engine;

use crate::Plan;
use crate::report::{Report, Row, Target, number};
use crate::timing::{middle, ms};

/// Records of one transaction.
const BATCH: usize = 20_000;
const MEMBERS: usize = 641;
/// 1 January 2026, days since 1970-01-01.
const FIRST: i64 = 20_454;

struct Fact {
    record: [u8; 16],
    code: &'static str,
    unit: usize,
    day: i64,
    dim: &'static str,
    who: Option<[u8; 16]>,
}

/// The facts of the nth of `records` records: its own, and those of what it is.
fn facts(n: usize, records: usize, units: usize) -> Vec<Fact> {
    // Spread by a multiplier that shares no factor with anything here.
    let spread = n.wrapping_mul(7_919);
    let mut record = [0; 16];
    record[8..].copy_from_slice(&(n as u64).to_be_bytes());
    let mut who = [1; 16];
    who[8..].copy_from_slice(&((spread % MEMBERS) as u64).to_be_bytes());
    let fact = |code, dim, who| Fact {
        record,
        code,
        unit: spread % units,
        day: FIRST + (n * 365 / records) as i64,
        dim,
        who,
    };
    let mut all = vec![fact("record", "supervision_visit|prompt", Some(who))];
    match n % 4 {
        0 => {
            all.push(fact("lead", "app|work_safety", None));
            all.push(fact("lead.step", "received", None));
        }
        1 => {
            all.push(fact("visit", "none", Some(who)));
            all.push(fact("visit.seen", "", Some(who)));
        }
        _ => all.push(fact("volunteer", "traffic|in_time", Some(who))),
    }
    all
}

fn fill(store: &Store, records: usize, units: &[String]) -> i64 {
    let mut number = 0;
    for from in (0..records).step_by(BATCH) {
        let to = records.min(from + BATCH);
        let some: Vec<Fact> = (from..to).flat_map(|n| facts(n, records, units.len())).collect();
        let long = |get: &dyn Fn(&Fact) -> i64| Column::Long(some.iter().map(|fact| Some(get(fact))).collect());
        let columns = vec![
            (
                "number",
                Column::Long((0..some.len() as i64).map(|n| Some(number + n + 1)).collect()),
            ),
            (
                "record",
                Column::Bytes(some.iter().map(|f| Some(f.record.as_slice())).collect()),
            ),
            ("code", Column::Text(some.iter().map(|f| Some(f.code)).collect())),
            (
                "unit",
                Column::Text(some.iter().map(|f| Some(units[f.unit].as_str())).collect()),
            ),
            ("day", long(&|fact| fact.day)),
            ("dim", Column::Text(some.iter().map(|f| Some(f.dim)).collect())),
            (
                "who",
                Column::Bytes(some.iter().map(|f| f.who.as_ref().map(|who| who.as_slice())).collect()),
            ),
            ("value", long(&|_| 1)),
            ("sign", Column::Int(some.iter().map(|_| Some(1)).collect())),
            ("at_ms", long(&|fact| fact.day * 86_400_000)),
            ("pos", long(&|_| 1)),
        ];
        let bulk = Bulk::new(Verb::Insert, "fact", 1, columns);
        let written: StoreResult<()> = store.write(|db| query!(db, locks::write(&bulk)));
        written.expect("facts are written");
        number += some.len() as i64;
    }
    number
}

/// Measures on each database of the plan.
pub fn measure(report: &mut Report, plan: &Plan) {
    for (backend, name) in &plan.databases {
        one(report, plan, *backend, name);
    }
}

fn one(report: &mut Report, plan: &Plan, backend: Backend, name: &str) {
    let engine = Engine::start(backend);
    let units: Vec<String> = engine.district.units.iter().map(|unit| unit.code.to_string()).collect();
    let began = Instant::now();
    let many = fill(&engine.app.store, plan.records, &units);
    let filled = began.elapsed();
    let district = "350111000000".parse().expect("a code");
    let chief = engine.member(Role::ChiefProcurator, &district, 0).id;
    let scan = || {
        let all = FactQuery {
            codes: None,
            units: None,
            days: (i64::MIN, i64::MAX),
            numbers: (0, many),
            at: None,
        };
        let began = Instant::now();
        let found = engine.read(|db| query!(db, facts::scan(all)));
        assert_eq!(found, (many, many));
        ms(began.elapsed())
    };
    let limit = middle((0..plan.runs.max(3)).map(|_| scan()).collect());
    for (period, what) in [("2026", "a year's report over"), ("2026-06", "a month's report among")] {
        let times = (0..plan.runs.max(3)).map(|_| timed(&engine, chief, period)).collect();
        let value = middle(times);
        report.add(Row {
            what: format!(
                "{name}: {what} {} records ({} facts)",
                number(plan.records as f64),
                number(many as f64)
            ),
            value,
            unit: "ms",
            beside: format!(
                "raw scan of all facts {} ms; written in {} s",
                number(limit),
                number(filled.as_secs_f64())
            ),
            target: Target::None,
        });
    }
}

fn timed(engine: &Engine, member: MemberId, period: &str) -> f64 {
    let app = &engine.app;
    let asker = Asker { member, unit: None };
    let period = Period::parse(period).expect("a period");
    let began = Instant::now();
    let told = app.store.read(|db| report::preview(db, app, &asker, &period));
    let passed = ms(began.elapsed());
    let told = told.expect("a report");
    assert!(
        told.figures
            .iter()
            .any(|figure| figure.code == "leads_reported" && figure.happened.top > 0)
    );
    passed
}
