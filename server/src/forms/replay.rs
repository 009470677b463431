//! A form's story, told again from its operations: that it was reviewed, issued as it was reviewed by another person, and says the
//! same since. The write path lets nothing else in; this finds what came in another way.

use std::collections::BTreeSet;

use crdts::CmRDT as _;
use sync_protocol::catalog::{Kind, STATE_FIELD};
use sync_protocol::feed::Hash;
use sync_protocol::form;
use sync_protocol::id::{MemberId, RecordId};
use sync_protocol::op::Op;
use sync_protocol::record::{Change, Record};

use super::text;

/// The form was issued unreviewed, or says something else than was reviewed.
pub const UNREVIEWED: &str = "form_unreviewed";

/// Who issued the form also reviewed it.
pub const SAME_PERSON: &str = "form_same_person";

/// The form says something else than was issued.
pub const REWRITTEN: &str = "form_rewritten";

/// The story of one form, operation by operation in the order of the unit's log.
pub(super) struct Replay<'k> {
    kind: &'k Kind,
    id: RecordId,
    /// The form as it is by now.
    pub record: Record,
    reviewed: Option<(MemberId, Option<Hash>)>,
    issued: Option<Option<Hash>>,
    faults: BTreeSet<&'static str>,
}

impl<'k> Replay<'k> {
    /// Before the first operation.
    pub fn new(kind: &'k Kind, id: RecordId) -> Replay<'k> {
        Replay {
            kind,
            id,
            record: Record::default(),
            reviewed: None,
            issued: None,
            faults: BTreeSet::new(),
        }
    }

    /// The next accepted operation, and what it changed.
    pub fn take(&mut self, op: &Op, change: Change) {
        self.record.apply(change);
        let act = op.act.as_ref().filter(|_| !op.proposes);
        let stands = |state: &str| text(&self.record, STATE_FIELD) == Some(state);
        match act.map(|act| act.name.as_str()) {
            Some("review") if stands("reviewed") => self.reviewed = Some((op.by, self.hash())),
            Some("issue") if stands("issued") => {
                let hash = self.hash();
                match self.reviewed {
                    Some((_, reviewed)) if reviewed != hash => drop(self.faults.insert(UNREVIEWED)),
                    None => drop(self.faults.insert(UNREVIEWED)),
                    Some(_) => {}
                }
                if self.reviewed.is_some_and(|(by, _)| by == op.by) {
                    self.faults.insert(SAME_PERSON);
                }
                self.issued = Some(hash);
            }
            _ => {}
        }
    }

    /// The form's hash by now.
    pub fn hash(&self) -> Option<Hash> {
        form::hash(self.kind, self.id, &self.record)
    }

    /// What is wrong with the story after the last operation.
    pub fn faults(&self) -> BTreeSet<&'static str> {
        let rewritten = self.issued.is_some_and(|issued| issued != self.hash());
        self.faults
            .iter()
            .copied()
            .chain(rewritten.then_some(REWRITTEN))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use sync_protocol::catalog::Catalog;
    use sync_protocol::form::KIND;
    use sync_protocol::id::DeviceId;
    use sync_protocol::op::{self, Parsed};

    use super::*;
    use crate::sync::effect::{self, Effect};

    /// Who, which step if any, and a grade if he writes one.
    type Told<'s> = (u8, Option<&'s str>, Option<&'s str>);

    /// The codes of a story.
    fn told(story: &[Told<'_>]) -> Vec<&'static str> {
        let catalog = Catalog::builtin().expect("a catalogue");
        let mut replay = Replay::new(&catalog.kinds()[KIND], RecordId([9; 16]));
        let device = DeviceId([1; 16]);
        for (nth, (who, act, grade)) in story.iter().enumerate() {
            let seq = nth + 1;
            let id = |n: u8| uuid::Uuid::from_bytes([n; 16]);
            let mut json = serde_json::json!({
                "seq": seq, "salt": "00".repeat(16), "gen": "g", "cat": catalog.version(), "by": id(*who), "as": id(7),
                "at": "2026-11-22T08:00:00.000+08:00", "boot": "b", "uptime_ms": 1, "record": id(9), "kind": KIND,
                "unit": "350111001001",
            });
            if seq > 1 {
                json["seen"] = serde_json::json!({ device.to_string(): seq - 1 });
            }
            if let Some(act) = act {
                json["act"] = serde_json::json!({ "name": act });
            }
            if let Some(grade) = grade {
                json["set"] = serde_json::json!({ "grade": grade });
            }
            let Parsed::Op(op) = op::read(&json.to_string()).0 else {
                panic!("{json}")
            };
            let step = act.map(|act| catalog.kinds()[KIND].workflow.transitions[act].to.clone());
            let effect = Effect {
                state: step.or((seq == 1).then(|| "draft".to_owned())),
                ..Effect::default()
            };
            let change = effect::change(&catalog, &op, device, seq as i64, &effect).expect("a change");
            replay.take(&op, change);
        }
        replay.faults().into_iter().collect()
    }

    #[test]
    fn a_form_is_reviewed_and_issued_as_it_is_by_two_and_stays_so() {
        let drawn = (1, None, Some("failed"));
        let (review, issue) = ((2, Some("review"), None), (1, Some("issue"), None));
        let cases: [(&[Told<'_>], &[&str]); 7] = [
            (&[drawn, review], &[]),
            (&[drawn, review, issue, (3, Some("deliver"), None)], &[]),
            (&[drawn, (1, Some("issue"), None)], &[UNREVIEWED]),
            (&[drawn, review, (1, Some("issue"), Some("excellent"))], &[UNREVIEWED]),
            (&[drawn, review, (2, Some("issue"), None)], &[SAME_PERSON]),
            (&[drawn, review, issue, (3, None, Some("excellent"))], &[REWRITTEN]),
            (
                &[
                    drawn,
                    review,
                    (1, Some("return"), None),
                    (1, None, Some("passed")),
                    review,
                    issue,
                ],
                &[],
            ),
        ];
        for (story, codes) in cases {
            assert_eq!(told(story), codes, "{story:?}");
        }
    }
}
