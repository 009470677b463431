//! Random histories of claims, attestations, approvals, corrections and conflicts, posted by followers that are broken off
//! and by two servers at once, held against a naive model: every account's sum is the model's, no session counts twice,
//! every reversal takes back one entry, and numbers have no gap.
//!
//! Each walk prints its seed; `FAULTS_SEED=n` walks it again, `FAULTS_ROUNDS` makes it longer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::json;
use sync_protocol::id::RecordId;
use wuyuan_server::app::App;
use wuyuan_server::derived::Tell;
use wuyuan_server::ledger::step::Hours;
use wuyuan_server::reconcile::follow::Follower;
use wuyuan_server::reconcile::step::{Step, Turn};
use wuyuan_server::store::rows::RecordRow;
use wuyuan_server::store::{Db, StoreError, StoreResult};
use wuyuan_server::verify;
use wuyuan_tests::engine::Engine;
use wuyuan_tests::office::{Office, Person, VOLUNTEERS, put};
use wuyuan_tests::{on_both_backends, seed};

use Person::{Leader, Officer, Supervisor, Volunteer};

/// Breaks every nth turn off after the ledger has posted.
struct BreakOff {
    every: usize,
    turns: AtomicUsize,
}

impl Step for BreakOff {
    fn name(&self) -> &'static str {
        "break off"
    }

    fn derive(&self, _: &mut Db<'_>, _: &Turn<'_>, _: &[RecordRow]) -> StoreResult<()> {
        match (self.turns.fetch_add(1, Ordering::SeqCst) + 1).is_multiple_of(self.every) {
            true => Err(StoreError::Unavailable),
            false => Ok(()),
        }
    }
}

fn follower(app: &App, every: usize) -> Follower {
    let steps: Vec<Box<dyn Step>> = vec![
        Box::new(Hours::new(Arc::clone(&app.rules), Arc::clone(&app.grid))),
        Box::new(Tell(app.law.clone())),
        Box::new(BreakOff {
            every,
            turns: AtomicUsize::new(0),
        }),
    ];
    let moved = app.sync.moved().clone();
    Follower::new(
        app.store.clone(),
        Arc::clone(&app.catalog),
        Arc::clone(&app.clock),
        moved,
        steps,
    )
}

/// Goes on until nothing is left, however often it is broken off.
fn persist(follower: &Follower) {
    let mut failures = 0;
    while let Err(error) = follower.catch_up() {
        assert_eq!(error, StoreError::Unavailable);
        failures += 1;
        assert!(failures < 10_000, "it never ends");
    }
}

/// Which of the volunteers the office has drawn: what others attest counts for nothing.
const DRAWN: [usize; 2] = [0, 1];

/// What a session is to somebody who keeps books by hand.
#[derive(Debug, Clone)]
struct Book {
    serves: Option<RecordId>,
    owner: Person,
    state: &'static str,
    /// None while two values contend.
    minutes: Option<i64>,
    approved: Option<i64>,
    observers: BTreeSet<usize>,
    taken_back: bool,
    posted: Option<i64>,
}

impl Book {
    /// What a look at the session makes of it.
    fn settle(&mut self, pledged: bool) {
        if std::mem::take(&mut self.taken_back) {
            self.posted = None;
        }
        let attested = self.serves.is_none() || (pledged && DRAWN.iter().all(|nth| self.observers.contains(nth)));
        if self.posted.is_none() && self.state == "approved" && attested && self.minutes == self.approved {
            self.posted = self.approved;
        }
    }
}

struct Walk {
    office: Office,
    beside: Engine,
    dice: StdRng,
    orders: Vec<(RecordId, RecordId, bool)>,
    books: BTreeMap<RecordId, Book>,
}

impl Walk {
    fn begin(office: Office, dice: StdRng) -> Walk {
        let beside = office.engine.beside();
        let mut walk = Walk {
            office,
            beside,
            dice,
            orders: Vec::new(),
            books: BTreeMap::new(),
        };
        for _ in 0..2 {
            let subject = walk.office.subject();
            let order = walk.office.arrange(subject);
            walk.office.draw(order);
            walk.orders.push((order, subject, false));
        }
        // Who is named under one arrangement and drawn for it is not drawn for the other.
        for (order, _, _) in &walk.orders {
            walk.office.name_observers(*order);
        }
        walk
    }

    fn roll(&mut self, below: usize) -> usize {
        self.dice.random_range(0..below)
    }

