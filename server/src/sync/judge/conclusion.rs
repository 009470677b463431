//! What each conclusion of the desk means for the operation that comes to it.

use crdts::CmRDT as _;
use sync_protocol::catalog::{FieldType, Kind, STATE_FIELD};
use sync_protocol::decision::Conclusion;
use sync_protocol::op::Op;
use sync_protocol::record::{Change, Record};
use sync_protocol::shape::Typed;
use sync_protocol::value::Value;

use super::decision::DESK_NOTE;
use crate::sync::findings::{CONTESTED, STALE, is_contested};

/// A decision and what it is about.
pub(super) struct Case<'c> {
    pub kind: &'c Kind,
    pub op: &'c Op,
    pub typed: &'c Typed,
    /// The state that its transition leads to.
    pub state: Option<&'c str>,
    /// The record before it.
    pub old: Option<&'c Record>,
    pub change: &'c Change,
    /// It stands for an operation in quarantine.
    pub reissues: bool,
    /// The codes of the findings.
    pub codes: Vec<&'c str>,
    /// The other records that the findings are about.
    pub others: &'c [[u8; 16]],
}

/// Whether the operation does what `conclusion` says.
pub(super) fn is_carried_out(conclusion: Conclusion, case: &Case<'_>) -> bool {
    // What a note of the desk says changes nothing of the matter.
    let edits = case.op.fields().next().is_some() && case.op.kind != DESK_NOTE;
    match conclusion {
        Conclusion::KeepOne => (edits || case.op.act.is_some()) && settles(case) && keeps_one(case),
        Conclusion::MergeFields => (edits || case.op.act.is_some()) && settles(case),
        Conclusion::KeepBoth | Conclusion::Dismiss => !edits && case.op.act.is_none(),
        Conclusion::Link => links(case),
        Conclusion::Return | Conclusion::Void => takes(case, conclusion),
        Conclusion::Reissue => case.reissues,
    }
}

/// Whether nothing is contested any more that the findings called so.
fn settles(case: &Case<'_>) -> bool {
    let mut after = case.old.cloned().unwrap_or_default();
    let mut change = case.change.clone();
    if let Some(state) = case.state {
        change.set.insert(STATE_FIELD.to_owned(), Value::Text(state.to_owned()));
    }
    after.apply(change);
    let fields = case.codes.contains(&CONTESTED) && is_contested(case.kind, &after);
    let state = case.codes.contains(&STALE) && after.is_contested(STATE_FIELD);
    !fields && !state
}

/// Whether what it puts where values differed is one of them.
fn keeps_one(case: &Case<'_>) -> bool {
    let Some(old) = case.old else { return true };
    let among = |field: &str, value: &Value| {
        !old.is_contested(field) || old.values(field).iter().any(|entry| entry.value == *value)
    };
    let state = case.state.map(|state| Value::Text(state.to_owned()));
    case.typed.set.iter().all(|(field, value)| among(field, value))
        && state.is_none_or(|state| among(STATE_FIELD, &state))
}

/// Whether it links to every other record that the findings are about, by the transition that the kind has for that.
fn links(case: &Case<'_>) -> bool {
    let is_link = |field: &str| case.kind.field(field).is_some_and(|f| f.kind == FieldType::Record);
    let added = case
        .typed
        .add
        .iter()
        .flat_map(|(field, values)| values.iter().map(move |value| (field, value)));
    let links: Vec<(&String, [u8; 16])> = case
        .typed
        .set
        .iter()
        .chain(added)
        .filter(|(field, _)| is_link(field))
        .filter_map(|(field, value)| match value {
            Value::Id(id) => Some((field, *id)),
            _ => None,
        })
        .collect();
    let by_transition = |(field, _): &(&String, [u8; 16])| {
        let mut moves = case.kind.workflow.transitions.values();
        let needed = moves.any(|t| t.concludes == Some(Conclusion::Link) && t.needs.contains(*field));
        !needed || takes(case, Conclusion::Link)
    };
    let all_linked = case.others.iter().all(|other| links.iter().any(|(_, id)| id == other));
    !links.is_empty() && all_linked && links.iter().all(by_transition)
}

/// Whether it takes a transition of that sense.
fn takes(case: &Case<'_>, conclusion: Conclusion) -> bool {
    let transition = case
        .op
        .act
        .as_ref()
        .and_then(|act| case.kind.workflow.transitions.get(&act.name));
    transition.is_some_and(|transition| transition.concludes == Some(conclusion))
}
