//! The follower: every change passes every step once, whatever is killed, late, broken or at work elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::json;
use sync_protocol::id::{RecordId, UnitCode};
use sync_protocol::role::Role;
use wuyuan_server::query;
use wuyuan_server::reconcile::follow::Follower;
use wuyuan_server::reconcile::step::{Step, Turn, look_at};
use wuyuan_server::store::rows::RecordRow;
use wuyuan_server::store::{Db, StoreError, StoreResult};
use wuyuan_tests::engine::{Engine, record};
use wuyuan_tests::on_both_backends;
use wuyuan_tests::phones::Phone;

/// Counts in the database how often each record passed, by reading and writing, so that two who work at once would
/// lose a count.
struct Count;

impl Step for Count {
    fn name(&self) -> &'static str {
        "count"
    }

    fn derive(&self, db: &mut Db<'_>, _: &Turn<'_>, records: &[RecordRow]) -> StoreResult<()> {
        for row in records {
            let key = format!("count {}", row.id);
            let before: usize = query!(db, meta::get(&key))?.map_or(0, |n| n.parse().expect("a number"));
            query!(db, meta::put(&key, &(before + 1).to_string()))?;
        }
        Ok(())
    }
}

/// Refuses one record, or every nth turn as a whole.
struct Refuse {
    record: Option<RecordId>,
    every: usize,
    turns: AtomicUsize,
}

impl Step for Refuse {
    fn name(&self) -> &'static str {
        "refuse"
    }

    fn derive(&self, _: &mut Db<'_>, _: &Turn<'_>, records: &[RecordRow]) -> StoreResult<()> {
        let turn = self.turns.fetch_add(1, Ordering::SeqCst) + 1;
        if self.every > 0 && turn.is_multiple_of(self.every) {
            return Err(StoreError::Unavailable);
        }
        if records.iter().any(|row| Some(row.id) == self.record) {
            panic!("a record that no step can work on");
        }
        Ok(())
    }
}

/// Writes down the order in which records pass.
#[derive(Default, Clone)]
struct Order(Arc<std::sync::Mutex<Vec<(String, i64)>>>);

impl Step for Order {
    fn name(&self) -> &'static str {
        "order"
    }

    fn derive(&self, _: &mut Db<'_>, _: &Turn<'_>, records: &[RecordRow]) -> StoreResult<()> {
        let passed = records.iter().map(|row| (row.unit.clone(), row.pos));
        self.0.lock().expect("no panic").extend(passed);
        Ok(())
    }
}

fn follower(engine: &Engine, steps: Vec<Box<dyn Step>>) -> Follower {
    let app = &engine.app;
    Follower::new(
        app.store.clone(),
        Arc::clone(&app.catalog),
        engine.clock.clone(),
        app.sync.moved().clone(),
        steps,
    )
}

fn count(engine: &Engine, record: RecordId) -> usize {
    let key = format!("count {record}");
    engine
        .read(|db| query!(db, meta::get(&key)))
        .map_or(0, |n| n.parse().expect("a number"))
}

fn report(phone: &mut Phone) -> RecordId {
    let id = record();
    let mut draft = phone.draft("photo_report", id);
    for (field, value) in [("channel", "app"), ("interest", "work_safety"), ("title", "x")] {
        draft.set.insert(field.to_owned(), json!(value));
    }
    phone.record(&draft);
    id
}

/// Two units with a leader's phone each, on one server.
fn two_units(backend: wuyuan_tests::backend::Backend) -> (Engine, Vec<Phone>) {
    let engine = Engine::start(backend);
    let led = |unit: &&UnitCode| {
        let leads = |m: &&wuyuan_server::demo::DemoMember| {
            m.appointments[0].role == Role::GroupLeader && m.appointments[0].unit == **unit
        };
        engine.district.members.iter().any(|m| leads(&m))
    };
    let units: Vec<UnitCode> = engine
        .district
        .units
        .iter()
        .map(|u| &u.code)
        .filter(led)
        .take(2)
        .cloned()
        .collect();
    assert_eq!(units.len(), 2);
    let phones = units
        .iter()
        .map(|unit| engine.phone(engine.member(Role::GroupLeader, unit, 0), unit))
        .collect();
    (engine, phones)
}

/// Writes `many` reports on each phone, in pushes of ten.
fn fill(engine: &Engine, phones: &mut [Phone], many: usize) -> Vec<RecordId> {
    let mut ids = Vec::new();
    for _ in 0..many / 10 {
        for phone in &mut *phones {
            let first = phone.seq() + 1;
            ids.extend((0..10).map(|_| report(phone)));
            engine.push_from(phone, first).expect("a push is answered");
        }
    }
    ids
}

