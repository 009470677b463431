//! What the shipped kinds promise to the people in and behind the records.

use std::collections::BTreeSet;

use super::builtin;
use crate::catalog::{Catalog, Field, FieldType, Kind, Label, Ledger, Policy, Sensitivity};
use crate::role::Role;

fn field<'a>(catalog: &'a Catalog, kind: &str, name: &str) -> (&'a Kind, &'a Field) {
    let kind = catalog
        .kind(kind, catalog.version())
        .unwrap_or_else(|| panic!("no kind {kind}"));
    (kind, kind.field(name).unwrap_or_else(|| panic!("no field {name}")))
}

#[test]
fn the_shipped_catalogue_loads() {
    let catalog = builtin();
    let kinds: Vec<_> = catalog.kinds().keys().map(String::as_str).collect();
    assert_eq!(
        kinds,
        [
            "attestation",
            "desk_note",
            "evaluation_form",
            "observer_draw",
            "photo_report",
            "procuratorial_suggestion",
            "service_order",
            "service_session",
            "subject",
            "supervision_visit",
            "volunteer_session"
        ]
    );
    assert_eq!(catalog.version(), 3);
    assert!(catalog.kind("subject", 0).is_none());
}

/// Hours, identity, outcomes and issued forms are never merged by a machine.
#[test]
fn contested_fields_wait_for_people() {
    let catalog = builtin();
    for (kind, name) in [
        ("subject", "real_name"),
        ("subject", "category"),
        ("supervision_visit", "subject"),
        ("supervision_visit", "seen_in_person"),
        ("supervision_visit", "concern"),
        ("service_order", "target_minutes"),
        ("service_order", "pledge"),
        ("service_session", "subject_confirmed"),
        ("photo_report", "filed_on"),
    ] {
        assert_eq!(field(&catalog, kind, name).1.policy, Policy::Review, "{kind}.{name}");
    }
    for kind in ["volunteer_session", "service_session"] {
        for name in ["started_at", "ended_at", "break_minutes", "claimed_minutes"] {
            assert!(field(&catalog, kind, name).1.hours, "{kind}.{name}");
        }
    }
}

#[test]
fn the_two_ledgers_are_fed_by_their_own_kinds() {
    let catalog = builtin();
    let ledgers: Vec<_> = catalog
        .kinds()
        .values()
        .filter_map(|k| k.ledger.map(|ledger| (k.kind.as_str(), ledger)))
        .collect();
    for ledger in Ledger::ALL {
        let wire = serde_json::to_string(ledger).unwrap();
        assert_eq!(wire, format!("\"{}\"", ledger.code()));
        assert_eq!(Ledger::parse(ledger.code()), Some(*ledger));
    }
    assert_eq!(
        ledgers,
        [
            ("service_session", Ledger::SocialService),
            ("volunteer_session", Ledger::Volunteer)
        ]
    );
}

#[test]
fn identity_is_read_by_those_who_handle_the_case() {
    let catalog = builtin();
    let readers = |kind: &str, name: &str| -> Vec<Role> {
        let (kind, field) = field(&catalog, kind, name);
        let reads = |role: &Role| kind.read.unit.contains(role) || kind.read.own.contains(role);
        Role::ALL
            .iter()
            .copied()
            .filter(|r| reads(r) && kind.may_read_field(*r, field))
            .collect()
    };
    for name in ["real_name", "id_type", "id_last4", "phone"] {
        assert_eq!(
            readers("subject", name),
            [Role::Prosecutor, Role::DepartmentHead, Role::ChiefProcurator],
            "{name}"
        );
        assert_eq!(
            field(&catalog, "subject", name).1.sensitivity,
            Sensitivity::Sensitive,
            "{name}"
        );
    }
    for name in ["reporter_name", "reporter_contact", "reporter_consent"] {
        assert_eq!(readers("photo_report", name), [Role::Prosecutor], "{name}");
    }
}

/// Nobody is assigned to an attestation and nothing leads to it, so one observer never reads the other's.
#[test]
fn observers_attest_blind_to_each_other() {
    let catalog = builtin();
    let (kind, _) = field(&catalog, "attestation", "session");
    assert!(kind.read.assigned.is_empty() && kind.read.via.is_empty());
    assert!(kind.read.own.contains(&Role::Volunteer) && kind.write.own.contains(&Role::Volunteer));
    assert!(kind.read.unit.contains(&Role::Supervisor) && !kind.read.unit.contains(&Role::Volunteer));
    assert_eq!(kind.attests.as_ref().map(|a| a.observers), Some(2));
}

/// What was approved leaves the ledger by a correction of two persons, or when it is made void.
#[test]
fn what_takes_hours_back_is_said_in_the_catalogue() {
    for kind in builtin().kinds().values().filter(|kind| kind.ledger.is_some()) {
        let flow = &kind.workflow.transitions;
        let reversing: Vec<_> = flow
            .iter()
            .filter(|(_, t)| t.reverses)
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(reversing, ["correct", "void"], "{}", kind.kind);
        assert!(flow["correct"].second, "{}", kind.kind);
    }
}

