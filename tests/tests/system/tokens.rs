//! Tokens that are no tokens.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Utc;
use serde_json::json;
use sync_protocol::role::Role;
use wuyuan_server::accounts::tokens::{TokenScope, Tokens};
use wuyuan_server::keys::{Keys, NamedKey};
use wuyuan_server::store::{PoolSettings, Store};
use wuyuan_tests::district::World;
use wuyuan_tests::on_both_backends;

/// The server's own keys, out of its database: what a thief of tokens does not have.
fn keys(world: &World) -> Keys {
    let settings = PoolSettings {
        size: 2,
        wait: Duration::from_secs(10),
    };
    let store = Store::open(&world.server.place().url(), settings).expect("the database opens");
    Keys::load(&store).expect("a server has made its keys")
}

fn part(value: serde_json::Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

on_both_backends! {
    fn only_a_token_of_this_server_in_its_time_is_one(backend) {
        let world = World::start(backend);
        let member = world.holder(Role::Volunteer, 0);
        let keys = keys(&world);
        let now_ms = Utc::now().timestamp_millis();
        let family = [7; 16];
        let issue = |key: &NamedKey, at_ms: i64| {
            Tokens::new(key, 900).issue(member.id, family, TokenScope::Full, at_ms).expect("a token can be signed")
        };

        let ask = |token: &str| world.api().with_token(token).get("/v1/directory");
        ask(&issue(&keys.token, now_ms)).ok();

        let expired = issue(&keys.token, now_ms - 3_600_000);
        assert_eq!(ask(&expired).problem(), (401, "token_expired".to_owned()));

        let good = issue(&keys.token, now_ms);
        let parts: Vec<&str> = good.split('.').collect();
        let mut thief = keys.token.clone();
        thief.key = ed25519_dalek::SigningKey::from_bytes(&[9; 32]);
        let exp = now_ms / 1_000 + 900;
        let claims = json!({"sub": member.id, "sid": "07070707-0707-0707-0707-070707070707", "iat": exp - 900, "exp": exp, "scope": "full"});
        let forged = [
            // Signed by another key under the server's key id.
            issue(&thief, now_ms),
            // The receipts' key signs no tokens.
            issue(&keys.receipt, now_ms),
            format!("{}.{}.", part(json!({"alg": "none"})), part(claims.clone())),
            format!("{}.{}.", part(json!({"alg": "none", "kid": keys.token.id})), parts[1]),
            format!("{}.{}.{}", part(json!({"alg": "none", "kid": keys.token.id})), parts[1], parts[2]),
            // The public key taken for a shared secret.
            hs256(&keys, &claims),
            format!("{}.{}.{}", parts[0], part(claims), parts[2]),
            format!("{}.{}", parts[0], parts[1]),
            format!("{good}x"),
            "rubbish".to_owned(),
        ];
        for token in forged {
            assert_eq!(ask(&token).problem(), (401, "token_invalid".to_owned()), "{token}");
        }
        assert_eq!(world.api().get("/v1/directory").problem(), (401, "token_missing".to_owned()));
        let basic = world.api().send("GET", "/v1/directory", &[("authorization", "Basic dTpw")], &[]);
        assert_eq!(basic.problem().0, 401);
    }
}

fn hs256(keys: &Keys, claims: &serde_json::Value) -> String {
    let header = jsonwebtoken::Header {
        kid: Some(keys.token.id.clone()),
        ..Default::default()
    };
    let secret = jsonwebtoken::EncodingKey::from_secret(keys.token.key.verifying_key().as_bytes());
    jsonwebtoken::encode(&header, claims, &secret).expect("a token can be signed")
}
