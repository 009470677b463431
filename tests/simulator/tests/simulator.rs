//! A bounded run of the simulator. `SIMULATE_SEED=n` runs another seed; a failing one prints the shortest script that
//! was found for it, and `make simulate SCRIPT=file` runs that again.

use std::time::Duration;

use wuyuan_simulator::coverage::Coverage;
use wuyuan_simulator::mutant::Mutants;
use wuyuan_simulator::run::{Played, play, script};
use wuyuan_simulator::shrink::shrink;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::{on_both_backends, workspace};

/// Seeds that are always run.
const LEAST: u64 = 3;
/// Seeds after which everything that a simulation is for must have come across.
const MOST: u64 = 16;
const STEPS: usize = 300;
/// How long a shorter script is looked for.
const SHRINK: Duration = Duration::from_secs(60);

fn run(backend: Backend, seed: u64, steps: usize, strangers: usize) -> Played {
    println!("SIMULATE_SEED={seed}");
    play(backend, &script(seed, steps, strangers)).unwrap_or_else(|failure| {
        let short = shrink(backend, &failure, SHRINK);
        let text = serde_json::to_string(&short.script).expect("a script can be written");
        panic!(
            "seed {seed}: {}\n{} steps are enough:\n{text}",
            short.violation,
            short.script.actions.len()
        )
    })
}

/// What a simulation is for. One that comes across none of it proves nothing.
const NEEDED: &[&str] = &[
    "accepted",
    "decision",
    "proposal",
    "confirmation",
    "decision on a finding",
    "second_person_required",
    "proposal_stale",
    "proposal_same_person",
    "decision_stale",
    "link_missing",
    "appointment_ended",
    "device_revoked",
    "unit_forbidden",
    "after_held",
    "assigned",
    "taken off",
    "feed_forked",
    "rewritten",
    "sign_in",
    "request lost",
    "answer lost",
    "request doubled",
    "request delayed",
    "answered by a portal",
    "server died at a statement",
    "server restored",
    "phone restored",
    "phone revoked",
    "power lost while saving",
    "power lost while syncing",
    "storage full while saving",
    "held operation let go",
    "answer 409",
    "answer 413",
];

/// Runs seeds, at least so many, until everything has come across that is needed.
fn until_everything_came_across(backend: Backend, needed: &[&str], least: u64, steps: usize, strangers: usize) {
    let mut coverage = Coverage::default();
    for seed in 1..=MOST {
        coverage.join(&run(backend, seed, steps, strangers).coverage);
        let missed = needed.iter().filter(|what| coverage.of(what) == 0).count();
        if seed >= least && missed == 0 {
            println!("{coverage}");
            return;
        }
    }
    let missed: Vec<_> = needed.iter().filter(|what| coverage.of(what) == 0).collect();
    panic!("never came across {missed:?}: {coverage}");
}

on_both_backends! {
    fn every_promise_holds_whatever_happens(backend) {
        let mut needed = NEEDED.to_vec();
        if backend == Backend::Postgres {
            needed.extend(["pushes committed at once", "read while a commit waited"]);
        }
        until_everything_came_across(backend, &needed, LEAST, STEPS, 0);
    }

    fn phones_of_another_make_take_part(backend) {
        let needed = ["foreign save", "foreign sync", "foreign phone died while syncing"];
        until_everything_came_across(backend, &needed, 1, STEPS / 2, 3);
    }

    fn every_promise_holds_on_a_seed_of_its_own(backend) {
        let given = std::env::var("SIMULATE_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| u64::from(uuid::Uuid::new_v4().as_fields().0));
        run(backend, seed, STEPS, 0);
    }
}

#[test]
fn a_seed_runs_the_same_way_each_time() {
    let (one, two) = (run(Backend::Sqlite, 5, 150, 0), run(Backend::Sqlite, 5, 150, 0));
    assert_eq!(one.digest, two.digest);
}

#[test]
fn every_mutant_can_be_made() {
    let list = Mutants::read();
    assert!(!list.mutant.is_empty());
    for mutant in &list.mutant {
        for edit in &mutant.edits {
            edit.apply(&workspace::root())
                .unwrap_or_else(|why| panic!("{}: {why}", mutant.name));
        }
    }
}
