//! One `POST /v1/sync`: what goes into it, and what its refusals mean.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use sync_protocol::feed;
use sync_protocol::id::{DeviceId, Seq, UnitCode};
use sync_protocol::limits::{Limits, OP_BYTES};
use sync_protocol::op;
use sync_protocol::wire::{EarlierReceipt, Head, Pull, Push, SyncRequest};

use super::answer::Taken;
use super::{Outcome, Round, Step, api, no_progress};
use crate::api::ApiError;
use crate::error::PhoneError;
use crate::phone::Phone;
use crate::store::account::{self, Account, Trouble};
use crate::store::feeds::{self, Feed};
use crate::store::{StoreError, outbox, receipts, replica};
use crate::transport::Transport;

/// Room for everything in a body beside the operations, bytes.
const ENVELOPE_BYTES: u64 = 256 << 10;
/// About what a receipt takes beside its text, bytes.
const RECEIPT_BYTES: u64 = 256;

/// The next part of the feed, ready to go.
pub(super) struct Batch {
    pub base: Head,
    pub ops: Vec<Box<RawValue>>,
    pub last: Head,
    /// The first one's number.
    pub first: Seq,
    /// What the server said of them before it was restored.
    pub receipts: Vec<EarlierReceipt>,
}

/// What goes into one request.
pub(super) struct Plan {
    pub device: DeviceId,
    pub batch: Option<Batch>,
    pub held: Vec<Seq>,
    /// More wait than one request may ask for.
    pub more_held: bool,
    /// Absent: push only.
    pub cursors: Option<BTreeMap<UnitCode, String>>,
    /// Units that do not fit, for people at the server to look at.
    pub diverged: Vec<UnitCode>,
}

pub(super) enum Pending {
    Nothing,
    Batch(Batch),
    /// The next operation's bytes are gone.
    Lost,
}

impl Phone {
    pub(super) fn exchange_step(&mut self, net: &dyn Transport, round: &mut Round) -> Result<Step, PhoneError> {
        let account = account::load(self.conn())?;
        let feed = feeds::current(self.conn())?;
        let limits = self.config()?.map(|c| c.limits).unwrap_or_default();
        let batch = match self.pending(&account, &feed, &limits)? {
            Pending::Lost => {
                self.store_mut().write(|tx| account::set_trouble(tx, Trouble::Lost))?;
                return Ok(Step::Next);
            }
            Pending::Nothing => None,
            Pending::Batch(batch) => Some(batch),
        };
        let head = outbox::head(self.conn(), &feed.device)?;
        let complete = batch.as_ref().is_none_or(|b| b.last.seq == head.seq);
        let cursors = (complete && !account.push_only && !self.push_alone)
            .then(|| self.cursors())
            .transpose()?;
        let (held, more_held) = match self.push_alone {
            true => Default::default(),
            false => {
                let open = outbox::unresolved(self.conn(), &feed.device, head.seq, true)?;
                self.to_ask(open, round, &feed.device, &limits)
            }
        };
        let units = replica::units(self.conn())?;
        let diverged = units
            .into_iter()
            .filter(|unit| unit.diverged)
            .map(|unit| unit.code)
            .collect();
        let plan = Plan {
            device: feed.device,
            batch,
            held,
            more_held,
            cursors,
            diverged,
        };
        if let Some(batch) = &plan.batch {
            let (first, last) = (batch.first, batch.last.seq);
            self.store_mut()
                .write(|tx| outbox::set_sent(tx, &feed.device, first, last))?;
        }
        let before = self.env().now().ms;
        let answer = self
            .request(&plan, &feed)
            .and_then(|request| Ok(api(&account, net).sync(&request)?));
        // The middle of the round trip is when the server's clock was read.
        let heard_at = before + self.env().now().ms.saturating_sub(before) / 2;
        match answer {
            Ok(answer) => {
                let taken = self.take(answer, &plan, heard_at)?;
                self.widen(&limits);
                self.after(round, &plan, taken)
            }
            Err(PhoneError::Api(ApiError::Problem(problem))) => self.refusal(*problem, &plan, &limits, round),
            Err(error) => Err(error),
        }
    }

