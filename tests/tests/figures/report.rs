//! Issued reports: what is late goes to the next one, and nothing ever changes an issued one.
//!
//! The walk prints its seed; `FIGURES_SEED=n` walks it again.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, FixedOffset};
use serde_json::json;
use sync_protocol::calendar::{china_date, day_of};
use sync_protocol::id::{MemberId, RecordId, UnitCode};
use sync_protocol::role::Role;
use wuyuan_server::figures::FigureError;
use wuyuan_server::figures::count::Counted;
use wuyuan_server::figures::drill::{self, Wanted};
use wuyuan_server::figures::ground::Part;
use wuyuan_server::figures::period::Period;
use wuyuan_server::figures::report::{self, Asker, Issued, Report};
use wuyuan_server::query;
use wuyuan_server::store::rows::FactQuery;
use wuyuan_tests::engine::record;
use wuyuan_tests::on_both_backends;
use wuyuan_tests::phones::Phone;

use crate::office::{Office, act, report as lead, with};

fn month(name: &str) -> Period {
    Period::parse(name).unwrap_or_else(|| panic!("{name}"))
}

fn asker(member: MemberId, unit: Option<&UnitCode>) -> Asker {
    Asker {
        member,
        unit: unit.cloned(),
    }
}

pub fn issue(office: &Office, name: &str) -> Result<Issued, FigureError> {
    report::issue(&office.engine.app, office.chief.holder.member, &month(name))
}

pub fn read(issued: &Issued) -> Report {
    serde_json::from_slice(&issued.body).expect("a report is JSON")
}

pub fn preview(office: &Office, member: MemberId, unit: Option<&UnitCode>, name: &str) -> Result<Report, FigureError> {
    let app = &office.engine.app;
    app.store
        .read(|db| report::preview(db, app, &asker(member, unit), &month(name)))
}

pub fn figure<'r>(report: &'r Report, code: &str) -> &'r Counted {
    report
        .figures
        .iter()
        .find(|f| f.code == code)
        .unwrap_or_else(|| panic!("no {code}"))
}

fn visit(office: &Office, phone: &mut Phone, subject: RecordId, at: &str) -> RecordId {
    let draft = with(
        phone.draft("supervision_visit", record()),
        &[
            ("subject", json!(subject)),
            ("visited_at", json!(at)),
            ("mode", json!("home_visit")),
            ("seen_in_person", json!(true)),
            ("concern", json!("none")),
        ],
    );
    office.write(phone, act(draft, "submit"))
}

fn subject(office: &Office, phone: &mut Phone, category: &str) -> RecordId {
    let set = [("alias", json!("演示某甲")), ("category", json!(category))];
    let draft = with(phone.draft("subject", record()), &set);
    office.write(phone, draft)
}

/// xorshift64*: small, seeded, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % below
    }
}

fn seed() -> u64 {
    std::env::var("FIGURES_SEED")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or_else(|| {
            let mut bytes = [0; 8];
            getrandom::fill(&mut bytes).expect("random bytes");
            u64::from_le_bytes(bytes) | 1
        })
}