    fn pick(&mut self) -> Option<RecordId> {
        let nth = self.roll(self.books.len().max(1));
        self.books.keys().nth(nth).copied()
    }

    fn step(&mut self) {
        match self.roll(14) {
            0 | 1 => self.claim(),
            2 | 3 => self.attest(),
            4..=6 => self.approve(),
            7 => self.edit(),
            8 => self.conflict(),
            9 => self.question(),
            10 => self.correct(),
            11 => self.hand_in(),
            12 => self.void(),
            _ => self.pledge(),
        }
        if self.roll(4) == 0 {
            self.follow();
        }
    }

    fn claim(&mut self) {
        let day = 3 + self.roll(20) as u32;
        let minutes = 30 + self.roll(150) as i64;
        let (id, serves, owner) = if self.roll(2) == 0 {
            let nth = self.roll(VOLUNTEERS);
            (self.office.volunteering(nth, day, 9, minutes), None, Volunteer(nth))
        } else {
            let nth = self.roll(2);
            let (order, _, _) = self.orders[nth];
            (self.office.session(order, day, 9, minutes), Some(order), Volunteer(0))
        };
        self.books.insert(
            id,
            Book {
                serves,
                owner,
                state: "submitted",
                minutes: Some(minutes),
                approved: None,
                observers: BTreeSet::new(),
                taken_back: false,
                posted: None,
            },
        );
    }

    fn attest(&mut self) {
        let nth = self.roll(VOLUNTEERS);
        let Some(id) = self.pick() else { return };
        if self.books[&id].serves.is_some() && !self.books[&id].observers.contains(&nth) {
            self.office.attest(nth, id);
            self.books.get_mut(&id).expect("kept").observers.insert(nth);
        }
    }

    fn approve(&mut self) {
        let Some(id) = self.pick() else { return };
        let book = &self.books[&id];
        if !matches!(book.state, "submitted" | "questioned") {
            return;
        }
        let (by, minutes) = (self.approver(id), book.minutes);
        let said = self.office.approve(by, id);
        // Contested hours have no digest that an approval could name.
        let expected = if minutes.is_some() {
            "accepted"
        } else {
            "approval_missing"
        };
        assert_eq!(said, expected);
        let book = self.books.get_mut(&id).expect("kept");
        if minutes.is_some() {
            (book.state, book.approved) = ("approved", minutes);
        }
    }

    fn approver(&self, id: RecordId) -> Person {
        match self.books[&id].serves {
            Some(_) => Supervisor,
            None => Leader,
        }
    }

    fn edit(&mut self) {
        let Some(id) = self.pick() else { return };
        if matches!(self.books[&id].state, "submitted" | "returned") {
            let minutes = 1 + self.roll(29) as i64;
            // Who approves writes nothing of what counts.
            assert_eq!(
                self.office.set(Officer, id, "claimed_minutes", json!(minutes)),
                "accepted"
            );
            self.books.get_mut(&id).expect("kept").minutes = Some(minutes);
        }
    }

    /// Two people change the minutes at the same time.
    fn conflict(&mut self) {
        let Some(id) = self.pick() else { return };
        if !matches!(self.books[&id].state, "submitted" | "returned") {
            return;
        }
        let (one, other) = (1 + self.roll(29) as i64, 1 + self.roll(29) as i64);
        let (first, second, seen) = (Officer, self.books[&id].owner, self.office.seen(id));
        for (person, minutes) in [(first, one), (second, other)] {
            let said = self.office.write_as_of(person, id, seen.clone(), |draft| {
                put(draft, &[("claimed_minutes", json!(minutes))]);
            });
            assert_eq!(said, "accepted");
        }
        self.books.get_mut(&id).expect("kept").minutes = (one == other).then_some(one);
    }

    fn question(&mut self) {
        let Some(id) = self.pick() else { return };
        if matches!(self.books[&id].state, "submitted" | "approved") {
            assert_eq!(self.office.act(Officer, id, "question"), "accepted");
            self.books.get_mut(&id).expect("kept").state = "questioned";
        }
    }

    fn correct(&mut self) {
        let Some(id) = self.pick() else { return };
        if matches!(self.books[&id].state, "approved" | "questioned") {
            let first = self.approver(id);
            assert_eq!(self.office.agree(first, Officer, id, "correct"), "accepted");
            let book = self.books.get_mut(&id).expect("kept");
            (book.state, book.taken_back) = ("returned", true);
        }
    }

