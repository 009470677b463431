//! A server in memory, small enough to be seen through: it keeps feeds, merges with the protocol's own records and
//! answers as the protocol says. Faults are ordered by the test.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crdts::CmRDT as _;
use ed25519_dalek::{SigningKey, VerifyingKey};
use serde_json::{Value as Json, json};
use sync_protocol::catalog::{Catalog, STATE_FIELD};
use sync_protocol::feed::{self, Hash};
use sync_protocol::id::{DeviceId, MemberId, Pos, RecordId, Seq, UnitCode};
use sync_protocol::limits::Limits;
use sync_protocol::op::{self, Op, Parsed};
use sync_protocol::record::{Change, Record};
use sync_protocol::sum::Tally;
use sync_protocol::value::Value;
use sync_protocol::verdict::{Fate, Verdict};
use sync_protocol::wire::*;
use sync_protocol::{receipt, shape};
use wuyuan_client::transport::{Method, Request, Response, Transport, TransportError};

pub const MEMBER: &str = "01970000-0000-7000-8000-00000000000a";
pub const APPOINTMENT: &str = "01970000-0000-7000-8000-0000000000aa";
pub const UNIT: &str = "350111001026";
pub const NUMBER: &str = "JA0001";
pub const PASSWORD: &str = "correct horse battery";

/// What goes wrong with the next request of a path.
#[derive(Clone)]
pub enum Fault {
    LoseRequest,
    LoseAnswer,
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
}

