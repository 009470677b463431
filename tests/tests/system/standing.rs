//! What becomes of phones when the standing of their holder, or their own, changes.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sync_protocol::role::Role;
use wuyuan_tests::api::Api;
use wuyuan_tests::district::World;
use wuyuan_tests::on_both_backends;

use wuyuan_tests::reports::{record, report, verdicts};

fn admin(world: &World) -> Api {
    world.sign_in(world.holder(Role::SysAdmin, 0))
}

fn page<'a>(answer: &'a Value, unit: &str) -> &'a Value {
    answer["units"]
        .as_array()
        .and_then(|all| all.iter().find(|page| page["unit"] == unit))
        .unwrap_or(&Value::Null)
}

on_both_backends! {
    fn what_an_ended_member_still_delivers_is_kept_and_has_no_effect(backend) {
        let world = World::start(backend);
        let member = world.holder(Role::Volunteer, 0).clone();
        let mut handset = world.handset(&member);
        let draft = report(&handset.phone, record(), "written in time, delivered late");
        handset.phone.record(&draft);
        let admin = admin(&world);
        let end = |nth: usize| admin.post(&format!("/v1/appointments/{}/end", member.appointments[nth].id), &json!({})).ok();

        end(0);
        assert_eq!(verdicts(&handset.push_from(1)), ["appointment_ended"]);
        // The other appointment still holds, in its own unit.
        let mut draft = report(&handset.phone, record(), "in the other community");
        draft.appointment = member.appointments[1].id;
        draft.unit = member.appointments[1].unit.clone();
        handset.phone.record(&draft);
        assert_eq!(verdicts(&handset.push_from(2)), ["accepted"]);

        end(1);
        let draft = report(&handset.phone, record(), "after the last one");
        handset.phone.record(&draft);
        handset.api = world.sign_in(&member);
        assert_eq!(verdicts(&handset.push_from(3)), ["appointment_ended"]);
        let pull = handset.api.post("/v1/sync", &handset.phone.pull(&BTreeMap::new()));
        assert_eq!(pull.problem(), (403, "push_only".to_owned()));

        // The desk sees both.
        let desk = world.sign_in(world.holder(Role::ConflictAdmin, 0));
        let kept = desk.get("/v1/ops?fate=quarantined").ok();
        let codes: Vec<&str> = kept["ops"].as_array().into_iter().flatten().filter_map(|op| op["code"].as_str()).collect();
        assert_eq!(codes, ["appointment_ended", "appointment_ended"]);
    }

    fn what_a_revoked_device_still_delivers_is_kept_and_has_no_effect(backend) {
        let world = World::start(backend);
        let mut handset = world.handset(world.holder(Role::Volunteer, 0));
        let draft = report(&handset.phone, record(), "on a phone that was stolen");
        handset.phone.record(&draft);
        let gone = handset.api.send("DELETE", &format!("/v1/devices/{}", handset.phone.device), &[], &[]);
        assert_eq!(gone.status, 204);
        assert_eq!(verdicts(&handset.push_from(1)), ["device_revoked"]);
        let pull = handset.api.post("/v1/sync", &handset.phone.pull(&BTreeMap::new()));
        assert_eq!(pull.problem(), (403, "device_revoked".to_owned()));
    }

    fn a_cursor_of_another_scope_restarts_its_unit(backend) {
        let world = World::start(backend);
        let member = world.holder(Role::Volunteer, 0).clone();
        let mut mine = world.handset(&member);
        let mut theirs = world.handset(world.holder(Role::Volunteer, 1));
        for handset in [&mut mine, &mut theirs] {
            let draft = report(&handset.phone, record(), "one of each");
            handset.phone.record(&draft);
            assert_eq!(verdicts(&handset.push_from(1)), ["accepted"]);
        }
        let unit = mine.phone.holder.unit.to_string();
        let pull = |cursors: &BTreeMap<String, String>| mine.api.post("/v1/sync", &mine.phone.pull(cursors)).ok();
        let first = pull(&BTreeMap::new());
        assert_eq!(page(&first, &unit)["changes"].as_array().map(Vec::len), Some(1), "a volunteer sees what he wrote");
        let mut cursors = BTreeMap::new();
        cursors.insert(unit.clone(), page(&first, &unit)["cursor"].as_str().expect("a cursor").to_owned());
        assert_eq!(page(&pull(&cursors), &unit)["changes"], Value::Null, "nothing is new");

        let path = format!("/v1/members/{}/appointments", member.id);
        admin(&world).post(&path, &json!({"role": "group_leader", "unit": unit})).ok();
        let again = pull(&cursors);
        assert_eq!(page(&again, &unit)["restart"], true);
        assert_eq!(page(&again, &unit)["changes"].as_array().map(Vec::len), Some(2), "a leader sees the unit's");
    }

    fn a_unit_that_is_no_longer_the_callers_is_named_as_ended(backend) {
        let world = World::start(backend);
        let member = world.holder(Role::Volunteer, 0).clone();
        let handset = world.handset(&member);
        let first = handset.api.post("/v1/sync", &handset.phone.pull(&BTreeMap::new())).ok();
        let units: Vec<&str> = member.appointments.iter().map(|a| a.unit.as_str()).collect();
        let cursor = |unit: &str| page(&first, unit)["cursor"].as_str().expect("a cursor").to_owned();
        let cursors: BTreeMap<String, String> = units.iter().map(|unit| ((*unit).to_owned(), cursor(unit))).collect();

        admin(&world).post(&format!("/v1/appointments/{}/end", member.appointments[1].id), &json!({})).ok();
        let after = handset.api.post("/v1/sync", &handset.phone.pull(&cursors)).ok();
        assert_eq!(after["ended"], json!([units[1]]));
    }

    fn receipts_prove_what_was_delivered(backend) {
        use base64::Engine;
        use sync_protocol::receipt;
        use sync_protocol::wire::SyncAnswer;

        let world = World::start(backend);
        let mut handset = world.handset(world.holder(Role::Volunteer, 0));
        let draft = report(&handset.phone, record(), "signed for");
        handset.phone.record(&draft);
        handset.phone.write("{\"rubbish\":true}");
        let answer: SyncAnswer = serde_json::from_slice(&handset.push_from(1).body).expect("an answer");
        let config = handset.api.get("/v1/config").ok();
        let signed = answer.receipt.clone().expect("verdicts are signed");
        let keys = config["receipt_keys"].as_array().cloned().unwrap_or_default();
        let named = keys.iter().find(|key| key["id"] == signed.key.as_str()).expect("the key is published");
        let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(named["public_key"].as_str().expect("a key"))
            .expect("base64url");
        let key = ed25519_dalek::VerifyingKey::from_bytes(&bytes.try_into().expect("32 bytes")).expect("a point");
        assert!(receipt::verify(&key, &handset.phone.device, &answer.verdicts, &signed.sig));
        let mut bent = answer.verdicts.clone();
        bent[1].arrival += 1;
        assert!(!receipt::verify(&key, &handset.phone.device, &bent, &signed.sig));
    }
}
