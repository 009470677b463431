//! When a form is issued it must say what stands in the ledger, and from then on it says nothing else.

use sync_protocol::catalog::STATE_FIELD;
use sync_protocol::form::{FROZEN, Sessions};
use sync_protocol::id::RecordId;
use sync_protocol::op::Op;
use sync_protocol::record::Record;
use sync_protocol::shape::Typed;
use sync_protocol::value::Value;
use sync_protocol::verdict::Code;

use super::standing;
use crate::query;
use crate::store::{Db, StoreError, StoreResult};

/// States in which a form has not been issued.
const OPEN: [&str; 2] = ["draft", "reviewed"];

/// Judges an operation on a form, `old` being the record before it.
///
/// # Errors
/// `FormStale` when it issues a list that is not the ledger's; `StateLocked` when it changes a list that was issued.
pub(crate) fn judge(db: &mut Db<'_>, op: &Op, typed: &Typed, old: Option<&Record>) -> StoreResult<Result<(), Code>> {
    let Some(old) = old else { return Ok(Ok(())) };
    let was_issued = old.values(STATE_FIELD).iter().any(|entry| match &entry.value {
        Value::Text(state) => !OPEN.contains(&state.as_str()),
        _ => false,
    });
    if was_issued && op.fields().any(|field| FROZEN.contains(&field)) {
        return Ok(Err(Code::StateLocked));
    }
    if op.act.as_ref().is_none_or(|act| act.name != "issue") {
        return Ok(Ok(()));
    }
    let fits = fits(db, &After { typed, old })?;
    Ok(if fits { Ok(()) } else { Err(Code::FormStale) })
}

/// The form as it is after the operation.
struct After<'a> {
    typed: &'a Typed,
    old: &'a Record,
}

impl After<'_> {
    fn value(&self, field: &str) -> Option<&Value> {
        self.typed.set.get(field).or_else(|| super::settled(self.old, field))
    }

    fn link(&self, field: &str) -> Option<RecordId> {
        match self.value(field)? {
            Value::Id(id) => Some(RecordId(*id)),
            _ => None,
        }
    }
}

fn fits(db: &mut Db<'_>, form: &After<'_>) -> StoreResult<bool> {
    let Some(order) = form.link("order") else {
        return Ok(false);
    };
    let Some(row) = query!(db, records::by_ids(&[order.0.as_slice()]))?.pop() else {
        return Ok(false);
    };
    let arrangement = Record::unpack(&row.state).map_err(|_| StoreError::Corrupt)?;
    let Some(sessions) = standing::of(db, order, &arrangement)? else {
        return Ok(false);
    };
    let list = sessions.text();
    let hash = hex::encode(Sessions::hash(&list));
    Ok(form.value("list_hash") == Some(&Value::Text(hash))
        && form.value("total_minutes") == Some(&Value::Int(sessions.total() as i64))
        && form.value("sessions") == Some(&Value::Text(list)))
}