    pub(super) fn request<'b>(&self, plan: &'b Plan, feed: &Feed) -> Result<SyncRequest<'b>, PhoneError> {
        let push = match &plan.batch {
            None => None,
            Some(batch) => {
                let key = feed.key.as_ref().ok_or(StoreError::Damaged("a device without key"))?;
                let uptime = self.env().uptime();
                Some(Push {
                    base: batch.base,
                    ops: batch.ops.iter().map(AsRef::as_ref).collect(),
                    sig: feed::sign_head(key, &feed.device, batch.last.seq, &batch.last.hash),
                    boot: uptime.boot,
                    uptime_ms: uptime.ms,
                    sent_at: self.env().now().ms,
                    // There are some only when the server lost what it had: after a restore.
                    receipts: batch.receipts.clone(),
                })
            }
        };
        let pull = plan.cursors.clone().map(|cursors| Pull {
            cursors,
            diverged: plan.diverged.clone(),
            max_records: None,
        });
        Ok(SyncRequest {
            device: plan.device,
            push,
            held: plan.held.clone(),
            pull,
        })
    }

    fn cursors(&self) -> Result<BTreeMap<UnitCode, String>, PhoneError> {
        let units = replica::units(self.conn())?;
        Ok(units
            .into_iter()
            .filter_map(|unit| Some((unit.code, unit.cursor?)))
            .collect())
    }

    /// The next numbers to ask for in this sync, of those that are open, and whether there are more than fit.
    pub(super) fn to_ask(
        &self,
        mut open: Vec<Seq>,
        round: &Round,
        device: &DeviceId,
        limits: &Limits,
    ) -> (Vec<Seq>, bool) {
        let asked = round.asked.get(device).copied().unwrap_or(0);
        open.retain(|seq| *seq > asked);
        let most = self.most_ops(limits) as usize;
        let more = open.len() > most;
        open.truncate(most);
        (open, more)
    }

    /// As many pending operations as fit, from the first that the server may lack.
    fn pending(&self, account: &Account, feed: &Feed, limits: &Limits) -> Result<Pending, PhoneError> {
        match outbox::first_pending(self.conn(), &feed.device, feed.server_seq)? {
            Some(first) => self.batch(account, feed, first, Seq::MAX, limits),
            None => Ok(Pending::Nothing),
        }
    }

    /// As many operations as fit, from `first` and at most to `last`.
    pub(super) fn batch(
        &self,
        account: &Account,
        feed: &Feed,
        first: Seq,
        last: Seq,
        limits: &Limits,
    ) -> Result<Pending, PhoneError> {
        let up_to = last;
        let most = self.most_ops(limits);
        let budget = limits
            .body_bytes
            .min(limits.inflated_bytes)
            .saturating_sub(ENVELOPE_BYTES);
        let mut ops: Vec<Box<RawValue>> = Vec::new();
        let mut earlier = BTreeMap::new();
        let mut bytes = 0;
        let mut last = None;
        let rows = outbox::from(self.conn(), &feed.device, first, most)?;
        for row in rows.into_iter().take_while(|row| row.seq <= up_to) {
            let text = match row.text(&account.sealing_key)? {
                _ if row.withheld => op::stub(row.seq, &row.body_hash),
                Some(text) if text.len() > OP_BYTES => op::stub(row.seq, &row.body_hash),
                Some(text) => text,
                None => break,
            };
            bytes += text.len() as u64 + 1;
            let receipt = match row.first_receipt.filter(|id| !earlier.contains_key(id)) {
                Some(id) => Some((id, receipts::get(self.conn(), id)?)),
                None => None,
            };
            bytes += receipt.as_ref().map_or(0, |(_, r)| r.text.len() as u64 + RECEIPT_BYTES);
            if bytes > budget && last.is_some() {
                break;
            }
            earlier.extend(receipt);
            ops.push(RawValue::from_string(text).map_err(|_| PhoneError::Unsendable)?);
            last = Some(Head {
                seq: row.seq,
                hash: row.chain,
            });
        }
        let Some(last) = last else { return Ok(Pending::Lost) };
        let before = outbox::chain_at(self.conn(), &feed.device, first - 1)?;
        let hash = before.ok_or(StoreError::Damaged("the feed has a hole"))?;
        Ok(Pending::Batch(Batch {
            base: Head { seq: first - 1, hash },
            ops,
            last,
            first,
            receipts: earlier.into_values().collect(),
        }))
    }

    fn after(&mut self, round: &mut Round, plan: &Plan, taken: Taken) -> Result<Step, PhoneError> {
        match taken {
            Taken::Forked => Ok(Step::Next),
            Taken::KeyUnknown if !round.key_asked => {
                round.key_asked = true;
                round.config_wanted = true;
                Ok(Step::Next)
            }
            Taken::KeyUnknown | Taken::ReceiptWrong => {
                let detail = "the server's receipt does not bear its announced key's signature".to_owned();
                Ok(Step::End(Outcome::Stopped {
                    code: "receipt_invalid".to_owned(),
                    detail,
                }))
            }
            Taken::Done {
                more,
                moved,
                restored,
                restarted,
            } => {
                match plan.held.last().filter(|_| plan.more_held) {
                    Some(last) => round.asked.insert(plan.device, *last),
                    None => round.asked.remove(&plan.device),
                };
                if restored {
                    round.doubt();
                }
                let feed = feeds::current(self.conn())?;
                let pending = outbox::first_pending(self.conn(), &feed.device, feed.server_seq)?;
                let thrown_back = restored || restarted;
                if let (Some(batch), Some(first)) = (&plan.batch, pending)
                    && feed.device == plan.device
                    && first <= batch.first
                    && !thrown_back
                {
                    // No verdict on what was sent: it would be sent again as it is.
                    return Ok(no_progress());
                }
                let pending = pending.is_some();
                let pulled = plan.cursors.is_some() || account::load(self.conn())?.push_only;
                // What the restored server says of what had waited is asked before this sync ends.
                let again = pending || restored || plan.more_held;
                round.exchanged = pulled && !more && !again;
                if !round.exchanged && !moved && !again && plan.batch.is_none() {
                    return Ok(no_progress());
                }
                match thrown_back {
                    true => Ok(round.set_back()),
                    false => Ok(Step::Next),
                }
            }
        }
    }
}