on_both_backends! {
    fn the_report_before_and_what_is_late_and_the_month_make_the_total(backend) {
        let seed = seed();
        println!("FIGURES_SEED={seed}");
        let mut dice = Dice(seed);
        let mut office = Office::open(backend, "2026-08-01T09:00:00+08:00");
        let mut leader = office.leader.clone();
        let person = subject(&office, &mut leader, "bail");
        // Day of each visit as it is written now.
        let mut visits: BTreeMap<RecordId, i64> = BTreeMap::new();
        let (mut total, mut kept): (i64, Vec<Issued>) = (0, Vec::new());
        for (name, until) in [
            ("2026-08", "2026-09-03T09:00:00+08:00"),
            ("2026-09", "2026-10-04T09:00:00+08:00"),
            ("2026-10", "2026-11-05T09:00:00+08:00"),
        ] {
            let end: DateTime<FixedOffset> = until.parse().expect("a moment");
            loop {
                let now: DateTime<FixedOffset> = office.now().parse().expect("a moment");
                let next = now + Duration::hours(dice.roll(96) as i64 + 1);
                if next >= end {
                    break;
                }
                office.be(&next.to_rfc3339());
                let at = next - Duration::hours(dice.roll(24 * 60) as i64);
                let day = day_of(china_date(at.timestamp_millis()));
                let known: Vec<RecordId> = visits.keys().copied().collect();
                if known.is_empty() || dice.roll(3) > 0 {
                    visits.insert(visit(&office, &mut leader, person, &at.to_rfc3339()), day);
                } else {
                    let id = known[dice.roll(known.len())];
                    let draft = office.on(&leader, "supervision_visit", id);
                    office.write(&mut leader, with(draft, &[("visited_at", json!(at.to_rfc3339()))]));
                    visits.insert(id, day);
                }
                if dice.roll(2) == 0 {
                    office.catch_up();
                }
            }
            office.be(until);
            let period = month(name);
            let issued = issue(&office, name).expect("it is issued");
            let told = read(&issued);
            let counted = figure(&told, "supervision_visits");
            let happened = visits.values().filter(|day| (period.first..=period.last).contains(*day)).count() as i64;
            let all = visits.values().filter(|day| **day <= period.last).count() as i64;
            assert_eq!(counted.happened.top, happened, "{name}");
            assert_eq!(counted.total, Some(all), "{name}");
            assert_eq!(counted.late.as_ref().map(|n| n.top), Some(all - total - happened), "{name}");
            total = all;
            totals_are_sums_of_all_facts(&office, &told, &period);
            kept.push(issued);
            for before in &kept {
                let month = Period::parse(&before.month).expect("a month");
                let again = report::issue(&office.engine.app, office.chief.holder.member, &month);
                assert_eq!(again.as_ref(), Ok(before), "it stays byte for byte");
                counted_again_it_is_the_same(&office, before);
            }
        }
    }

    fn a_month_is_issued_once_when_it_is_over_and_in_order(backend) {
        let mut office = Office::open(backend, "2026-09-30T23:00:00+08:00");
        assert_eq!(issue(&office, "2026-09"), Err(FigureError::NotOver));
        office.be("2026-10-01T00:00:00+08:00");
        let app = &office.engine.app;
        for (member, may) in [(&office.leader, false), (&office.prosecutor, false), (&office.chief, true)] {
            let issued = report::issue(app, member.holder.member, &month("2026-09"));
            assert_eq!(issued.is_ok(), may, "{issued:?}");
        }
        assert_eq!(issue(&office, "2026-08"), Err(FigureError::Order));
        assert_eq!(issue(&office, "2026-10"), Err(FigureError::NotOver));
        assert_eq!(issue(&office, "2026").err(), Some(FigureError::Period));
        let other = office.engine.beside();
        let again = report::issue(&other.app, office.chief.holder.member, &month("2026-09"));
        assert_eq!(again, issue(&office, "2026-09"), "another server answers the same bytes");
        for statement in ["UPDATE report SET issued_ms = 0", "DELETE FROM report"] {
            let said = office.engine.refusal(statement);
            assert!(said.contains("an issued report is never"), "{statement}: {said}");
        }
    }

    fn readers_see_their_own_scope(backend) {
        let office = Office::open(backend, "2026-10-10T09:00:00+08:00");
        let (mut leader, mut prosecutor) = (office.leader.clone(), office.prosecutor.clone());
        let person = subject(&office, &mut leader, "bail");
        visit(&office, &mut leader, person, "2026-10-09T09:00:00+08:00");
        let elsewhere = office.engine.district.units.iter().map(|u| &u.code);
        let elsewhere = elsewhere.filter(|u| !u.as_str().ends_with("000") && **u != office.unit).max().expect("another");
        prosecutor.holder.unit = elsewhere.clone();
        let draft = act(lead(&prosecutor, "另一社区"), "submit");
        office.write(&mut prosecutor, draft);
        office.catch_up();
        let leads = |report: &Report| figure(report, "leads_reported").happened.top;
        let visits = |report: &Report| figure(report, "supervision_visits").happened.top;
        let whole = preview(&office, office.chief.holder.member, None, "2026-10").expect("the whole");
        assert_eq!((leads(&whole), visits(&whole), whole.unit.as_str()), (1, 1, "350111000000"));
        let own = preview(&office, leader.holder.member, None, "2026-10").expect("his group's");
        assert_eq!((leads(&own), visits(&own), own.unit.as_str()), (0, 1, office.unit.as_str()));
        let foreign = preview(&office, leader.holder.member, Some(elsewhere), "2026-10");
        assert_eq!(foreign, Err(FigureError::Forbidden));
        let volunteer = preview(&office, office.volunteer.holder.member, None, "2026-10");
        assert_eq!(volunteer, Err(FigureError::Forbidden));
        let district = "350111000000".parse().expect("a code");
        let auditor = office.engine.member(Role::Auditor, &district, 0).id;
        let audit = preview(&office, auditor, None, "2026-10").expect("his tables");
        let codes: Vec<&str> = audit.figures.iter().map(|f| f.code.as_str()).collect();
        assert_eq!(codes, ["exports", "sensitive_readings"]);
        // Down to the records: the visit is shown to who reads visits, and counted for who does not.
        let rows = |member: MemberId, code: &str| {
            let app = &office.engine.app;
            app.store.read(|db| {
                let sight = report::sight(db, app, &asker(member, None), app.now_ms())?;
                let position = report::position(db)?;
                let frame = report::frame(db, &sight, &month("2026-10"), position)?;
                let wanted = Wanted { figure: code, part: Part::Happened, after: 0, limit: 10 };
                drill::rows(db, app, &sight, &frame, wanted)
            })
        };
        let shown = rows(office.chief.holder.member, "supervision_visits").expect("rows");
        assert_eq!((shown.rows.len(), shown.hidden), (1, 0));
        let admin = office.engine.member(Role::CaseAdmin, &district, 0).id;
        let hidden = rows(admin, "supervision_visits").expect("rows");
        assert_eq!((hidden.rows.len(), hidden.hidden), (0, 1));
        assert_eq!(rows(auditor, "supervision_visits").err(), Some(FigureError::Forbidden));
    }
}

