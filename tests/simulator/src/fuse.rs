//! How a server dies at any statement of any transaction, and how one can be stopped before it commits.
//!
//! Each start of a server opens its connections under a URL of its own, and each connection reports what it does.
//! A blown fuse unwinds out of every later event of every connection of that start, so nothing of it reaches the
//! database any more, as when the process is gone; the database itself undoes what was not committed.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};

/// What a server unwinds with when it dies.
#[derive(Debug)]
pub struct Dead;

/// The fuse of one start of a server.
#[derive(Debug, Default)]
pub struct Fuse {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Events until it blows.
    left: Option<u32>,
    blown: bool,
    /// The next commit waits until it is let go.
    gate: bool,
    waiting: bool,
}

/// By URL. diesel makes a connection's observer with a plain function, so this cannot be handed to it.
static FUSES: OnceLock<Mutex<HashMap<String, Arc<Fuse>>>> = OnceLock::new();

fn fuses() -> MutexGuard<'static, HashMap<String, Arc<Fuse>>> {
    let fuses = FUSES.get_or_init(|| {
        set_default_instrumentation(|| Some(Box::new(Observer::default()))).expect("nobody panicked in diesel");
        Mutex::default()
    });
    fuses.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Fuse {
    /// The fuse of all connections that will be made under `url`.
    pub fn for_url(url: &str) -> Arc<Fuse> {
        let fuse = Arc::new(Fuse::default());
        fuses().insert(url.to_owned(), Arc::clone(&fuse));
        fuse
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It blows after so many more events; none: it holds.
    pub fn set(&self, after: Option<u32>) {
        self.state().left = after;
    }

    /// Blows now.
    pub fn blow(&self) {
        let mut state = self.state();
        state.blown = true;
        state.gate = false;
        self.changed.notify_all();
    }

    /// Whether it has blown.
    pub fn is_blown(&self) -> bool {
        self.state().blown
    }

    /// Stops the next commit of a writing transaction until [`Fuse::open`].
    pub fn close(&self) {
        self.state().gate = true;
    }

    /// Lets a stopped commit go on.
    pub fn open(&self) {
        self.state().gate = false;
        self.changed.notify_all();
    }

    /// Whether a commit is stopped.
    pub fn is_waiting(&self) -> bool {
        self.state().waiting
    }

    /// Waits until a commit is stopped or `over` says that none will come.
    pub fn wait_for_commit(&self, over: impl Fn() -> bool) -> bool {
        let mut state = self.state();
        while !state.waiting && !over() {
            let tick = std::time::Duration::from_millis(2);
            state = self
                .changed
                .wait_timeout(state, tick)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        state.waiting
    }

    /// Whether commits are stopped.
    pub fn has_gate(&self) -> bool {
        self.state().gate
    }

    fn event(&self) {
        let mut state = self.state();
        if let Some(left) = &mut state.left {
            match left.checked_sub(1) {
                Some(less) => *left = less,
                None => state.blown = true,
            }
        }
        if state.blown {
            drop(state);
            std::panic::resume_unwind(Box::new(Dead));
        }
    }

    fn at_commit(&self) {
        let mut state = self.state();
        if state.gate {
            state.waiting = true;
            self.changed.notify_all();
            while state.gate && !state.blown {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            state.waiting = false;
        }
    }
}

#[derive(Default)]
struct Observer {
    fuse: Option<Arc<Fuse>>,
    /// Whether the transaction in progress may write.
    writes: bool,
}

impl Instrumentation for Observer {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartEstablishConnection { url, .. } = event {
            // The store adds parameters of its own to PostgreSQL's.
            let added = |given: &str| {
                url.strip_prefix(given)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('&'))
            };
            self.fuse = fuses()
                .iter()
                .find(|(given, _)| added(given))
                .map(|(_, fuse)| Arc::clone(fuse));
            return;
        }
        let Some(fuse) = &self.fuse else { return };
        match event {
            // What is undone is undone whoever asks for it.
            InstrumentationEvent::RollbackTransaction { .. } => {}
            InstrumentationEvent::CommitTransaction { .. } => {
                if self.writes {
                    fuse.at_commit();
                }
                fuse.event();
            }
            InstrumentationEvent::StartQuery { query, .. } => {
                if fuse.has_gate() {
                    let text = query.to_string();
                    if text.starts_with("BEGIN") {
                        // SQLite's reading transactions say nothing, PostgreSQL's that they only read.
                        let shared = text.contains("ISOLATION LEVEL") && !text.contains("READ ONLY");
                        self.writes = shared || text.contains("IMMEDIATE");
                    }
                }
                fuse.event();
            }
            InstrumentationEvent::FinishQuery { .. } => fuse.event(),
            _ => {}
        }
    }
}