pub struct State {
    pub data: Data,
    pub generation: String,
    pub scope: BTreeSet<UnitCode>,
    pub limits: Limits,
    pub push_only: bool,
    /// How many more tallies are wrong.
    pub wrong_tallies: u32,
    /// Verdicts by the `activity_name` of the operation; others are accepted.
    pub verdicts: BTreeMap<String, Verdict>,
    pub faults: VecDeque<(&'static str, Fault)>,
    /// Every request: path, and the number of operations in a push.
    pub log: Vec<(String, usize)>,
    pub diverged_heard: Vec<UnitCode>,
    token: u32,
    pub valid_tokens: BTreeSet<String>,
    receipt_key: SigningKey,
    catalog: Catalog,
    now_ms: i64,
}

pub struct Server(pub Mutex<State>);

type Refusal = (u16, &'static str, Json);

impl Server {
    pub fn new() -> Server {
        Server(Mutex::new(State {
            data: Data::default(),
            generation: "generation-1".into(),
            scope: BTreeSet::from([UNIT.parse().unwrap()]),
            limits: Limits::default(),
            push_only: false,
            wrong_tallies: 0,
            verdicts: BTreeMap::new(),
            faults: VecDeque::new(),
            log: Vec::new(),
            diverged_heard: Vec::new(),
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
            let due = state.faults.front().is_some_and(|(at, _)| *at == path);
            let fault = if due {
                state.faults.pop_front().map(|(_, f)| f)
            } else {
                None
            };
            match fault {
                Some(Fault::LoseRequest) => return Err(TransportError::Unreachable("lost".into())),
                Some(Fault::Refuse(status, code, more, retry)) => {
                    return Ok(Response {
                        retry_after: retry,
                        ..problem((status, code, more))
                    });
                }
                _ => {}
            }
            let answer = state.answer(&path, &request).unwrap_or_else(problem);
            match fault {
                Some(Fault::LoseAnswer) => Err(TransportError::Timeout),
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
            }))),
            (Method::Get, "/v1/catalog") => {
                let body = self.catalog.to_json().0.as_bytes().to_vec();
                Ok(Response {
                    status: 200,
                    etag: Some("\"c1\"".into()),
                    body,
                    retry_after: None,
                })
            }
            (Method::Get, "/v1/directory") => Ok(ok(
                json!({"units": [{"code": UNIT, "name": "Demo", "parent": null}], "members": []}),
            )),
            (Method::Get, path) if path.ends_with("/chain") => self.chain(path, &request.path),
            (Method::Post, "/v1/sync") => self.sync(body),
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

    fn sync(&mut self, body: &str) -> Result<Response, Refusal> {
        let request: SyncRequest<'_> = serde_json::from_str(body).map_err(|_| (400, "request_invalid", json!({})))?;
        let device = request.device;
        if !self.data.feeds.contains_key(&device) {
            return Err((404, "device_unknown", json!({})));
        }
        if request.pull.is_some() && self.push_only {
            return Err((403, "push_only", json!({})));
        }
        let verdicts = match &request.push {
            Some(push) => self.push(&device, push)?,
            None => Vec::new(),
        };
        let feed = &self.data.feeds[&device];
        let line = |seq: Seq, repeat| {
            let op = &feed.ops[seq as usize - 1];
            VerdictLine {
                repeat,
                ..VerdictLine::new(seq, op.hash, op.verdict, op.arrival)
            }
        };
        let known = request.held.iter().filter(|seq| **seq <= feed.ops.len() as u64);
        let resolved: Vec<VerdictLine> = known.map(|seq| line(*seq, false)).collect();
        let lines = || verdicts.iter().chain(&resolved);
        let receipt = lines().next().map(|_| Receipt {
            key: "k1".into(),
            sig: receipt::sign(&self.receipt_key, &device, lines()),
        });
        let head = feed.ops.last().map_or(feed::genesis(&device), |op| op.chain);
        let mut answer = SyncAnswer {
            generation: self.generation.clone(),
            server_time: self.now_ms,
            catalog: 1,
            feed: FeedState {
                head: Head {
                    seq: feed.ops.len() as u64,
                    hash: head,
                },
                durable_seq: feed.durable,
                closed: feed.closed,
            },
            verdicts,
            resolved,
            receipt,
            want: Vec::new(),
            units: Vec::new(),
            ended: Vec::new(),
            more: false,
        };
        if let Some(pull) = &request.pull {
            self.diverged_heard.extend(pull.diverged.iter().cloned());
            self.pull(pull, &mut answer)?;
        }
        Ok(ok(serde_json::to_value(answer).unwrap()))
    }

    fn push(&mut self, device: &DeviceId, push: &Push<'_>) -> Result<Vec<VerdictLine>, Refusal> {
        if push.ops.len() > self.limits.push_ops as usize {
            return Err((413, "too_many_ops", json!({"limit": self.limits.push_ops})));
        }
        let bytes: usize = push.ops.iter().map(|op| op.get().len()).sum();
        if bytes as u64 > self.limits.body_bytes {
            return Err((413, "body_too_large", json!({"limit": self.limits.body_bytes})));
        }
        let stored = self.data.feeds[device].clone();
        let at = |seq: Seq| match seq {
            0 => Some(feed::genesis(device)),
            seq => stored.ops.get(seq as usize - 1).map(|op| op.chain),
        };
        let mut chain = push.base.hash;
        let read: Vec<(Seq, &str, Parsed, Hash, Hash)> = (push.base.seq + 1..)
            .zip(&push.ops)
            .map(|(seq, raw)| {
                let (parsed, hash) = op::read(raw.get());
                chain = feed::link(&chain, &hash);
                (seq, raw.get(), parsed, hash, chain)
            })
            .collect();
        let last = push.base.seq + push.ops.len() as u64;
        if !feed::verify_head(&stored.key, device, last, &chain, &push.sig) {
            return Err((400, "bad_signature", json!({})));
        }
        if stored.closed {
            return Err((409, "feed_closed", json!({})));
        }
        let Some(base) = at(push.base.seq) else {
            let head = stored.ops.len() as u64;
            let hash = hex::encode(at(head).unwrap());
            return Err((409, "gap", json!({"expected_seq": head + 1, "expected_hash": hash})));
        };
        let differs = read
            .iter()
            .any(|(seq, .., chain)| at(*seq).is_some_and(|known| known != *chain));
        if base != push.base.hash || differs {
            self.data.feeds.get_mut(device).unwrap().closed = true;
            return Err((409, "forked", json!({})));
        }
        let mut lines = Vec::new();
        for (seq, text, parsed, hash, chain) in read {
            let repeat = at(seq).is_some();
            if !repeat {
                let verdict = self.judge(device, parsed);
                let arrival = self.now_ms;
                let op = Stored {
                    text: text.to_owned(),
                    hash,
                    chain,
                    verdict,
                    arrival,
                };
                self.data.feeds.get_mut(device).unwrap().ops.push(op);
            }
            let op = &self.data.feeds[device].ops[seq as usize - 1];
            lines.push(VerdictLine {
                repeat,
                ..VerdictLine::new(seq, op.hash, op.verdict, op.arrival)
            });
        }
        Ok(lines)
    }

    fn judge(&mut self, device: &DeviceId, parsed: Parsed) -> Verdict {
        let op = match parsed {
            Parsed::Op(op) => op,
            Parsed::Withheld(_) => return Verdict::Refused(sync_protocol::verdict::Code::TooLarge),
            Parsed::Unreadable(code) => return Verdict::Refused(code),
        };
        let name = op.set.get("activity_name").and_then(|v| match v {
            sync_protocol::json::Json::Text(text) => self.verdicts.get(text),
            _ => None,
        });
        if let Some(verdict) = name.filter(|v| v.fate() != Fate::Accepted) {
            return *verdict;
        }
        self.accept(device, &op);
        Verdict::Accepted
    }

    /// Merges an operation, whoever wrote it.
    pub fn accept(&mut self, device: &DeviceId, op: &Op) {
        let (kind, typed) = shape::check(&self.catalog, op).unwrap();
        let new = !self.data.records.contains_key(&op.record);
        let state = match &op.act {
            Some(act) => kind.workflow.transitions.get(&act.name).map(|t| t.to.clone()),
            None => new.then(|| kind.workflow.initial.clone()),
        };
        let mut change = Change::new(op.dot(*device), op.seen.clone());
        change.set = typed.set;
        change.add = typed.add;
        change.remove = typed.remove;
        if let Some(state) = state {
            change.set.insert(STATE_FIELD.to_owned(), Value::Text(state));
        }
        let head = self.data.heads.entry(op.unit.clone()).or_default();
        *head += 1;
        let merged = self.data.records.entry(op.record).or_insert_with(|| Merged {
            kind: op.kind.clone(),
            unit: op.unit.clone(),
            pos: 0,
            creator: op.by,
            record: Record::default(),
        });
        merged.pos = *head;
        merged.record.apply(change.at(*head));
    }

    /// The record is no longer for the reader.
    pub fn take_away(&mut self, record: &RecordId) {
        if let Some(merged) = self.data.records.remove(record) {
            let head = self.data.heads.entry(merged.unit.clone()).or_default();
            *head += 1;
            self.data.gone.insert(*record, (merged.unit, *head));
        }
    }

    fn pull(&mut self, pull: &Pull, answer: &mut SyncAnswer) -> Result<(), Refusal> {
        answer.ended = pull
            .cursors
            .keys()
            .filter(|unit| !self.scope.contains(*unit))
            .cloned()
            .collect();
        let mut budget = self.limits.page_records as usize;
        for unit in self.scope.clone() {
            let head = self.data.heads.get(&unit).copied().unwrap_or(0);
            let known = match pull.cursors.get(&unit) {
                None => None,
                Some(text) => {
                    let (generation, pos) = text.rsplit_once('|').ok_or((400, "cursor_forged", json!({})))?;
                    let pos: Pos = pos.parse().map_err(|_| (400, "cursor_forged", json!({})))?;
                    Some(pos).filter(|pos| generation == self.generation && *pos <= head)
                }
            };
            let from = known.unwrap_or(0);
            let records = self.data.records.iter().filter(|(_, m)| m.unit == unit && m.pos > from);
            let puts = records.map(|(id, m)| (m.pos, UnitChange::Put(view(id, m))));
            let gone = self
                .data
                .gone
                .iter()
                .filter(|(_, (of, pos))| *of == unit && *pos > from);
            let mut changes: Vec<(Pos, UnitChange)> = puts
                .chain(gone.map(|(id, (_, pos))| (*pos, UnitChange::Gone(*id))))
                .collect();
            changes.sort_by_key(|(pos, _)| *pos);
            let complete = changes.len() <= budget;
            changes.truncate(budget);
            budget -= changes.len();
            let reached = if complete {
                head
            } else {
                changes.last().map_or(from, |(pos, _)| *pos)
            };
            let mut tally = Tally::default();
            self.data
                .records
                .iter()
                .filter(|(_, m)| m.unit == unit)
                .for_each(|(id, m)| tally.add(id, m.pos));
            if complete && self.wrong_tallies > 0 {
                self.wrong_tallies -= 1;
                tally.count += 1;
            }
            answer.more |= !complete;
            answer.units.push(UnitPage {
                restart: pull.cursors.contains_key(&unit) && known.is_none(),
                cursor: (known != Some(reached)).then(|| format!("{}|{reached}", self.generation)),
                tally: complete.then_some(tally),
                changes: changes.into_iter().map(|(_, change)| change).collect(),
                unit,
            });
        }
        Ok(())
    }
}

fn view(id: &RecordId, merged: &Merged) -> RecordView {
    let mut fields = BTreeMap::new();
    for (name, entries) in merged.record.registers() {
        let mut entries: Vec<_> = entries.iter().collect();
        entries.sort_by_key(|e| std::cmp::Reverse(e.pos));
        let value = |e: &&sync_protocol::record::Entry| ValueView {
            value: e.value.to_json(),
            dot: (e.dot.actor, e.dot.counter),
            by: None,
            at: None,
        };
        fields.insert(
            name.to_owned(),
            FieldView::Register(entries.iter().map(value).collect()),
        );
    }
    for (name, elements) in merged.record.sets() {
        let items = elements.iter().map(|(value, dots)| ItemView {
            value: value.to_json(),
            dots: dots.iter().map(|(d, _)| (d.actor, d.counter)).collect(),
        });
        fields.insert(name.to_owned(), FieldView::Set { items: items.collect() });
    }
    RecordView {
        id: *id,
        kind: merged.kind.clone(),
        unit: merged.unit.clone(),
        pos: merged.pos,
        creator: merged.creator,
        clock: merged.record.clock().iter().map(|d| (*d.actor, d.counter)).collect(),
        fields,
    }
}
