//! An old backup is restored, and the phones heal the server: real clients, with conflicts, with edits that saw what
//! was lost, with bytes dropped because a backup had them, with a form that was open all the time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rand::seq::SliceRandom;
use serde_json::{Value, json};
use sync_protocol::id::{RecordId, UnitCode};
use sync_protocol::role::Role;
use sync_protocol::wire::{FieldView, RecordView};
use tempfile::TempDir;
use wuyuan_client::Entry;
use wuyuan_server::demo::DemoMember;
use wuyuan_tests::command::done;
use wuyuan_tests::crew::{Hand, values};
use wuyuan_tests::district::{World, with_usual};
use wuyuan_tests::on_both_backends;
use wuyuan_tests::phones::Phone;
use wuyuan_tests::seed;
use wuyuan_tests::server::Server;

/// How long healing may take once everybody has come.
const DEADLINE: Duration = Duration::from_secs(60);

/// Three volunteers of one community.
fn neighbours(world: &World) -> (UnitCode, Vec<DemoMember>) {
    let mut by_unit: BTreeMap<UnitCode, Vec<DemoMember>> = BTreeMap::new();
    for member in world
        .district
        .members
        .iter()
        .filter(|m| m.appointments[0].role == Role::Volunteer)
    {
        by_unit
            .entry(member.appointments[0].unit.clone())
            .or_default()
            .push(member.clone());
    }
    by_unit
        .into_iter()
        .find(|(_, members)| members.len() >= 3)
        .expect("a community with three volunteers")
}

/// What a reader is shown, whatever the order in which the server took it: each value with its dot.
fn content(views: &[RecordView]) -> BTreeMap<RecordId, BTreeMap<String, BTreeSet<String>>> {
    let values = |field: &FieldView| match field {
        FieldView::Register(values) => values.iter().map(|v| format!("{} {:?}", v.value, v.dot)).collect(),
        FieldView::Set { items } => items.iter().map(|item| format!("{item:?}")).collect(),
    };
    let fields = |view: &RecordView| {
        view.fields
            .iter()
            .map(|(name, field)| (name.clone(), values(field)))
            .collect()
    };
    views.iter().map(|view| (view.id, fields(view))).collect()
}

/// How many operations a phone keeps without their bytes.
fn dropped(hand: &Hand) -> i64 {
    let conn = rusqlite::Connection::open(hand.path()).expect("the phone's file");
    let query = "SELECT COUNT(*) FROM outbox WHERE bytes IS NULL";
    conn.query_row(query, [], |row| row.get(0)).expect("a number")
}

/// Everybody syncs, in a new order each time, until nothing waits any more.
fn heal(hands: &mut [Hand], rng: &mut rand::rngs::StdRng) {
    let started = Instant::now();
    loop {
        let mut order: Vec<usize> = (0..hands.len()).collect();
        order.shuffle(rng);
        order.into_iter().for_each(|nth| hands[nth].sync());
        let held: u64 = hands
            .iter()
            .map(|hand| hand.phone.status().expect("a status").counts.held)
            .sum();
        if held == 0 {
            // Once more, so that everybody has what the last release made possible.
            hands.iter_mut().for_each(Hand::sync);
            return;
        }
        assert!(started.elapsed() < DEADLINE, "{held} operations are still held");
        thread::sleep(Duration::from_millis(20));
    }
}

