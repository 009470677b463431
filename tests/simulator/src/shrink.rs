//! From a failing script to a short one: parts are left out as long as the same promise stays broken (Zeller's ddmin).

use std::time::{Duration, Instant};

use wuyuan_tests::backend::Backend;

use crate::run::{Failure, Script, play};

/// Leaves out what is not needed, for at most `budget`.
pub fn shrink(backend: Backend, failure: &Failure, budget: Duration) -> Failure {
    let started = Instant::now();
    let mut best = failure.clone();
    let mut parts = 2;
    while best.script.actions.len() > 1 && started.elapsed() < budget {
        let length = best.script.actions.len().div_ceil(parts);
        let mut smaller = None;
        for part in 0..parts {
            if started.elapsed() > budget {
                break;
            }
            let out = part * length..((part + 1) * length).min(best.script.actions.len());
            let actions = best.script.actions.iter().enumerate().filter(|(n, _)| !out.contains(n));
            let script = Script {
                actions: actions.map(|(_, action)| action.clone()).collect(),
                ..best.script
            };
            if let Err(found) = play(backend, &script)
                && found.violation.rule == failure.violation.rule
            {
                smaller = Some(*found);
                break;
            }
        }
        match smaller {
            Some(found) => {
                best = found;
                parts = 2.max(parts - 1);
            }
            None if length == 1 => break,
            None => parts = (parts * 2).min(best.script.actions.len()),
        }
    }
    best
}
