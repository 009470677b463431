//! Each condition of a posting broken alone, and the rounds of corrections.

use std::collections::BTreeSet;

use crdts::{CmRDT as _, Dot as OpDot};
use sync_protocol::catalog::Catalog;
use sync_protocol::clock::clock_of;
use sync_protocol::id::DeviceId;
use sync_protocol::record::Change;
use sync_protocol::value::{Instant, Value};

use super::super::facts::Term;
use super::*;

const PHONE: DeviceId = DeviceId([7; 16]);
const SUPERVISOR: MemberId = MemberId([1; 16]);
const SUBJECT: RecordId = RecordId([4; 16]);
const ORDER: RecordId = RecordId([5; 16]);

/// A session of nine to twelve, approved, under a pledged order, attested by two.
struct World {
    catalog: Catalog,
    kind: &'static str,
    record: Record,
    seq: u64,
    steps: Vec<Step>,
    order: Option<Order>,
    attestations: Vec<Attestation>,
    findings: BTreeSet<String>,
    posted: Vec<Posted>,
    writers: BTreeSet<MemberId>,
    holds: bool,
}

fn at(text: &str) -> i64 {
    Instant::parse(&format!("2026-11-20T{text}:00+08:00")).unwrap().ms
}

fn moment(text: &str) -> Value {
    Value::Instant(Instant {
        ms: at(text),
        offset_s: 28_800,
    })
}

fn observer(n: u8) -> MemberId {
    MemberId([20 + n; 16])
}

fn drawn(n: u8, from: &str, until: Option<&str>) -> Term {
    Term {
        member: observer(n),
        from_ms: at(from),
        until_ms: until.map(at),
    }
}

fn saw(n: u8, from: &str, until: &str) -> Attestation {
    Attestation {
        record: RecordId([40 + n; 16]),
        observer: observer(n),
        counts: true,
        there: Some((at(from), at(until))),
        minutes_seen: Some((at(until) - at(from)) / 60_000),
        own: true,
        blind: true,
    }
}

impl World {
    fn new(kind: &'static str) -> World {
        let mut world = World {
            catalog: Catalog::builtin().unwrap(),
            kind,
            record: Record::default(),
            seq: 0,
            steps: Vec::new(),
            order: None,
            attestations: Vec::new(),
            findings: BTreeSet::new(),
            posted: Vec::new(),
            writers: [observer(1)].into(),
            holds: true,
        };
        world.write(&[("started_at", moment("09:00")), ("ended_at", moment("12:00"))]);
        world.write(&[("claimed_minutes", Value::Int(180))]);
        world
    }

    fn service() -> World {
        let mut world = World::new("service_session");
        world.write(&[("order", Value::Id(ORDER.0))]);
        world.order = Some(Order {
            subject: Some(SUBJECT),
            state: Some("active".to_owned()),
            pledged_on: Some("2026-11-20".to_owned()),
            observers: [1, 2, 3].map(observer).into(),
            drawn: Some([1, 2, 3].map(|n| drawn(n, "08:00", None)).into()),
            period: Some(("2026-11-01".to_owned(), "2026-12-31".to_owned())),
            rests: Vec::new(),
        });
        world.attestations = vec![saw(1, "09:00", "12:00"), saw(2, "09:05", "12:00")];
        world.act("submit");
        world.act("approve");
        world
    }

    fn volunteer() -> World {
        let mut world = World::new("volunteer_session");
        world.write(&[("volunteer", Value::Id(observer(1).0))]);
        world.act("submit");
        world.act("approve");
        world
    }

    fn kind(&self) -> &Kind {
        &self.catalog.kinds()[self.kind]
    }

    fn change(&mut self, blind: bool) -> Change {
        self.seq += 1;
        let seen = if blind { 0 } else { self.seq - 1 };
        let seen = clock_of([(PHONE, seen)].into_iter().filter(|(_, seq)| *seq > 0));
        Change::new(OpDot::new(PHONE, self.seq), seen).at(self.seq)
    }

    fn write(&mut self, values: &[(&str, Value)]) {
        let mut change = self.change(false);
        for (field, value) in values {
            change = change.set(field, value.clone());
        }
        self.record.apply(change);
    }

    /// Takes a transition; one that is `stale` stands beside the present state.
    fn act_as(&mut self, act: &str, stale: bool) {
        let transition = self.kind().workflow.transitions[act].clone();
        let approves = transition
            .approves
            .then(|| hours::digest(self.kind(), &self.record))
            .flatten();
        let mut change = self.change(false).set(STATE_FIELD, Value::Text(transition.to));
        if stale {
            change.blind.insert(STATE_FIELD.to_owned());
        }
        self.record.apply(change);
        self.steps.push(Step {
            dot: (PHONE, self.seq),
            member: SUPERVISOR,
            act: Some(act.to_owned()),
            approves,
            settled: state_of(&self.record).map(str::to_owned),
            written_ms: at("18:00"),
            arrival_ms: at("18:00"),
        });
    }

