//! Transitions, judged against the merged state at arrival.

use crdts::{CmRDT as _, Dot};
use sync_protocol::catalog::{Kind, STATE_FIELD};
use sync_protocol::hours;
use sync_protocol::op::Op;
use sync_protocol::record::{Change, Record};
use sync_protocol::role::Role;
use sync_protocol::shape::Typed;
use sync_protocol::value::Value;
use sync_protocol::verdict::Code;

use super::rights::is_desk;

/// What an operation does to the state of its record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The state that it writes, if it writes one.
    pub to: Option<String>,
    /// Its author had not seen the present state: it is kept beside it, and people decide.
    pub stale: bool,
}

/// Judges the step of the operation that creates a record.
pub fn create(kind: &Kind, op: &Op, typed: &Typed, role: Role, elevated: bool) -> Result<Step, Code> {
    let to = match &op.act {
        None => kind.workflow.initial.clone(),
        Some(act) => {
            let transition = kind
                .workflow
                .transitions
                .get(&act.name)
                .ok_or(Code::TransitionUnknown)?;
            if !transition.creates || !(elevated || transition.roles.contains(&role)) {
                return Err(Code::TransitionForbidden);
            }
            require_reason(transition.reason, op)?;
            let set = |field: &String| {
                typed.set.get(field).is_some_and(|v| *v != Value::Null) || typed.add.contains_key(field)
            };
            if !transition.needs.iter().all(set) {
                return Err(Code::TransitionIncomplete);
            }
            transition.to.clone()
        }
    };
    Ok(Step {
        to: Some(to),
        stale: false,
    })
}

/// Judges the step of an operation on an existing record.
pub fn advance(kind: &Kind, record: &Record, op: &Op, change: &Change, role: Role) -> Result<Step, Code> {
    // Its author had seen what he wrote himself, also where he leaves that out.
    let mut seen = op.seen.clone();
    seen.apply(Dot::new(change.dot.actor, op.seq - 1));
    let covered = record.is_covered(STATE_FIELD, &seen);
    let states = || record.values(STATE_FIELD).iter().filter_map(|e| text(&e.value));
    let locked = states().any(|state| {
        kind.workflow
            .states
            .get(state)
            .and_then(|s| s.edit.as_ref())
            .is_some_and(|edit| !edit.contains(&role))
    });
    let edits = op.fields().next().is_some();
    if edits && locked && covered {
        return Err(Code::StateLocked);
    }
    let alone = !op.proposes && op.confirms.is_none();
    let hours = op
        .fields()
        .any(|name| kind.field(name).is_some_and(|field| field.hours));
    let seconded = |state: &str| kind.workflow.states.get(state).is_some_and(|s| s.second);
    let unseconded = alone && hours && states().any(seconded);
    if unseconded && covered {
        return Err(Code::SecondPersonRequired);
    }
    let Some(act) = &op.act else {
        return Ok(Step {
            to: None,
            stale: (edits && locked) || unseconded,
        });
    };
    let transition = kind
        .workflow
        .transitions
        .get(&act.name)
        .ok_or(Code::TransitionUnknown)?;
    if !transition.roles.contains(&role) {
        return Err(Code::TransitionForbidden);
    }
    require_reason(transition.reason, op)?;
    if transition.second && alone {
        return Err(Code::SecondPersonRequired);
    }
    if transition.approves && op.approves.is_none() {
        return Err(Code::ApprovalMissing);
    }
    if covered {
        // Out of a contested state only the desk leads, and says why: it is a decision between the states.
        let contested = record.is_contested(STATE_FIELD);
        let open = |state: &str| transition.from.contains(state);
        let may = if contested && is_desk(role) {
            states().any(open)
        } else {
            states().all(open)
        };
        // Where hours may stand posted, also beside another state, one person alone leads nowhere else.
        let leaves = states().any(seconded) && !seconded(&transition.to);
        if !may || (leaves && !transition.second) {
            return Err(Code::TransitionForbidden);
        }
        require_reason(contested, op)?;
        let mut after = record.clone();
        after.apply(change.clone());
        let has_value = |field: &String| {
            after.values(field).iter().any(|e| e.value != Value::Null) || after.elements(field).next().is_some()
        };
        if !transition.needs.iter().all(has_value) {
            return Err(Code::TransitionIncomplete);
        }
        if transition.approves && op.approves != hours::digest(kind, &after) {
            return Err(Code::ApprovalStale);
        }
    }
    Ok(Step {
        to: Some(transition.to.clone()),
        stale: !covered,
    })
}

fn require_reason(required: bool, op: &Op) -> Result<(), Code> {
    if required && op.reason.as_ref().is_none_or(|r| r.trim().is_empty()) {
        return Err(Code::ReasonRequired);
    }
    Ok(())
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}
