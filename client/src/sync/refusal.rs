//! What a refusal of a whole exchange means.

use sync_protocol::id::DeviceId;
use sync_protocol::limits::Limits;

use super::exchange::Plan;
use super::{Round, Step};
use crate::api::{ApiError, Problem};
use crate::error::PhoneError;
use crate::phone::Phone;
use crate::store::account::{self, Trouble};
use crate::store::{feeds, outbox, replica};

impl Phone {
    /// What to do after it.
    pub(super) fn refusal(
        &mut self,
        problem: Problem,
        plan: &Plan,
        limits: &Limits,
        round: &mut Round,
    ) -> Result<Step, PhoneError> {
        match (problem.status, problem.code.as_str()) {
            (413, "too_many_ops") => self.fewer(&problem, plan, round),
            (413, _) if plan.batch.is_some() => self.shrink(&problem, plan, limits),
            (409, "gap") => self.follow_gap(&problem, &plan.device, round),
            (409, "forked" | "feed_closed") => self.fork(),
            (403, "device_not_yours") => {
                self.store_mut().write(|tx| account::set_trouble(tx, Trouble::Taken))?;
                Ok(Step::Next)
            }
            (404, "device_unknown") => {
                // The server was restored to before this device was enrolled, so it may lack what earlier ones wrote.
                // Theirs goes first: it cannot judge what stands for an operation of a device that it does not know.
                round.doubt();
                self.store_mut().write(|tx| {
                    feeds::set_registered(tx, false)?;
                    feeds::doubt_closed(tx)?;
                    feeds::set_server_seq(tx, &plan.device, 0)
                })?;
                Ok(Step::Next)
            }
            (403, "push_only" | "device_revoked") if plan.cursors.is_some() => {
                self.store_mut().write(|tx| account::set_push_only(tx))?;
                Ok(Step::Next)
            }
            (400, "cursor_forged") if plan.cursors.as_ref().is_some_and(|c| !c.is_empty()) => {
                self.store_mut().write(|tx| replica::drop_cursors(tx))?;
                Ok(round.set_back())
            }
            _ => Err(ApiError::Problem(Box::new(problem)).into()),
        }
    }

    /// The server lacks what this push builds on: send from where it is, if that is this feed.
    fn follow_gap(&mut self, problem: &Problem, device: &DeviceId, round: &mut Round) -> Result<Step, PhoneError> {
        let expected = problem.number("expected_seq").and_then(|seq| seq.checked_sub(1));
        let (Some(seq), Some(hash)) = (expected, problem.hash("expected_hash")) else {
            return Err(ApiError::Foreign(problem.status).into());
        };
        if outbox::chain_at(self.conn(), device, seq)? != Some(hash) {
            return self.fork();
        }
        self.store_mut().write(|tx| {
            feeds::set_server_seq(tx, device, seq)?;
            outbox::reopen_above(tx, device, seq)
        })?;
        Ok(round.set_back())
    }

    fn fork(&mut self) -> Result<Step, PhoneError> {
        self.store_mut().write(|tx| account::set_trouble(tx, Trouble::Forked))?;
        Ok(Step::Next)
    }
}