    fn act(&mut self, act: &str) {
        self.act_as(act, false);
    }

    fn due(&self) -> Due {
        due(&Facts {
            kind: self.kind(),
            ledger: self.kind().ledger.unwrap(),
            record: &self.record,
            steps: &self.steps,
            order: self.order.as_ref(),
            attests: self.catalog.kinds()["attestation"]
                .attests
                .as_ref()
                .filter(|_| self.kind == "service_session"),
            attestations: &self.attestations,
            findings: &self.findings,
            posted: &self.posted,
            writers: &self.writers,
            holds: self.holds,
        })
    }

    /// Posts what is due, as the ledger does.
    fn settle(&mut self) -> Due {
        let due = self.due();
        if let Some(Reversal { entry, by }) = &due.reverse {
            let number = self.posted.len() as i64 + 1;
            self.posted.push(Posted {
                number,
                minutes: -entry.minutes,
                by: *by,
                reverses: Some(entry.number),
                ..entry.clone()
            });
        }
        if let Some(entry) = &due.post {
            self.posted.push(Posted {
                number: self.posted.len() as i64 + 1,
                round: entry.round,
                account: entry.account,
                minutes: entry.minutes,
                digest: entry.digest,
                by: entry.by,
                reverses: None,
            });
        }
        due
    }

    fn sum(&self) -> i64 {
        self.posted.iter().map(|p| p.minutes).sum()
    }

    fn reasons(&self) -> Vec<String> {
        let due = self.due();
        assert!(due.post.is_none() && due.reverse.is_none(), "{due:?}");
        due.wait
            .into_iter()
            .flat_map(|claim| claim.reasons)
            .map(|reason| reason.to_string())
            .collect()
    }
}

#[test]
fn what_is_whole_posts_once() {
    let mut world = World::service();
    let entry = world.settle().post.unwrap();
    assert_eq!((entry.round, entry.minutes, entry.day.as_str()), (1, 180, "2026-11-20"));
    assert_eq!(entry.account, Account::Subject(SUBJECT));
    assert_eq!(world.settle(), Due::default(), "a second look posts nothing");
    let mut world = World::volunteer();
    assert_eq!(world.settle().post.unwrap().account, Account::Member(observer(1)));
    assert_eq!(world.settle(), Due::default());
}

