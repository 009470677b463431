//! What posted hours stand on in an arrangement is changed by two persons: who serves, once he has pledged; the pledge and the
//! observers, once something stands posted.

use sync_protocol::catalog::STATE_FIELD;
use sync_protocol::op::Op;
use sync_protocol::value::Value;
use sync_protocol::verdict::Code;

use super::{Case, Stop};
use crate::forms;
use crate::sync::merged::Merged;

/// The kind of an arrangement.
pub(super) const KIND: &str = "service_order";

/// Whose account the hours go to.
const SUBJECT: &str = "subject";

/// What the hours stand on besides.
const GROUND: [&str; 4] = ["informed_on", "observers", "pledge", "pledge_signed_on"];

impl Case<'_, '_, '_, '_> {
    /// Judges an operation on an arrangement that is there.
    pub(super) fn arrangement(&mut self, op: &Op, old: &Merged) -> Result<(), Stop> {
        if op.proposes || op.confirms.is_some() {
            return Ok(());
        }
        let is_planned = |value: &Value| *value == Value::Text("planned".to_owned());
        let pledged = !old
            .state
            .values(STATE_FIELD)
            .iter()
            .all(|entry| is_planned(&entry.value));
        if pledged && op.fields().any(|field| field == SUBJECT) {
            return Err(Code::SecondPersonRequired.into());
        }
        if op.fields().any(|field| GROUND.contains(&field)) && forms::stands_posted(self.db, op.record)? {
            return Err(Code::SecondPersonRequired.into());
        }
        Ok(())
    }
}
