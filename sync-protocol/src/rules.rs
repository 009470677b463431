//! The rules of reconciliation as data: their wording, how much they matter, and their limits with the dates from which
//! they are in force.
//!
//! `catalog/rules.toml` is read and held to its form like the kinds. What a rule does is the server's; this says from
//! where on, and what people read.

mod facts;
mod load;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use facts::{Observing, ReadReport, ReadSession, ReadWitness, Reading};
pub use load::{Rules, RulesError};

use crate::catalog::Label;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident $code:literal [$($limit:literal),*];)*) => {
        /// Every rule.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum RuleCode {
            $($(#[$doc])* #[serde(rename = $code)] $name,)*
        }

        impl RuleCode {
            /// Every rule.
            pub const ALL: &[RuleCode] = &[$(RuleCode::$name),*];

            /// The stable code on the wire and in the store.
            pub fn code(self) -> &'static str {
                match self {
                    $(RuleCode::$name => $code,)*
                }
            }

            /// The names of its limits.
            pub fn limits(self) -> &'static [&'static str] {
                match self {
                    $(RuleCode::$name => &[$($limit),*],)*
                }
            }
        }
    };
}

codes! {
    /// Concurrent values of a field under review differ.
    ContestedField "contested_field" [];
    /// A proposal waits for another member to confirm it.
    AwaitsConfirmation "awaits_confirmation" [];
    /// A transition or edit was made by somebody who had not seen the present state.
    StaleTransition "stale_transition" [];
    /// What was approved is not what the record says now.
    StaleApproval "stale_approval" [];
    /// One person is in two sessions at once.
    Overlap "overlap" ["minutes"];
    /// What it tells happened at a time that cannot be.
    DateImpossible "date_impossible" ["ahead_hours", "from_year"];
    /// A session has no end.
    OpenSession "open_session" ["hours"];
    /// Too many minutes in one day.
    DayHours "day_hours" ["minutes"];
    /// Part of a session lies in the night.
    NightHours "night_hours" ["from_hour", "minutes", "until_hour"];
    /// Too many minutes in one week.
    WeekHours "week_hours" ["minutes"];
    /// Entered too long after its end.
    LateEntry "late_entry" ["working_days"];
    /// The phone's clock was off, or the time of writing cannot be known.
    ClockOff "clock_off" ["minutes"];
    /// Two successive places of one member are too far apart.
    TravelSpeed "travel_speed" ["at_least_m", "kmh", "unknown_accuracy_m"];
    /// One photo in two records.
    SamePhoto "same_photo" [];
    /// Photos of two records look alike.
    SimilarPhoto "similar_photo" ["bits"];
    /// Two reports of what may be one matter.
    DuplicateReport "duplicate_report" ["days", "metres", "most_accuracy_m", "unknown_accuracy_m"];
    /// Two places differ by just the shift between two datums.
    DatumMixup "datum_mixup" ["east_m", "north_m", "within_m"];
    /// A session differs from what an issued form froze.
    ChangedAfterFreeze "changed_after_freeze" [];
    /// What stands posted is not what stands approved.
    StaleAfterPosting "approval_stale_after_posting" [];
    /// What stands posted would not post now.
    GroundGone "ground_gone" [];
    /// An observer has attested a session twice.
    AttestedTwice "attested_twice" [];
    /// A file that a record names has not arrived.
    PhotoMissing "photo_missing" ["hours"];
    /// An operation was not accepted.
    QuarantinedOp "quarantined_op" [];
    /// An operation waits.
    HeldOp "held_op" [];
    /// A feed has two histories.
    ForkedFeed "forked_feed" [];
    /// A client could not reach the count and sum it was told.
    Diverged "diverged" [];
}

impl RuleCode {
    /// Reads a code.
    pub fn parse(text: &str) -> Option<RuleCode> {
        RuleCode::ALL.iter().copied().find(|rule| rule.code() == text)
    }
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth a look.
    Low,
    /// To be looked at soon.
    Medium,
    /// Somebody's hours or rights hang on it.
    High,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What people call its findings.
    pub name: Label,
    /// What a finding says, in one sentence.
    pub about: Label,
    /// How much it matters.
    pub severity: Severity,
    /// While it is open on a session, the session's hours are not posted.
    #[serde(default)]
    pub blocks_posting: bool,
    /// Its limits, the earliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<Limits>,
}

/// A rule's limits from a date on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// The first day on which they are in force, by China's calendar, `YYYY-MM-DD`.
    pub valid_from: String,
    /// The limits by name; the names tell the units.
    #[serde(flatten)]
    pub values: BTreeMap<String, i64>,
}
