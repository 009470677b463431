//! A fleet of both makes on the same units: concurrent edits, decisions, killed servers, killed and restored phones.

use std::collections::BTreeMap;

use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use sync_protocol::id::{RecordId, UnitCode};
use sync_protocol::role::Role;
use wuyuan_client::{Entry, IfMoved};
use wuyuan_tests::command::done;
use wuyuan_tests::crew::Hand;
use wuyuan_tests::district::World;
use wuyuan_tests::foreign::Died;
use wuyuan_tests::on_both_backends;
use wuyuan_tests::seed;

use crate::folk::{Stranger, shown};

/// Where a foreign phone may be killed in a sync, in the order in which it comes there.
const POINTS: [&str; 4] = ["request:sent", "answer:read", "answer:half", "answer:kept"];
const ROUNDS: usize = 40;

/// A volunteer and a prosecutor, each with a phone of our make and one of the other.
struct Fleet {
    volunteer: (Hand, Stranger),
    prosecutor: (Hand, Stranger),
    unit: UnitCode,
    /// How many operations our own phones have saved.
    saved: usize,
}

impl Fleet {
    fn enrol(world: &World, rng: &mut StdRng) -> Fleet {
        let url = world.server.url();
        let mut both = |role| {
            let member = world.holder(role, 0);
            let seed = rng.random_range(0..1 << 32);
            (Hand::enrol(&url, member), Stranger::enrol(&url, member, seed))
        };
        Fleet {
            unit: world.holder(Role::Volunteer, 0).appointments[0].unit.clone(),
            volunteer: both(Role::Volunteer),
            prosecutor: both(Role::Prosecutor),
            saved: 0,
        }
    }

    fn hand(&mut self, nth: usize) -> &mut Hand {
        if nth == 0 {
            &mut self.volunteer.0
        } else {
            &mut self.prosecutor.0
        }
    }

    fn stranger(&mut self, nth: usize) -> &mut Stranger {
        if nth == 0 {
            &mut self.volunteer.1
        } else {
            &mut self.prosecutor.1
        }
    }

    fn sync_all(&mut self) {
        for nth in 0..2 {
            self.hand(nth).sync();
            self.stranger(nth).sync();
        }
    }

    /// Our phone edits one of the records that it shows.
    fn edit_ours(&mut self, nth: usize, rng: &mut StdRng, mark: usize) {
        let unit = self.unit.clone();
        let hand = self.hand(nth);
        let records = hand.shown();
        if records.is_empty() {
            hand.report(&unit, &format!("ours {mark}"));
        } else {
            let record = records[rng.random_range(0..records.len())].id;
            let form = hand.open(&record);
            let appointment = hand.member.appointments[0].id;
            let part = |name: &str| change(mark).get(name).cloned().unwrap_or_else(|| json!({}));
            let entry = Entry {
                set: serde_json::from_value(part("set")).expect("fields"),
                add: serde_json::from_value(part("add")).expect("sets"),
                ..Entry::default()
            };
            hand.phone
                .save(&form, &appointment, &entry, IfMoved::Save)
                .expect("saved");
        }
        self.saved += 1;
    }

    /// The foreign phone edits one of the records that it shows.
    fn edit_theirs(&mut self, nth: usize, rng: &mut StdRng, mark: usize) {
        let unit = self.unit.clone();
        let stranger = self.stranger(nth);
        let records: Vec<String> = stranger.shown().into_keys().collect();
        if records.is_empty() {
            stranger.report(unit.as_str(), &format!("theirs {mark}"));
        } else {
            let record = &records[rng.random_range(0..records.len())];
            stranger.edit(record, unit.as_str(), &change(mark));
        }
    }
}

/// A change that no other is equal to, of one field or another.
fn change(mark: usize) -> Value {
    match mark % 4 {
        0 => json!({"set": {"title": format!("title {mark}")}}),
        1 => json!({"set": {"description": format!("description {mark}")}}),
        2 => json!({"set": {"reporter_contact": format!("contact {mark}")}}),
        _ => json!({"add": {"photos": [format!("{mark:064x}")]}}),
    }
}

/// The registers under review with more than one value: what people must decide.
fn contested(record: &Value) -> Vec<String> {
    let fields = record["fields"].as_object().expect("fields");
    let several = |value: &Value| value.as_array().is_some_and(|values| values.len() > 1);
    let open = fields.iter().filter(|(_, value)| several(value));
    open.map(|(name, _)| name.clone()).collect()
}

