//! Who has left still delivers the photos of what he wrote before.

use serde_json::json;
use sync_protocol::role::Role;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::district::World;
use wuyuan_tests::driven::Driven;

use crate::kept;

/// He may ask for little else, and not often; a client of tus that is told so by an upload throws it away.
#[test]
fn who_may_only_push_uploads_in_as_many_parts_as_anybody() {
    let world = World::start(Backend::Sqlite);
    let member = world.holder(Role::Volunteer, 0).clone();
    let admin = world.sign_in(world.holder(Role::SysAdmin, 0));
    for appointment in &member.appointments {
        admin
            .post(&format!("/v1/appointments/{}/end", appointment.id), &json!({}))
            .ok();
    }
    let api = world.sign_in(&member);
    let mut browser = Driven::browser(&world.server.url());
    let said = browser.ok(&json!({
        "do": "upload", "token": api.token(), "seed": 1, "length": 300_000, "options": {"chunkSize": 10_000},
    }));
    let sent = said["sha256"].as_str().expect("a hash").to_owned();
    assert_eq!(kept::hashes(&kept::folder(world.server.place())), [sent]);
}
