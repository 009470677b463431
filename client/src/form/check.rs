//! What the phone can judge before saving, so that nobody learns of it days later. The server judges again.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use sync_protocol::catalog::{Catalog, Kind, STATE_FIELD};
use sync_protocol::feed::Hash;
use sync_protocol::hours;
use sync_protocol::id::MemberId;
use sync_protocol::json::Json as Strict;
use sync_protocol::limits;
use sync_protocol::op::{self, OpDraft, Parsed};
use sync_protocol::role::Role;
use sync_protocol::shape;
use sync_protocol::verdict::Code;
use sync_protocol::wire::{FieldView, RecordView};

use super::{Entry, Form, SaveError};

fn refused(code: Code, place: &str) -> SaveError {
    SaveError::Refused {
        code,
        place: Some(place.to_owned()),
    }
}

fn kind_of<'c>(catalog: &'c Catalog, form: &Form) -> Result<&'c Kind, SaveError> {
    catalog
        .kind(&form.kind, catalog.version())
        .ok_or_else(|| refused(Code::UnknownKind, &form.kind))
}

/// The one value that a register shows; `None` when it is absent or contested.
fn shown<'v>(view: Option<&'v RecordView>, name: &str) -> Option<&'v Json> {
    match view?.fields.get(name)? {
        FieldView::Register(values) if values.len() == 1 => values.first().map(|v| &v.value),
        _ => None,
    }
}

/// Leaves out what is as shown. Writing to a contested field always counts: it decides.
pub(super) fn changed(catalog: &Catalog, form: &Form, entry: &Entry) -> Result<Entry, SaveError> {
    let kind = kind_of(catalog, form)?;
    let mut entry = entry.clone();
    if entry.confirms.is_some() {
        // It says what the proposal says.
        return Ok(entry);
    }
    entry.set.retain(|name, value| {
        let (Some(field), Some(before)) = (kind.field(name), shown(form.shown.as_ref(), name)) else {
            return true;
        };
        let typed = |json: &Json| {
            let strict: Strict = serde_json::from_value(json.clone()).ok()?;
            shape::value(field, catalog.version(), &strict)
        };
        !(before == value || (typed(before).is_some() && typed(before) == typed(value)))
    });
    if form.shown.is_some()
        && entry.set.is_empty()
        && entry.add.is_empty()
        && entry.remove.is_empty()
        && entry.act.is_none()
        && entry.decides.is_none()
    {
        return Err(SaveError::NothingChanged);
    }
    Ok(entry)
}

