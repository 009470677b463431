//! Access tokens: JWTs (RFC 7519) signed with Ed25519 (RFC 8037), short-lived and checked offline.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use ed25519_dalek::VerifyingKey;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use lru::LruCache;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sync_protocol::id::MemberId;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::keys::NamedKey;

/// PKCS #8 (RFC 8410) around a 32-byte Ed25519 seed: everything before the seed.
const PKCS8_PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// Tokens whose signatures are remembered as good.
const REMEMBERED: NonZeroUsize = NonZeroUsize::MIN.saturating_add(8_191);

/// Longest token that is looked at, in bytes.
const LONGEST: usize = 2_048;

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenScope {
    /// Everything that the member's appointments allow.
    Full,
    /// Delivering what is pending: the last appointment has ended.
    PushOnly,
    /// Setting up TOTP, which the member's role requires before anything else.
    TotpEnrolment,
}

/// What a good token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Whose.
    pub member: MemberId,
    /// The sign-in that it descends from.
    pub family: [u8; 16],
    /// What it is good for.
    pub scope: TokenScope,
    /// First moment at which it no longer serves, ms.
    pub expires_ms: i64,
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a token that this server signed: malformed, another algorithm (`none` too), key, `kid` or claims.
    #[error("not a token of this server")]
    Invalid,
    /// It was good once.
    #[error("the token has expired")]
    Expired,
}

/// A token could not be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a token could not be signed")]
pub struct SigningFailed;

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: Uuid,
    sid: Uuid,
    iat: i64,
    exp: i64,
    scope: TokenScope,
}

/// Makes and checks access tokens.
pub struct Tokens {
    kid: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
    public: VerifyingKey,
    life_secs: i64,
    good: Mutex<LruCache<[u8; 32], Verified>>,
}

impl Tokens {
    /// Tokens signed with `key` that serve for `life_secs`.
    pub fn new(key: &NamedKey, life_secs: u64) -> Tokens {
        let seed = Zeroizing::new(key.key.to_bytes());
        let der = Zeroizing::new([PKCS8_PREFIX.as_slice(), seed.as_slice()].concat());
        let mut validation = Validation::new(Algorithm::EdDSA);
        // Expiry is judged against the server's own clock, below, on a remembered token too.
        validation.validate_exp = false;
        validation.validate_aud = false;
        Tokens {
            kid: key.id.clone(),
            encoding: EncodingKey::from_ed_der(&der),
            decoding: DecodingKey::from_ed_der(key.key.verifying_key().as_bytes()),
            validation,
            public: key.key.verifying_key(),
            life_secs: i64::try_from(life_secs).unwrap_or(i64::MAX),
            good: Mutex::new(LruCache::new(REMEMBERED)),
        }
    }

    /// How long a new token serves, in seconds.
    pub fn life_secs(&self) -> i64 {
        self.life_secs
    }

