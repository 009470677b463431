//! What was drawn up is reviewed as it is, by another than who drew it up or issues it; what is issued says what stands in the ledger, and
//! from then on says nothing else.

use crdts::{CmRDT as _, Dot};
use sync_protocol::catalog::{Catalog, STATE_FIELD};
use sync_protocol::form::{FROZEN, Sessions};
use sync_protocol::id::{DeviceId, MemberId, RecordId};
use sync_protocol::op::Op;
use sync_protocol::record::Record;
use sync_protocol::value::Value;
use sync_protocol::verdict::Code;

use super::standing::{self, Unfit};
use super::{freeze, link, settled};
use crate::ledger::flag;
use crate::query;
use crate::store::{Db, StoreError, StoreResult};

/// Findings about a session while which no form lists it.
const UNSETTLED: [&str; 4] = ["contested_field", "stale_transition", flag::STALE, flag::GROUND];

/// An operation on a form that is there.
pub(crate) struct Written<'a> {
    pub op: &'a Op,
    /// Its device and its author.
    pub by: (DeviceId, MemberId),
    /// The form before it.
    pub old: &'a Record,
    /// Who drew it up.
    pub creator: MemberId,
    /// Who brought it into the state in which it is.
    pub reviewers: &'a [MemberId],
}

/// Judges an operation on a form.
///
/// # Errors
/// `StateLocked` when it changes what the form says outside of a draft; else what holds up a review or an issue.
pub(crate) fn judge(db: &mut Db<'_>, catalog: &Catalog, written: &Written<'_>) -> StoreResult<Result<(), Code>> {
    let Written { op, by, old, .. } = written;
    let is_draft = |value: &Value| *value == Value::Text("draft".to_owned());
    let open = old.values(STATE_FIELD).iter().all(|entry| is_draft(&entry.value));
    if !open && op.fields().any(|field| FROZEN.contains(&field)) {
        return Ok(Err(Code::StateLocked));
    }
    match op.act.as_ref().map(|act| act.name.as_str()) {
        Some("review") => {
            let mut seen = op.seen.clone();
            seen.apply(Dot::new(by.0, op.seq - 1));
            Ok(match () {
                () if by.1 == written.creator => Err(Code::FormSamePerson),
                () if !FROZEN.iter().all(|field| old.is_covered(field, &seen)) => Err(Code::FormMoved),
                () => Ok(()),
            })
        }
        Some("issue") if written.reviewers.contains(&by.1) => Ok(Err(Code::FormSamePerson)),
        Some("issue") => fits(db, catalog, old),
        _ => Ok(Ok(())),
    }
}

/// Whether a form says what stands in the ledger, and whether that is settled.
fn fits(db: &mut Db<'_>, catalog: &Catalog, form: &Record) -> StoreResult<Result<(), Code>> {
    if FROZEN.iter().any(|field| form.is_contested(field)) {
        return Ok(Err(Code::FormUnsettled));
    }
    let Some(order) = link(form, "order") else {
        return Ok(Err(Code::FormStale));
    };
    let Some(row) = query!(db, records::by_ids(&[order.0.as_slice()]))?.pop() else {
        return Ok(Err(Code::FormStale));
    };
    let arrangement = Record::unpack(&row.state).map_err(|_| StoreError::Corrupt)?;
    let sessions = match standing::of(db, order, &arrangement)? {
        Ok(sessions) => sessions,
        Err(Unfit::Nobody) => return Ok(Err(Code::FormStale)),
        Err(Unfit::OtherPerson) => return Ok(Err(Code::FormOtherPerson)),
    };
    let list = sessions.text();
    let hash = hex::encode(Sessions::hash(&list));
    let same = settled(form, "list_hash") == Some(&Value::Text(hash))
        && settled(form, "total_minutes") == Some(&Value::Int(sessions.total() as i64))
        && settled(form, "sessions") == Some(&Value::Text(list));
    if !same {
        return Ok(Err(Code::FormStale));
    }
    Ok(match is_settled(db, catalog, order, &sessions)? {
        true => Ok(()),
        false => Err(Code::FormUnsettled),
    })
}

/// Whether every session is approved as it was posted, and nobody has to look at one.
fn is_settled(db: &mut Db<'_>, catalog: &Catalog, order: RecordId, sessions: &Sessions) -> StoreResult<bool> {
    let rows = query!(db, records::dependents(order))?;
    if !freeze::moved(catalog, sessions, &rows)?.is_empty() {
        return Ok(false);
    }
    for line in &sessions.lines {
        for code in UNSETTLED {
            if query!(db, findings::is_open(line.session, code))? {
                return Ok(false);
            }
        }
    }
    Ok(true)
}
