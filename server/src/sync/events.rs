//! "Unit X is at pos N": a hint that a pull is worth it. Correctness is the cursor's.
//!
//! A move is told to those who listen to its unit and to nobody else, so what it costs grows with them and not with
//! everybody who listens to something.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use sync_protocol::id::{Pos, UnitCode};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Moves that a slow listener may lag behind before it misses some; it then asks for all its units.
const BACKLOG: usize = 256;

/// What a listener hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hint {
    /// A unit's log has reached a place.
    Moved(UnitCode, Pos),
    /// Some moves were missed.
    Missed,
}

/// Where moves of unit heads are told. Cloning shares the listeners.
#[derive(Debug, Clone, Default)]
pub struct Events(Arc<Mutex<Listeners>>);

#[derive(Debug, Default)]
struct Listeners {
    next: u64,
    ended: bool,
    by_unit: HashMap<UnitCode, BTreeMap<u64, Ear>>,
}

/// The way to one listener.
#[derive(Debug, Clone)]
struct Ear {
    moves: Sender<(UnitCode, Pos)>,
    missed: Arc<AtomicBool>,
}

/// Somebody who hears of the moves of some units until he is dropped.
#[derive(Debug)]
pub struct Listener {
    id: u64,
    units: BTreeSet<UnitCode>,
    moves: Receiver<(UnitCode, Pos)>,
    missed: Arc<AtomicBool>,
    /// Weak: the last hints end with the server, however many still listen.
    listeners: Weak<Mutex<Listeners>>,
}

fn locked(listeners: &Mutex<Listeners>) -> MutexGuard<'_, Listeners> {
    listeners.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Events {
    /// Tells that units have moved.
    pub fn moved(&self, units: &[(UnitCode, Pos)]) {
        let listeners = locked(&self.0);
        for unit in units {
            for ear in listeners.by_unit.get(&unit.0).into_iter().flat_map(BTreeMap::values) {
                if ear.moves.try_send(unit.clone()).is_err() {
                    ear.missed.store(true, Ordering::Relaxed);
                }
            }
        }
    }

    /// Listens to `units` from now on.
    pub fn listen(&self, units: BTreeSet<UnitCode>) -> Listener {
        let (moves, heard) = channel(BACKLOG);
        let ear = Ear {
            moves,
            missed: Arc::default(),
        };
        let missed = Arc::clone(&ear.missed);
        let mut listeners = locked(&self.0);
        listeners.next += 1;
        let id = listeners.next;
        let open = if listeners.ended { None } else { Some(&units) };
        for unit in open.into_iter().flatten() {
            listeners
                .by_unit
                .entry(unit.clone())
                .or_default()
                .insert(id, ear.clone());
        }
        Listener {
            id,
            units,
            moves: heard,
            missed,
            listeners: Arc::downgrade(&self.0),
        }
    }

    /// Ends the hints of everybody who listens and will listen: the server is stopping, and would wait for them.
    pub fn end(&self) {
        let mut listeners = locked(&self.0);
        listeners.ended = true;
        listeners.by_unit.clear();
    }

    /// The units to which anybody listens.
    pub fn listened_to(&self) -> BTreeSet<UnitCode> {
        locked(&self.0).by_unit.keys().cloned().collect()
    }
}

impl Listener {
    /// Waits for the next hint. `None`: the server is stopping.
    pub async fn next(&mut self) -> Option<Hint> {
        if self.missed.swap(false, Ordering::Relaxed) {
            return Some(Hint::Missed);
        }
        let (unit, pos) = self.moves.recv().await?;
        Some(Hint::Moved(unit, pos))
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let Some(listeners) = self.listeners.upgrade() else {
            return;
        };
        let mut listeners = locked(&listeners);
        for unit in &self.units {
            if let Some(ears) = listeners.by_unit.get_mut(unit) {
                ears.remove(&self.id);
                if ears.is_empty() {
                    listeners.by_unit.remove(unit);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(last: &str) -> UnitCode {
        format!("350111001{last}").parse().unwrap()
    }

    fn set(units: &[&UnitCode]) -> BTreeSet<UnitCode> {
        units.iter().map(|unit| (*unit).clone()).collect()
    }

    #[tokio::test]
    async fn a_move_is_told_to_those_who_listen_to_its_unit() {
        let events = Events::default();
        let (here, there) = (unit("001"), unit("003"));
        let mut one = events.listen(set(&[&here]));
        let mut both = events.listen(set(&[&here, &there]));
        events.moved(&[(there.clone(), 1), (here.clone(), 2)]);
        assert_eq!(one.next().await, Some(Hint::Moved(here.clone(), 2)));
        assert_eq!(both.next().await, Some(Hint::Moved(there.clone(), 1)));
        assert_eq!(both.next().await, Some(Hint::Moved(here.clone(), 2)));
        drop(both);
        assert_eq!(events.listened_to(), set(&[&here]));
        drop(one);
        assert!(events.listened_to().is_empty());
    }

    #[tokio::test]
    async fn who_is_too_slow_hears_that_he_missed_some() {
        let events = Events::default();
        let here = unit("001");
        let mut slow = events.listen(set(&[&here]));
        for pos in 0..=BACKLOG as u64 {
            events.moved(&[(here.clone(), pos)]);
        }
        assert_eq!(slow.next().await, Some(Hint::Missed));
        assert_eq!(slow.next().await, Some(Hint::Moved(here, 0)));
    }

    #[tokio::test]
    async fn the_hints_end_with_the_server() {
        let events = Events::default();
        let mut listener = events.listen(set(&[&unit("001")]));
        drop(events);
        assert_eq!(listener.next().await, None);

        let events = Events::default();
        let mut early = events.listen(set(&[&unit("001")]));
        events.end();
        let mut late = events.listen(set(&[&unit("001")]));
        assert_eq!((early.next().await, late.next().await), (None, None));
    }
}
