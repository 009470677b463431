//! Every checkpoint that was signed: by this log's key, over the root of its first leaves.

use std::collections::VecDeque;

use sync_protocol::log::{Compact, VerifierKey};

use super::{Kind, Place, Run};
use crate::query;
use crate::store::{Db, StoreResult};
use crate::verify::PAGE;

/// The checkpoints that are still to come.
pub(super) struct Checkpoints {
    log: i64,
    key: VerifierKey,
    next: VecDeque<(i64, String)>,
    last: i64,
}

impl Checkpoints {
    pub fn new(log: i64, key: VerifierKey) -> Checkpoints {
        Checkpoints {
            log,
            key,
            next: VecDeque::new(),
            last: i64::MIN,
        }
    }

    fn fill(&mut self, db: &mut Db<'_>) -> StoreResult<()> {
        if self.next.is_empty() {
            self.next = query!(db, logs::checkpoints_after(self.log, self.last, PAGE as i64))?.into();
        }
        Ok(())
    }

    fn fault(&self, run: &mut Run<'_>, size: i64) {
        run.fault(Kind::LogCheckpoint, Place::Checkpoint(self.log, size));
    }

    /// Compares the checkpoint of the tree as it is now, if there is one.
    pub fn at(&mut self, db: &mut Db<'_>, run: &mut Run<'_>, tree: &Compact) -> StoreResult<()> {
        loop {
            self.fill(db)?;
            let Some((size, note)) = self.next.pop_front_if(|(size, _)| *size <= tree.size() as i64) else {
                return Ok(());
            };
            let before = std::mem::replace(&mut self.last, size).max(0);
            run.count("checkpoints", 1);
            let read = self.key.open(&note);
            // The one before it is missing: that one is named.
            if let Ok(after) = read.as_ref().map(|read| read.after)
                && after.is_some_and(|after| after != before as u64)
            {
                self.fault(run, after.unwrap_or(0) as i64);
            }
            let right = read
                .is_ok_and(|read| size == tree.size() as i64 && read.size == tree.size() && read.root == tree.root());
            if !right {
                self.fault(run, size);
            }
        }
    }

    /// The last leaf must be signed, and no more than that.
    pub fn finish(mut self, db: &mut Db<'_>, run: &mut Run<'_>, size: i64) -> StoreResult<()> {
        if self.last != size {
            run.fault(Kind::LogUnsigned, Place::TransparencyLog(self.log));
        }
        loop {
            self.fill(db)?;
            let Some((size, _)) = self.next.pop_front() else {
                return Ok(());
            };
            self.last = size;
            self.fault(run, size);
        }
    }
}