on_both_backends! {
    fn every_change_passes_in_the_order_of_its_units_log(backend) {
        let (engine, mut phones) = two_units(backend);
        let order = Order::default();
        let follower = follower(&engine, vec![Box::new(order.clone()), Box::new(Count)]);
        let ids = fill(&engine, &mut phones, 200);
        assert_eq!(follower.catch_up().expect("it works"), 400);
        assert_eq!(follower.catch_up().expect("it works"), 0, "nothing is left");
        assert!(ids.iter().all(|id| count(&engine, *id) == 1));
        let mut last: BTreeMap<String, i64> = BTreeMap::new();
        for (unit, pos) in order.0.lock().expect("no panic").iter() {
            assert!(last.insert(unit.clone(), *pos).is_none_or(|before| before < *pos));
        }
        // A record that changes passes again, and only it.
        let mut edit = phones[0].draft("photo_report", ids[0]);
        edit.set.insert("title".to_owned(), json!("y"));
        edit.seen.insert(phones[0].device, 1);
        phones[0].record(&edit);
        assert_eq!(engine.push_last(&phones[0]), "accepted");
        assert_eq!(follower.catch_up().expect("it works"), 1);
        assert_eq!(count(&engine, ids[0]), 2);
    }

    fn what_was_there_before_the_first_look_passes_too(backend) {
        let (engine, mut phones) = two_units(backend);
        let ids = fill(&engine, &mut phones, 20);
        // Another server, which has heard of nothing.
        let later = engine.beside();
        follower(&later, vec![Box::new(Count)]).catch_up().expect("it works");
        assert!(ids.iter().all(|id| count(&later, *id) == 1));
    }

    fn a_turn_that_fails_leaves_nothing_and_is_done_again(backend) {
        let (engine, mut phones) = two_units(backend);
        let ids = fill(&engine, &mut phones, 300);
        let refuse = Refuse { record: None, every: 3, turns: AtomicUsize::new(0) };
        let follower = follower(&engine, vec![Box::new(Count), Box::new(refuse)]);
        let mut failures = 0;
        while follower.catch_up().is_err() {
            failures += 1;
            assert!(failures < 100, "it never ends");
        }
        assert!(failures > 0);
        assert!(ids.iter().all(|id| count(&engine, *id) == 1));
    }

    fn a_record_that_no_step_can_work_on_keeps_no_other_back_and_is_tried_again(backend) {
        let (engine, mut phones) = two_units(backend);
        let ids = fill(&engine, &mut phones, 20);
        let bad = ids[3];
        let refuse = Refuse { record: Some(bad), every: 0, turns: AtomicUsize::new(0) };
        let strict = follower(&engine, vec![Box::new(Count), Box::new(refuse)]);
        strict.catch_up().expect("it works");
        let passed: BTreeSet<RecordId> = ids.iter().filter(|id| count(&engine, **id) == 1).copied().collect();
        assert_eq!(passed.len(), ids.len() - 1);
        assert!(!passed.contains(&bad));
        engine.clock.advance(6 * 60 * 1_000);
        follower(&engine, vec![Box::new(Count)]).catch_up().expect("it works");
        assert_eq!(count(&engine, bad), 1);
    }

    fn a_record_passes_again_when_its_time_has_come(backend) {
        let (engine, mut phones) = two_units(backend);
        let ids = fill(&engine, &mut phones, 10);
        let follower = follower(&engine, vec![Box::new(Count)]);
        follower.catch_up().expect("it works");
        let now = engine.app.now_ms();
        let ask = |due: i64| {
            engine.app.store.write(|db| look_at(db, &[(ids[0], now + due), (ids[1], now + due)])).expect("written");
        };
        // The earlier moment counts, whichever is asked for last.
        ask(5_000);
        ask(1_000);
        ask(9_000);
        assert_eq!(follower.catch_up().expect("it works"), 0);
        engine.clock.advance(1_000);
        assert_eq!(follower.catch_up().expect("it works"), 2);
        engine.clock.advance(60_000);
        assert_eq!(follower.catch_up().expect("it works"), 0);
        assert_eq!([count(&engine, ids[0]), count(&engine, ids[2])], [2, 1]);
    }

    fn two_servers_follow_together_and_nothing_passes_twice(backend) {
        let (engine, mut phones) = two_units(backend);
        let second = engine.beside();
        let followers = [follower(&engine, vec![Box::new(Count)]), follower(&second, vec![Box::new(Count)])];
        let mut ids = Vec::new();
        let passed: usize = thread::scope(|scope| {
            let running: Vec<_> = followers
                .iter()
                .map(|follower| scope.spawn(move || (0..30).map(|_| follower.catch_up().expect("it works")).sum::<usize>()))
                .collect();
            ids = fill(&engine, &mut phones, 200);
            running.into_iter().map(|r| r.join().expect("no panic")).sum()
        });
        let rest: usize = followers.iter().map(|follower| follower.catch_up().expect("it works")).sum();
        assert_eq!(passed + rest, ids.len());
        assert!(ids.iter().all(|id| count(&engine, *id) == 1));
    }
}
