//! The follower and the sealer die at statements of theirs, one after another, and come in the end to what they come to when
//! nobody kills them. `FAULTS_SEED` repeats a run.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::json;
use wuyuan_server::app::App;
use wuyuan_server::clock::ManualClock;
use wuyuan_server::config::SettingsArgs;
use wuyuan_server::log::seal;
use wuyuan_server::store::StoreResult;
use wuyuan_server::verify;
use wuyuan_simulator::fuse::Fuse;
use wuyuan_tests::backend::{Backend, Place};
use wuyuan_tests::behind::{to_follow, to_seal};
use wuyuan_tests::derived;
use wuyuan_tests::engine::Engine;
use wuyuan_tests::office::{Office, Person, take};
use wuyuan_tests::rows::Tables;
use wuyuan_tests::{on_both_backends, seed};

use Person::{Leader, Officer, Supervisor, Volunteer};

/// The longest step from the statement at which one server dies to that at which the next does: fewer than one record takes.
const STEP_FOLLOWING: u32 = 24;
const STEP_SEALING: u32 = 9;
/// Leaves of one transaction of the sealer.
const BATCH: u32 = 8;

/// Pushes what makes postings, a reversal, waiting claims and findings due, and lets nobody look at it.
fn office(backend: Backend) -> Office {
    let mut office = Office::open(backend);
    let order = office.order();
    let own = office.volunteering(2, 18, 8, 90);
    assert_eq!(office.approve(Leader, own), "accepted");
    office.follow();
    assert_eq!(office.agree(Leader, Officer, own, "correct"), "accepted");
    assert_eq!(office.set(Volunteer(2), own, "claimed_minutes", json!(80)), "accepted");
    assert_eq!(office.act(Volunteer(2), own, "submit"), "accepted");
    assert_eq!(office.approve(Leader, own), "accepted");
    for hour in [8, 10] {
        let session = office.session(order, 19, hour, 60);
        office.attest(0, session);
        office.attest(1, session);
        assert_eq!(office.approve(Supervisor, session), "accepted");
    }
    office.session(order, 20, 9, 60);
    let long = office.volunteering(1, 17, 8, 540);
    assert_eq!(office.approve(Leader, long), "accepted");
    let before = office.seen(long);
    assert_eq!(office.act(Officer, long, "question"), "accepted");
    let late = |draft: &mut sync_protocol::op::OpDraft| take(draft, "question");
    assert_eq!(office.write_as_of(Leader, long, before, late), "accepted");
    office
}

/// Starts servers on one database, each with a fuse.
struct Lives {
    place: Arc<Place>,
    clock: Arc<ManualClock>,
    starts: usize,
}

impl Lives {
    /// The database's URL in a spelling that no other start has.
    fn own_url(&self) -> String {
        let url = self.place.url();
        match &*self.place {
            Place::Sqlite(_) => {
                let (folder, file) = url.rsplit_once('/').expect("a path");
                format!("{folder}/{}{file}", "./".repeat(self.starts))
            }
            Place::Postgres(_) => {
                let sign = if url.contains('?') { '&' } else { '?' };
                format!("{url}{sign}application_name=behind-{}", self.starts)
            }
        }
    }

    /// One server, which dies at the statement after so many. Answers whether it lived to the end of its work.
    fn one(&mut self, statements: u32, work: impl FnOnce(&App) -> StoreResult<()>) -> bool {
        self.starts += 1;
        let url = self.own_url();
        let fuse = Fuse::for_url(url.strip_prefix("sqlite://").unwrap_or(&url));
        let given = SettingsArgs {
            database: Some(url.parse().expect("a place has a good URL")),
            blobs: Some(self.place.blobs()),
            pool_size: Some(2),
            committers: Some(1),
            seal_batch: Some(BATCH),
            ..SettingsArgs::default()
        };
        let settings = given.resolve().expect("the settings are possible");
        let app = App::start(settings, self.clock.clone()).expect("a server starts");
        fuse.set(Some(statements));
        let worked = catch_unwind(AssertUnwindSafe(|| work(&app)));
        match worked {
            Ok(done) if !fuse.is_blown() => done.map(|()| true).expect("a server that lives works"),
            Err(panic) if !fuse.is_blown() => resume_unwind(panic),
            _ => {
                fuse.blow();
                false
            }
        }
    }

    /// One server after another, each dying a little later than the one before, from the beginning again where one has got
    /// something done. Answers how many died.
    fn all(
        &mut self,
        (what, step): (&str, u32),
        dice: &mut StdRng,
        left: impl Fn(&Place) -> i64,
        work: impl Fn(&App) -> StoreResult<()>,
    ) {
        let (mut died, mut statements, mut before) = (0, 0, left(&self.place));
        while !self.one(statements, &work) {
            died += 1;
            let now = left(&self.place);
            statements = if now == before { statements } else { 0 };
            statements += dice.random_range(1..=step);
            before = now;
        }
        println!("{what}: {died} died");
        assert!(died > 10 && left(&self.place) == 0, "{died} died");
    }
}

on_both_backends! {
    fn killed_at_any_statement_they_derive_and_seal_the_same(backend) {
        let mut dice = seed::rng("behind");
        let office = office(backend);
        let Office { engine, .. } = office;
        let clock = Arc::clone(&engine.clock);
        let (place, district) = engine.close();
        let never_killed = Engine::over(place.copy().into(), district);
        never_killed.follow();
        never_killed.seal();

        let mut lives = Lives { place: Arc::clone(&place), clock, starts: 0 };
        let follow = |app: &App| app.follower.catch_up().map(drop);
        lives.all(("the follower", STEP_FOLLOWING), &mut dice, to_follow, follow);
        lives.all(("the sealer", STEP_SEALING), &mut dice, to_seal, |app| seal::seal_all(app).map(drop));

        let (killed, twin) = (Tables::of(&place), Tables(never_killed.app.store.clone()));
        derived::same(&killed, &twin);
        let numbers = |tables: &Tables| tables.without("posting", &["posted_ms"]);
        assert_eq!(numbers(&killed), numbers(&twin), "under the same numbers");
        let mut faults = Vec::new();
        verify::verify(&killed.0, &never_killed.app.law, &mut |fault| faults.push(fault.to_string())).expect("it reads");
        assert!(faults.is_empty(), "{faults:?}");
    }
}
