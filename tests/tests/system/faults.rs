//! Operations that are wrong in themselves: each is stored, gets a verdict with its code, and stops nothing behind it.

use serde_json::json;
use sync_protocol::feed::body_hash;
use sync_protocol::op::stub;
use sync_protocol::role::Role;
use wuyuan_tests::district::{Handset, World};
use wuyuan_tests::on_both_backends;
use wuyuan_tests::phones::Phone;

use wuyuan_tests::reports::{edit, record, report, verdicts};

/// Writes one operation and one good one behind it, pushes both, and wants `code` for the first.
fn expect(handset: &mut Handset, code: &str, text: impl FnOnce(&Phone) -> String) {
    let text = text(&handset.phone);
    let first = handset.phone.write(text.clone());
    let draft = report(&handset.phone, record(), "behind it");
    handset.phone.record(&draft);
    let answer = handset.push_from(first);
    assert_eq!(
        verdicts(&answer),
        [code, "accepted"],
        "{}",
        &text[..text.len().min(300)]
    );
    assert_eq!(answer.ok()["feed"]["head"]["seq"], first + 1);
}

/// The text of a good report, for bending.
fn good(phone: &Phone) -> String {
    report(phone, record(), "bent")
        .to_text()
        .expect("a draft can be written")
}

fn with_field(phone: &Phone, name: &str, value: serde_json::Value) -> String {
    let mut draft = report(phone, record(), "bent");
    draft.set.insert(name.to_owned(), value);
    draft.to_text().expect("a draft can be written")
}

