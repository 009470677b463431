//! A server in memory, small enough to be seen through: it keeps feeds, merges with the protocol's own records and
//! answers as the protocol says. Faults are ordered by the test.

mod blobs;
mod syncing;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{SigningKey, VerifyingKey};
use serde_json::{Value as Json, json};
use sync_protocol::catalog::Catalog;
use sync_protocol::feed::{self, Hash};
use sync_protocol::id::{DeviceId, MemberId, Pos, RecordId, Seq, UnitCode};
use sync_protocol::limits::Limits;
use sync_protocol::record::Record;
use sync_protocol::verdict::Verdict;
use sync_protocol::wire::{Head, SyncAnswer, SyncRequest};
use wuyuan_client::transport::{Method, Request, Response, Transport, TransportError};

pub const MEMBER: &str = "01970000-0000-7000-8000-00000000000a";
pub const APPOINTMENT: &str = "01970000-0000-7000-8000-0000000000aa";
pub const UNIT: &str = "350111001026";
pub const NUMBER: &str = "JA0001";
pub const PASSWORD: &str = "correct horse battery";

/// What goes wrong with the next request of a path.
#[derive(Clone)]
pub enum Fault {
    /// Nothing yet.
    Pass,
    LoseRequest,
    LoseAnswer,
    /// So many bytes of the body arrive, and no answer.
    Cut(usize),
    /// A sign-in page of the network answers.
    Portal,
    /// Status, code, further members, Retry-After.
    Refuse(u16, &'static str, Json, Option<u64>),
}

#[derive(Clone)]
pub struct Stored {
    pub text: String,
    pub hash: Hash,
    pub chain: Hash,
    pub verdict: Verdict,
    pub arrival: i64,
}

#[derive(Clone)]
pub struct Feed {
    pub key: VerifyingKey,
    pub ops: Vec<Stored>,
    pub closed: bool,
    pub durable: Seq,
    pub continues: Option<Json>,
}

#[derive(Clone)]
struct Merged {
    kind: String,
    unit: UnitCode,
    pos: Pos,
    creator: MemberId,
    record: Record,
}

/// Everything that a backup contains.
#[derive(Clone, Default)]
pub struct Data {
    pub feeds: BTreeMap<DeviceId, Feed>,
    records: BTreeMap<RecordId, Merged>,
    gone: BTreeMap<RecordId, (UnitCode, Pos)>,
    heads: BTreeMap<UnitCode, Pos>,
    /// Photos that were admitted, and whether the backup has them.
    pub blobs: BTreeMap<String, (Vec<u8>, bool)>,
    pub uploads: BTreeMap<String, Upload>,
}

pub use blobs::Upload;

pub struct State {
    pub data: Data,
    pub generation: String,
    pub scope: BTreeSet<UnitCode>,
    pub limits: Limits,
    pub push_only: bool,
    /// How many more tallies are wrong.
    pub wrong_tallies: u32,
    /// What a server that is not sound makes of each exchange: before it takes anything, and of the answer, before the
    /// receipt.
    pub twist: Option<Twist>,
    /// Verdicts by the `activity_name` of the operation; others are accepted.
    pub verdicts: BTreeMap<String, Verdict>,
    pub faults: VecDeque<(&'static str, Fault)>,
    /// Every request: path, and the number of operations in a push.
    pub log: Vec<(String, usize)>,
    pub diverged_heard: Vec<UnitCode>,
    /// Every request for an upload, as method and path.
    pub tus: Vec<String>,
    /// The `Upload-Metadata` of every upload that was begun.
    pub metadata: Vec<String>,
    /// What is said of every upload's offset, whatever it is.
    pub says_offset: Option<u64>,
    /// Whether `want` is said.
    pub says_want: bool,
    /// What earlier receipts prove: device, number and arrival.
    pub arrivals_heard: Vec<(DeviceId, Seq, i64)>,
    token: u32,
    pub valid_tokens: BTreeSet<String>,
    receipt_key: SigningKey,
    catalog: Catalog,
    pub now_ms: i64,
}

pub struct Server(pub Mutex<State>);

pub type Refusal = (u16, &'static str, Json);
/// See [`State::twist`].
pub type Twist = Box<dyn FnMut(Option<&mut SyncAnswer>) -> Result<(), Refusal> + Send>;

impl Server {
    pub fn new() -> Server {
        Server(Mutex::new(State {
            data: Data::default(),
            generation: "generation-1".into(),
            scope: BTreeSet::from([UNIT.parse().unwrap()]),
            limits: Limits::default(),
            push_only: false,
            wrong_tallies: 0,
            twist: None,
            verdicts: BTreeMap::new(),
            faults: VecDeque::new(),
            log: Vec::new(),
            diverged_heard: Vec::new(),
            tus: Vec::new(),
            metadata: Vec::new(),
            says_offset: None,
            says_want: true,
            arrivals_heard: Vec::new(),
            token: 0,
            valid_tokens: BTreeSet::new(),
            receipt_key: SigningKey::from_bytes(&[9; 32]),
            catalog: Catalog::builtin().unwrap(),
            now_ms: super::world::START_MS + 5_000,
        }))
    }

    pub fn with<T>(&self, f: impl FnOnce(&mut State) -> T) -> T {
        f(&mut self.0.lock().unwrap())
    }

    /// The next request of `path` goes wrong.
    pub fn fault(&self, path: &'static str, fault: Fault) {
        self.with(|s| s.faults.push_back((path, fault)));
    }

    /// Takes the server back to `data` under a new history.
    pub fn restore(&self, data: &Data, generation: &str) {
        self.with(|s| {
            s.data = data.clone();
            s.generation = generation.to_owned();
        });
    }

    /// The sizes of the pushes so far.
    pub fn pushes(&self) -> Vec<usize> {
        self.with(|s| {
            s.log
                .iter()
                .filter(|(path, n)| path == "/v1/sync" && *n > 0)
                .map(|(_, n)| *n)
                .collect()
        })
    }

    pub fn texts(&self, device: &DeviceId) -> Vec<String> {
        self.with(|s| {
            s.data
                .feeds
                .get(device)
                .map(|f| f.ops.iter().map(|o| o.text.clone()).collect())
                .unwrap_or_default()
        })
    }
}

impl Transport for Server {
    fn send(&self, request: Request) -> Result<Response, TransportError> {
        self.with(|state| {
            let path = request.path.split('?').next().unwrap_or_default().to_owned();
            // A path that ends so stands for all below it.
            let meant = |at: &str| at == path || (at.ends_with('/') && path.starts_with(at));
            let due = state.faults.front().is_some_and(|(at, _)| meant(at));
            let fault = if due {
                state.faults.pop_front().map(|(_, f)| f)
            } else {
                None
            };
            match fault {
                Some(Fault::LoseRequest) => return Err(TransportError::Unreachable("lost".into())),
                Some(Fault::Portal) => {
                    return Ok(Response {
                        status: 200,
                        body: b"<html>sign in to this network</html>".to_vec(),
                        ..Response::default()
                    });
                }
                Some(Fault::Refuse(status, code, more, retry)) => {
                    return Ok(Response {
                        retry_after: retry,
                        ..problem((status, code, more))
                    });
                }
                _ => {}
            }
            let mut request = request;
            if let (Some(Fault::Cut(bytes)), Some(body)) = (&fault, &mut request.body) {
                body.truncate(*bytes);
            }
            let answer = state.answer(&path, &request).unwrap_or_else(problem);
            match fault {
                Some(Fault::LoseAnswer | Fault::Cut(_)) => Err(TransportError::Timeout),
                _ => Ok(answer),
            }
        })
    }
}

fn problem((status, code, more): Refusal) -> Response {
    let mut body =
        json!({"type": "urn:test", "title": code, "status": status, "code": code, "detail": code, "request_id": "r"});
    if let (Json::Object(body), Json::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    Response {
        status,
        body: body.to_string().into_bytes(),
        ..Response::default()
    }
}

fn ok(body: Json) -> Response {
    Response {
        status: 200,
        body: body.to_string().into_bytes(),
        ..Response::default()
    }
}

impl State {
    fn answer(&mut self, path: &str, request: &Request) -> Result<Response, Refusal> {
        if path == "/v1/blobs" || path.starts_with("/v1/blobs/uploads/") {
            self.log.push((path.to_owned(), 0));
            return self.tus(path, request);
        }
        let body = request.body.clone().unwrap_or_default();
        let body = std::str::from_utf8(&body).map_err(|_| (400, "request_invalid", json!({})))?;
        let pushed = serde_json::from_str::<SyncRequest<'_>>(body)
            .ok()
            .and_then(|r| r.push)
            .map_or(0, |p| p.ops.len());
        self.log.push((path.to_owned(), pushed));
        let open = matches!(
            path,
            "/v1/auth/sign-in" | "/v1/auth/refresh" | "/v1/config" | "/v1/catalog"
        );
        if !open
            && request
                .bearer
                .as_ref()
                .is_none_or(|token| !self.valid_tokens.contains(token))
        {
            return Err((401, "token_expired", json!({})));
        }
        match (request.method, path) {
            (Method::Post, "/v1/auth/sign-in") => {
                let right = body.contains(PASSWORD) && body.contains(NUMBER);
                if right {
                    Ok(self.session())
                } else {
                    Err((401, "sign_in_refused", json!({})))
                }
            }
            (Method::Post, "/v1/auth/refresh") => {
                let current = body.contains(&format!("\"refresh-{}\"", self.token));
                if current {
                    Ok(self.session())
                } else {
                    Err((401, "refresh_reused", json!({})))
                }
            }
            (Method::Post, "/v1/auth/sign-out") => Ok(ok(json!({}))),
            (Method::Post, "/v1/devices") => self.enrol(body),
            (Method::Get, "/v1/config") => Ok(ok(json!({
                "generation": self.generation, "catalog": 1, "limits": self.limits, "server_time": self.now_ms,
                "receipt_keys": [{"id": "k1", "suite": feed::SUITE,
                    "public_key": URL_SAFE_NO_PAD.encode(self.receipt_key.verifying_key().as_bytes())}],
                "blob_media": ["image/jpeg", "audio/m4a"],
            }))),
            (Method::Get, "/v1/catalog") => {
                let body = self.catalog.to_json().0.as_bytes().to_vec();
                Ok(Response {
                    status: 200,
                    etag: Some("\"c1\"".into()),
                    body,
                    ..Response::default()
                })
            }
            (Method::Get, "/v1/directory") => Ok(ok(
                json!({"units": [{"code": UNIT, "name": "Demo", "parent": null}], "members": []}),
            )),
            (Method::Get, path) if path.ends_with("/chain") => self.chain(path, &request.path),
            (Method::Post, "/v1/sync") => self.sync(body),
            (Method::Post, "/v1/blobs/status") => self.blob_status(body),
            _ => Err((404, "route_unknown", json!({}))),
        }
    }

    fn session(&mut self) -> Response {
        self.token += 1;
        let access = format!("access-{}", self.token);
        self.valid_tokens.insert(access.clone());
        ok(json!({
            "access_token": access, "refresh_token": format!("refresh-{}", self.token), "expires_in": 900,
            "scope": if self.push_only { "push_only" } else { "full" },
            "member": {"id": MEMBER, "number": NUMBER, "name": "Demo Member"},
            "appointments": [{"id": APPOINTMENT, "role": "volunteer", "unit": UNIT, "starts_ms": 0, "ends_ms": null}],
        }))
    }

    fn enrol(&mut self, body: &str) -> Result<Response, Refusal> {
        let bad = (400, "request_invalid", json!({}));
        let body: Json = serde_json::from_str(body).map_err(|_| bad.clone())?;
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let device: DeviceId = text("id").parse().map_err(|_| bad.clone())?;
        let key = URL_SAFE_NO_PAD
            .decode(text("public_key"))
            .ok()
            .and_then(|b| b.try_into().ok());
        let key = key.and_then(|b| VerifyingKey::from_bytes(&b).ok()).ok_or(bad.clone())?;
        let proof = URL_SAFE_NO_PAD
            .decode(text("proof"))
            .ok()
            .and_then(|b| b.try_into().ok())
            .ok_or(bad.clone())?;
        let message = feed::enrolment_message(&device, &MEMBER.parse().map_err(|_| bad.clone())?);
        key.verify_strict(&message, &ed25519_dalek::Signature::from_bytes(&proof))
            .map_err(|_| bad)?;
        let continues = body.get("continues").cloned();
        let new = Feed {
            key,
            ops: Vec::new(),
            closed: false,
            durable: 0,
            continues,
        };
        if self.data.feeds.entry(device).or_insert(new).key != key {
            return Err((409, "device_taken", json!({})));
        }
        Ok(ok(json!({})))
    }

    fn chain(&self, path: &str, full: &str) -> Result<Response, Refusal> {
        let device: DeviceId = path.split('/').nth(3).unwrap_or_default().parse().unwrap();
        let feed = self.data.feeds.get(&device).ok_or((404, "device_unknown", json!({})))?;
        let number = |name: &str| -> Seq {
            let (_, rest) = full.split_once(&format!("{name}=")).unwrap();
            rest.split('&').next().unwrap().parse().unwrap()
        };
        let range = number("from")..=number("to");
        let heads = (1..).zip(&feed.ops).filter(|(seq, _)| range.contains(seq));
        let heads: Vec<Head> = heads.map(|(seq, op)| Head { seq, hash: op.chain }).collect();
        Ok(ok(json!({ "chain": heads })))
    }
}
