//! The shipped deadlines on records, and what a file of deadlines must keep.

use std::collections::BTreeMap;

use crdts::{CmRDT, Dot};

use super::*;
use crate::calendar::date_of;
use crate::clock::Clock;
use crate::id::DeviceId;
use crate::record::Change;
use crate::value::Instant;

struct Law {
    catalog: Catalog,
    calendar: Calendar,
    deadlines: Deadlines,
}

fn law() -> Law {
    let catalog = Catalog::builtin().unwrap_or_else(|e| panic!("{e}"));
    Law {
        calendar: Calendar::builtin().unwrap_or_else(|e| panic!("{e}")),
        deadlines: Deadlines::builtin(&catalog).unwrap_or_else(|e| panic!("{e}")),
        catalog,
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn word(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn record(set: &[(&str, Value)]) -> Record {
    let mut change = Change::new(Dot::new(DeviceId([1; 16]), 1), Clock::new());
    change.set = set
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    let mut record = Record::default();
    record.apply(change);
    record
}

impl Law {
    /// Code, due day, day met, provisional.
    fn of(
        &self,
        kind: &str,
        set: &[(&str, Value)],
        steps: &[(&str, &str)],
    ) -> BTreeMap<String, (String, String, bool)> {
        let steps: Vec<Step> = steps
            .iter()
            .map(|(state, on)| Step {
                state: (*state).to_owned(),
                day: day(on),
            })
            .collect();
        let found = self
            .deadlines
            .of(&self.calendar, &self.catalog.kinds()[kind], &record(set), &steps);
        let told = |due: Due| {
            let met = due.met.map_or("-".to_owned(), |met| met.to_string());
            (due.code, (due.due.to_string(), met, due.provisional))
        };
        found.into_iter().map(told).collect()
    }

    fn due(&self, set: &[(&str, Value)], code: &str) -> Option<String> {
        self.of("procuratorial_suggestion", set, &[])
            .remove(code)
            .map(|(due, _, _)| due)
    }
}

fn at(text: &str) -> Value {
    Value::Instant(Instant::parse(text).unwrap_or_else(|| panic!("{text}")))
}

#[test]
fn hours_are_entered_within_ten_working_days() {
    let law = law();
    let ended = ("ended_at", at("2026-09-28T17:30:00+08:00"));
    let open = law.of(
        "volunteer_session",
        &[ended.clone(), ("state", word("draft"))],
        &[("draft", "2026-09-28")],
    );
    assert_eq!(
        open["volunteer_entry"],
        ("2026-10-16".to_owned(), "-".to_owned(), false)
    );
    let steps = [
        ("draft", "2026-09-28"),
        ("submitted", "2026-10-19"),
        ("returned", "2026-10-20"),
        ("submitted", "2026-10-21"),
    ];
    let late = law.of(
        "volunteer_session",
        &[ended.clone(), ("state", word("submitted"))],
        &steps,
    );
    assert_eq!(
        late["volunteer_entry"],
        ("2026-10-16".to_owned(), "2026-10-19".to_owned(), false)
    );
    assert!(
        law.of("volunteer_session", &[ended, ("state", word("void"))], &[])
            .is_empty()
    );
    // Shortly before midnight in UTC it is the next day in China.
    let night = ("ended_at", at("2026-11-08T23:59:00Z"));
    let service = law.of("service_session", &[night, ("state", word("draft"))], &[]);
    assert_eq!(service["service_entry"].0, "2026-11-23");
}

#[test]
fn a_reply_is_due_in_two_months_or_fifteen_days_and_was_in_one_month() {
    let law = law();
    let delivered = |on: &str| ("delivered_on", word(on));
    let reply = |set: &[(&str, Value)]| law.due(set, "suggestion_reply");
    assert_eq!(
        reply(&[delivered("2026-11-24")]).as_deref(),
        Some("2027-01-25"),
        "a Sunday rolls"
    );
    assert_eq!(
        reply(&[delivered("2025-12-31")]).as_deref(),
        Some("2026-02-28"),
        "a Saturday that is worked"
    );
    assert_eq!(
        reply(&[delivered("2026-08-01")]).as_deref(),
        Some("2026-10-08"),
        "National Day"
    );
    let urgent = ("urgent", Value::Bool(true));
    assert_eq!(
        reply(&[delivered("2026-11-24"), urgent.clone()]).as_deref(),
        Some("2026-12-09")
    );
    assert_eq!(reply(&[delivered("2018-03-01")]).as_deref(), Some("2018-04-02"));
    assert_eq!(reply(&[delivered("2018-03-02")]).as_deref(), Some("2018-05-02"));
    assert_eq!(
        reply(&[delivered("2018-03-01"), urgent]).as_deref(),
        Some("2018-04-02"),
        "no such rule yet"
    );
    assert_eq!(reply(&[delivered("2015-06-01")]), None);
    assert_eq!(reply(&[]), None);
    // Across a year without a table.
    assert!(law.of("procuratorial_suggestion", &[delivered("2026-11-24")], &[])["suggestion_reply"].2);
    assert!(!law.of("procuratorial_suggestion", &[delivered("2026-05-08")], &[])["suggestion_reply"].2);
}

#[test]
fn the_office_has_days_of_its_own() {
    let law = law();
    let set = [
        ("decided_on", word("2026-09-29")),
        ("delivered_on", word("2026-10-08")),
        ("filed_upward_on", word("2026-10-14")),
        ("state", word("awaiting_reply")),
    ];
    let found = law.of("procuratorial_suggestion", &set, &[]);
    let told = |code: &str| (found[code].0.as_str(), found[code].1.as_str());
    // Three days on lies within the holiday; five days on is a Tuesday.
    assert_eq!(told("suggestion_delivery"), ("2026-10-08", "2026-10-08"));
    assert_eq!(told("suggestion_upward"), ("2026-10-13", "2026-10-14"));
    assert_eq!(told("suggestion_reply"), ("2026-12-08", "-"));
    let filed = law.of(
        "photo_report",
        &[("filed_on", word("2026-11-02")), ("state", word("filed"))],
        &[],
    );
    assert_eq!(filed["filing_delivery"].0, "2026-11-09");
}

#[test]
fn only_those_in_correction_report_in_and_minors_stand_in_no_list() {
    let law = law();
    let due = ("report_due_on", word("2026-11-22"));
    let of = |more: &[(&str, Value)]| {
        let set: Vec<_> = [due.clone()].into_iter().chain(more.iter().cloned()).collect();
        law.of("subject", &set, &[])
    };
    let entered = of(&[("category", word("correction")), ("reported_on", word("2026-11-20"))]);
    assert_eq!(
        entered["report_in"],
        ("2026-11-22".to_owned(), "2026-11-20".to_owned(), false)
    );
    assert!(of(&[("category", word("bail"))]).is_empty());
    assert!(of(&[("category", word("correction")), ("sealed_minor", Value::Bool(true))]).is_empty());
    assert!(of(&[("category", word("correction")), ("state", word("sealed"))]).is_empty());
}

#[test]
fn what_tells_of_a_deadline_is_known() {
    let law = law();
    let report_in: Vec<_> = law.deadlines.fields("report_in").into_iter().collect();
    assert_eq!(report_in, ["category", "report_due_on", "reported_on"]);
    assert_eq!(date_of(0), day("1970-01-01"));
}

#[test]
fn a_deadline_that_contradicts_the_catalogue_or_another_is_refused() {
    let law = law();
    for (from, to, words) in [
        ("kind = \"subject\"", "kind = \"person\"", "there is no kind"),
        (
            "met = { field = \"reported_on\" }",
            "met = { field = \"alias\" }",
            "no date",
        ),
        ("is = [\"correction\"]", "is = [\"parole\"]", "never one of these"),
        (
            "except = [\"ended\", \"sealed\"]",
            "except = [\"over\"]",
            "states of the kind",
        ),
        (
            "due = \"report_due_on\"",
            "due = \"report_due_on\"\ncount = 3",
            "either",
        ),
        (
            "unless_set = \"sealed_minor\"",
            "unless_set = \"alias\"",
            "no truth value",
        ),
        ("valid_to = \"2018-03-01\"", "valid_to = \"2018-03-02\"", "same time"),
        ("valid_to = \"2018-03-01\"", "valid_to = \"2015-03-02\"", "ends before"),
        ("is = [\"true\"]", "is = [\"true\", \"false\"]", "same time"),
    ] {
        let text = FILE.replacen(from, to, 1);
        assert_ne!(text, FILE, "{from}");
        match Deadlines::read(&text, &law.catalog) {
            Err(DeadlineError::Rule { message, .. }) => assert!(message.contains(words), "{to}: {message}"),
            other => panic!("{to}: {:?}", other.err()),
        }
    }
    assert!(matches!(
        Deadlines::read("[[deadline]]", &law.catalog),
        Err(DeadlineError::Toml(_))
    ));
}
