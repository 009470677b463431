//! Running a seed, or a script.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::{Deserialize, Serialize};
use wuyuan_tests::backend::Backend;

use crate::action::{Action, draw, with_strangers};
use crate::coverage::Coverage;
use crate::dice::Dice;
use crate::oracle::{Violation, broken};
use crate::world::World;

/// What was done, so that it can be done again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// From which phones draw keys and ids.
    pub seed: u64,
    /// How many phones of another make take part.
    #[serde(default)]
    pub strangers: usize,
    /// The steps.
    pub actions: Vec<Action>,
}

/// A run that broke a promise.
#[derive(Debug, Clone)]
pub struct Failure {
    /// What was done up to there.
    pub script: Script,
    /// Which promise.
    pub violation: Violation,
}

/// Draws the steps of a seed, the last of them a [`Action::Settle`].
pub fn script(seed: u64, steps: usize, strangers: usize) -> Script {
    let mut dice = Dice::of(seed, u64::MAX);
    // As many as there are players; a number is taken modulo the phones that there are.
    let mut actions: Vec<Action> = (1..steps.max(1)).map(|_| draw(&mut dice, 64)).collect();
    if strangers > 0 {
        with_strangers(&mut actions, &mut Dice::of(seed, u64::MAX - 1));
    }
    actions.push(Action::Settle);
    Script {
        seed,
        strangers,
        actions,
    }
}

/// What a run that kept every promise came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// What happened in it.
    pub coverage: Coverage,
    /// What the operations came to.
    pub digest: String,
}

/// Runs a script. A panic of the code under test is a broken promise too.
pub fn play(backend: Backend, script: &Script) -> Result<Played, Box<Failure>> {
    let mut done = 0;
    let played = catch_unwind(AssertUnwindSafe(|| {
        let mut world = World::begin(backend, script.seed, script.strangers)?;
        for action in &script.actions {
            done += 1;
            world.step(action)?;
        }
        Ok(Played {
            coverage: world.coverage(),
            digest: world.digest(),
        })
    }));
    let violation = match played {
        Ok(Ok(played)) => return Ok(played),
        Ok(Err(violation)) => violation,
        Err(panic) => broken("nothing panics", words(panic.as_ref())),
    };
    let script = Script {
        actions: script.actions[..done].to_vec(),
        ..*script
    };
    Err(Box::new(Failure { script, violation }))
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without words".to_owned())
}
