//! Any interleaving of devices, duplicates, retries and lost answers included, gives the same record; and it is
//! the record that a deliberately naive oracle computes.
//!
//! proptest prints the seed and a minimal history of every failure and keeps it beside this file.

use std::collections::{BTreeMap, BTreeSet};

use crdts::{CmRDT, CvRDT, Dot, ResetRemove};
use proptest::prelude::*;
use sync_protocol::clock::{Clock, clock_of, covers};
use sync_protocol::id::DeviceId;
use sync_protocol::record::{Change, Record};
use sync_protocol::value::Value;

const REGISTERS: [&str; 3] = ["minutes", "note", "outcome"];
const SETS: [&str; 2] = ["photos", "observers"];
/// A field that devices with an odd number may write but not read.
const BLIND: &str = "outcome";

/// What somebody does next. Numbers are taken modulo what there is.
#[derive(Debug, Clone)]
enum Action {
    Set {
        device: usize,
        field: usize,
        value: u8,
    },
    Clear {
        device: usize,
        field: usize,
    },
    Add {
        device: usize,
        field: usize,
        element: u8,
    },
    Remove {
        device: usize,
        field: usize,
        element: u8,
    },
    /// Pushes everything pending; `lost` answers are pushed again next time.
    Push {
        device: usize,
        lost: bool,
    },
    Pull {
        device: usize,
    },
}

fn action() -> impl Strategy<Value = Action> {
    let device = 0..5usize;
    prop_oneof![
        4 => (device.clone(), 0..3usize, 0..4u8).prop_map(|(device, field, value)| Action::Set { device, field, value }),
        1 => (device.clone(), 0..3usize).prop_map(|(device, field)| Action::Clear { device, field }),
        3 => (device.clone(), 0..2usize, 0..3u8).prop_map(|(device, field, element)| Action::Add { device, field, element }),
        2 => (device.clone(), 0..2usize, 0..3u8).prop_map(|(device, field, element)| Action::Remove { device, field, element }),
        3 => (device.clone(), any::<bool>()).prop_map(|(device, lost)| Action::Push { device, lost }),
        3 => device.prop_map(|device| Action::Pull { device }),
    ]
}

fn history() -> impl Strategy<Value = (usize, Vec<Action>)> {
    (3..=5usize, proptest::collection::vec(action(), 1..60))
}

struct Device {
    id: DeviceId,
    /// Its feed runs over other records too: numbers on this record have gaps.
    seq: u64,
    last_on_record: u64,
    base: Record,
    outbox: Vec<Change>,
}

impl Device {
    fn write(&mut self, change: impl FnOnce(Change) -> Change) {
        self.seq += 1 + self.seq % 3;
        let mut seen = self.base.clock().clone();
        if self.last_on_record > 0 {
            seen.apply(Dot::new(self.id, self.last_on_record));
        }
        self.last_on_record = self.seq;
        let mut change = change(Change::new(Dot::new(self.id, self.seq), seen));
        if self.id.0[0] % 2 == 1 {
            change.blind.insert(BLIND.to_owned());
        }
        self.outbox.push(change);
    }
}

/// Runs a history against one server; answers the applied changes in the server's order and its record.
fn run(devices: usize, actions: &[Action]) -> (Vec<Change>, Record) {
    let mut phones: Vec<Device> = (0..devices)
        .map(|n| Device {
            id: DeviceId([n as u8 + 1; 16]),
            seq: 0,
            last_on_record: 0,
            base: Record::default(),
            outbox: Vec::new(),
        })
        .collect();
    let mut server = Record::default();
    let mut log: Vec<Change> = Vec::new();
    let mut push = |phone: &mut Device, lost: bool, server: &mut Record| {
        for change in &phone.outbox {
            // The server knows a repeat by its dot, and so does the record.
            if server.validate_op(change).is_ok() {
                log.push(change.clone());
            }
            server.apply(change.clone());
        }
        if !lost {
            phone.outbox.clear();
        }
    };
    for action in actions {
        match *action {
            Action::Set { device, field, value } => {
                phones[device % devices].write(|c| c.set(REGISTERS[field], Value::Int(value.into())));
            }
            Action::Clear { device, field } => phones[device % devices].write(|c| c.set(REGISTERS[field], Value::Null)),
            Action::Add { device, field, element } => {
                phones[device % devices].write(|c| c.add(SETS[field], Value::Int(element.into())));
            }
            Action::Remove { device, field, element } => {
                phones[device % devices].write(|c| c.remove(SETS[field], Value::Int(element.into())));
            }
            Action::Push { device, lost } => push(&mut phones[device % devices], lost, &mut server),
            Action::Pull { device } => {
                let phone = &mut phones[device % devices];
                phone.base = server.clone();
            }
        }
    }
    for phone in &mut phones {
        push(phone, false, &mut server);
    }
    (log, server)
}

