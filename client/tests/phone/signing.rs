//! Signing in, running out, signing out.

use wuyuan_client::error::PhoneError;
use wuyuan_client::sync::Trouble;
use wuyuan_client::{Credentials, NewPhone, Outcome, Phone, StoreError};

use crate::server::{Fault, NUMBER, Server};
use crate::world::World;
use crate::{Rig, password};

#[test]
fn an_expired_token_is_refreshed_and_a_refused_refresh_asks_for_a_sign_in() {
    let mut rig = Rig::enrolled();
    let saved = rig.record("one");
    rig.server.with(|s| s.valid_tokens.clear());
    assert_eq!(rig.sync(), Outcome::UpToDate);

    rig.record("two");
    rig.server.with(|s| s.valid_tokens.clear());
    rig.server.fault(
        "/v1/auth/refresh",
        Fault::Refuse(401, "refresh_reused", serde_json::json!({}), None),
    );
    assert_eq!(rig.sync(), Outcome::SignIn(Trouble::SignIn));
    let status = rig.phone.status().unwrap();
    assert_eq!(
        (status.trouble, status.counts.waiting + status.counts.sent),
        (Some(Trouble::SignIn), 1)
    );
    assert_eq!(rig.sync(), Outcome::SignIn(Trouble::SignIn));
    // Recording goes on all the same.
    rig.record("three");
    rig.phone.sign_in(&password(), &rig.server).unwrap();
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert_eq!(rig.server.texts(&saved.device).len(), 3);
}

#[test]
fn a_sign_in_page_of_the_network_is_waited_out_wherever_it_answers() {
    for path in ["/v1/devices", "/v1/config", "/v1/catalog", "/v1/directory", "/v1/sync"] {
        let world = World::new();
        let server = Server::new();
        server.fault(path, Fault::Portal);
        let folder = tempfile::tempdir().unwrap();
        let new = NewPhone {
            path: &folder.path().join("phone.db"),
            server: "http://server.example",
            number: NUMBER,
            label: "test",
        };
        let (mut phone, outcome) = Phone::enrol(&new, &password(), world.env(), &server).unwrap();
        let waits = matches!(&outcome, Outcome::Wait { code, .. } if code == "answer_foreign");
        assert!(waits, "{path}: {outcome:?}");
        assert_eq!(phone.sync_once(&server).unwrap(), Outcome::UpToDate, "{path}");
    }
}

#[test]
fn an_enrolment_whose_connection_breaks_goes_on_at_the_next_sync() {
    let world = World::new();
    let server = Server::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/phone.db");
    let new = NewPhone {
        path: &path,
        server: "http://demo",
        number: NUMBER,
        label: "demo",
    };
    let wrong = Credentials::Password {
        password: "no",
        totp: None,
    };
    let Err(PhoneError::Api(error)) = Phone::enrol(&new, &wrong, world.env(), &server) else {
        panic!()
    };
    assert_eq!(error.code(), "sign_in_refused");
    assert!(!path.exists());
    server.fault("/v1/devices", Fault::LoseAnswer);
    let (phone, outcome) = Phone::enrol(&new, &password(), world.env(), &server).unwrap();
    assert!(matches!(outcome, Outcome::Wait { .. }));
    drop(phone);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let again = Phone::enrol(&new, &password(), world.env(), &server);
    assert!(matches!(again, Err(PhoneError::Store(StoreError::Exists))));
    let mut phone = Phone::open(&path, world.env()).unwrap();
    assert_eq!(phone.sync_once(&server).unwrap(), Outcome::UpToDate);
    server.with(|s| assert_eq!(s.data.feeds.len(), 1));
}

#[test]
fn signing_out_delivers_first_and_refuses_to_lose_anything() {
    let mut rig = Rig::enrolled();
    let saved = rig.record("one");
    let path = rig.path();
    rig.server.fault("/v1/sync", Fault::LoseRequest);
    let Rig { phone, server, .. } = &mut rig;
    let stand_in = Phone::open(&path, World::new().env()).unwrap();
    let phone = std::mem::replace(phone, stand_in);
    assert!(matches!(phone.sign_out(server, false), Err(PhoneError::Undelivered(1))));
    assert!(path.exists());
    rig.restart();
    let Rig {
        phone,
        server,
        folder: _folder,
        ..
    } = rig;
    phone.sign_out(&server, false).unwrap();
    assert_eq!(server.texts(&saved.device).len(), 1);
    assert!(!path.exists());
}
