//! `wuyuan serve --demo`: what `make run` starts.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::json;
use wuyuan_tests::api::Api;
use wuyuan_tests::on_both_backends;
use wuyuan_tests::server::Server;

on_both_backends! {
    fn the_whole_district_is_there_in_seconds_and_stays_the_same(backend) {
        let started = Instant::now();
        let mut server = Server::demo(backend);
        // Far more than it needs, on a loaded machine too; a person waits for it.
        assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
        let sign_in = |number: &str| {
            let body = json!({"number": number, "password": wuyuan_server::demo::PASSWORD});
            let session = Api::new(&server.url()).post("/v1/auth/sign-in", &body).ok();
            (Api::new(&server.url()).with_token(session["access_token"].as_str().expect("a token")), session)
        };
        let (volunteer, session) = sign_in("D0004");
        assert_eq!(session["appointments"][0]["role"], "volunteer");
        // His two communities, and the area and the district above them.
        assert_eq!(volunteer.get("/v1/directory").ok()["units"].as_array().map(Vec::len), Some(4));

        let (office, _) = sign_in("D9001");
        let directory = office.get("/v1/directory").ok();
        assert_eq!(directory["units"].as_array().map(Vec::len), Some(222));
        // The directory has a line for each appointment; several may be one member's.
        let lines = directory["members"].as_array().cloned().unwrap_or_default();
        let members: BTreeSet<&str> = lines.iter().filter_map(|line| line["id"].as_str()).collect();
        // The three who administer and audit are nobody's choice in a form.
        assert_eq!(members.len(), 641 + 188 + 9 + 9 - 3);
        let id = session["member"]["id"].clone();

        assert!(server.stop().success());
        server.run();
        let body = json!({"number": "D0004", "password": wuyuan_server::demo::PASSWORD});
        let again = Api::new(&server.url()).post("/v1/auth/sign-in", &body).ok();
        assert_eq!(again["member"]["id"], id);
    }
}