/// Every total is the sum of all facts up to the report's position, whatever the way by which it came.
fn totals_are_sums_of_all_facts(office: &Office, told: &Report, period: &Period) {
    let sums = office.engine.read(|db| {
        let all = FactQuery {
            codes: None,
            units: None,
            days: (i64::MIN, period.last),
            numbers: (0, told.position.facts),
            at: None,
        };
        query!(db, facts::sums(all))
    });
    for (code, fact) in [
        ("supervision_visits", "visit"),
        ("records_written", "record"),
        ("leads_reported", "lead"),
    ] {
        let sum: i64 = sums.iter().filter(|row| row.code == fact).map(|row| row.count).sum();
        assert_eq!(figure(told, code).total, Some(sum), "{code}");
    }
}

/// The figures counted again as of the report's position are those that were issued.
fn counted_again_it_is_the_same(office: &Office, issued: &Issued) {
    let app = &office.engine.app;
    let again = app.store.read(|db| {
        let asker = asker(office.chief.holder.member, None);
        report::issued_part(db, app, &asker, &Period::parse(&issued.month).expect("a month"))
    });
    let (again, told) = (again.expect("it is counted"), read(issued));
    let from_facts = |report: &Report| -> Vec<Counted> {
        let lasting = ["operations_refused", "findings_opened", "exports", "sensitive_readings"];
        report
            .figures
            .iter()
            .filter(|f| !lasting.contains(&f.code.as_str()))
            .cloned()
            .collect()
    };
    assert_eq!(from_facts(&again), from_facts(&told));
}
