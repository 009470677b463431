//! `wuyuan verify-draw`: a draw worked out again from the database, from a backup's copy and from what the server answered.

use serde_json::json;
use sync_protocol::role::Role;
use wuyuan_tests::arrangements;
use wuyuan_tests::command::{done, refused};
use wuyuan_tests::district::World;
use wuyuan_tests::on_both_backends;

on_both_backends! {
    fn a_draw_is_worked_out_again_offline_and_a_changed_one_is_named(backend) {
        let world = World::start(backend);
        let mut prosecutor = world.handset(world.holder(Role::Prosecutor, 0));
        let (order, _) = arrangements::arrange(&mut prosecutor, None);
        let id = arrangements::ask_for_draw(&mut prosecutor, order).to_string();
        let answer = prosecutor.api.post("/v1/draws", &json!({"record": id}));
        answer.ok();
        let config = prosecutor.api.get("/v1/config").ok();
        let key = config["receipt_keys"][0]["public_key"].as_str().expect("a key").to_owned();
        let url = world.server.place().url();
        let told = done(&["verify-draw", "--database", &url, &id]);
        assert!(told.contains("all is right"), "{told}");

        let folder = tempfile::TempDir::new().expect("a temporary folder");
        let file = folder.path().join("draw.json");
        let path = file.to_str().expect("text");
        std::fs::write(&file, &answer.body).expect("written");
        let told = done(&["verify-draw", "--from", path, "--key", &key, &id]);
        for member in answer.json()["drawn"]["observers"].as_array().expect("two") {
            assert!(told.contains(member.as_str().expect("an id")), "{told}");
        }
        let text = answer.text();
        let other = text.replacen("\"number\":1", "\"number\":1 ", 1).replacen("wuyuan-roster-v1\\n", "wuyuan-roster-v1\\n0", 1);
        for (changed, code) in [
            (other, "draw_roster_unreadable"),
            (text.replacen(" -\\n", " kin\\n", 1), "draw_exclusions_differ"),
            (text.replacen("\\\"kind\\\":", "\\\"kind\\\": ", 1), "draw_beacon_invalid"),
        ] {
            assert_ne!(changed, text, "{code}");
            std::fs::write(&file, changed).expect("written");
            let (told, _) = refused(&["verify-draw", "--from", path, "--key", &key, &id]);
            assert!(told.contains(code), "{code}: {told}");
        }
        std::fs::write(&file, &text).expect("written");
        let (told, _) = refused(&["verify-draw", "--from", path, "--key", "another", &id]);
        assert!(told.contains("draw_key_other"), "{told}");
        let (_, why) = refused(&["verify-draw", "--database", &url, &order.to_string()]);
        assert!(why.contains("no such draw"), "{why}");
    }
}