on_both_backends! {
    fn phones_bring_back_everything_that_an_old_backup_lacks(backend) {
        let mut rng = seed::rng("healing");
        let mut world = World::start(backend);
        let (unit, members) = neighbours(&world);
        let prosecutor = world.holder(Role::Prosecutor, 0).clone();
        let url = world.server.url();
        let everybody = [&members[0], &members[1], &members[2], &prosecutor, &prosecutor];
        let mut hands: Vec<Hand> = everybody.iter().map(|member| Hand::enrol(&url, member)).collect();
        const DESKS: [usize; 2] = [3, 4];

        // Before the backup: reports, and one on which two desks disagree.
        let mut first = Vec::new();
        for hand in &mut hands[..3] {
            first.push(hand.report(&unit, "before the backup"));
            hand.report(&unit, "another before the backup");
            hand.sync();
        }
        hands[3..].iter_mut().for_each(Hand::sync);
        for (desk, interest) in DESKS.into_iter().zip(["heritage", "women"]) {
            let form = hands[desk].open(&first[0]);
            hands[desk].fill(&form, &[("interest", interest)]);
        }
        hands.iter_mut().for_each(Hand::sync);
        let folder = TempDir::new().expect("a temporary folder");
        let backup = folder.path().join("old.backup").to_str().expect("text").to_owned();
        done(&["backup", "--to", &backup, "--database", &url_of(&world)]);
        // What the backup has may be dropped, once its result is seen.
        hands.iter_mut().for_each(Hand::sync);
        hands.iter_mut().for_each(Hand::sync);
        assert!(hands.iter().all(|hand| dropped(hand) > 0), "nobody has dropped anything");

        // After it, to be lost: new records, edits by others who saw them, a conflict and its decision, a new phone.
        let lost = hands[0].report(&unit, "after the backup");
        let form = hands[0].open(&first[0]);
        hands[0].fill(&form, &[("description", "the author has more to say")]);
        hands.push(Hand::enrol(&url, &members[1]));
        hands[5].report(&unit, "on a phone that the backup has never heard of");
        hands.iter_mut().for_each(Hand::sync);
        for (desk, text) in DESKS.into_iter().zip(["seen by one", "seen by the other"]) {
            let form = hands[desk].open(&lost);
            hands[desk].fill(&form, &[("description", text)]);
        }
        hands.iter_mut().for_each(Hand::sync);
        hands[3].sync();
        let form = hands[3].open(&first[0]);
        hands[3].fill(&form, &[("interest", "work_safety")]);
        hands[3].sync();
        hands[4].sync();
        let still_open = hands[4].open(&lost);
        let before = content(&hands[4].shown());
        let acknowledged = world.server.place().number("SELECT COUNT(*) FROM op");
        let kept: u64 = hands.iter().map(|hand| hand.phone.status().expect("a status").counts.accepted).sum();
        assert_eq!(kept as i64, acknowledged, "everything was acknowledged");
        let pending = hands[1].report(&unit, "not sent yet");

        // The fire.
        world.server.kill();
        let place = Arc::new(backend.place());
        done(&["restore", "--from", &backup, "--database", &place.url()]);
        assert!(place.number("SELECT COUNT(*) FROM op") < acknowledged, "the backup is old");
        world.server = Server::on(place, &with_usual(&[]));
        let url = world.server.url();
        hands.iter_mut().for_each(|hand| hand.turn_to(&url));

        // A desk comes first: it saw what is not there yet, and so did the form that it had open all the time.
        hands[4].sync();
        assert!(hands[4].phone.status().expect("a status").counts.held > 0, "it waits for the others");
        hands[4].fill(&still_open, &[("title", "said in a form of before")]);
        heal(&mut hands, &mut rng);

        for hand in &hands {
            let status = hand.phone.status().expect("a status");
            let counts = status.counts;
            assert_eq!((counts.waiting, counts.sent, counts.held, counts.quarantined, counts.lost), (0, 0, 0, 0, 0));
            assert_eq!(counts.accepted, status.head_seq, "{}", hand.member.number);
            assert!(status.units.iter().all(|unit| unit.complete && !unit.diverged), "{:?}", status.units);
        }
        // Every acknowledged operation, the report that had not been sent and the form's.
        assert_eq!(world.server.place().number("SELECT COUNT(*) FROM op"), acknowledged + 2);
        let mut after = content(&hands[4].shown());
        assert!(after.remove(&pending).is_some());
        let title = after.get_mut(&lost).and_then(|fields| fields.remove("title")).expect("a title");
        assert!(title.len() == 1 && title.iter().all(|value| value.contains("said in a form of before")), "{title:?}");
        let mut before = before;
        before.get_mut(&lost).and_then(|fields| fields.remove("title")).expect("a title");
        assert_eq!(after, before, "what everybody was shown is what they are shown again");

        for hand in &hands {
            assert_eq!(Hand::enrol(&url, &hand.member).shown(), hand.shown(), "{}", hand.member.number);
        }
        assert!(done(&["verify", "--database", &url_of(&world)]).ends_with("all is right\n"));
    }
}

