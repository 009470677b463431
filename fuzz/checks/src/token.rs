//! Access tokens: only the very text that this server signed is a token, and only in its time.

use std::sync::LazyLock;

use arbitrary::Unstructured;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use sync_protocol::id::MemberId;
use wuyuan_server::accounts::tokens::{TokenError, TokenScope, Tokens};
use wuyuan_server::keys::NamedKey;

const LIFE_SECS: u64 = 900;
const NOW: i64 = 1_790_000_000_000;

/// Made once: each remembers good tokens, and that takes room.
static OURS: LazyLock<Tokens> = LazyLock::new(|| tokens(7));
static OTHERS: LazyLock<Tokens> = LazyLock::new(|| tokens(8));

fn tokens(seed: u8) -> Tokens {
    let key = SigningKey::from_bytes(&[seed; 32]);
    Tokens::new(
        &NamedKey {
            id: "k1".to_owned(),
            key,
        },
        LIFE_SECS,
    )
}

/// The bytes are tried as a token, as a token's parts under a real signature, and as what a real one says.
pub fn check(data: &[u8]) {
    let tokens = &*OURS;
    let real = tokens
        .issue(MemberId([3; 16]), [4; 16], TokenScope::Full, NOW)
        .expect("a token can be signed");
    if let Some(text) = crate::text(data) {
        if text != real {
            assert_eq!(tokens.verify(text, NOW), Err(TokenError::Invalid));
        }
        // As text of a header and of claims, each under the signature of a real token.
        let parts: Vec<&str> = real.split('.').collect();
        let (header, claims) = text.split_once('\n').unwrap_or((text, text));
        let header = URL_SAFE_NO_PAD.encode(header);
        let claims = URL_SAFE_NO_PAD.encode(claims);
        for forged in [
            format!("{header}.{}.{}", parts[1], parts[2]),
            format!("{}.{claims}.{}", parts[0], parts[2]),
            format!("{header}.{claims}.{}", parts[2]),
            format!("{header}.{claims}."),
        ] {
            if forged != real {
                assert_eq!(tokens.verify(&forged, NOW), Err(TokenError::Invalid), "{forged}");
            }
        }
    }
    genuine(tokens, data);
}

fn genuine(tokens: &Tokens, data: &[u8]) {
    let mut draw = Unstructured::new(data);
    let member = MemberId(draw.arbitrary().unwrap_or_default());
    let family: [u8; 16] = draw.arbitrary().unwrap_or_default();
    let scopes = [TokenScope::Full, TokenScope::PushOnly, TokenScope::TotpEnrolment];
    let scope = *draw.choose(&scopes).unwrap_or(&TokenScope::Full);
    // From 1970 to the year 9999.
    let now_ms = draw.int_in_range(0..=253_402_300_799_999i64).unwrap_or(NOW);
    let token = tokens
        .issue(member, family, scope, now_ms)
        .expect("a token can be signed");
    let verified = tokens.verify(&token, now_ms).expect("a new token is good");
    assert_eq!(
        (verified.member, verified.family, verified.scope),
        (member, family, scope)
    );
    let whole_second = now_ms.div_euclid(1_000) * 1_000;
    assert_eq!(verified.expires_ms, whole_second + LIFE_SECS as i64 * 1_000);
    assert_eq!(tokens.verify(&token, verified.expires_ms), Err(TokenError::Expired));
    assert_eq!(OTHERS.verify(&token, now_ms), Err(TokenError::Invalid));

    let mut tampered = token.clone().into_bytes();
    let at = draw.choose_index(tampered.len()).unwrap_or(0);
    tampered[at] = draw.arbitrary().unwrap_or(0);
    if let Ok(tampered) = String::from_utf8(tampered)
        && tampered != token
    {
        assert_eq!(tokens.verify(&tampered, now_ms), Err(TokenError::Invalid), "{tampered}");
    }
}
