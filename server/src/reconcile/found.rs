//! A finding that a rule makes.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use sync_protocol::id::{DeviceId, RecordId, Seq};
use sync_protocol::rules::{RuleCode, Rules};

use crate::sync::findings::{self, About};

/// What a rule found. Its id follows from what it is about, so that the same cause is the same finding, and its
/// basis from what the rule saw, so that a decision holds only as long as that is the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The rule.
    pub code: RuleCode,
    /// The record.
    pub record: RecordId,
    /// The other record, of a rule about two.
    pub neighbour: Option<RecordId>,
    /// The operation, of a rule about one.
    pub op: Option<(DeviceId, Seq)>,
    /// What the rule saw of each record: for those who read that record.
    pub sides: Map<String, Value>,
    /// What it saw besides: figures, never names.
    pub figures: Map<String, Value>,
    /// The limits that applied.
    pub limits: Map<String, Value>,
}

impl Found {
    /// A finding about one record.
    pub fn about(code: RuleCode, record: RecordId) -> Found {
        Found {
            code,
            record,
            neighbour: None,
            op: None,
            sides: Map::new(),
            figures: Map::new(),
            limits: Map::new(),
        }
    }

    /// A finding about two records, the same from both sides.
    pub fn between(code: RuleCode, one: RecordId, other: RecordId) -> Found {
        Found {
            neighbour: Some(one.min(other)),
            ..Found::about(code, one.max(other))
        }
    }

    /// The same, having seen something of a record.
    pub fn side(mut self, record: RecordId, saw: Value) -> Found {
        self.sides.insert(record.to_string(), saw);
        self
    }

    /// The same, having seen a figure.
    pub fn figure(mut self, name: &str, value: impl Into<Value>) -> Found {
        self.figures.insert(name.to_owned(), value.into());
        self
    }

    /// The same, under the limits in force at `at_ms`.
    pub fn under(mut self, rules: &Rules, at_ms: i64) -> Found {
        let limits = rules.limits(self.code, at_ms);
        self.limits = limits
            .iter()
            .map(|(name, value)| (name.clone(), json!(value)))
            .collect();
        self
    }

    /// Its id: 16 bytes over what it is about.
    pub fn id(&self) -> [u8; 16] {
        let about = About {
            record: Some(self.record),
            neighbour: self.neighbour,
            device: self.op.map(|op| op.0),
            seq: self.op.map(|op| op.1),
            unit: None,
        };
        findings::id(self.code.code(), &about)
    }

    /// Its basis: 32 bytes over all that the rule saw. The limits are none of it: whoever decided did not decide on
    /// a limit.
    pub fn basis(&self) -> [u8; 32] {
        let saw = json!({ "figures": self.figures, "sides": self.sides });
        Sha256::new()
            .chain_update(b"wuyuan-basis-v1\n")
            .chain_update(self.id())
            .chain_update(saw.to_string().as_bytes())
            .finalize()
            .into()
    }

    /// What is stored beside it, as JSON.
    pub fn detail(&self) -> String {
        json!({ "figures": self.figures, "limits": self.limits, "sides": self.sides }).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_one_finding_from_both_sides_and_its_basis_follows_what_was_seen() {
        let (a, b) = (RecordId([1; 16]), RecordId([2; 16]));
        let one = Found::between(RuleCode::Overlap, a, b).figure("minutes", 5);
        let other = Found::between(RuleCode::Overlap, b, a).figure("minutes", 5);
        assert_eq!((one.id(), one.basis()), (other.id(), other.basis()));
        assert_eq!((one.record, one.neighbour), (b, Some(a)));
        let moved = Found::between(RuleCode::Overlap, a, b).figure("minutes", 6);
        assert_eq!(one.id(), moved.id());
        assert_ne!(one.basis(), moved.basis());
        assert_ne!(one.id(), Found::about(RuleCode::Overlap, b).id());
    }
}
