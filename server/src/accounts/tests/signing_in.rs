use sync_protocol::role::Role;

use super::*;
use crate::accounts::refresh::{self, sign_out};
use crate::accounts::session;
use crate::accounts::tokens::TokenScope;
use crate::accounts::totp;
use crate::query;

fn wrong(server: &TestApp, number: &str) -> AccountError {
    sign_in::sign_in(&server.app, number, "not the password", None)
        .err()
        .unwrap()
}

#[test]
fn an_activation_code_serves_once_and_ends_other_sign_ins() {
    let server = server();
    member(&server, "JA0001", Role::Volunteer, None);
    let before = sign_in(&server, "JA0001").unwrap();
    let code = members::reset(&server.app, "JA0001", false).unwrap();
    let again = |password: &str| activation::activate(&server.app, "JA0001", &code, password).err();
    assert_eq!(again("short"), Some(AccountError::PasswordWeak));
    assert_eq!(again("another long password"), None);
    assert_eq!(again("another long password"), Some(AccountError::ActivationRefused));
    assert_eq!(sign_in(&server, "JA0001").err(), Some(AccountError::SignInRefused));
    let old = refresh::refresh(&server.app, &before.refresh_token.unwrap()).err();
    assert_eq!(old, Some(AccountError::RefreshRefused));
}

#[test]
fn an_activation_code_expires() {
    let server = server();
    member(&server, "JA0001", Role::Volunteer, None);
    let code = members::reset(&server.app, "JA0001", false).unwrap();
    server.clock.advance(72 * 3_600_000);
    let late = activation::activate(&server.app, "JA0001", &code, PASSWORD).err();
    assert_eq!(late, Some(AccountError::ActivationRefused));
}

#[test]
fn failures_lock_progressively_and_alike_for_a_number_that_nobody_has() {
    let server = server();
    member(&server, "JA0001", Role::Volunteer, None);
    for number in ["JA0001", "JA9999"] {
        for _ in 0..5 {
            assert_eq!(wrong(&server, number), AccountError::SignInRefused, "{number}");
        }
        assert_eq!(
            wrong(&server, number),
            AccountError::Locked { wait_ms: 30_000 },
            "{number}"
        );
    }
    assert_eq!(
        sign_in(&server, "JA0001").err(),
        Some(AccountError::Locked { wait_ms: 30_000 })
    );
    server.clock.advance(30_000);
    assert_eq!(wrong(&server, "JA0001"), AccountError::SignInRefused);
    assert_eq!(wrong(&server, "JA0001"), AccountError::Locked { wait_ms: 60_000 });
    server.clock.advance(60_000);
    assert!(sign_in(&server, "JA0001").is_ok());
    assert_eq!(wrong(&server, "JA0001"), AccountError::SignInRefused);
    assert!(events(&server).contains(&"sign_in_locked".to_owned()));
}

#[test]
fn a_refresh_token_that_is_used_twice_revokes_the_sign_in() {
    let server = server();
    member(&server, "JA0001", Role::Volunteer, None);
    let refresh = |token: &str| refresh::refresh(&server.app, token).map(|s| s.refresh_token.unwrap());
    let first = sign_in(&server, "JA0001").unwrap().refresh_token.unwrap();
    let second = refresh(&first).unwrap();
    let third = refresh(&second).unwrap();
    assert_eq!(refresh(&first), Err(AccountError::RefreshReused));
    assert_eq!(refresh(&third), Err(AccountError::RefreshRefused));
    assert_eq!(events(&server).iter().filter(|e| *e == "refresh_reused").count(), 1);
    assert_eq!(refresh("nonsense"), Err(AccountError::RefreshRefused));
}

#[test]
fn an_exchange_whose_answer_was_lost_can_be_repeated_for_a_minute() {
    let server = server();
    member(&server, "JA0001", Role::Volunteer, None);
    let refresh = |token: &str| refresh::refresh(&server.app, token).map(|s| s.refresh_token.unwrap());
    let first = sign_in(&server, "JA0001").unwrap().refresh_token.unwrap();
    let lost = refresh(&first).unwrap();
    server.clock.advance(60_000);
    let second = refresh(&first).unwrap();
    // Of two holders only one goes on: the other's token alarms.
    assert_eq!(refresh(&lost), Err(AccountError::RefreshReused));
    assert_eq!(refresh(&second), Err(AccountError::RefreshRefused));

    let first = sign_in(&server, "JA0001").unwrap().refresh_token.unwrap();
    refresh(&first).unwrap();
    server.clock.advance(60_001);
    assert_eq!(refresh(&first), Err(AccountError::RefreshReused));
}

#[test]
fn signing_out_ends_the_sign_in_without_an_alarm() {
    let server = server();
    let id = member(&server, "JA0001", Role::Volunteer, None);
    let session = sign_in(&server, "JA0001").unwrap();
    let family = server
        .app
        .tokens
        .verify(&session.access_token, server.app.now_ms())
        .unwrap()
        .family;
    sign_out(&server.app, id, family).unwrap();
    let token = session.refresh_token.unwrap();
    assert_eq!(
        refresh::refresh(&server.app, &token).err(),
        Some(AccountError::RefreshRefused)
    );
    assert!(!events(&server).contains(&"refresh_reused".to_owned()));
}