    /// Signs a token for `member`, signed in as `family`.
    pub fn issue(
        &self,
        member: MemberId,
        family: [u8; 16],
        scope: TokenScope,
        now_ms: i64,
    ) -> Result<String, SigningFailed> {
        let iat = now_ms.div_euclid(1_000);
        let claims = Claims {
            sub: member.into(),
            sid: Uuid::from_bytes(family),
            iat,
            exp: iat + self.life_secs,
            scope,
        };
        let header = Header {
            kid: Some(self.kid.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        jsonwebtoken::encode(&header, &claims, &self.encoding).map_err(|_| SigningFailed)
    }

    /// Checks a token. The signature of one that was seen before is not computed again, its expiry is.
    pub fn verify(&self, token: &str, now_ms: i64) -> Result<Verified, TokenError> {
        let verified = self.verify_expired_too(token)?;
        if now_ms < verified.expires_ms {
            Ok(verified)
        } else {
            Err(TokenError::Expired)
        }
    }

    /// Checks a token that may have expired: it still says whose it was.
    pub fn verify_expired_too(&self, token: &str) -> Result<Verified, TokenError> {
        if token.len() > LONGEST {
            return Err(TokenError::Invalid);
        }
        let name: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let known = self
            .good
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&name)
            .copied();
        if let Some(verified) = known {
            return Ok(verified);
        }
        let verified = self.check(token)?;
        self.good
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .put(name, verified);
        Ok(verified)
    }

    fn check(&self, token: &str) -> Result<Verified, TokenError> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Invalid)?;
        if header.alg != Algorithm::EdDSA || header.kid.as_deref() != Some(&self.kid) {
            return Err(TokenError::Invalid);
        }
        let claims = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation)
            .map_err(|_| TokenError::Invalid)?
            .claims;
        Ok(Verified {
            member: claims.sub.into(),
            family: *claims.sid.as_bytes(),
            scope: claims.scope,
            expires_ms: claims.exp.saturating_mul(1_000),
        })
    }

    /// The key set of `/.well-known/jwks.json` (RFC 7517, RFC 8037).
    pub fn jwks(&self) -> serde_json::Value {
        use base64::Engine;
        let x = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(self.public.as_bytes());
        serde_json::json!({
            "keys": [{ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.kid, "x": x }]
        })
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use ed25519_dalek::SigningKey;

    use super::*;

    const NOW: i64 = 1_790_000_000_000;

    fn key(seed: u8) -> NamedKey {
        NamedKey {
            id: "k1".to_owned(),
            key: SigningKey::from_bytes(&[seed; 32]),
        }
    }

    fn tokens() -> Tokens {
        Tokens::new(&key(7), 900)
    }

    fn issue(tokens: &Tokens) -> String {
        tokens.issue(MemberId([3; 16]), [4; 16], TokenScope::Full, NOW).unwrap()
    }

    #[test]
    fn a_token_serves_until_it_expires_remembered_or_not() {
        let tokens = tokens();
        let token = issue(&tokens);
        let verified = tokens.verify(&token, NOW).unwrap();
        assert_eq!(
            (verified.member, verified.family, verified.scope),
            (MemberId([3; 16]), [4; 16], TokenScope::Full)
        );
        assert!(tokens.verify(&token, NOW + 899_999).is_ok());
        assert_eq!(tokens.verify(&token, NOW + 900_000), Err(TokenError::Expired));
        assert_eq!(
            super::tests::tokens().verify(&token, NOW + 900_000),
            Err(TokenError::Expired)
        );
    }

    #[test]
    fn another_key_another_kid_and_no_algorithm_are_refused() {
        let token = issue(&tokens());
        assert_eq!(Tokens::new(&key(8), 900).verify(&token, NOW), Err(TokenError::Invalid));
        let renamed = NamedKey {
            id: "k2".to_owned(),
            ..key(7)
        };
        assert_eq!(Tokens::new(&renamed, 900).verify(&token, NOW), Err(TokenError::Invalid));

        let payload = token.split('.').nth(1).unwrap();
        for alg in ["none", "None", "HS256"] {
            let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{alg}","kid":"k1","typ":"JWT"}}"#));
            for signature in ["", token.split('.').nth(2).unwrap()] {
                let forged = format!("{header}.{payload}.{signature}");
                assert_eq!(tokens().verify(&forged, NOW), Err(TokenError::Invalid), "{alg}");
            }
        }
    }

    #[test]
    fn a_changed_claim_and_rubbish_are_refused() {
        let tokens = tokens();
        let token = issue(&tokens);
        let parts: Vec<_> = token.split('.').collect();
        let claims = String::from_utf8(URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
        let longer = URL_SAFE_NO_PAD.encode(claims.replace("\"exp\":179", "\"exp\":189"));
        let forged = format!("{}.{longer}.{}", parts[0], parts[2]);
        for bad in [forged.as_str(), "", ".", "..", "a.b.c", &"x".repeat(5_000)] {
            assert_eq!(tokens.verify(bad, NOW), Err(TokenError::Invalid));
        }
    }

    #[test]
    fn the_key_set_verifies_a_token() {
        let tokens = tokens();
        let set: jsonwebtoken::jwk::JwkSet = serde_json::from_value(tokens.jwks()).unwrap();
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.validate_exp = false;
        let decoding = DecodingKey::from_jwk(set.find("k1").unwrap()).unwrap();
        assert!(jsonwebtoken::decode::<serde_json::Value>(issue(&tokens), &decoding, &validation).is_ok());
    }
}
