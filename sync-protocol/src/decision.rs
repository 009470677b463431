//! What a person at the desk decides about findings, as it stands in an operation.
//!
//! A decision names each finding together with its *basis*, a digest of everything that the rule saw when the
//! desk's screen was drawn. If the basis has moved since, the decision was made on a stale screen and is refused.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::json::strict_map;

/// Most findings that one operation decides.
pub const FINDINGS: usize = 64;

/// How the desk decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// One of several values holds.
    KeepOne,
    /// The fields were put together from several values.
    MergeFields,
    /// Both stand: the overlap, the likeness or the other value is explained.
    KeepBoth,
    /// Two records are about the same matter.
    Link,
    /// The author is asked to put it right.
    Return,
    /// The record does not count.
    Void,
    /// What was refused is issued again.
    Reissue,
    /// Looked at; nothing is to be changed.
    Dismiss,
}

impl Conclusion {
    /// Every conclusion.
    pub const ALL: &[Conclusion] = &[
        Conclusion::KeepOne,
        Conclusion::MergeFields,
        Conclusion::KeepBoth,
        Conclusion::Link,
        Conclusion::Return,
        Conclusion::Void,
        Conclusion::Reissue,
        Conclusion::Dismiss,
    ];

    /// The stable code on the wire and in the store.
    pub fn code(self) -> &'static str {
        match self {
            Conclusion::KeepOne => "keep_one",
            Conclusion::MergeFields => "merge_fields",
            Conclusion::KeepBoth => "keep_both",
            Conclusion::Link => "link",
            Conclusion::Return => "return",
            Conclusion::Void => "void",
            Conclusion::Reissue => "reissue",
            Conclusion::Dismiss => "dismiss",
        }
    }

    /// The words for people, in simplified Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Conclusion::KeepOne => "采用其中一项",
            Conclusion::MergeFields => "逐项合并",
            Conclusion::KeepBoth => "均保留",
            Conclusion::Link => "关联为同一事项",
            Conclusion::Return => "退回补正",
            Conclusion::Void => "作废",
            Conclusion::Reissue => "重新提交",
            Conclusion::Dismiss => "已核对，不作更改",
        }
    }

    /// The words for people, in English.
    pub fn en(self) -> &'static str {
        match self {
            Conclusion::KeepOne => "keep one",
            Conclusion::MergeFields => "merge field by field",
            Conclusion::KeepBoth => "keep both",
            Conclusion::Link => "link as the same matter",
            Conclusion::Return => "return to its author",
            Conclusion::Void => "make void",
            Conclusion::Reissue => "issue again",
            Conclusion::Dismiss => "looked at, nothing to change",
        }
    }

    /// Reads a code.
    pub fn parse(text: &str) -> Option<Conclusion> {
        Conclusion::ALL.iter().copied().find(|c| c.code() == text)
    }
}

/// The member `decides` of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decides {
    /// How.
    pub conclusion: Conclusion,
    /// The findings by their id (32 hexadecimal digits), each with the basis (64 digits) that the desk saw.
    #[serde(deserialize_with = "strict_map")]
    pub findings: BTreeMap<String, String>,
}

impl Decides {
    /// Whether it names findings, not too many, by digits of the right number.
    pub fn is_plausible(&self) -> bool {
        let digits = |text: &str, n: usize| {
            text.len() == n && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        };
        (1..=FINDINGS).contains(&self.findings.len())
            && self
                .findings
                .iter()
                .all(|(id, basis)| digits(id, 32) && digits(basis, 64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_and_the_store_spell_conclusions_alike() {
        for conclusion in Conclusion::ALL {
            let wire = serde_json::to_string(conclusion).unwrap();
            assert_eq!(wire, format!("\"{}\"", conclusion.code()));
            assert_eq!(Conclusion::parse(conclusion.code()), Some(*conclusion));
        }
    }

    #[test]
    fn findings_are_named_by_digits_each_once() {
        let text = |id: &str, basis: &str| format!(r#"{{"conclusion":"void","findings":{{"{id}":"{basis}"}}}}"#);
        let read = |text: &str| serde_json::from_str::<Decides>(text);
        let (id, basis) = ("ab".repeat(16), "01".repeat(32));
        assert!(read(&text(&id, &basis)).unwrap().is_plausible());
        for (id, basis) in [
            ("AB".repeat(16), basis.clone()),
            (id.clone(), "01".repeat(31)),
            ("x".to_owned(), basis.clone()),
        ] {
            assert!(!read(&text(&id, &basis)).unwrap().is_plausible());
        }
        let twice = format!(r#"{{"conclusion":"void","findings":{{"{id}":"{basis}","{id}":"{basis}"}}}}"#);
        assert!(read(&twice).is_err());
        assert!(!read(r#"{"conclusion":"void","findings":{}}"#).unwrap().is_plausible());
    }
}
