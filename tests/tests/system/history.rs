//! A short life of a district in which everything happens that leaves a trace in the database.

use serde_json::json;
use sync_protocol::id::RecordId;
use sync_protocol::op::{self, OpName};
use sync_protocol::role::Role;
use wuyuan_tests::district::{Handset, World};

use wuyuan_tests::reports::{edit, record, report, verdicts};

/// The phones of that life and what to look at.
pub struct History {
    /// Of the prosecutor: made the subject and took it from one supervisor to another.
    pub desk: Handset,
    /// Of a supervisor: made the visit, and waits with another.
    pub supervisor: Handset,
    /// Of a volunteer: reports, rubbish, and a report without a title.
    pub volunteer: Handset,
    /// The same volunteer's second phone: issued the report again.
    pub second: Handset,
    /// The supervised person's record.
    pub subject: RecordId,
    /// The visit, seen by whoever is assigned to the subject.
    pub visit: RecordId,
    /// The contested report.
    pub report: RecordId,
}

/// A visit of a subject.
pub fn visit(handset: &Handset, record: RecordId, subject: RecordId) -> op::OpDraft {
    let mut draft = handset.phone.draft("supervision_visit", record);
    for (field, value) in [
        ("subject", json!(subject)),
        ("visited_at", json!("2026-11-20T09:00:00+08:00")),
        ("mode", json!("home_visit")),
        ("seen_in_person", json!(true)),
        ("concern", json!("none")),
    ] {
        draft.set.insert(field.to_owned(), value);
    }
    draft
}

/// Writes the history of a new world.
pub fn write(world: &World) -> History {
    let mut supervisor = world.handset(world.holder(Role::Supervisor, 0));
    let next = world.holder(Role::Supervisor, 1).id;
    let volunteer_member = world.holder(Role::Volunteer, 0).clone();
    let mut volunteer = world.handset(&volunteer_member);
    let mut second = world.enrol(volunteer.api.clone(), &volunteer_member);
    let mut desk = world.handset(world.holder(Role::Prosecutor, 0));
    desk.phone.holder.unit = supervisor.phone.holder.unit.clone();
    let (subject, visited, contested) = (record(), record(), record());

    let mut draft = desk.phone.draft("subject", subject);
    draft.set.insert("alias".to_owned(), json!("甲"));
    draft.set.insert("category".to_owned(), json!("bail"));
    draft
        .add
        .insert("assigned".to_owned(), vec![json!(supervisor.phone.holder.member)]);
    desk.phone.record(&draft);
    assert_eq!(verdicts(&desk.push_from(1)), ["accepted"]);

    let draft = visit(&supervisor, visited, subject);
    supervisor.phone.record(&draft);
    // Its subject may still come.
    let draft = visit(&supervisor, record(), record());
    supervisor.phone.record(&draft);
    assert_eq!(verdicts(&supervisor.push_from(1)), ["accepted", "link_missing"]);

    let mut draft = desk.phone.draft("subject", subject);
    draft.seen.insert(desk.phone.device, 1);
    draft
        .remove
        .insert("assigned".to_owned(), vec![json!(supervisor.phone.holder.member)]);
    draft.add.insert("assigned".to_owned(), vec![json!(next)]);
    desk.phone.record(&draft);
    assert_eq!(verdicts(&desk.push_from(2)), ["accepted"]);

    let draft = report(&volunteer.phone, contested, "two say different things of it");
    volunteer.phone.record(&draft);
    let mut incomplete = report(&volunteer.phone, record(), "left out");
    incomplete.set.remove("title");
    let lost = incomplete.record;
    volunteer.phone.record(&incomplete);
    volunteer.phone.write("{\"rubbish\":1}");
    volunteer.phone.write(op::stub(4, &[7; 32]));
    let said = verdicts(&volunteer.push_from(1));
    assert_eq!(said, ["accepted", "missing_required", "unknown_member", "too_large"]);
    let draft = edit(&volunteer.phone, contested, 1, "one thing");
    volunteer.phone.record(&draft);
    assert_eq!(verdicts(&volunteer.push_from(5)), ["accepted"]);

    let mut draft = edit(&second.phone, contested, 1, "another thing");
    draft.seen = [(volunteer.phone.device, 1)].into();
    second.phone.record(&draft);
    let mut draft = report(&second.phone, lost, "with its title");
    draft.reissues = Some(OpName {
        device: volunteer.phone.device,
        seq: 2,
        hash: op::read(volunteer.phone.text(2)).1,
    });
    second.phone.record(&draft);
    assert_eq!(verdicts(&second.push_from(1)), ["accepted", "accepted"]);
    History {
        desk,
        supervisor,
        volunteer,
        second,
        subject,
        visit: visited,
        report: contested,
    }
}