#[test]
fn a_phone_that_is_never_signed_in_again_leaves_no_expired_tokens_behind() {
    let server = server();
    member(&server, "JA0001", Role::Volunteer, None);
    let days = |count: i64| server.clock.advance(count * 86_400_000);
    let refresh = |token: &str| refresh::refresh(&server.app, token).unwrap().refresh_token.unwrap();
    let is_kept = |token: &str| {
        let hash = session::refresh_hash(token);
        let row = server.app.store.read(|db| query!(db, refresh::by_hash(&hash)));
        row.unwrap().is_some()
    };
    let first = sign_in(&server, "JA0001").unwrap().refresh_token.unwrap();
    days(30);
    let second = refresh(&first);
    assert!(is_kept(&first), "until it expires its reuse must be noticed");
    days(31);
    let third = refresh(&second);
    assert!(!is_kept(&first), "it has expired");
    assert!(is_kept(&second) && is_kept(&third));
}

#[test]
fn a_refresh_token_expires() {
    let server = server();
    member(&server, "JA0001", Role::Volunteer, None);
    let token = sign_in(&server, "JA0001").unwrap().refresh_token.unwrap();
    server.clock.advance(60 * DAY_MS);
    assert_eq!(
        refresh::refresh(&server.app, &token).err(),
        Some(AccountError::RefreshRefused)
    );
}

#[test]
fn an_ended_member_delivers_for_ninety_days() {
    let server = server();
    let end = server.app.now_ms() + DAY_MS;
    member(&server, "JA0001", Role::Volunteer, Some(end));
    let full = sign_in(&server, "JA0001").unwrap();
    assert_eq!((full.scope, full.appointments.len()), (TokenScope::Full, 1));
    server.clock.advance(DAY_MS);
    let late = refresh::refresh(&server.app, &full.refresh_token.unwrap()).unwrap();
    assert_eq!((late.scope, late.appointments.len()), (TokenScope::PushOnly, 0));
    server.clock.advance(90 * DAY_MS - 1);
    assert_eq!(sign_in(&server, "JA0001").unwrap().scope, TokenScope::PushOnly);
    server.clock.advance(1);
    assert_eq!(sign_in(&server, "JA0001").err(), Some(AccountError::NoAppointment));
}

fn code(secret: &str, now_ms: i64) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    totp.generate(u64::try_from(now_ms / 1_000).unwrap()).to_string()
}

#[test]
fn an_administrator_sets_up_totp_and_then_needs_a_fresh_code_each_time() {
    let server = server();
    let app = &server.app;
    let id = member(&server, "JA0001", Role::SysAdmin, None);
    let narrow = sign_in(&server, "JA0001").unwrap();
    assert_eq!((narrow.scope, narrow.refresh_token), (TokenScope::TotpEnrolment, None));

    assert_eq!(totp::confirm(app, id, "000000"), Err(AccountError::TotpAbsent));
    let secret = totp::begin(app, id).unwrap();
    assert!(secret.url.starts_with("otpauth://totp/Wuyuan:JA0001?secret="));
    let first = code(&secret.secret, app.now_ms());
    totp::confirm(app, id, &first).unwrap();
    assert_eq!(totp::begin(app, id).err(), Some(AccountError::TotpExists));

    let with = |code: Option<&str>| sign_in::sign_in(app, "JA0001", PASSWORD, code).map(|s| s.scope);
    assert_eq!(with(None), Err(AccountError::TotpRequired));
    assert_eq!(with(Some(&first)), Err(AccountError::TotpWrong), "the code was used");
    server.clock.advance(30_000);
    let next = code(&secret.secret, app.now_ms());
    assert_eq!(with(Some(&next)), Ok(TokenScope::Full));
    assert_eq!(with(Some(&next)), Err(AccountError::TotpWrong), "the code was used");
    assert_eq!(with(Some("12345x")), Err(AccountError::TotpWrong));
}

#[test]
fn wrong_codes_lock_like_wrong_passwords() {
    let server = server();
    let app = &server.app;
    let id = member(&server, "JA0001", Role::SysAdmin, None);
    let secret = totp::begin(app, id).unwrap();
    totp::confirm(app, id, &code(&secret.secret, app.now_ms())).unwrap();
    for _ in 0..5 {
        assert_eq!(
            sign_in::sign_in(app, "JA0001", PASSWORD, Some("abcdef")).err(),
            Some(AccountError::TotpWrong)
        );
    }
    assert!(matches!(sign_in(&server, "JA0001"), Err(AccountError::Locked { .. })));
}

#[test]
fn totp_can_be_switched_off_for_a_demonstration() {
    let server = server_with(&["--admin-totp", "false"]);
    member(&server, "JA0001", Role::SysAdmin, None);
    assert_eq!(sign_in(&server, "JA0001").unwrap().scope, TokenScope::Full);
}
