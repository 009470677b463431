//! `POST /v1/sync` of the server in memory.

use std::collections::BTreeMap;

use crdts::CmRDT as _;
use serde_json::json;
use sync_protocol::catalog::STATE_FIELD;
use sync_protocol::feed::{self, Hash};
use sync_protocol::id::{DeviceId, Pos, RecordId, Seq};
use sync_protocol::op::{self, Op, Parsed};
use sync_protocol::record::{Change, Record};
use sync_protocol::sum::Tally;
use sync_protocol::value::Value;
use sync_protocol::verdict::{Fate, Verdict};
use sync_protocol::wire::*;
use sync_protocol::{receipt, shape};
use wuyuan_client::transport::Response;

use super::{Merged, Refusal, State, Stored, ok};

impl State {
    pub(super) fn sync(&mut self, body: &str) -> Result<Response, Refusal> {
        let request: SyncRequest<'_> = serde_json::from_str(body).map_err(|_| (400, "request_invalid", json!({})))?;
        let device = request.device;
        if !self.data.feeds.contains_key(&device) {
            return Err((404, "device_unknown", json!({})));
        }
        if request.pull.is_some() && self.push_only {
            return Err((403, "push_only", json!({})));
        }
        if request.held.len() > self.limits.push_ops as usize {
            return Err((413, "too_many_ops", json!({"limit": self.limits.push_ops})));
        }
        if let Some(twist) = &mut self.twist {
            twist(None)?;
        }
        let verdicts = match &request.push {
            Some(push) => self.push(&device, push)?,
            None => Vec::new(),
        };
        let want = match (&request.push, self.says_want) {
            (Some(push), true) => self.wanted(push),
            _ => Vec::new(),
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
            receipt: None,
            want,
            units: Vec::new(),
            ended: Vec::new(),
            more: false,
        };
        if let Some(pull) = &request.pull {
            self.diverged_heard.extend(pull.diverged.iter().cloned());
            self.pull(pull, &mut answer)?;
        }
        if let Some(twist) = &mut self.twist {
            twist(Some(&mut answer))?;
        }
        let lines = || answer.verdicts.iter().chain(&answer.resolved);
        answer.receipt = lines().next().map(|_| Receipt {
            key: "k1".into(),
            sig: receipt::sign(&self.receipt_key, &device, lines()),
        });
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
        for earlier in &push.receipts {
            let key = self.receipt_key.verifying_key();
            let proven = receipt::read(&key, device, &earlier.text, &earlier.sig).expect("a receipt of this server");
            let proven = proven.iter().map(|a| (*device, a.seq, a.arrival));
            self.arrivals_heard.extend(proven);
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
        proposals: Vec::new(),
        decisions: Vec::new(),
    }
}