    fn hand_in(&mut self) {
        let Some(id) = self.pick() else { return };
        if self.books[&id].state == "returned" {
            let owner = self.books[&id].owner;
            assert_eq!(self.office.act(owner, id, "submit"), "accepted");
            self.books.get_mut(&id).expect("kept").state = "submitted";
        }
    }

    fn void(&mut self) {
        let Some(id) = self.pick() else { return };
        if matches!(self.books[&id].state, "submitted" | "questioned") && self.roll(3) == 0 {
            let first = self.approver(id);
            assert_eq!(self.office.agree(first, Officer, id, "void"), "accepted");
            let book = self.books.get_mut(&id).expect("kept");
            (book.state, book.taken_back) = ("void", true);
        }
    }

    fn pledge(&mut self) {
        let nth = self.roll(2);
        let (order, _, pledged) = self.orders[nth];
        if !pledged {
            assert_eq!(self.office.pledge(order, "2026-11-01"), "accepted");
            self.orders[nth].2 = true;
        }
    }

    /// Both servers' followers at once, broken off now and then; afterwards the books are settled.
    fn follow(&mut self) {
        let every = 2 + self.roll(3);
        let (one, other) = (
            follower(&self.office.engine.app, every),
            follower(&self.beside.app, every + 1),
        );
        thread::scope(|scope| {
            scope.spawn(|| persist(&one));
            scope.spawn(|| persist(&other));
        });
        for book in self.books.values_mut() {
            let order = self.orders.iter().find(|(order, _, _)| Some(*order) == book.serves);
            book.settle(order.is_some_and(|(_, _, pledged)| *pledged));
        }
        self.compare();
    }

    fn compare(&self) {
        let ledger = self.office.ledger();
        let numbers: Vec<i64> = ledger.iter().map(|row| row.number).collect();
        assert_eq!(numbers, (1..=ledger.len() as i64).collect::<Vec<_>>());
        let mut accounts: BTreeMap<[u8; 16], i64> = BTreeMap::new();
        for row in &ledger {
            let account = row.member.or(row.subject).expect("an account").0;
            *accounts.entry(account).or_default() += row.minutes;
            if let Some(entry) = row.reverses {
                let entry = &ledger[entry as usize - 1];
                assert_eq!(
                    (entry.session, entry.minutes, entry.reverses),
                    (row.session, -row.minutes, None)
                );
                assert_eq!(ledger.iter().filter(|other| other.reverses == row.reverses).count(), 1);
            }
        }
        let mut expected: BTreeMap<[u8; 16], i64> = BTreeMap::new();
        for (id, book) in &self.books {
            let rows = || ledger.iter().filter(|row| row.session == *id);
            assert_eq!(
                rows().map(|row| row.minutes).sum::<i64>(),
                book.posted.unwrap_or(0),
                "{id}: {book:?}"
            );
            let entries = rows().filter(|row| row.reverses.is_none()).count();
            let reversals = rows().filter(|row| row.reverses.is_some()).count();
            assert_eq!(
                entries - reversals,
                usize::from(book.posted.is_some()),
                "{id} counts once: {book:?}"
            );
            let account = match self.orders.iter().find(|(order, _, _)| Some(*order) == book.serves) {
                Some((_, subject, _)) => subject.0,
                None => self.office.member(book.owner).0,
            };
            *expected.entry(account).or_default() += book.posted.unwrap_or(0);
            let claims = self.office.claim(*id).is_some();
            assert_eq!(claims, book.posted.is_none() && book.state != "void", "{id}: {book:?}");
        }
        expected.retain(|_, minutes| *minutes != 0);
        accounts.retain(|_, minutes| *minutes != 0);
        assert_eq!(accounts, expected);
    }
}

on_both_backends! {
    fn every_account_is_what_a_naive_book_says(backend) {
        let dice = seed::rng("hours");
        let mut walk = Walk::begin(Office::open(backend), dice);
        for _ in 0..seed::rounds(1) * 150 {
            walk.step();
        }
        walk.follow();
        let (app, mut faults) = (&walk.office.engine.app, Vec::new());
        verify::verify(&app.store, &app.law, &mut |fault| faults.push(fault.to_string())).expect("everything can be read");
        assert!(faults.is_empty(), "{faults:?}");
        assert!(!walk.office.ledger().is_empty());
    }
}
