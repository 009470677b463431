//! How much goes into one request: less after one that was too much, more again after a success.

use sync_protocol::limits::Limits;

use super::exchange::Plan;
use super::{Round, Step};
use crate::api::{ApiError, Problem};
use crate::error::PhoneError;
use crate::phone::Phone;
use crate::store::outbox;

impl Phone {
    /// Most operations that one request carries or asks for.
    pub(super) fn most_ops(&self, limits: &Limits) -> u32 {
        self.push_cap.unwrap_or(limits.push_ops).min(limits.push_ops).max(1)
    }

    /// After a success pushes may grow again.
    pub(super) fn widen(&mut self, limits: &Limits) {
        self.push_alone = false;
        self.push_cap = self
            .push_cap
            .map(|cap| cap.saturating_mul(2))
            .filter(|cap| *cap < limits.push_ops);
    }

    /// The limit is lower than when it was heard. It counts the operations that are asked for as well, and says
    /// nothing against any one of them.
    pub(super) fn fewer(&mut self, problem: &Problem, plan: &Plan, round: &mut Round) -> Result<Step, PhoneError> {
        let pushed = plan.batch.as_ref().map_or(0, |batch| batch.ops.len());
        let most = pushed.max(plan.held.len()) as u64;
        let limit = problem.number("limit").filter(|limit| (1..most).contains(limit));
        let Some(limit) = limit.and_then(|limit| u32::try_from(limit).ok()) else {
            return Err(ApiError::Problem(Box::new(problem.clone())).into());
        };
        self.push_cap = Some(limit);
        round.config_wanted = true;
        Ok(Step::Next)
    }

    /// Half as much; then one operation with nothing beside it. One that is too much even so travels as a stub.
    pub(super) fn shrink(&mut self, problem: &Problem, plan: &Plan, limits: &Limits) -> Result<Step, PhoneError> {
        let Some(batch) = &plan.batch else {
            return Ok(Step::Next);
        };
        let sent = u32::try_from(batch.ops.len()).unwrap_or(limits.push_ops);
        if sent > 1 {
            self.push_cap = Some((sent / 2).max(1));
            return Ok(Step::Next);
        }
        if plan.cursors.is_some() || !plan.held.is_empty() {
            self.push_alone = true;
            return Ok(Step::Next);
        }
        let is_stub = batch
            .ops
            .first()
            .is_some_and(|op| op.get().contains("\"withheld\"") && op.get().len() < 160);
        if is_stub {
            return Err(ApiError::Problem(Box::new(problem.clone())).into());
        }
        let (device, seq) = (plan.device, batch.first);
        self.store_mut().write(|tx| outbox::set_withheld(tx, &device, seq))?;
        Ok(Step::Next)
    }
}