/// Judges fields, required values and the transition for `member` in `role`.
pub(super) fn entry(
    catalog: &Catalog,
    form: &Form,
    entry: &Entry,
    role: Role,
    member: &MemberId,
) -> Result<(), SaveError> {
    let kind = kind_of(catalog, form)?;
    let creating = form.shown.is_none();
    let edits = !(entry.set.is_empty() && entry.add.is_empty() && entry.remove.is_empty());
    let only_decides = entry.decides.is_some() && !edits && entry.act.is_none();
    let may = match &form.shown {
        None => kind.write.create.contains(&role),
        Some(_) if only_decides => true,
        // Whether a role may take a transition is the workflow's question, asked below.
        Some(view) => {
            let only_moves = entry.act.is_some() && !edits;
            (only_moves || kind.write.edit.contains(&role)) && (kind.touches_others(role) || view.creator == *member)
        }
    };
    if !may {
        return Err(refused(Code::RoleForbidden, &form.kind));
    }
    desk(kind, form, entry, role, member)?;
    let touched = entry.set.keys().chain(entry.add.keys()).chain(entry.remove.keys());
    for name in touched {
        let field = kind.field(name).ok_or_else(|| refused(Code::UnknownField, name))?;
        if !kind.may_write_field(role, field, creating) {
            return Err(refused(Code::FieldForbidden, name));
        }
    }
    let filled = |name: &str| {
        entry.set.get(name).map(|v| !v.is_null()).unwrap_or_else(|| {
            entry.add.contains_key(name) || form.shown.as_ref().is_some_and(|view| has_value(view, name))
        })
    };
    if creating {
        let missing = kind.fields.iter().find(|(name, field)| field.required && !filled(name));
        if let Some((name, _)) = missing {
            return Err(refused(Code::MissingRequired, name));
        }
    }
    let states = states(form.shown.as_ref());
    let locks = |state: &&str| {
        let roles = kind.workflow.states.get(*state).and_then(|s| s.edit.as_ref());
        roles.is_some_and(|roles| !roles.contains(&role))
    };
    if edits && let Some(state) = states.iter().find(|s| locks(s)) {
        return Err(refused(Code::StateLocked, state));
    }
    let alone = !entry.proposes && entry.confirms.is_none();
    let hours = |name: &&String| kind.field(name).is_some_and(|field| field.hours);
    let touched = entry.set.keys().chain(entry.add.keys()).chain(entry.remove.keys());
    let seconded = |state: &&str| kind.workflow.states.get(*state).is_some_and(|state| state.second);
    if alone
        && states.iter().any(seconded)
        && let Some(name) = touched.into_iter().find(hours)
    {
        return Err(refused(Code::SecondPersonRequired, name));
    }
    let Some(act) = &entry.act else { return Ok(()) };
    let transition = kind
        .workflow
        .transitions
        .get(act)
        .ok_or_else(|| refused(Code::TransitionUnknown, act))?;
    let open = match creating {
        true => transition.creates,
        false => states.iter().any(|state| transition.from.contains(*state)),
    };
    if !open || !transition.roles.contains(&role) {
        return Err(refused(Code::TransitionForbidden, act));
    }
    if transition.reason && entry.reason.as_ref().is_none_or(|r| r.trim().is_empty()) {
        return Err(refused(Code::ReasonRequired, act));
    }
    if transition.second && alone {
        return Err(refused(Code::SecondPersonRequired, act));
    }
    match transition.needs.iter().find(|name| !filled(name)) {
        Some(name) => Err(refused(Code::TransitionIncomplete, name)),
        None => Ok(()),
    }
}

/// Judges what two persons do, and what is decided.
fn desk(kind: &Kind, form: &Form, entry: &Entry, role: Role, member: &MemberId) -> Result<(), SaveError> {
    if form.shown.is_none() && (entry.proposes || entry.confirms.is_some()) {
        return Err(refused(Code::RecordUnavailable, &form.kind));
    }
    if let (Some(named), Some(view)) = (&entry.confirms, &form.shown) {
        let proposal = view.proposals.iter().find(|p| p.dot == (named.device, named.seq));
        match proposal {
            None => return Err(refused(Code::ProposalStale, &form.kind)),
            Some(proposal) if proposal.by == *member => return Err(refused(Code::ProposalSamePerson, &form.kind)),
            Some(_) => {}
        }
    }
    if entry.decides.is_none() {
        return Ok(());
    }
    if !kind.may_decide(role) {
        return Err(refused(Code::DecisionForbidden, &form.kind));
    }
    if entry.reason.as_ref().is_none_or(|reason| reason.trim().is_empty()) {
        return Err(refused(Code::ReasonRequired, &form.kind));
    }
    Ok(())
}

/// What an approving transition approves: the digest of the hour-relevant values as the form shows them, with what
/// was filled in. Differing values are decided first.
pub(super) fn approves(catalog: &Catalog, form: &Form, entry: &Entry) -> Result<Option<Hash>, SaveError> {
    let kind = kind_of(catalog, form)?;
    let transition = entry.act.as_ref().and_then(|act| kind.workflow.transitions.get(act));
    if !transition.is_some_and(|t| t.approves) {
        return Ok(None);
    }
    let mut approved = BTreeMap::new();
    for name in hours::counting(kind) {
        let typed = |json: &Json| {
            let strict: Strict = serde_json::from_value(json.clone()).ok()?;
            shape::value(kind.field(name)?, catalog.version(), &strict)
        };
        let mut values: Vec<_> = match entry.set.get(name) {
            Some(json) => vec![typed(json)],
            None => all_shown(form.shown.as_ref(), name).map(typed).collect(),
        };
        // The same moment under two offsets is one value.
        values.dedup();
        if values.len() > 1 {
            return Err(refused(Code::ApprovalStale, name));
        }
        approved.extend(values.pop().flatten().map(|value| (name, value)));
    }
    Ok(Some(hours::digest_of(kind, |name| approved.get(name).cloned())))
}

