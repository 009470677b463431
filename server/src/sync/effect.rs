//! What an accepted operation did that its own text does not say, kept beside it so that the record can be
//! merged again from its operations under any later catalogue.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sync_protocol::catalog::{Catalog, STATE_FIELD};
use sync_protocol::clock::clock_of;
use sync_protocol::id::{DeviceId, Seq};
use sync_protocol::op::Op;
use sync_protocol::record::Change;
use sync_protocol::shape;
use sync_protocol::value::Value;
use sync_protocol::verdict::Code;

use crate::store::{StoreError, StoreResult};

/// Stored as JSON in `op.effect`; nothing when it would be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// The workflow state that it wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Fields that its author might write but not read: nothing in them was removed.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub blind: BTreeSet<String>,
    /// What it had seen, cut by the desk to what exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<BTreeMap<DeviceId, Seq>>,
    /// It only proposed: nothing but its place and its dot is in the record.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub proposal: bool,
}

impl Effect {
    /// The stored text.
    pub fn to_text(&self) -> StoreResult<Option<String>> {
        if *self == Effect::default() {
            return Ok(None);
        }
        serde_json::to_string(self).map(Some).map_err(|_| StoreError::Internal)
    }

    /// Reads the stored text.
    pub fn from_text(text: Option<&str>) -> StoreResult<Effect> {
        text.map_or(Ok(Effect::default()), |text| {
            serde_json::from_str(text).map_err(|_| StoreError::Corrupt)
        })
    }
}

/// The change that an accepted operation of `device` made at `pos`, from its text and its effect.
pub fn change(catalog: &Catalog, op: &Op, device: DeviceId, pos: i64, effect: &Effect) -> Result<Change, Code> {
    let (_, typed) = shape::check(catalog, op)?;
    let seen = effect
        .seen
        .as_ref()
        .map_or_else(|| op.seen.clone(), |seen| clock_of(seen.iter().map(|(d, s)| (*d, *s))));
    let mut change = Change::new(op.dot(device), seen).at(pos as u64);
    if effect.proposal {
        return Ok(change);
    }
    change.set = typed.set;
    change.add = typed.add;
    change.remove = typed.remove;
    change.blind = effect.blind.clone();
    if let Some(state) = &effect.state {
        change.set.insert(STATE_FIELD.to_owned(), Value::Text(state.clone()));
    }
    Ok(change)
}