/// Registers and sets as the definition has them: a value is there unless an operation that had seen it wrote
/// over it. Quadratic and obvious on purpose.
type Plain = (
    BTreeMap<String, BTreeSet<(u64, [u8; 16], Value)>>,
    BTreeMap<String, BTreeMap<Value, BTreeSet<(u64, [u8; 16])>>>,
);

fn oracle(log: &[Change]) -> Plain {
    let has_seen = |later: &Change, earlier: &Change| {
        later.dot != earlier.dot && covers(&later.seen, &earlier.dot.actor, earlier.dot.counter)
    };
    let mut registers: BTreeMap<String, BTreeSet<_>> = BTreeMap::new();
    let mut sets: BTreeMap<String, BTreeMap<Value, BTreeSet<_>>> = BTreeMap::new();
    for change in log {
        for (field, value) in &change.set {
            let replaced = log
                .iter()
                .any(|other| other.set.contains_key(field) && !other.blind.contains(field) && has_seen(other, change));
            if !replaced {
                let dot = (change.dot.counter, change.dot.actor.0, value.clone());
                registers.entry(field.clone()).or_default().insert(dot);
            }
        }
        for (field, values) in &change.add {
            for value in values {
                let touches =
                    |fields: &BTreeMap<String, Vec<Value>>| fields.get(field).is_some_and(|v| v.contains(value));
                let gone = log.iter().any(|other| {
                    (touches(&other.remove) || touches(&other.add))
                        && !other.blind.contains(field)
                        && has_seen(other, change)
                });
                if !gone {
                    let dot = (change.dot.counter, change.dot.actor.0);
                    sets.entry(field.clone())
                        .or_default()
                        .entry(value.clone())
                        .or_default()
                        .insert(dot);
                }
            }
        }
    }
    (registers, sets)
}

fn plain(record: &Record) -> Plain {
    let registers = record.registers().map(|(name, entries)| {
        let entries = entries
            .iter()
            .map(|e| (e.dot.counter, e.dot.actor.0, e.value.clone()))
            .collect();
        (name.to_owned(), entries)
    });
    let sets = record.sets().map(|(name, elements)| {
        let element = |(value, dots): (&Value, &Vec<(Dot<DeviceId>, u64)>)| {
            (
                value.clone(),
                dots.iter().map(|(d, _)| (d.counter, d.actor.0)).collect(),
            )
        };
        (name.to_owned(), elements.iter().map(element).collect())
    });
    (registers.collect(), sets.collect())
}

/// Another order of the same operations in which each still comes after everything that it has seen.
fn reorder(log: &[Change], choices: &[usize]) -> Vec<Change> {
    let mut left: Vec<&Change> = log.iter().collect();
    let mut order = Vec::new();
    let mut applied = Clock::new();
    for step in 0.. {
        let ready: Vec<usize> = (0..left.len())
            .filter(|i| {
                let waits = left.iter().any(|other| {
                    let own_earlier = other.dot.actor == left[*i].dot.actor && other.dot.counter < left[*i].dot.counter;
                    own_earlier
                        || (other.dot != left[*i].dot && covers(&left[*i].seen, &other.dot.actor, other.dot.counter))
                });
                !waits
            })
            .collect();
        if ready.is_empty() {
            break;
        }
        let next = left.remove(ready[choices.get(step).copied().unwrap_or(0) % ready.len()]);
        applied.apply(next.dot);
        order.push(next.clone());
    }
    assert_eq!(order.len(), log.len(), "what was seen was written before");
    order
}