/// What a phone may hold offline of a supervised person: the alias, where and when to go, and no more.
#[test]
fn an_assigned_member_sees_only_what_a_visit_needs() {
    let catalog = builtin();
    let (subject, _) = field(&catalog, "subject", "alias");
    for role in [
        Role::Supervisor,
        Role::InfoOfficer,
        Role::LiaisonOfficer,
        Role::Volunteer,
        Role::Counsellor,
    ] {
        let seen = subject.fields.iter().filter(|(_, f)| subject.may_read_field(role, f));
        let seen: Vec<_> = seen.map(|(name, _)| name.as_str()).collect();
        let few = [
            "alias",
            "assigned",
            "next_visit_on",
            "prosecutor",
            "visit_interval_days",
            "visit_place",
        ];
        assert_eq!(seen, few, "{role}");
    }
}

#[test]
fn the_reconciliation_officer_resolves_and_creates_nothing_but_the_desks_own_notes() {
    for kind in builtin().kinds().values() {
        let creates = kind.write.create.contains(&Role::ConflictAdmin);
        assert_eq!(creates, kind.kind == "desk_note", "{}", kind.kind);
        assert!(kind.write.edit.contains(&Role::ConflictAdmin), "{}", kind.kind);
        assert!(kind.touches_others(Role::ConflictAdmin), "{}", kind.kind);
    }
}

#[test]
fn administrators_of_the_system_read_no_records() {
    for kind in builtin().kinds().values() {
        for role in [Role::SysAdmin, Role::SecAdmin, Role::Auditor] {
            assert!(
                !kind.read.unit.contains(&role) && !kind.read.own.contains(&role),
                "{}: {role}",
                kind.kind
            );
        }
    }
}

/// Order 67 Art 7 names seven things of which six are typed in (the date is in the start).
#[test]
fn volunteer_hours_are_submitted_with_what_the_law_demands() {
    let catalog = builtin();
    let (kind, _) = field(&catalog, "volunteer_session", "volunteer");
    let required = kind
        .fields
        .iter()
        .filter(|(_, f)| f.required)
        .map(|(name, _)| name.as_str());
    for transition in ["submit", "approve"] {
        let needs = kind.workflow.transitions[transition].needs.iter().map(String::as_str);
        let has: BTreeSet<_> = needs.chain(required.clone()).collect();
        for name in [
            "activity_name",
            "started_at",
            "place_text",
            "content",
            "claimed_minutes",
            "organising_unit",
            "person_in_charge",
        ] {
            assert!(has.contains(name), "{transition}: {name}");
        }
    }
}

/// Words that call people criminals, suggest that they are followed, or that a machine decides.
#[test]
fn wording_is_respectful() {
    const ZH: [&str; 9] = [
        "罪犯",
        "监控",
        "定位",
        "自动判定",
        "证明",
        "积分",
        "排名",
        "检察意见",
        "劳动改造",
    ];
    const EN: [&str; 9] = [
        "criminal record",
        "offender",
        "convict",
        "surveillance",
        "tracking",
        "automatic",
        "certificate",
        "ranking",
        "labour reform",
    ];
    let catalog = builtin();
    let labels = catalog.kinds().values().flat_map(labels);
    for (place, label) in labels {
        let en = label.en.to_lowercase();
        let found = ZH
            .iter()
            .find(|w| label.zh_hans.contains(**w))
            .or(EN.iter().find(|w| en.contains(**w)));
        assert_eq!(found, None, "{place}: {label:?}");
    }
}

fn labels(kind: &Kind) -> Vec<(String, &Label)> {
    let flow = &kind.workflow;
    let mut all = vec![(kind.kind.clone(), &kind.name), (kind.kind.clone(), &kind.about)];
    for (name, field) in &kind.fields {
        let place = format!("{}.{name}", kind.kind);
        all.extend([&field.label, &field.purpose.why].map(|label| (place.clone(), label)));
        all.extend(field.values.iter().map(|v| (format!("{place}.{}", v.code), &v.label)));
    }
    all.extend(
        flow.states
            .iter()
            .map(|(name, s)| (format!("{}, state {name}", kind.kind), &s.label)),
    );
    all.extend(
        flow.transitions
            .iter()
            .map(|(name, t)| (format!("{}, transition {name}", kind.kind), &t.label)),
    );
    all
}

/// A place that is missing stops nothing: why it is missing can be said beside each point, by whoever may write the point.
#[test]
fn each_point_has_a_field_that_says_why_it_is_missing() {
    let mut points = 0;
    for kind in builtin().kinds().values() {
        for (name, point) in kind.fields.iter().filter(|(_, f)| f.kind == FieldType::Point) {
            let why = kind
                .field(&format!("{name}_absent"))
                .unwrap_or_else(|| panic!("{}.{name}: nothing says why it is missing", kind.kind));
            let codes: Vec<_> = why.values.iter().map(|value| value.code.as_str()).collect();
            assert_eq!(codes, ["denied", "unavailable", "timeout", "unsupported", "not_asked"]);
            assert_eq!(
                (why.required, &why.write, &why.read),
                (false, &point.write, &point.read)
            );
            assert_eq!(why.purpose.keep_years, point.purpose.keep_years, "{}.{name}", kind.kind);
            points += 1;
        }
    }
    assert_eq!(points, 6);
}
