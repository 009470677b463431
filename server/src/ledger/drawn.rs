//! Who was drawn to observe under an arrangement, and for which time.

use sync_protocol::id::{MemberId, RecordId};
use sync_protocol::value::Value;

use super::facts::{Step, Term};
use super::gather::steps;
use super::hand::Hands;
use super::lens::{Lens, Seen};
use crate::query;
use crate::store::{Db, StoreResult};

/// The transition that enters what was drawn.
const ENTER: &str = "draw";

/// The state of a draw that counts no more.
const SET_ASIDE: &str = "set_aside";

/// Where a draw's record names who observes.
const OBSERVERS: [&str; 2] = ["observer_1", "observer_2"];

/// Where it names who was drawn and replaced.
const REPLACED: &str = "replaced";

/// Everybody who was drawn for an arrangement. Who took another's place was drawn with him, so he counts from the draw
/// on: a replacement is often written down after he came.
pub fn terms(db: &mut Db<'_>, lens: Lens<'_>, order: RecordId) -> StoreResult<Vec<Term>> {
    let mut terms = Vec::new();
    for draw in query!(db, draws::of_order(order))? {
        let Some(row) = query!(db, records::by_ids(&[draw.record.0.as_slice()]))?.pop() else {
            continue;
        };
        let Some(Seen { row, record, ops }) = lens.see(db, row)? else {
            continue;
        };
        let steps = steps(&row, &ops)?;
        if !steps.iter().any(|step| step.act.as_deref() == Some(ENTER)) {
            continue;
        }
        let end_ms = set_aside_ms(&steps);
        let hands = Hands::of(db, &ops)?;
        let term = |member, until_ms| Term {
            member,
            from_ms: draw.drawn_ms,
            until_ms,
        };
        let seated = OBSERVERS.iter().flat_map(|name| record.values(name));
        terms.extend(seated.filter_map(|entry| Some(term(member(&entry.value)?, end_ms))));
        for (value, dots) in record.elements(REPLACED) {
            let left = dots.iter().filter_map(|(dot, _)| hands.get((dot.actor, dot.counter)));
            let left_ms = left.map(|hand| hand.written_ms.unwrap_or(hand.arrival_ms)).min();
            let until_ms = left_ms.into_iter().chain(end_ms).min();
            terms.extend(member(value).map(|member| term(member, until_ms)));
        }
    }
    Ok(terms)
}

/// Since when the draw is set aside, ms, if it is.
fn set_aside_ms(steps: &[Step]) -> Option<i64> {
    let is_aside = |step: &&Step| step.settled.as_deref() == Some(SET_ASIDE);
    steps.last().filter(is_aside)?;
    let since = steps.iter().rev().take_while(is_aside).last();
    since.map(|step| step.written_ms)
}

fn member(value: &Value) -> Option<MemberId> {
    match value {
        Value::Id(id) => Some(MemberId(*id)),
        _ => None,
    }
}