fn apply_all(changes: &[Change]) -> Record {
    let mut record = Record::default();
    changes.iter().cloned().for_each(|change| record.apply(change));
    record
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn the_record_is_the_oracles((devices, actions) in history()) {
        let (log, record) = run(devices, &actions);
        prop_assert_eq!(plain(&record), oracle(&log));
    }

    #[test]
    fn any_causal_order_converges((devices, actions) in history(), choices in proptest::collection::vec(0..100usize, 60)) {
        let (log, record) = run(devices, &actions);
        prop_assert_eq!(apply_all(&reorder(&log, &choices)), record);
    }

    #[test]
    fn applying_and_merging_agree((devices, actions) in history(), choices in proptest::collection::vec(0..100usize, 60), parts in proptest::collection::vec(0..4usize, 1..6)) {
        // Each replica has applied a causally closed part: a prefix of some causal order.
        let (log, record) = run(devices, &actions);
        let mut merged = Record::default();
        for (n, part) in parts.iter().enumerate() {
            let choices: Vec<usize> = choices.iter().map(|c| c + n * 7).collect();
            let order = reorder(&log, &choices);
            let replica = apply_all(&order[..log.len() * part / 4]);
            prop_assert!(merged.validate_merge(&replica).is_ok());
            let (mut left, mut right) = (merged.clone(), replica.clone());
            left.merge(replica.clone());
            right.merge(merged.clone());
            prop_assert_eq!(&left, &right, "merging commutes");
            merged = left;
            let once = merged.clone();
            merged.merge(replica);
            prop_assert_eq!(&merged, &once, "merging twice is merging once");
        }
        merged.merge(apply_all(&log));
        prop_assert_eq!(merged, record);
    }

    #[test]
    fn merging_in_any_grouping_agrees((devices, actions) in history(), cut in (0..=4usize, 0..=4usize, 0..=4usize)) {
        let (log, _) = run(devices, &actions);
        let replica = |part: usize, shift: usize| {
            let order = reorder(&log, &(0..60).map(|i| i * 13 + shift).collect::<Vec<_>>());
            apply_all(&order[..log.len() * part / 4])
        };
        let (a, b, c) = (replica(cut.0, 0), replica(cut.1, 5), replica(cut.2, 11));
        let (mut ab, mut bc, mut a_bc) = (a.clone(), b.clone(), a);
        ab.merge(b);
        ab.merge(c.clone());
        bc.merge(c);
        a_bc.merge(bc);
        prop_assert_eq!(ab, a_bc);
    }

    #[test]
    fn a_repeat_changes_nothing((devices, actions) in history(), again in 0..60usize) {
        let (log, record) = run(devices, &actions);
        if let Some(change) = log.get(again % log.len().max(1)) {
            let mut twice = record.clone();
            twice.apply(change.clone());
            prop_assert_eq!(&twice, &record);
            prop_assert!(record.validate_op(change).is_err());
        }
    }

    #[test]
    fn what_is_packed_comes_back((devices, actions) in history()) {
        let (_, record) = run(devices, &actions);
        let packed = record.pack().unwrap();
        prop_assert_eq!(Record::unpack(&packed).unwrap(), record);
        for cut in 0..packed.len() {
            // Damage is an error or another record, never a panic.
            let _ = Record::unpack(&packed[..cut]);
        }
    }

    #[test]
    fn rubbish_is_never_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Record::unpack(&bytes);
    }

    #[test]
    fn reset_removes_exactly_what_the_clock_covers((devices, actions) in history(), upto in 0..40u64) {
        let (log, mut record) = run(devices, &actions);
        let clock = clock_of((1..=devices as u8).map(|n| (DeviceId([n; 16]), upto)));
        let before = plain(&record);
        record.reset_remove(&clock);
        let keep = |counter: u64| counter > upto;
        let mut expected = before;
        expected.0.values_mut().for_each(|entries| entries.retain(|(counter, _, _)| keep(*counter)));
        expected.0.retain(|_, entries| !entries.is_empty());
        for elements in expected.1.values_mut() {
            elements.values_mut().for_each(|dots| dots.retain(|(counter, _)| keep(*counter)));
            elements.retain(|_, dots| !dots.is_empty());
        }
        expected.1.retain(|_, elements| !elements.is_empty());
        prop_assert_eq!(plain(&record), expected);
        let whole = apply_all(&log);
        prop_assert_eq!(record.clock(), whole.clock());
    }
}

#[test]
fn equal_concurrent_values_are_no_conflict_and_both_dots_stay() {
    let (a, b) = (DeviceId([1; 16]), DeviceId([2; 16]));
    let moment = |ms, offset_s| Value::Instant(sync_protocol::value::Instant { ms, offset_s });
    let mut record = Record::default();
    record.apply(Change::new(Dot::new(a, 1), Clock::new()).set("at", moment(5, 0)));
    record.apply(Change::new(Dot::new(b, 1), Clock::new()).set("at", moment(5, 28_800)));
    assert_eq!(record.values("at").len(), 2);
    assert!(!record.is_contested("at"));
    record.apply(Change::new(Dot::new(b, 2), clock_of([(b, 1)])).set("at", moment(6, 0)));
    assert!(record.is_contested("at"));
}