#[test]
fn each_condition_alone_holds_it_back() {
    type Break = fn(&mut World);
    let cases: &[(&str, Break)] = &[
        ("account_unknown,order_missing", |w| w.order = None),
        ("account_unknown", |w| w.order.as_mut().unwrap().subject = None),
        ("order_contested", |w| w.order.as_mut().unwrap().state = None),
        ("order_not_pledged", |w| {
            w.order.as_mut().unwrap().state = Some("planned".to_owned())
        }),
        ("order_not_pledged", |w| w.order.as_mut().unwrap().pledged_on = None),
        ("pledge_after_session", |w| {
            w.order.as_mut().unwrap().pledged_on = Some("2026-11-21".to_owned())
        }),
        ("attestations_missing", |w| w.attestations.truncate(1)),
        ("attestations_missing", |w| w.attestations[0].counts = false),
        ("attestations_missing,attestation_unclear", |w| {
            w.attestations[0].there = None
        }),
        ("attestations_missing,observer_not_of_order", |w| {
            w.attestations[0].observer = observer(9)
        }),
        ("attestations_missing,observer_approved", |w| {
            w.order.as_mut().unwrap().observers.insert(SUPERVISOR);
            w.attestations[0].observer = SUPERVISOR;
        }),
        ("attestations_missing,observer_not_blind", |w| {
            w.attestations[1].blind = false
        }),
        ("attestations_missing", |w| w.attestations[1] = saw(2, "12:01", "13:00")),
        ("attestations_missing,attested_twice", |w| {
            w.attestations[1].observer = observer(1)
        }),
        ("attestations_missing,attestation_unclear", |w| {
            w.attestations[0].minutes_seen = None
        }),
        ("attestations_missing,attestation_not_own", |w| {
            w.attestations[0].own = false
        }),
        ("attestations_missing", |w| w.attestations[1] = saw(2, "11:51", "13:00")),
        ("minutes_differ", |w| w.attestations[1].minutes_seen = Some(100)),
        ("minutes_differ", |w| {
            w.attestations.iter_mut().for_each(|one| one.minutes_seen = Some(0))
        }),
        ("subject_objects", |w| {
            w.write(&[("subject_confirmed", Value::Text("objects".to_owned()))])
        }),
        ("order_contested", |w| w.order.as_mut().unwrap().period = None),
        ("order_not_in_force", |w| {
            w.order.as_mut().unwrap().period = Some(("2026-11-21".to_owned(), "2026-12-31".to_owned()))
        }),
        ("order_not_in_force", |w| {
            w.order.as_mut().unwrap().rests = vec![(at("08:00"), None)]
        }),
        ("order_not_in_force", |w| {
            w.order.as_mut().unwrap().rests = vec![(at("09:00"), Some(at("09:01")))]
        }),
        ("not_over_yet", |w| w.steps[1].arrival_ms = at("11:49")),
        ("approved_by_claimant", |w| w.writers = [SUPERVISOR].into()),
        ("attestation_gap", |w| {
            w.attestations = vec![saw(1, "09:04", "11:00"), saw(2, "11:04", "11:57")]
        }),
        ("attestation_gap", |w| {
            w.attestations = vec![saw(1, "09:11", "11:00"), saw(2, "09:30", "12:00")]
        }),
        ("attestation_gap", |w| {
            w.attestations = vec![saw(1, "09:00", "10:00"), saw(2, "10:11", "12:00")]
        }),
        ("attestation_gap", |w| {
            w.attestations = vec![saw(1, "09:00", "11:49"), saw(2, "09:00", "11:00")]
        }),
        ("finding.overlap", |w| w.findings = ["overlap".to_owned()].into()),
        ("questioned", |w| w.act("question")),
        ("not_approved", |w| {
            w.act("question");
            w.act("return");
            w.act("submit");
        }),
        ("not_submitted", |w| w.act("correct")),
        ("state_contested", |w| w.act_as("correct", true)),
        ("approval_stale", |w| w.write(&[("claimed_minutes", Value::Int(120))])),
        ("incomplete,approval_stale", |w| w.write(&[("ended_at", Value::Null)])),
        ("impossible,approval_stale", |w| {
            w.write(&[("break_minutes", Value::Int(1))])
        }),
        ("hours_contested,incomplete", |w| {
            let change = w.change(true).set("claimed_minutes", Value::Int(9));
            w.record.apply(change);
        }),
    ];
    for (expected, spoil) in cases {
        let mut world = World::service();
        spoil(&mut world);
        let mut expected: Vec<&str> = expected.split(',').collect();
        let mut reasons = world.reasons();
        expected.sort_unstable();
        reasons.sort_unstable();
        assert_eq!(reasons, expected);
    }
}

#[test]
fn nobody_posts_hours_for_somebody_unknown_or_to_himself() {
    let mut world = World::volunteer();
    world.holds = false;
    assert_eq!(world.reasons(), ["account_unknown"]);
    let mut world = World::new("volunteer_session");
    world.write(&[("volunteer", Value::Id(SUPERVISOR.0))]);
    world.act("submit");
    world.act("approve");
    assert_eq!(world.reasons(), ["approved_by_claimant"]);
}

#[test]
fn a_date_that_cannot_be_holds_it_back() {
    for (from, until) in [
        ("1999-12-31T22:00:00+08:00", "1999-12-31T23:00:00+08:00"),
        ("0001-01-01T10:00:00+08:00", "0001-01-01T13:00:00+08:00"),
    ] {
        let mut world = World::new("volunteer_session");
        let moment = |text: &str| Value::Instant(Instant::parse(text).unwrap());
        world.write(&[
            ("volunteer", Value::Id(observer(1).0)),
            ("claimed_minutes", Value::Int(60)),
        ]);
        world.write(&[("started_at", moment(from)), ("ended_at", moment(until))]);
        world.act("submit");
        world.act("approve");
        assert_eq!(world.reasons(), ["date_impossible"], "{from}");
    }
}

/// What was posted stays, and people learn that it would not post now.
#[test]
fn a_posting_whose_ground_is_gone_is_told_and_stays() {
    let mut world = World::service();
    world.settle();
    world.attestations[0].counts = false;
    world.order.as_mut().unwrap().pledged_on = None;
    let due = world.settle();
    assert_eq!(due.gone, [Reason::OrderNotPledged, Reason::AttestationsMissing].into());
    assert!(due.reverse.is_none() && due.wait.is_none() && !due.stale);
    assert_eq!(world.sum(), 180);
    // Where the approval itself is stale, that is what people look at.
    world.act("question");
    let due = world.settle();
    assert!(due.stale && due.gone.is_empty());
}

