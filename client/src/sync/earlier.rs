//! Devices that this installation was before a fork: their open verdicts, and what a restored server lost of them.
//!
//! Up to the common number their operations are the server's as well, and what was written since builds on them. A
//! server that was restored to before the fork lacks some; nobody else has their bytes. So their keys are kept, and
//! they push again what is missing, no more.

use sync_protocol::id::{DeviceId, Seq};
use sync_protocol::wire::FeedState;

use super::answer::{Signed, signed, take_verdicts};
use super::exchange::{Pending, Plan};
use super::{Action, Round, Step, api};
use crate::api::ApiError;
use crate::enrol;
use crate::error::PhoneError;
use crate::phone::Phone;
use crate::store::account::{self, Account};
use crate::store::feeds::{self, Feed};
use crate::store::{StoreError, outbox};
use crate::transport::Transport;

/// What came of a request for an earlier device.
enum Sent {
    Done,
    /// The server takes nothing of it, or did not know it.
    Refused,
    /// It was too much; a smaller one goes next.
    Smaller,
}

/// The last operation that an earlier device shares with the server.
fn common(feed: &Feed) -> Seq {
    feed.common_seq.unwrap_or(0)
}

impl Phone {
    /// What an earlier device still has to do in this sync.
    pub(super) fn earlier_action(&self, round: &Round) -> Result<Option<Action>, PhoneError> {
        for feed in feeds::closed(self.conn())? {
            let behind = feed.key.is_some() && feed.server_seq < common(&feed);
            let open = outbox::unresolved(self.conn(), &feed.device, common(&feed), false)?;
            let to_ask = match round.asked.get(&feed.device) {
                Some(asked) => open.last().is_some_and(|last| last > asked),
                None => behind || !open.is_empty(),
            };
            if to_ask {
                return Ok(Some(Action::AskEarlier(feed.device)));
            }
            if behind && !round.earlier_left.contains(&feed.device) {
                return Ok(Some(Action::PushEarlier(feed.device)));
            }
        }
        Ok(None)
    }

    fn earlier(&self, device: &DeviceId) -> Result<Feed, PhoneError> {
        let found = feeds::closed(self.conn())?.into_iter().find(|f| f.device == *device);
        found.ok_or(StoreError::Damaged("an earlier device").into())
    }

    /// Asks what the server has of an earlier device's feed, and what became of operations whose verdict is open.
    pub(super) fn ask_earlier_step(
        &mut self,
        net: &dyn Transport,
        round: &mut Round,
        device: &DeviceId,
    ) -> Result<Step, PhoneError> {
        let account = account::load(self.conn())?;
        let feed = self.earlier(device)?;
        let limits = self.config()?.map(|c| c.limits).unwrap_or_default();
        let open = outbox::unresolved(self.conn(), device, common(&feed), false)?;
        let (held, more_held) = self.to_ask(open, round, device, &limits);
        let last = held.last().copied().filter(|_| more_held);
        let plan = Plan {
            device: *device,
            batch: None,
            held,
            more_held,
            cursors: None,
            diverged: Vec::new(),
        };
        match self.send_earlier(net, round, &account, &feed, &plan)? {
            Sent::Smaller => {}
            Sent::Done | Sent::Refused => {
                round.asked.insert(*device, last.unwrap_or(Seq::MAX));
            }
        }
        Ok(Step::Next)
    }

    /// Pushes the next of what a restored server lost of an earlier device.
    pub(super) fn push_earlier_step(
        &mut self,
        net: &dyn Transport,
        round: &mut Round,
        device: &DeviceId,
    ) -> Result<Step, PhoneError> {
        let account = account::load(self.conn())?;
        let feed = self.earlier(device)?;
        let limits = self.config()?.map(|c| c.limits).unwrap_or_default();
        let Pending::Batch(batch) = self.batch(&account, &feed, feed.server_seq + 1, common(&feed), &limits)? else {
            // Their bytes are gone: a backup older than the last verified one was restored.
            round.earlier_left.insert(*device);
            return Ok(Step::Next);
        };
        let plan = Plan {
            device: *device,
            batch: Some(batch),
            held: Vec::new(),
            more_held: false,
            cursors: None,
            diverged: Vec::new(),
        };
        let smaller = matches!(self.send_earlier(net, round, &account, &feed, &plan)?, Sent::Smaller);
        if !smaller && self.earlier(device)?.server_seq <= feed.server_seq {
            round.earlier_left.insert(*device);
        }
        // What waited for it may have gone on.
        round.exchanged = false;
        Ok(Step::Next)
    }

    fn send_earlier(
        &mut self,
        net: &dyn Transport,
        round: &mut Round,
        account: &Account,
        feed: &Feed,
        plan: &Plan,
    ) -> Result<Sent, PhoneError> {
        let device = feed.device;
        let request = self.request(plan, feed)?;
        let answer = match api(account, net).sync(&request) {
            Ok(answer) => answer,
            Err(error) => return self.earlier_refused(net, round, account, feed, plan, error),
        };
        let signed = signed(self.conn(), &device, &answer)?;
        self.store_mut().write(|tx| {
            if matches!(signed, Signed::Receipt { .. }) {
                let lines = answer.verdicts.iter().chain(&answer.resolved).cloned();
                take_verdicts(tx, &device, lines, &signed)?;
            }
            let server_seq = shared(
                outbox::chain_at(tx, &device, answer.feed.head.seq)?,
                &answer.feed,
                common(feed),
            );
            if let Some(server_seq) = server_seq {
                feeds::set_server_seq(tx, &device, server_seq)?;
                outbox::reopen_between(tx, &device, server_seq, common(feed))?;
            }
            feeds::set_durable_seq(tx, &device, answer.feed.durable_seq)?;
            outbox::drop_durable(tx, &device, answer.feed.durable_seq)
        })?;
        Ok(Sent::Done)
    }

    fn earlier_refused(
        &mut self,
        net: &dyn Transport,
        round: &mut Round,
        account: &Account,
        feed: &Feed,
        plan: &Plan,
        error: ApiError,
    ) -> Result<Sent, PhoneError> {
        let Some(problem) = error.problem() else {
            return Err(error.into());
        };
        match (problem.status, problem.code.as_str()) {
            (413, "too_many_ops") => self.fewer(problem, plan, round).map(|_| Sent::Smaller),
            (413, _) if plan.batch.is_some() => {
                let limits = self.config()?.map(|c| c.limits).unwrap_or_default();
                self.shrink(problem, plan, &limits).map(|_| Sent::Smaller)
            }
            (404, "device_unknown") if feed.key.is_some() && common(feed) > 0 => {
                // Enrolled after the backup was made.
                enrol::register(&api(account, net), feed, &account.member, &account.label)?;
                self.store_mut().write(|tx| {
                    feeds::set_server_seq(tx, &feed.device, 0)?;
                    outbox::reopen_between(tx, &feed.device, 0, common(feed))
                })?;
                Ok(Sent::Refused)
            }
            // A server that takes nothing of the device any more has nothing to say of it either.
            (403 | 404 | 409, _) => Ok(Sent::Refused),
            _ => Err(error.into()),
        }
    }
}

/// Up to where the server has the feed as this phone wrote it; `None` when it has another one in that place.
fn shared(own: Option<sync_protocol::feed::Hash>, state: &FeedState, common: Seq) -> Option<Seq> {
    match state.head.seq >= common {
        true => Some(common),
        false => (own == Some(state.head.hash)).then_some(state.head.seq),
    }
}
