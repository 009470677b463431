//! Whose an upload is, and what `want` says.

use serde_json::json;
use sync_protocol::id::RecordId;
use sync_protocol::role::Role;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::district::World;
use wuyuan_tests::on_both_backends;
use wuyuan_tests::server::Server;
use wuyuan_tests::skew;
use wuyuan_tests::uploads::*;

on_both_backends! {
    fn another_members_upload_is_not_there(backend) {
        let world = World::start(backend);
        let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
        let bytes = photo(1, 10_000);
        let path = begun(&api, &bytes);
        let others = [
            world.sign_in(world.holder(Role::InfoOfficer, 1)),
            world.sign_in(world.holder(Role::Prosecutor, 0)),
        ];
        for other in others {
            assert_eq!(send(&other, "HEAD", &path, &[], &[]).status, 404);
            assert_eq!(append(&other, &path, 0, &bytes).problem(), (404, "not_found".to_owned()));
            assert_eq!(send(&other, "DELETE", &path, &[], &[]).problem(), (404, "not_found".to_owned()));
        }
        assert_eq!(append(&world.api(), &path, 0, &bytes).problem(), (401, "token_missing".to_owned()));
        assert_eq!(offset(&api, &path), 0);
        let unknown = "/v1/blobs/uploads/00000000-0000-4000-8000-000000000000";
        assert_eq!(append(&api, unknown, 0, &bytes).problem(), (404, "not_found".to_owned()));
    }

    fn want_names_what_this_member_has_not_delivered(backend) {
        let world = World::start(backend);
        let member = world.holder(Role::InfoOfficer, 0);
        let mut handset = world.handset(member);
        let (first, second) = (photo(1, 1_000), photo(2, 1_000));
        // Somebody else has delivered the second one, which helps this member nothing.
        let other = world.sign_in(world.holder(Role::InfoOfficer, 1));
        assert_eq!(append(&other, &begun(&other, &second), 0, &second).status, 204);
        assert_eq!(append(&handset.api, &begun(&handset.api, &first), 0, &first).status, 204);
        let mut draft = handset.phone.draft("photo_report", RecordId::from(uuid::Uuid::now_v7()));
        draft.set.insert("channel".into(), json!("app"));
        draft.set.insert("interest".into(), json!("heritage"));
        draft.set.insert("title".into(), json!("made up"));
        draft.add.insert("photos".into(), vec![json!(sha256(&first)), json!(sha256(&second))]);
        let seq = handset.phone.record(&draft);
        let answer = handset.push_from(seq).ok();
        assert_eq!(answer["verdicts"][0]["fate"], "accepted", "{answer}");
        assert_eq!(answer["want"], json!([sha256(&second)]));
    }
}

#[test]
fn a_token_serves_at_an_uploads_address_after_it_has_expired() {
    let world = World::with(Backend::Sqlite, &[("access_token_secs", "60")]);
    let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
    let bytes = photo(1, 10_000);
    let path = begun(&api, &bytes);
    // An hour later, by the clock of a server that is started anew.
    let place = world.server.place().clone();
    drop(world.server);
    let later = skew::variables("+1h");
    let later: Vec<(&str, &str)> = later.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let server = Server::with_variables(place, &[("access_token_secs", "60")], &later);
    let api = api.at(&server.url());
    assert_eq!(begin(&api, &bytes).problem(), (401, "token_expired".to_owned()));
    assert_eq!(append(&api, &path, 0, &bytes).status, 204);
}