/// Who was not drawn, or only afterwards, or was replaced before, attests nothing.
#[test]
fn observers_are_drawn_before_and_not_chosen() {
    let mut world = World::service();
    let set = |world: &mut World, terms: Vec<Term>| world.order.as_mut().unwrap().drawn = Some(terms);
    let first = drawn(1, "08:00", None);
    for second in [
        drawn(3, "08:00", None),
        drawn(2, "09:11", None),
        drawn(2, "08:00", Some("09:00")),
    ] {
        set(&mut world, vec![first, second]);
        assert_eq!(
            world.reasons(),
            ["attestations_missing", "observer_not_drawn"],
            "{second:?}"
        );
    }
    // Phones' clocks are minutes off; who is replaced later was there.
    for second in [drawn(2, "09:10", None), drawn(2, "08:00", Some("10:00"))] {
        set(&mut world, vec![first, second]);
        assert!(world.due().post.is_some(), "{second:?}");
    }
    // What is older than the rule is not asked.
    world.order.as_mut().unwrap().drawn = None;
    assert!(world.due().post.is_some());
    world.settle();
    set(&mut world, vec![first]);
    assert_eq!(
        world.due().gone,
        [Reason::AttestationsMissing, Reason::ObserverNotDrawn].into()
    );
}

/// One may see it begin and the other see it end, if somebody was always there.
#[test]
fn observers_cover_the_session_together() {
    let mut world = World::service();
    world.attestations = vec![saw(1, "09:04", "11:00"), saw(2, "11:03", "11:57")];
    assert!(world.due().post.is_some());
    // A third who was there changes nothing, one who states it twice waits for people.
    world.attestations.push(saw(3, "08:00", "13:00"));
    assert!(world.due().post.is_some());
    let mut again = saw(3, "08:00", "13:00");
    again.record = RecordId([99; 16]);
    world.attestations.push(again);
    assert_eq!(world.reasons(), ["attested_twice"]);
    assert_eq!(world.due().twice, [RecordId([43; 16]), RecordId([99; 16])].into());
}

#[test]
fn a_correction_takes_back_and_the_next_approval_posts_anew() {
    let mut world = World::service();
    world.settle();
    world.act("correct");
    let due = world.settle();
    assert_eq!(due.reverse.unwrap().entry.number, 1);
    assert_eq!(world.sum(), 0);
    assert!(world.settle().reverse.is_none(), "taken back once");
    world.write(&[("claimed_minutes", Value::Int(120))]);
    world.act("submit");
    world.act("approve");
    assert_eq!(world.settle().post.unwrap().round, 2);
    assert_eq!(world.sum(), 120);
    // Correction and new approval between two looks.
    world.act("correct");
    world.write(&[("claimed_minutes", Value::Int(90))]);
    world.act("submit");
    world.act("approve");
    let due = world.settle();
    assert!(due.reverse.is_some() && due.post.is_some_and(|entry| entry.round == 3));
    assert_eq!(world.sum(), 90);
    assert_eq!(world.settle(), Due::default());
}

#[test]
fn what_becomes_void_is_taken_back() {
    let mut world = World::volunteer();
    world.settle();
    world.act("question");
    let due = world.settle();
    assert!(due.stale && due.reverse.is_none(), "a question takes nothing back");
    world.act("void");
    assert!(world.settle().reverse.is_some());
    assert_eq!(world.settle(), Due::default(), "nothing is claimed any more");
    assert_eq!(world.sum(), 0);
}

#[test]
fn an_approval_gone_stale_keeps_its_posting() {
    let mut world = World::volunteer();
    world.settle();
    world.write(&[("claimed_minutes", Value::Int(10))]);
    assert!(world.due().stale);
    // A second approval in the same round posts nothing, whatever it approves.
    world.act("question");
    world.act("approve");
    let due = world.settle();
    assert!(due.stale && due.post.is_none() && due.wait.is_none());
    world.write(&[("claimed_minutes", Value::Int(180))]);
    assert_eq!(world.settle(), Due::default(), "the same values again");
    assert_eq!(world.sum(), 180);
}

#[test]
fn a_correction_that_is_disputed_takes_nothing_back() {
    let mut world = World::service();
    world.settle();
    world.act_as("correct", true);
    let due = world.settle();
    assert!(due.stale && due.reverse.is_none());
    world.act("correct");
    assert!(world.settle().reverse.is_some());
}

#[test]
fn a_second_approval_beside_the_first_posts_nothing() {
    let mut world = World::service();
    world.act_as("approve", true);
    let entry = world.settle().post.unwrap();
    assert_eq!(entry.by, world.steps[1].dot, "the earlier of the two");
    assert_eq!(world.settle(), Due::default());
}
