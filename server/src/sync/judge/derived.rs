//! What the server worked out and a person then enters: the operation must say exactly that.

use sync_protocol::catalog::{Kind, STATE_FIELD};
use sync_protocol::form;
use sync_protocol::op::Op;
use sync_protocol::shape::Typed;

use super::{Case, Stop, arrangement};
use crate::forms::issue::Written;
use crate::sync::merged::Merged;
use crate::{draw, forms};

impl Case<'_, '_, '_, '_> {
    /// Holds an operation against what the server keeps beside records.
    pub(super) fn derived(&mut self, op: &Op, kind: &Kind, typed: &Typed, old: Option<&Merged>) -> Result<(), Stop> {
        match kind.kind.as_str() {
            draw::KIND => draw::result::judge(self.db, op, typed, old.map(|old| &old.state))?.map_err(Stop::from),
            form::KIND => match old {
                Some(old) => self.form(op, old),
                None => Ok(()),
            },
            arrangement::KIND => match old {
                Some(old) => self.arrangement(op, old),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn form(&mut self, op: &Op, old: &Merged) -> Result<(), Stop> {
        let mut reviewers = Vec::new();
        for entry in old.state.values(STATE_FIELD) {
            let wrote = self.draft.op(self.db, entry.dot.actor, entry.dot.counter)?;
            reviewers.extend(wrote.map(|wrote| wrote.member));
        }
        let written = Written {
            op,
            by: (self.author.device, self.author.member),
            old: &old.state,
            creator: old.creator,
            reviewers: &reviewers,
        };
        forms::issue::judge(self.db, self.rules.catalog, &written)?.map_err(Stop::from)
    }
}