on_both_backends! {
    fn what_cannot_be_read(backend) {
        let world = World::start(backend);
        let mut handset = world.handset(world.holder(Role::Volunteer, 0));
        let handset = &mut handset;
        expect(handset, "malformed", |_| "5".to_owned());
        expect(handset, "malformed", |_| "{}".to_owned());
        expect(handset, "malformed", |_| "null".to_owned());
        expect(handset, "malformed", |p| good(p).replace("\"uptime_ms\":1000", "\"uptime_ms\":\"1000\""));
        expect(handset, "malformed", |p| good(p).replace("\"at\":\"2", "\"at\":\"x2"));
        expect(handset, "malformed", |p| good(p).replace("\"unit\":\"3", "\"unit\":\"x"));
        expect(handset, "duplicate_key", |p| good(p).replacen('{', "{\"kind\":\"subject\",", 1));
        expect(handset, "duplicate_key", |p| good(p).replace("\"title\":", "\"title\":\"first\",\"title\":"));
        expect(handset, "bad_text", |p| good(p).replace("bent", "\\ud83d"));
        expect(handset, "bad_text", |p| good(p).replace("bent", "\\udc00\\ud83d"));
        expect(handset, "bad_text", |p| good(p).replace("bent", "a\\u0000b"));
        expect(handset, "unknown_member", |p| good(p).replacen('{', "{\"surplus\":1,", 1));
        expect(handset, "seq_mismatch", |p| {
            let mut draft = report(p, record(), "bent");
            draft.seq += 7;
            draft.to_text().expect("a draft can be written")
        });
        expect(handset, "too_large", |p| with_field(p, "description", json!("x".repeat(70_000))));
        expect(handset, "too_large", |p| stub(p.seq() + 1, &body_hash(b"bytes that travel as a blob")));
    }

    fn what_the_catalogue_does_not_know(backend) {
        let world = World::start(backend);
        let mut handset = world.handset(world.holder(Role::Volunteer, 0));
        let handset = &mut handset;
        expect(handset, "unknown_kind", |p| good(p).replace("photo_report", "photo_repart"));
        expect(handset, "unknown_field", |p| with_field(p, "titel", json!("x")));
        expect(handset, "wrong_type", |p| with_field(p, "title", json!(5)));
        expect(handset, "wrong_type", |p| with_field(p, "interest", json!("astrology")));
        expect(handset, "wrong_type", |p| with_field(p, "taken_at", json!("yesterday")));
        expect(handset, "wrong_type", |p| with_field(p, "point", json!({"lng": 119.3})));
        expect(handset, "missing_required", |p| {
            let mut draft = report(p, record(), "bent");
            draft.set.remove("channel");
            draft.to_text().expect("a draft can be written")
        });
        expect(handset, "transition_unknown", |p| {
            let mut draft = report(p, record(), "bent");
            draft.act = Some(sync_protocol::op::Act { name: "levitate".to_owned() });
            draft.to_text().expect("a draft can be written")
        });
        expect(handset, "cat_newer", |p| good(p).replacen("\"cat\":", "\"cat\":9", 1));
    }

    fn what_the_author_may_not(backend) {
        let world = World::start(backend);
        let mut handset = world.handset(world.holder(Role::Volunteer, 0));
        let far = world.community(15);
        let other = world.holder(Role::Volunteer, 1).clone();
        let handset = &mut handset;
        expect(handset, "unit_forbidden", |p| {
            let mut draft = report(p, record(), "bent");
            draft.unit = far.clone();
            draft.to_text().expect("a draft can be written")
        });
        expect(handset, "not_author", |p| {
            let mut draft = report(p, record(), "bent");
            draft.by = other.id;
            draft.to_text().expect("a draft can be written")
        });
        expect(handset, "appointment_unknown", |p| {
            let mut draft = report(p, record(), "bent");
            draft.appointment = other.appointments[0].id;
            draft.to_text().expect("a draft can be written")
        });
        expect(handset, "role_forbidden", |p| {
            let mut draft = p.draft("service_order", record());
            draft.set.insert("target_minutes".to_owned(), json!(600));
            draft.to_text().expect("a draft can be written")
        });
        expect(handset, "field_forbidden", |p| with_field(p, "lead_no", json!("L-1")));
    }

    fn what_another_record_contradicts(backend) {
        let world = World::start(backend);
        let mut handset = world.handset(world.holder(Role::Volunteer, 0));
        let mine = record();
        let draft = report(&handset.phone, mine, "mine");
        let first = handset.phone.record(&draft);
        let mut neighbour = world.handset(world.holder(Role::Volunteer, 1));
        let theirs = record();
        let draft = report(&neighbour.phone, theirs, "theirs");
        neighbour.phone.record(&draft);
        assert_eq!(verdicts(&handset.push_from(1)), ["accepted"]);
        assert_eq!(verdicts(&neighbour.push_from(1)), ["accepted"]);
        let (device, second) = (neighbour.phone.device, world.holder(Role::Volunteer, 0).appointments[1].clone());

        let handset = &mut handset;
        for unreadable in [theirs, record()] {
            expect(handset, "record_unavailable", |p| {
                edit(p, unreadable, first, "whose?").to_text().expect("a draft can be written")
            });
        }
        expect(handset, "kind_mismatch", |p| {
            edit(p, mine, first, "x").to_text().expect("a draft").replace("photo_report", "volunteer_session").replace("\"description\":\"x\"", "")
        });
        expect(handset, "unit_mismatch", |p| {
            let mut draft = edit(p, mine, first, "x");
            draft.unit = second.unit.clone();
            draft.appointment = second.id;
            draft.to_text().expect("a draft can be written")
        });
        // That operation exists, but on another record.
        for (seen, seq) in [(device, 1), (device, 99), (handset.phone.device, 2), (handset.phone.device, 9_999)] {
            expect(handset, "seen_unknown", |p| {
                let mut draft = edit(p, mine, first, "x");
                draft.seen.insert(seen, seq);
                draft.to_text().expect("a draft can be written")
            });
        }
        expect(handset, "accepted", |p| edit(p, mine, first, "and a good one").to_text().expect("a draft"));
    }

    fn clocks_are_testimony_and_never_a_reason_to_refuse(backend) {
        let world = World::start(backend);
        let mut handset = world.handset(world.holder(Role::Volunteer, 0));
        for at in ["1970-01-01T00:00:00Z", "2099-12-31T23:59:59.999+08:00"] {
            for boot in ["boot", "an earlier boot"] {
                expect(&mut handset, "accepted", |p| {
                    let mut draft = report(p, record(), "by a wrong clock");
                    draft.at = at.to_owned();
                    draft.boot = boot.to_owned();
                    draft.to_text().expect("a draft can be written")
                });
            }
        }
    }
}
