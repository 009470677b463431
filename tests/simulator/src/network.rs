//! The network between the phones and the servers, and the oracle that hears every word on it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;

use sync_protocol::id::MemberId;
use wuyuan_client::transport::{Request, Response, Transport, TransportError};
use wuyuan_server::clock::{Clock, ManualClock};

use crate::action::Fault;
use crate::body::Body;
use crate::cast::Book;
use crate::coverage::Coverage;
use crate::oracle::{Oracle, Violation};
use crate::servers::Servers;

/// How long a request takes, ms.
const TRIP_MS: i64 = 40;

/// A request that has not arrived yet.
#[derive(Debug, Clone)]
pub struct Delayed {
    /// Whose.
    pub member: MemberId,
    /// What.
    pub request: Request,
}

/// The network, and what is behind it.
pub struct Network {
    /// The true time.
    pub time: Arc<ManualClock>,
    /// The servers.
    pub servers: RefCell<Servers>,
    /// The oracle.
    pub oracle: RefCell<Oracle>,
    /// Who is appointed to what.
    pub book: RefCell<Book>,
    /// Requests on their way.
    pub delayed: RefCell<Vec<Delayed>>,
    /// The first promise that was seen broken.
    pub violation: RefCell<Option<Violation>>,
    /// What happened.
    pub coverage: RefCell<Coverage>,
}

impl Network {
    /// The true time, ms.
    pub fn now_ms(&self) -> i64 {
        self.time.now_ms()
    }

    /// Delivers a request to a server and lets the oracle hear the answer. Nothing: the server died first.
    pub fn deliver(&self, server: usize, member: MemberId, request: &Request, reaches: bool) -> Option<Response> {
        self.time.advance(TRIP_MS);
        let answer = self.servers.borrow().ask(server, request);
        self.settle_releases(server);
        if self.servers.borrow_mut().replace_dead() {
            self.count("server died at a statement");
            self.settle_releases(0);
        }
        self.look();
        let response = answer?;
        self.count(&format!("answer {}", response.status));
        if response.status == 200 && request.path == "/v1/sync" {
            let (book, now) = (self.book.borrow(), self.time.now_ms());
            let heard = self
                .oracle
                .borrow_mut()
                .hear(&book, member, now, request, &response.body, reaches);
            self.note(heard);
        }
        Some(response)
    }

    /// Waits until the committer has done what the last commit called for.
    pub fn settle_releases(&self, server: usize) {
        self.servers.borrow().settle(server);
    }

    /// Lets the oracle look at the database.
    pub fn look(&self) {
        let servers = self.servers.borrow();
        let looked = self.oracle.borrow_mut().look(&servers.nth(0).app, &self.book.borrow());
        self.note(looked);
    }

    /// Something happened once more.
    pub fn count(&self, what: &str) {
        self.coverage.borrow_mut().count(what);
    }

    /// Keeps the first violation.
    pub fn note(&self, result: Result<(), Violation>) {
        if let Err(violation) = result {
            self.violation.borrow_mut().get_or_insert(violation);
        }
    }
}

/// One phone's way to one server, with what happens on it.
pub struct Way<'n> {
    /// The network.
    pub network: &'n Network,
    /// Whose phone.
    pub member: MemberId,
    /// The phone's surroundings: its power may fail before a request leaves and after an answer came.
    pub body: Arc<Body>,
    /// Which server.
    pub server: usize,
    /// Faults by the number of the request.
    pub faults: BTreeMap<u8, Fault>,
    /// How many requests have left.
    pub sent: Cell<u8>,
}

impl Transport for Way<'_> {
    fn send(&self, request: Request) -> Result<Response, TransportError> {
        self.body.spend();
        let nth = self.sent.replace(self.sent.get().saturating_add(1));
        let lost = || TransportError::Unreachable("simulated".to_owned());
        let network = self.network;
        if let Some(fault) = self.faults.get(&nth) {
            network.count(fault.name());
        }
        let deliver = |reaches| network.deliver(self.server, self.member, &request, reaches);
        let answer = match self.faults.get(&nth) {
            None => deliver(true).ok_or_else(lost),
            Some(Fault::LoseRequest) => Err(lost()),
            Some(Fault::LoseAnswer) => {
                deliver(false);
                Err(TransportError::Timeout)
            }
            Some(Fault::Duplicate) => {
                deliver(false);
                deliver(true).ok_or_else(lost)
            }
            Some(Fault::Delay) => {
                network.delayed.borrow_mut().push(Delayed {
                    member: self.member,
                    request: request.clone(),
                });
                Err(TransportError::Timeout)
            }
            Some(Fault::Portal) => Ok(Response {
                status: 200,
                body: b"<html>made-up sign-in page</html>".to_vec(),
                ..Response::default()
            }),
            Some(Fault::CrashAtCommit) => {
                network.servers.borrow().nth(self.server).fuse.close();
                deliver(true).ok_or_else(lost)
            }
            Some(Fault::Crash(after)) => {
                network.servers.borrow().nth(self.server).fuse.set(Some(*after));
                deliver(true).ok_or_else(lost)
            }
        };
        self.body.spend();
        answer
    }
}
