//! What people may enter into a draw's record: exactly what was drawn.
//!
//! The result reaches the record by an operation of the person who asked, because everything in a record is one: it is
//! signed, sealed and delivered like any other. The server holds it against the draw that it keeps.

use std::collections::BTreeMap;

use sync_protocol::draw::Drawn;
use sync_protocol::feed::body_hash;
use sync_protocol::id::MemberId;
use sync_protocol::op::Op;
use sync_protocol::record::Record;
use sync_protocol::shape::Typed;
use sync_protocol::value::Value;
use sync_protocol::verdict::Code;

use crate::query;
use crate::store::{Db, StoreError, StoreResult};

/// The fields that a draw fills.
const FILLED: [&str; 9] = [
    "roster_hash",
    "pool_size",
    "widened",
    "seed",
    "observer_1",
    "observer_2",
    "substitute_1",
    "substitute_2",
    "replaced",
];

/// Judges an operation on a draw's record, `old` being the record before it.
///
/// # Errors
/// `DrawDiffers` when it enters something else than was drawn, or changes what the draw was asked for with.
pub(crate) fn judge(db: &mut Db<'_>, op: &Op, typed: &Typed, old: Option<&Record>) -> StoreResult<Result<(), Code>> {
    let Some(old) = old else {
        let fills = op.fields().any(|field| FILLED.contains(&field));
        return Ok(if fills { Err(Code::DrawDiffers) } else { Ok(()) });
    };
    let act = op.act.as_ref().map(|act| act.name.as_str());
    if op.fields().next().is_none() && !matches!(act, Some("draw" | "replace")) {
        return Ok(Ok(()));
    }
    let Some(row) = query!(db, draws::by_record(op.record))? else {
        return Ok(Err(Code::DrawDiffers));
    };
    let request = query!(db, feeds::op(row.device, row.seq))?.ok_or(StoreError::Corrupt)?;
    debug_assert_eq!(body_hash(&request.body), request.hash);
    let drawn = super::drawn(&row, &request.body)?;
    let fits = match act {
        Some("draw") => {
            let widened = request.unit.as_ref() != Some(&row.pool);
            typed.add.is_empty() && typed.remove.is_empty() && typed.set == entered(&drawn, widened)
        }
        Some("replace") => typed.remove.is_empty() && replaces(typed, old, &drawn),
        _ => false,
    };
    Ok(if fits { Ok(()) } else { Err(Code::DrawDiffers) })
}

/// What `draw` enters.
pub(crate) fn entered(drawn: &Drawn, widened: bool) -> BTreeMap<String, Value> {
    let text = |hash: &[u8; 32]| Value::Text(hex::encode(hash));
    let mut set = BTreeMap::from([
        ("roster_hash".to_owned(), text(&drawn.roster_hash)),
        ("pool_size".to_owned(), Value::Int(drawn.pool_size as i64)),
        ("widened".to_owned(), Value::Bool(widened)),
        ("seed".to_owned(), text(&drawn.seed)),
    ]);
    for (part, people) in [("observer", &drawn.observers), ("substitute", &drawn.substitutes)] {
        for (nth, member) in people.iter().enumerate() {
            set.insert(format!("{part}_{}", nth + 1), Value::Id(member.0));
        }
    }
    set
}

/// Whether the next substitute takes the place of one observer, who is put down as replaced.
fn replaces(typed: &Typed, old: &Record, drawn: &Drawn) -> bool {
    let before = old.elements("replaced").count();
    let (Some(next), Some((field, value)), 1) =
        (drawn.substitutes.get(before), typed.set.iter().next(), typed.set.len())
    else {
        return false;
    };
    let leaves = old.latest(field).map(|entry| vec![entry.value.clone()]);
    let put_down = typed.add.len() == 1 && typed.add.get("replaced") == leaves.as_ref();
    let MemberId(next) = *next;
    ["observer_1", "observer_2"].contains(&field.as_str())
        && *value == Value::Id(next)
        && put_down
        && !old.is_contested(field)
}
