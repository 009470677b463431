//! Which units' logs this server's committers have moved, for whoever follows behind them.
//!
//! A hint only: what a crash loses of it, or another server moved, is found by comparing heads with marks.

use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sync_protocol::id::{Pos, UnitCode};

/// Units that moved since they were last taken. Cloning shares them.
#[derive(Debug, Clone, Default)]
pub struct Moved(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    woken: Condvar,
}

#[derive(Debug, Default)]
struct State {
    units: BTreeSet<UnitCode>,
    /// Somebody wants to be woken without a unit having moved.
    called: bool,
}

impl Moved {
    /// Adds units and wakes whoever waits.
    pub fn add(&self, units: &[(UnitCode, Pos)]) {
        if units.is_empty() {
            return;
        }
        self.state().units.extend(units.iter().map(|(unit, _)| unit.clone()));
        self.0.woken.notify_all();
    }

    /// Wakes whoever waits.
    pub fn call(&self) {
        self.state().called = true;
        self.0.woken.notify_all();
    }

    /// Takes all of them.
    pub fn take(&self) -> BTreeSet<UnitCode> {
        std::mem::take(&mut self.state().units)
    }

    /// Waits until a unit moves, somebody calls, or the time is up.
    pub fn wait(&self, at_most: Duration) {
        let idle = |state: &mut State| state.units.is_empty() && !state.called;
        let state = self.state();
        let (mut state, _) = self
            .0
            .woken
            .wait_timeout_while(state, at_most, idle)
            .unwrap_or_else(PoisonError::into_inner);
        state.called = false;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_taken_once_and_a_call_ends_a_wait() {
        let moved = Moved::default();
        let unit: UnitCode = "350111001026".parse().unwrap();
        moved.add(&[(unit.clone(), 1), (unit.clone(), 2)]);
        moved.wait(Duration::from_secs(60));
        assert_eq!(moved.take(), [unit].into());
        assert!(moved.take().is_empty());
        let other = moved.clone();
        let waiting = std::thread::spawn(move || other.wait(Duration::from_secs(60)));
        moved.call();
        waiting.join().unwrap();
    }
}
