//! What the server worked out and a person then enters: the operation must say exactly that.

use sync_protocol::catalog::Kind;
use sync_protocol::form;
use sync_protocol::op::Op;
use sync_protocol::shape::Typed;

use super::{Case, Stop};
use crate::sync::merged::Merged;
use crate::{draw, forms};

impl Case<'_, '_, '_, '_> {
    /// Holds an operation against what the server keeps beside records.
    pub(super) fn derived(&mut self, op: &Op, kind: &Kind, typed: &Typed, old: Option<&Merged>) -> Result<(), Stop> {
        let old = old.map(|old| &old.state);
        match kind.kind.as_str() {
            draw::KIND => draw::result::judge(self.db, op, typed, old)?.map_err(Stop::from),
            form::KIND => forms::issue::judge(self.db, op, typed, old)?.map_err(Stop::from),
            _ => Ok(()),
        }
    }
}