/// The values that a register shows.
fn all_shown<'v>(view: Option<&'v RecordView>, name: &str) -> impl Iterator<Item = &'v Json> {
    let values = match view.and_then(|v| v.fields.get(name)) {
        Some(FieldView::Register(values)) => values.as_slice(),
        _ => &[],
    };
    values.iter().map(|v| &v.value)
}

/// The states that the record shows: several when concurrent transitions left it contested.
fn states(view: Option<&RecordView>) -> Vec<&str> {
    match view.and_then(|v| v.fields.get(STATE_FIELD)) {
        Some(FieldView::Register(values)) => values.iter().filter_map(|v| v.value.as_str()).collect(),
        _ => Vec::new(),
    }
}

fn has_value(view: &RecordView, name: &str) -> bool {
    match view.fields.get(name) {
        Some(FieldView::Register(values)) => values.iter().any(|v| !v.value.is_null()),
        Some(FieldView::Set { items }) => !items.is_empty(),
        None => false,
    }
}

/// Reads the operation as the server will: its size, its text and each value's type.
pub(super) fn text(catalog: &Catalog, draft: &OpDraft, text: &str) -> Result<(), SaveError> {
    let op = match op::read(text).0 {
        Parsed::Op(op) => op,
        Parsed::Unreadable(Code::TooLarge) => return Err(too_large(draft, text.len())),
        Parsed::Unreadable(code) => return Err(SaveError::Refused { code, place: None }),
        Parsed::Withheld(_) => {
            return Err(SaveError::Refused {
                code: Code::Malformed,
                place: None,
            });
        }
    };
    let Some(kind) = catalog.kind(&op.kind, op.cat) else {
        return Err(refused(Code::UnknownKind, &op.kind));
    };
    for (name, value) in &op.set {
        let typed = kind
            .field(name)
            .is_some_and(|f| shape::value(f, op.cat, value).is_some());
        if !typed && *value != Strict::Null {
            return Err(refused(Code::WrongType, name));
        }
    }
    shape::check(catalog, &op).map_err(|code| SaveError::Refused { code, place: None })?;
    Ok(())
}

fn too_large(draft: &OpDraft, bytes: usize) -> SaveError {
    let size = |value: &Json| value.to_string().len();
    let lists = draft.add.iter().chain(&draft.remove);
    let mut fields: Vec<(String, usize)> = draft
        .set
        .iter()
        .map(|(name, value)| (name.clone(), size(value)))
        .collect();
    fields.extend(lists.map(|(name, values)| (name.clone(), values.iter().map(size).sum())));
    fields.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    SaveError::TooLarge {
        bytes,
        limit: limits::OP_BYTES,
        fields,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who takes a step need not edit: the server allows it, so the phone does not stand in the way.
    #[test]
    fn a_role_that_edits_nothing_takes_its_own_steps() {
        let catalog = Catalog::builtin().expect("a catalogue");
        let ids = |n: u8| uuid::Uuid::from_bytes([n; 16]).to_string();
        let form: Form = serde_json::from_value(serde_json::json!({
            "record": ids(1), "kind": "evaluation_form", "unit": "350111001026", "seen": {}, "shown": {
                "id": ids(1), "kind": "evaluation_form", "unit": "350111001026", "pos": 1, "creator": ids(2), "clock": {},
                "fields": { "state": [{ "value": "reviewed", "dot": [ids(3), 1] }] },
            },
        }))
        .expect("a form");
        let member: MemberId = ids(4).parse().expect("an id");
        let step = Entry {
            act: Some("return".to_owned()),
            reason: Some("演示".to_owned()),
            ..Entry::default()
        };
        let said = |given: &Entry| entry(&catalog, &form, given, Role::GroupLeader, &member);
        assert!(said(&step).is_ok(), "{:?}", said(&step));
        let code = |given: &Entry| match said(given) {
            Err(SaveError::Refused { code, .. }) => code,
            other => panic!("{other:?}"),
        };
        let set = BTreeMap::from([("grade".to_owned(), serde_json::json!("passed"))]);
        assert_eq!(code(&Entry { set, ..step.clone() }), Code::RoleForbidden);
        let act = Some("issue".to_owned());
        assert_eq!(code(&Entry { act, ..step.clone() }), Code::TransitionForbidden);
    }
}
