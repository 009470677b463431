//! The rules: pure functions from what a record says, and what is near it, to findings.
//!
//! Those about an operation as such (its clock, its verdict, a fork) and about values that stand beside each other are
//! made where they are judged, in the push's own transaction (`sync::findings`): they need no neighbours.

#[cfg(test)]
mod cases;
mod date_impossible;
mod datum_mixup;
mod day_hours;
mod duplicate_report;
mod late_entry;
mod night_hours;
mod open_session;
mod overlap;
mod photo_missing;
mod same_photo;
mod similar_photo;
mod stale_approval;
mod successive;
mod travel_speed;
mod week_hours;

use sync_protocol::calendar::Calendar;
use sync_protocol::rules::{RuleCode, Rules};

use super::found::Found;
use super::near::{Facts, Near};
pub(crate) use week_hours::monday;

/// What every rule goes by.
#[derive(Clone, Copy)]
pub struct Lens<'l> {
    /// The limits.
    pub rules: &'l Rules,
    /// Working days.
    pub calendar: &'l Calendar,
    /// The time, ms.
    pub now_ms: i64,
}

/// What the rules say of a record.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Examined {
    /// The findings, one for each cause.
    pub found: Vec<Found>,
    /// When a rule that goes by the clock will say something else, though nothing changes, ms.
    pub due_ms: Option<i64>,
}

impl Examined {
    /// Asks to be looked at again at `at_ms`.
    fn again(&mut self, at_ms: i64) {
        self.due_ms = Some(self.due_ms.map_or(at_ms, |due| due.min(at_ms)));
    }
}

/// A rule.
type Rule = fn(&Lens<'_>, &Facts, &Near, &mut Examined);

/// Those that look at records.
const RULES: &[Rule] = &[
    stale_approval::find,
    overlap::find,
    date_impossible::find,
    open_session::find,
    day_hours::find,
    night_hours::find,
    week_hours::find,
    late_entry::find,
    travel_speed::find,
    same_photo::find,
    similar_photo::find,
    duplicate_report::find,
    datum_mixup::find,
    photo_missing::find,
];

/// The codes of their findings: an open one that [`examine`] does not say again is closed.
pub const RECORD_RULES: &[RuleCode] = &[
    RuleCode::StaleApproval,
    RuleCode::Overlap,
    RuleCode::DateImpossible,
    RuleCode::OpenSession,
    RuleCode::DayHours,
    RuleCode::NightHours,
    RuleCode::WeekHours,
    RuleCode::LateEntry,
    RuleCode::TravelSpeed,
    RuleCode::SamePhoto,
    RuleCode::SimilarPhoto,
    RuleCode::DuplicateReport,
    RuleCode::DatumMixup,
    RuleCode::PhotoMissing,
];

/// Rules about two records that either of them finds. Of the other rules about two, only the later record finds.
pub const FROM_BOTH_SIDES: &[RuleCode] = &[RuleCode::Overlap, RuleCode::TravelSpeed, RuleCode::DatumMixup];

/// Applies every rule that looks at records.
pub fn examine(lens: &Lens<'_>, facts: &Facts, near: &Near) -> Examined {
    let mut examined = Examined::default();
    for rule in RULES {
        rule(lens, facts, near, &mut examined);
    }
    examined
}
