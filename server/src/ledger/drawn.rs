//! Who was drawn to observe under an arrangement, and for which time.

use std::collections::BTreeMap;

use sync_protocol::catalog::STATE_FIELD;
use sync_protocol::id::{MemberId, RecordId};
use sync_protocol::json::Json;
use sync_protocol::record::Record;
use sync_protocol::value::Value;

use super::facts::{Step, Term};
use super::gather::steps;
use super::hand::read;
use super::lens::{Lens, Seen};
use crate::query;
use crate::store::rows::OpRow;
use crate::store::{Db, StoreResult};

/// The transition that enters what was drawn.
const ENTER: &str = "draw";

/// The transition by which a substitute takes a place.
const REPLACE: &str = "replace";

/// The state of a draw that counts no more.
const SET_ASIDE: &str = "set_aside";

/// The places that a draw fills.
const SEATS: [&str; 2] = ["observer_1", "observer_2"];

/// Everybody who was drawn for an arrangement.
pub fn terms(db: &mut Db<'_>, lens: Lens<'_>, order: RecordId) -> StoreResult<Vec<Term>> {
    let mut terms = Vec::new();
    for draw in query!(db, draws::of_order(order))? {
        let Some(row) = query!(db, records::by_ids(&[draw.record.0.as_slice()]))?.pop() else {
            continue;
        };
        let Some(Seen { row, record, ops }) = lens.see(db, row)? else {
            continue;
        };
        // The request settles who is drawn, however late the server draws, or draws again after a restore.
        let Some(asked) = ops.iter().find(|op| (op.device, op.seq) == (draw.device, draw.seq)) else {
            continue;
        };
        let end_ms = set_aside_ms(&record, &steps(&row, &ops)?);
        terms.extend(seated(&ops, asked.arrival_ms)?.into_iter().map(|term| Term {
            until_ms: term.until_ms.into_iter().chain(end_ms).min(),
            ..term
        }));
    }
    Ok(terms)
}

/// Who had the places of one draw that was asked for at a moment, ms. Who takes another's place has it from when that was
/// written: otherwise one could choose afterwards among all who were drawn.
fn seated(ops: &[OpRow], asked_ms: i64) -> StoreResult<Vec<Term>> {
    let mut terms: Vec<Term> = Vec::new();
    let mut sitting: BTreeMap<&str, usize> = BTreeMap::new();
    for row in ops {
        let op = read(row)?;
        let from_ms = match op.act.as_ref().map(|act| act.name.as_str()) {
            Some(ENTER) => asked_ms,
            Some(REPLACE) => row.written_ms.unwrap_or(row.arrival_ms),
            _ => continue,
        };
        for seat in SEATS {
            let Some(Json::Text(text)) = op.set.get(seat) else {
                continue;
            };
            let Ok(member) = text.parse::<MemberId>() else { continue };
            if let Some(before) = sitting.insert(seat, terms.len()) {
                terms[before].until_ms = Some(from_ms);
            }
            terms.push(Term {
                member,
                from_ms,
                until_ms: None,
            });
        }
    }
    Ok(terms)
}

/// Since when the draw is set aside, ms, if it is: also while somebody who had not seen that says otherwise.
fn set_aside_ms(record: &Record, steps: &[Step]) -> Option<i64> {
    let aside = record.values(STATE_FIELD).iter();
    let aside = aside.filter(|entry| entry.value == Value::Text(SET_ASIDE.to_owned()));
    let wrote = aside.filter_map(|entry| steps.iter().find(|s| s.dot == (entry.dot.actor, entry.dot.counter)));
    wrote.map(|step| step.written_ms).min()
}
