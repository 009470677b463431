//! A phone of another make in the simulation: the Python client of `tests/foreign`, whose HTTP is taken from a real
//! connection and goes through the same network as everybody's.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde_json::{Value as Json, json};
use sync_protocol::value::Instant;
use tiny_http::{Header, Response, Server};
use wuyuan_client::env::Env as _;
use wuyuan_client::transport::{Method, Request, Transport};
use wuyuan_server::demo::{self, DemoMember};
use wuyuan_tests::foreign::{Died, Foreign};

use crate::body::{Body, Mark, Surroundings};

/// How long to look for a request before looking whether the phone has answered.
const LOOK: Duration = Duration::from_millis(5);

/// A foreign phone in somebody's hand.
pub struct Stranger {
    /// Its holder.
    pub member: DemoMember,
    /// Its clock.
    pub body: Arc<Body>,
    /// The saves that the phone knows of.
    pub marks: BTreeSet<Mark>,
    phone: Foreign,
    gateway: Server,
    seed: u64,
}

impl Stranger {
    /// Not enrolled yet; kept in `home`.
    pub fn new(member: DemoMember, body: Arc<Body>, home: &Path, seed: u64) -> Stranger {
        let gateway = Server::http("127.0.0.1:0").expect("a port on this machine");
        let address = gateway.server_addr().to_ip().expect("an address of this machine");
        Stranger {
            member,
            body,
            marks: BTreeSet::new(),
            phone: Foreign::start(home, &format!("http://{address}"), Some(seed)),
            gateway,
            seed,
        }
    }

    /// Says a command whose requests go through `net`. Nothing: the phone died of it, and was started again.
    pub fn say(&mut self, mut command: Json, net: &dyn Transport) -> Option<Json> {
        let surroundings = Surroundings(Arc::clone(&self.body));
        let (now, uptime): (Instant, _) = (surroundings.now(), surroundings.uptime());
        command["env"] = json!({"at": now.render(), "boot": uptime.boot, "uptime_ms": uptime.ms});
        let (phone, gateway) = (&mut self.phone, &self.gateway);
        let said = thread::scope(|scope| {
            let talk = scope.spawn(|| phone.try_say(&command));
            while !talk.is_finished() {
                // A connection that broke has no request.
                if let Ok(Some(request)) = gateway.recv_timeout(LOOK) {
                    pass(request, net);
                }
            }
            talk.join().expect("the foreign phone answers in JSON")
        });
        match said {
            Ok(answer) => Some(answer),
            Err(Died) => {
                self.phone.kill();
                self.body.reboot();
                self.phone.again(Some(self.seed));
                None
            }
        }
    }

    /// Its password.
    pub fn password(&self) -> &'static str {
        demo::PASSWORD
    }
}

/// Passes one request on and its answer back. What is lost on the way shows as an answer of nobody.
fn pass(mut incoming: tiny_http::Request, net: &dyn Transport) {
    let header = |name: &'static str| {
        let found = incoming.headers().iter().find(|h| h.field.equiv(name));
        found.map(|h| h.value.as_str().to_owned())
    };
    let (token, tag, coding) = (
        header("Authorization"),
        header("If-None-Match"),
        header("Content-Encoding"),
    );
    let method = match incoming.method() {
        tiny_http::Method::Get => Method::Get,
        _ => Method::Post,
    };
    let path = incoming.url().to_owned();
    let mut body = Vec::new();
    incoming.as_reader().read_to_end(&mut body).expect("a whole request");
    if coding.as_deref() == Some("zstd") {
        body = zstd::decode_all(body.as_slice()).expect("a body as its header says");
    }
    let request = Request {
        method,
        path,
        bearer: token.and_then(|t| t.strip_prefix("Bearer ").map(str::to_owned)),
        if_none_match: tag,
        headers: Vec::new(),
        body: (method == Method::Post).then_some(body),
    };
    let answer = match net.send(request) {
        Err(_) => Response::from_data(Vec::new()).with_status_code(502),
        Ok(answer) => {
            let mut passed = Response::from_data(answer.body).with_status_code(answer.status);
            let after = answer.retry_after.map(|seconds| ("Retry-After", seconds.to_string()));
            for (name, value) in [answer.etag.map(|tag| ("ETag", tag)), after].into_iter().flatten() {
                passed.add_header(Header::from_bytes(name, value).expect("a header of the server's"));
            }
            passed
        }
    };
    // A phone that died meanwhile hears nothing.
    let _ = incoming.respond(answer);
}