on_both_backends! {
    fn a_phone_whose_id_somebody_else_enrolled_after_a_restore_goes_on_under_a_new_one(backend) {
        let mut world = World::start(backend);
        let (unit, members) = neighbours(&world);
        let folder = TempDir::new().expect("a temporary folder");
        let backup = folder.path().join("old.backup").to_str().expect("text").to_owned();
        done(&["backup", "--to", &backup, "--database", &url_of(&world)]);
        let url = world.server.url();
        let mut hand = Hand::enrol(&url, &members[0]);
        let report = hand.report(&unit, "on a phone of after the backup");
        hand.sync();
        let form = hand.open(&report);
        hand.fill(&form, &[("description", "and more of it")]);
        hand.sync();
        let before = hand.phone.status().expect("a status");
        assert_eq!(before.counts.accepted, 2);

        world.server.kill();
        let place = Arc::new(backend.place());
        done(&["restore", "--from", &backup, "--database", &place.url()]);
        world.server = Server::on(place, &with_usual(&[]));
        // Whoever reads records reads the devices' ids in them.
        let mut other = world.handset(&members[1]);
        other.phone = Phone::bearing(before.device, other.phone.holder.clone(), &other.phone.generation, other.phone.cat);
        assert_eq!(other.api.post("/v1/devices", &other.phone.enrolment()).status, 201);

        let url = world.server.url();
        hand.turn_to(&url);
        hand.sync();
        let after = hand.phone.status().expect("a status");
        assert_ne!(after.device, before.device);
        assert_eq!((after.counts.accepted, after.counts.quarantined, after.counts.lost), (2, 0, 0));
        let reader = Hand::enrol(&url, world.holder(Role::Prosecutor, 0));
        let shown = reader.shown();
        let view = shown.iter().find(|view| view.id == report).expect("it is there again");
        assert_eq!(values(view, "description"), ["and more of it"]);
        assert_eq!(Hand::enrol(&url, &members[0]).shown(), hand.shown());
        assert!(done(&["verify", "--database", &url_of(&world)]).ends_with("all is right\n"));
    }
}

/// An entry of registers and of elements to add to sets.
fn entry(set: &[(&str, Value)], add: &[(&str, Value)]) -> Entry {
    Entry {
        set: set
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
        add: add
            .iter()
            .map(|(name, value)| ((*name).to_owned(), vec![value.clone()]))
            .collect(),
        ..Entry::default()
    }
}

on_both_backends! {
    fn what_waited_when_the_backup_was_made_waits_again_and_is_let_go_again(backend) {
        let mut rng = seed::rng("waiting");
        let mut world = World::start(backend);
        let url = world.server.url();
        let mut desk = Hand::enrol(&url, world.holder(Role::Prosecutor, 0));
        let mut leader = Hand::enrol(&url, world.holder(Role::GroupLeader, 0));
        let unit = leader.unit().clone();
        // A visit reaches the server before the person who was visited.
        let form = desk.phone.new_form("subject", unit.clone()).expect("a form");
        let person = desk.save(
            &form,
            &entry(
                &[("alias", json!("演示某甲")), ("category", json!("bail"))],
                &[("assigned", json!(leader.member.id))],
            ),
        );
        let form = leader.phone.new_form("supervision_visit", unit).expect("a form");
        let visit = entry(
            &[
                ("subject", json!(person)),
                ("visited_at", json!("2026-11-22T09:00:00+08:00")),
                ("mode", json!("phone")),
                ("seen_in_person", json!(false)),
                ("concern", json!("none")),
            ],
            &[],
        );
        let visit = leader.save(&form, &visit);
        leader.sync();
        assert_eq!(leader.phone.status().expect("a status").counts.held, 1);
        let folder = TempDir::new().expect("a temporary folder");
        let backup = folder.path().join("old.backup").to_str().expect("text").to_owned();
        done(&["backup", "--to", &backup, "--database", &url_of(&world)]);

        let mut hands = [desk, leader];
        heal(&mut hands, &mut rng);
        let form = hands[1].open(&visit);
        hands[1].save(&form, &entry(&[("minutes", json!(20))], &[]));
        heal(&mut hands, &mut rng);
        let before = content(&hands[1].shown());

        world.server.kill();
        let place = Arc::new(backend.place());
        done(&["restore", "--from", &backup, "--database", &place.url()]);
        world.server = Server::on(place, &with_usual(&[]));
        let url = world.server.url();
        hands.iter_mut().for_each(|hand| hand.turn_to(&url));
        hands[1].sync();
        assert_eq!(hands[1].phone.status().expect("a status").counts.held, 2, "the visit and what followed it");
        heal(&mut hands, &mut rng);
        assert_eq!(content(&hands[1].shown()), before);
        for hand in &hands {
            let counts = hand.phone.status().expect("a status").counts;
            assert_eq!((counts.waiting, counts.sent, counts.held, counts.quarantined), (0, 0, 0, 0));
            assert_eq!(Hand::enrol(&url, &hand.member).shown(), hand.shown(), "{}", hand.member.number);
        }
        assert!(done(&["verify", "--database", &url_of(&world)]).ends_with("all is right\n"));
    }
}

fn url_of(world: &World) -> String {
    world.server.place().url()
}
