//! Who asks, proven by an access token.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};
use sync_protocol::id::MemberId;

use super::problem::{Problem, ProblemCode};
use crate::accounts::tokens::{TokenError, TokenScope, Verified};
use crate::app::App;

/// A caller with a full token. What the member's appointments allow is judged in the domain, in the same
/// transaction as the deed (`accounts::standing`).
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    /// Who.
    pub member: MemberId,
    /// The sign-in.
    pub family: [u8; 16],
}

/// A caller with a full token or one that only serves to deliver what is pending.
#[derive(Debug, Clone, Copy)]
pub struct PushCaller {
    /// Who.
    pub member: MemberId,
    /// The sign-in.
    pub family: [u8; 16],
    /// Only to deliver.
    pub push_only: bool,
}

/// A caller with any token that this server signed.
#[derive(Debug, Clone, Copy)]
pub struct AnyCaller {
    /// Who.
    pub member: MemberId,
    /// The sign-in.
    pub family: [u8; 16],
}

/// A caller at the address of an upload. Its id is a secret of who began it, and most clients throw an upload away when
/// they are told to sign in: so a token serves there also after it has expired.
#[derive(Debug, Clone, Copy)]
pub struct UploadCaller {
    /// Who.
    pub member: MemberId,
}

/// Whether a token must not have expired.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expired {
    Refused,
    Taken,
}

fn verified(request: &HttpRequest, expired: Expired) -> Result<Verified, Problem> {
    let app = request
        .app_data::<web::Data<App>>()
        .ok_or_else(|| Problem::new(ProblemCode::Internal))?;
    let header = request
        .headers()
        .get(AUTHORIZATION)
        .ok_or_else(|| Problem::new(ProblemCode::TokenMissing))?;
    let token = header
        .to_str()
        .ok()
        .and_then(|v| v.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(|| Problem::new(ProblemCode::TokenMissing))?;
    let now_ms = app.now_ms();
    let checked = match expired {
        Expired::Refused => app.tokens.verify(token, now_ms),
        Expired::Taken => app.tokens.verify_expired_too(token),
    };
    let verified = checked.map_err(|error| match error {
        TokenError::Invalid => Problem::new(ProblemCode::TokenInvalid),
        TokenError::Expired => Problem::new(ProblemCode::TokenExpired),
    })?;
    // An upload's requests change nothing but the upload, and a client of tus that is told to wait throws it away.
    let sparing = verified.scope != TokenScope::Full && expired == Expired::Refused;
    app.rates
        .take(verified.member, sparing, now_ms)
        .map_err(|wait_ms| Problem::new(ProblemCode::TooManyRequests).retry_after(wait_ms))?;
    Ok(verified)
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(verified(request, Expired::Refused).and_then(|v| match v.scope {
            TokenScope::Full => Ok(Caller {
                member: v.member,
                family: v.family,
            }),
            TokenScope::PushOnly => Err(Problem::new(ProblemCode::PushOnly)),
            TokenScope::TotpEnrolment => Err(Problem::new(ProblemCode::TotpEnrolment)),
        }))
    }
}

impl FromRequest for PushCaller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(verified(request, Expired::Refused).and_then(|v| match v.scope {
            TokenScope::TotpEnrolment => Err(Problem::new(ProblemCode::TotpEnrolment)),
            scope => Ok(PushCaller {
                member: v.member,
                family: v.family,
                push_only: scope == TokenScope::PushOnly,
            }),
        }))
    }
}

impl FromRequest for AnyCaller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(verified(request, Expired::Refused).map(|v| AnyCaller {
            member: v.member,
            family: v.family,
        }))
    }
}

impl FromRequest for UploadCaller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(verified(request, Expired::Taken).and_then(|v| match v.scope {
            TokenScope::TotpEnrolment => Err(Problem::new(ProblemCode::TotpEnrolment)),
            TokenScope::Full | TokenScope::PushOnly => Ok(UploadCaller { member: v.member }),
        }))
    }
}