on_both_backends! {
    fn phones_of_both_makes_lose_nothing_and_agree(backend) {
        let mut rng = seed::rng("foreign::mixed");
        let mut world = World::start(backend);
        let mut fleet = Fleet::enrol(&world, &mut rng);
        let unit = fleet.unit.clone();
        let shared = fleet.volunteer.1.report(unit.as_str(), "for all");
        fleet.volunteer.0.report(&unit, "ours");
        fleet.saved += 1;
        fleet.sync_all();
        fleet.sync_all();
        let (mut died, mut restored) = (0, 0);
        for round in 0..ROUNDS {
            let nth = rng.random_range(0..2);
            match rng.random_range(0..12) {
                0..=2 => fleet.edit_ours(nth, &mut rng, round),
                3..=5 => fleet.edit_theirs(nth, &mut rng, round),
                6 | 7 => fleet.hand(nth).sync(),
                8 => fleet.stranger(nth).sync(),
                9 => {
                    fleet.edit_theirs(nth, &mut rng, round);
                    died += usize::from(fleet.stranger(nth).die_at(POINTS[rng.random_range(0..POINTS.len())]));
                }
                10 => {
                    world.server.kill();
                    fleet.edit_ours(nth, &mut rng, round);
                    fleet.edit_theirs(nth, &mut rng, round);
                    let outcome = fleet.stranger(nth).phone.ok(&json!({"do": "sync"}));
                    // One that was restored may have to sign in before it asks anything.
                    let waits = outcome["code"] == "unreachable" || outcome["outcome"] == "sign_in";
                    assert!(waits, "{outcome}");
                    world.server.run();
                }
                _ => {
                    let stranger = fleet.stranger(nth);
                    stranger.copy();
                    fleet.edit_theirs(nth, &mut rng, round);
                    fleet.stranger(nth).sync();
                    fleet.stranger(nth).restore();
                    fleet.edit_theirs(nth, &mut rng, round + ROUNDS);
                    restored += 1;
                }
            }
        }
        // Each point once, whatever chance has brought; then a fork, and an edit of one record by all at once.
        fleet.sync_all();
        for point in POINTS {
            fleet.edit_theirs(0, &mut rng, 100);
            assert!(fleet.stranger(0).die_at(point), "{point}");
            died += 1;
        }
        // A save is there whole or not at all.
        for (point, kept) in [("save:half", 0), ("save:kept", 1)] {
            let stranger = fleet.stranger(0);
            let before = stranger.ops().len();
            let what = json!({"set": {"title": point}});
            assert_eq!(stranger.save(Some(&shared), unit.as_str(), &what, Some(point)), Err(Died));
            stranger.again();
            assert_eq!(stranger.ops().len(), before + kept, "{point}");
        }
        fleet.sync_all();
        fleet.sync_all();
        fleet.stranger(1).copy();
        fleet.stranger(1).edit(&shared, unit.as_str(), &json!({"set": {"title": "the lost future"}}));
        fleet.stranger(1).sync();
        fleet.stranger(1).restore();
        restored += 1;
        let interests = ["heritage", "women", "environment", "work_safety"];
        let id: RecordId = shared.parse().expect("an id");
        for nth in 0..2 {
            let form = fleet.hand(nth).open(&id);
            fleet.hand(nth).fill(&form, &[("interest", interests[nth])]);
            fleet.saved += 1;
            let what = json!({"set": {"interest": interests[nth + 2]}});
            fleet.stranger(nth).edit(&shared, unit.as_str(), &what);
        }
        fleet.sync_all();
        fleet.sync_all();
        let (ours, theirs) = (shown(&fleet.volunteer.0), fleet.volunteer.1.replica());
        assert_eq!(ours[&shared]["fields"]["interest"].as_array().map(Vec::len), Some(4), "{}", ours[&shared]);
        assert_eq!(ours, theirs);

        // One of each make decides what is open; then everybody sees the same, and nothing is open.
        decide(&mut fleet, &unit);
        fleet.sync_all();
        fleet.sync_all();
        for nth in 0..2 {
            let ours = shown(fleet.hand(nth));
            let theirs = fleet.stranger(nth).replica();
            assert!(!ours.is_empty());
            assert_eq!(ours, theirs, "{nth}: field by field, dots and all");
            for record in ours.values() {
                assert_eq!(contested(record), Vec::<String>::new(), "{record}");
            }
            let shown: BTreeMap<String, Value> = fleet.stranger(nth).shown();
            assert_eq!(shown.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>());
        }
        let mut told = fleet.volunteer.1.accounted();
        told.extend(fleet.prosecutor.1.accounted());
        for nth in 0..2 {
            let counts = fleet.hand(nth).phone.status().expect("readable").counts;
            assert_eq!((counts.waiting, counts.sent, counts.held, counts.quarantined), (0, 0, 0, 0));
        }
        let stored = world.server.place().number("SELECT COUNT(*) FROM op");
        assert_eq!(stored as usize, told.len() + fleet.saved, "each operation once");
        println!("{died} died, {restored} restored, {stored} operations");
        assert!(done(&["verify", "--database", &world.server.place().url()]).ends_with("all is right\n"));
    }
}

/// The prosecutor decides every open field: on our phone in one half of the records, on the foreign one in the other.
fn decide(fleet: &mut Fleet, unit: &UnitCode) {
    let open = fleet.prosecutor.1.replica();
    for (place, (id, record)) in open.iter().enumerate() {
        let fields: serde_json::Map<String, Value> = contested(record)
            .into_iter()
            .map(|name| (name.clone(), record["fields"][&name][0]["value"].clone()))
            .collect();
        if fields.is_empty() {
            continue;
        }
        if place % 2 == 0 {
            fleet
                .prosecutor
                .1
                .edit(id, unit.as_str(), &json!({"set": fields, "reason": "decided"}));
            continue;
        }
        let hand = &mut fleet.prosecutor.0;
        let form = hand.open(&id.parse().expect("an id"));
        let entry = Entry {
            set: fields.into_iter().collect(),
            reason: Some("decided".to_owned()),
            ..Entry::default()
        };
        let appointment = hand.member.appointments[0].id;
        hand.phone
            .save(&form, &appointment, &entry, IfMoved::Save)
            .expect("saved");
        fleet.saved += 1;
    }
}
