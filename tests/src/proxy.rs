//! A TCP proxy that can be told to cut, to stall and to refuse; before several servers it is a balancer.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// How long a connection to one of the servers may take before the next is tried.
const CONNECT: Duration = Duration::from_secs(5);

/// A direction, as the client sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

/// What to do, once, with the connection to which it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Cut it when so many more bytes have gone that way, over all connections together.
    After(Way, usize),
    /// The same, but it is not cut: it stays open, and nothing more goes that way on it.
    Hold(Way, usize),
    /// Let PostgreSQL's `COMMIT` through and cut the connection when its answer comes: the server has committed, and
    /// its client cannot know.
    AtCommit,
    /// The same, after so many others have gone through.
    AtCommitAfter(usize),
}

/// What happens to new connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    Open,
    /// Taken and closed at once.
    Shut,
    /// Taken, and nothing ever comes of them.
    Stalled,
}

/// How carrying ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Cut,
    Held,
}

struct State {
    door: Door,
    cut: Option<Cut>,
    /// Both ends of every connection that was let through and goes on, each under a number of its own.
    open: BTreeMap<usize, (TcpStream, TcpStream)>,
    /// Connections of which nothing comes.
    stalled: Vec<TcpStream>,
}

struct Shared {
    targets: Vec<SocketAddr>,
    turn: AtomicUsize,
    cuts: AtomicUsize,
    ended: AtomicBool,
    state: Mutex<State>,
}

/// A running proxy. Dropping it cuts everything.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Proxy {
    /// Listens on a port of its own before `targets`, which are tried in turn; one that does not answer is passed over.
    pub fn before(targets: &[SocketAddr]) -> Proxy {
        let listener = TcpListener::bind(("127.0.0.1", crate::ports::free())).expect("a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let shared = Arc::new(Shared {
            targets: targets.to_vec(),
            turn: AtomicUsize::new(0),
            cuts: AtomicUsize::new(0),
            ended: AtomicBool::new(false),
            state: Mutex::new(State {
                door: Door::Open,
                cut: None,
                open: BTreeMap::new(),
                stalled: Vec::new(),
            }),
        });
        let own = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming() {
                if own.ended.load(Ordering::SeqCst) {
                    return;
                }
                if let Ok(client) = client {
                    own.take(client);
                }
            }
        });
        Proxy { address, shared }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cuts once. The one before that has not happened is forgotten.
    pub fn arm(&self, cut: Cut) {
        self.shared.state().cut = Some(cut);
    }

    /// How many connections an armed cut has cut or held.
    pub fn cuts(&self) -> usize {
        self.shared.cuts.load(Ordering::SeqCst)
    }

    /// Cuts every connection and closes every new one.
    pub fn refuse(&self) {
        self.set(Door::Shut);
    }

    /// Cuts every connection, and takes new ones of which nothing ever comes.
    pub fn stall(&self) {
        self.set(Door::Stalled);
    }

    /// Lets new connections through again. Those that stalled stay as they are: nobody tells their clients.
    pub fn heal(&self) {
        self.shared.state().door = Door::Open;
    }

    fn set(&self, door: Door) {
        let mut state = self.shared.state();
        state.door = door;
        std::mem::take(&mut state.open).values().for_each(part);
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(self: &Arc<Self>, client: TcpStream) {
        let door = self.state().door;
        match door {
            Door::Open => {}
            Door::Shut => return,
            Door::Stalled => {
                self.state().stalled.push(client);
                return;
            }
        }
        let first = self.turn.fetch_add(1, Ordering::SeqCst);
        let order = (0..self.targets.len()).map(|step| self.targets[(first + step) % self.targets.len()]);
        let Some(server) = order
            .filter_map(|at| TcpStream::connect_timeout(&at, CONNECT).ok())
            .next()
        else {
            return;
        };
        let twin = |stream: &TcpStream| stream.try_clone().expect("a socket has a second handle");
        for stream in [&client, &server] {
            stream.set_nodelay(true).expect("a socket takes its options");
        }
        let doomed = Arc::new(AtomicBool::new(false));
        {
            let mut state = self.state();
            // Somebody may have shut the door meanwhile.
            if state.door != Door::Open {
                return;
            }
            state.open.insert(first, (twin(&client), twin(&server)));
        }
        for way in [Way::Up, Way::Down] {
            let (from, to) = match way {
                Way::Up => (twin(&client), twin(&server)),
                Way::Down => (twin(&server), twin(&client)),
            };
            let (own, doomed) = (Arc::clone(self), Arc::clone(&doomed));
            thread::spawn(move || {
                if own.pump(way, &from, &to, &doomed) == End::Cut {
                    part(&(from, to));
                    // With its last handle the system closes it, and tells a client that is still sending.
                    own.state().open.remove(&first);
                }
            });
        }
    }

    /// Carries bytes until one end closes or the connection is cut or held.
    fn pump(&self, way: Way, mut from: &TcpStream, mut to: &TcpStream, doomed: &AtomicBool) -> End {
        let mut buffer = vec![0; 64 << 10];
        loop {
            let read = match from.read(&mut buffer) {
                Ok(0) | Err(_) => return End::Cut,
                Ok(read) => read,
            };
            let bytes = &buffer[..read];
            if way == Way::Down && doomed.load(Ordering::SeqCst) {
                self.cuts.fetch_add(1, Ordering::SeqCst);
                return End::Cut;
            }
            let allowed = self.allowed(way, bytes, doomed);
            if to.write_all(&bytes[..allowed.map_or(read, |(left, _)| left)]).is_err() {
                return End::Cut;
            }
            if let Some((_, end)) = allowed {
                self.cuts.fetch_add(1, Ordering::SeqCst);
                return end;
            }
        }
    }

    /// How many of the bytes may still go before the connection is cut or held; `None`: all, and it goes on.
    fn allowed(&self, way: Way, bytes: &[u8], doomed: &AtomicBool) -> Option<(usize, End)> {
        let mut state = self.state();
        match state.cut? {
            Cut::After(which, left) if which == way => {
                if left <= bytes.len() {
                    state.cut = None;
                    return Some((left, End::Cut));
                }
                state.cut = Some(Cut::After(which, left - bytes.len()));
            }
            Cut::Hold(which, left) if which == way => {
                if left <= bytes.len() {
                    state.cut = None;
                    return Some((left, End::Held));
                }
                state.cut = Some(Cut::Hold(which, left - bytes.len()));
            }
            Cut::AtCommit | Cut::AtCommitAfter(0) if way == Way::Up && commits(bytes) => {
                state.cut = None;
                doomed.store(true, Ordering::SeqCst);
            }
            Cut::AtCommitAfter(left) if way == Way::Up && commits(bytes) => {
                state.cut = Some(Cut::AtCommitAfter(left - 1));
            }
            Cut::After(..) | Cut::Hold(..) | Cut::AtCommit | Cut::AtCommitAfter(_) => {}
        }
        None
    }
}

fn commits(bytes: &[u8]) -> bool {
    const COMMIT: &[u8] = b"COMMIT\0";
    bytes.windows(COMMIT.len()).any(|part| part == COMMIT)
}

/// Ends a connection at both ends; it may have ended already.
fn part((one, other): &(TcpStream, TcpStream)) {
    let _ = one.shutdown(Shutdown::Both);
    let _ = other.shutdown(Shutdown::Both);
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        self.set(Door::Shut);
        self.shared.state().stalled.clear();
        // Wakes the listener, which then ends.
        let _ = TcpStream::connect(self.address);
    }
}
