//! Signing in and out.

use std::sync::Arc;
use std::time::Duration;

use actix_web::{HttpResponse, get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::blocking;
use super::body::Json;
use super::caller::AnyCaller;
use super::problem::{Problem, ProblemBody};
use crate::accounts::session::Session;
use crate::accounts::totp::TotpSecret;
use crate::accounts::{AccountError, activation, refresh, sign_in, totp};
use crate::app::App;

/// How long a sign-in waits for a password check to be free.
const PATIENCE: Duration = Duration::from_secs(5);

/// Number and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The member's number.
    #[schema(example = "JA0001")]
    number: String,
    /// The password.
    password: String,
    /// For administrators: the code that the authenticator shows.
    #[serde(default)]
    totp: Option<String>,
}

/// A one-time activation code and the password to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Activation {
    /// The member's number.
    number: String,
    /// The activation code, hyphens and case as one likes.
    #[schema(example = "7KQ2-M4XD-9TRA")]
    code: String,
    /// The password from now on: 10 to 128 characters that do not contain the number.
    password: String,
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// The last refresh token.
    refresh_token: String,
}

/// A TOTP code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TotpCode {
    /// Six digits.
    #[schema(example = "123456")]
    code: String,
}

/// Hashing takes tens of milliseconds and much memory, so only some are done at once. The permit goes with
/// the work: a client that hangs up does not make room for another while its hash is still computed.
async fn with_patience<T: Send + 'static>(
    app: &web::Data<App>,
    work: impl FnOnce(&App) -> Result<T, AccountError> + Send + 'static,
) -> Result<T, Problem> {
    let Ok(Ok(permit)) = tokio::time::timeout(PATIENCE, Arc::clone(&app.sign_ins).acquire_owned()).await else {
        return Err(AccountError::Busy.into());
    };
    blocking::run(app, move |app| {
        let done = work(app);
        drop(permit);
        done
    })
    .await
}

/// Sign in with number and password.
///
/// Administrators add a TOTP code; one who has none yet gets a token that only serves to set it up. After an
/// appointment has ended the token only serves to deliver what is pending (`push_only`).
#[utoipa::path(operation_id = "sign_in", tag = "auth", request_body = SignIn, responses(
    (status = 200, description = "Signed in", body = Session),
    (status = 401, description = "sign_in_refused, totp_required, totp_wrong", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "no_appointment", body = ProblemBody, content_type = "application/problem+json"),
    (status = 429, description = "sign_in_locked", body = ProblemBody, content_type = "application/problem+json"),
))]
#[post("/v1/auth/sign-in")]
pub async fn sign_in_route(app: web::Data<App>, body: Json<SignIn>) -> Result<web::Json<Session>, Problem> {
    let SignIn { number, password, totp } = body.0;
    with_patience(&app, move |app| {
        sign_in::sign_in(app, &number, &password, totp.as_deref())
    })
    .await
    .map(web::Json)
}

/// Spend a one-time activation code: set the password and sign in. Every other sign-in of the member ends.
#[utoipa::path(tag = "auth", request_body = Activation, responses(
    (status = 200, description = "Signed in", body = Session),
    (status = 400, description = "password_weak", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "activation_refused; totp_required: the password is set, sign in with a code", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "no_appointment: the password is set, sign in once there is one", body = ProblemBody, content_type = "application/problem+json"),
    (status = 429, description = "sign_in_locked", body = ProblemBody, content_type = "application/problem+json"),
))]
#[post("/v1/auth/activate")]
pub async fn activate(app: web::Data<App>, body: Json<Activation>) -> Result<web::Json<Session>, Problem> {
    let Activation { number, code, password } = body.0;
    with_patience(&app, move |app| activation::activate(app, &number, &code, &password))
        .await
        .map(web::Json)
}

/// Exchange a refresh token, once, for a new pair.
///
/// A second exchange revokes the whole sign-in, except within a minute as long as the first answer's tokens
/// were not used: it was lost on the way.
#[utoipa::path(operation_id = "refresh", tag = "auth", request_body = Refresh, responses(
    (status = 200, description = "New tokens", body = Session),
    (status = 401, description = "refresh_refused, refresh_reused", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "no_appointment", body = ProblemBody, content_type = "application/problem+json"),
))]
#[post("/v1/auth/refresh")]
pub async fn refresh_route(app: web::Data<App>, body: Json<Refresh>) -> Result<web::Json<Session>, Problem> {
    blocking::run(&app, move |app| refresh::refresh(app, &body.0.refresh_token))
        .await
        .map(web::Json)
}

/// End this sign-in. Its access token runs out by itself within minutes.
#[utoipa::path(tag = "auth", security(("token" = [])), responses(
    (status = 204, description = "Signed out"),
    (status = 401, description = "No good token", body = ProblemBody, content_type = "application/problem+json"),
))]
#[post("/v1/auth/sign-out")]
pub async fn sign_out(app: web::Data<App>, caller: AnyCaller) -> Result<HttpResponse, Problem> {
    blocking::run(&app, move |app| refresh::sign_out(app, caller.member, caller.family)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Begin to set up TOTP: a new secret for an authenticator app. Not in force until confirmed.
#[utoipa::path(operation_id = "begin_totp", tag = "auth", security(("token" = [])), responses(
    (status = 200, description = "The secret, shown this once", body = TotpSecret),
    (status = 409, description = "totp_exists", body = ProblemBody, content_type = "application/problem+json"),
))]
#[post("/v1/auth/totp")]
pub async fn totp_begin(app: web::Data<App>, caller: AnyCaller) -> Result<web::Json<TotpSecret>, Problem> {
    blocking::run(&app, move |app| totp::begin(app, caller.member))
        .await
        .map(web::Json)
}

/// Confirm TOTP with a first code. From now on each sign-in needs one.
#[utoipa::path(operation_id = "confirm_totp", tag = "auth", security(("token" = [])), request_body = TotpCode, responses(
    (status = 204, description = "In force"),
    (status = 401, description = "totp_wrong", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "totp_exists, totp_absent", body = ProblemBody, content_type = "application/problem+json"),
))]
#[post("/v1/auth/totp/confirm")]
pub async fn totp_confirm(
    app: web::Data<App>,
    caller: AnyCaller,
    body: Json<TotpCode>,
) -> Result<HttpResponse, Problem> {
    blocking::run(&app, move |app| totp::confirm(app, caller.member, &body.0.code)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The keys that verify access tokens (RFC 7517).
#[utoipa::path(tag = "auth", responses((status = 200, description = "JSON Web Key Set", body = Object)))]
#[get("/.well-known/jwks.json")]
pub async fn jwks(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(("cache-control", "public, max-age=300"))
        .json(app.tokens.jwks())
}
