//! Members and appointments: reading for administrators and auditors, changing for system administrators.

use actix_web::{HttpResponse, delete, get, patch, post, web};
use serde::{Deserialize, Serialize};
use sync_protocol::id::{AppointmentId, MemberId, UnitCode};
use sync_protocol::role::Role;
use utoipa::{IntoParams, ToSchema};

use super::blocking;
use super::body::Json;
use super::caller::{Caller, PushCaller};
use super::ids;
use super::params::Query;
use super::problem::{Problem, ProblemBody};
use crate::accounts::session::{AppointmentView, Person};
use crate::accounts::{appointments, members};
use crate::app::App;

/// Most members of one page.
const PAGE: i64 = 500;

/// A new member.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// What the member will sign in with: 2 to 32 letters, digits and hyphens.
    #[schema(pattern = "^[A-Za-z0-9-]{2,32}$")]
    number: String,
    /// Name: 1 to 60 characters, not only white space.
    #[schema(
        max_length = 60,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$"
    )]
    name: String,
}

/// What is to change of a member.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberChange {
    /// Name: 1 to 60 characters, not only white space.
    #[schema(
        max_length = 60,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$"
    )]
    name: String,
}

/// A member with all appointments, past and future ones too.
#[derive(Serialize, ToSchema)]
pub struct MemberView {
    /// The member.
    #[serde(flatten)]
    member: Person,
    /// Whether a password is set.
    active: bool,
    /// The appointments.
    appointments: Vec<AppointmentView>,
}

/// A page of members.
#[derive(Serialize, ToSchema)]
pub struct MemberPage {
    /// By number.
    members: Vec<Person>,
    /// Send it as `after` for the next page; null: this is the last.
    next: Option<String>,
}

/// Where a page of members begins.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct MembersAfter {
    /// The number after which the page begins.
    #[serde(default)]
    after: String,
}

/// A one-time activation code.
#[derive(Serialize, ToSchema)]
pub struct ActivationCode {
    /// The code, shown this once.
    #[schema(example = "7KQ2-M4XD-9TRA")]
    code: String,
}

/// A new appointment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAppointment {
    /// Role code.
    #[schema(value_type = String, example = "volunteer")]
    role: Role,
    /// Unit code.
    #[schema(value_type = String, pattern = "^[0-9]{12}$", example = "350111001026")]
    unit: UnitCode,
    /// First moment, ms since 1970-01-01T00:00:00Z; absent: now.
    #[serde(default)]
    starts_ms: Option<i64>,
    /// First moment after it, ms; absent: open.
    #[serde(default)]
    ends_ms: Option<i64>,
}

/// The end of an appointment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppointmentEnd {
    /// First moment after it, ms since 1970-01-01T00:00:00Z, not in the past; absent: now.
    #[serde(default)]
    ends_ms: Option<i64>,
}

/// The caller, with all appointments.
#[utoipa::path(tag = "members", security(("token" = [])), responses(
    (status = 200, description = "The caller", body = MemberView),
))]
#[get("/v1/me")]
pub async fn me(app: web::Data<App>, caller: PushCaller) -> Result<web::Json<MemberView>, Problem> {
    view(&app, caller.member, caller.member).await
}

/// Members by number, page by page.
#[utoipa::path(operation_id = "list_members", tag = "members", security(("token" = [])), params(MembersAfter), responses(
    (status = 200, description = "A page", body = MemberPage),
    (status = 403, description = "forbidden", body = ProblemBody, content_type = "application/problem+json"),
))]
#[get("/v1/members")]
pub async fn page(
    app: web::Data<App>,
    caller: Caller,
    Query(from): Query<MembersAfter>,
) -> Result<web::Json<MemberPage>, Problem> {
    let rows = blocking::run(&app, move |app| members::page(app, caller.member, &from.after, PAGE)).await?;
    let next = (rows.len() as i64 == PAGE)
        .then(|| rows.last().map(|m| m.number.clone()))
        .flatten();
    Ok(web::Json(MemberPage {
        members: rows.iter().map(Person::from).collect(),
        next,
    }))
}

/// Add a member.
#[utoipa::path(operation_id = "create_member", tag = "members", security(("token" = [])), request_body = NewMember, responses(
    (status = 201, description = "Added", body = Person),
    (status = 403, description = "forbidden", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "number_taken", body = ProblemBody, content_type = "application/problem+json"),
))]
#[post("/v1/members")]
pub async fn create(app: web::Data<App>, caller: Caller, body: Json<NewMember>) -> Result<HttpResponse, Problem> {
    let NewMember { number, name } = body.0;
    let row = blocking::run(&app, move |app| members::create_by(app, caller.member, &number, &name)).await?;
    Ok(HttpResponse::Created().json(Person::from(&row)))
}

/// One member.
#[utoipa::path(operation_id = "get_member", tag = "members", security(("token" = [])), params(("id" = String, Path, description = "The member's id")), responses(
    (status = 200, description = "The member", body = MemberView),
    (status = 403, description = "forbidden", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "not_found", body = ProblemBody, content_type = "application/problem+json"),
))]
#[get("/v1/members/{id}")]
pub async fn one(app: web::Data<App>, caller: Caller, id: web::Path<String>) -> Result<web::Json<MemberView>, Problem> {
    view(&app, caller.member, ids::path(&id)?).await
}

async fn view(app: &web::Data<App>, caller: MemberId, member: MemberId) -> Result<web::Json<MemberView>, Problem> {
    let (row, held) = blocking::run(app, move |app| members::one(app, caller, member)).await?;
    Ok(web::Json(MemberView {
        member: Person::from(&row),
        active: row.password_hash.is_some(),
        appointments: held.iter().map(AppointmentView::from).collect(),
    }))
}

/// Give a member another name.
#[utoipa::path(operation_id = "change_member", tag = "members", security(("token" = [])), params(("id" = String, Path, description = "The member's id")), request_body = MemberChange, responses(
    (status = 200, description = "Changed", body = Person),
    (status = 403, description = "forbidden", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "not_found", body = ProblemBody, content_type = "application/problem+json"),
))]
#[patch("/v1/members/{id}")]
pub async fn change(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
    body: Json<MemberChange>,
) -> Result<web::Json<Person>, Problem> {
    let id: MemberId = ids::path(&id)?;
    let row = blocking::run(&app, move |app| members::rename(app, caller.member, id, &body.0.name)).await?;
    Ok(web::Json(Person::from(&row)))
}

/// Issue a one-time activation code, for a first sign-in or a lost password. An earlier one is void.
#[utoipa::path(operation_id = "issue_activation_code", tag = "members", security(("token" = [])), params(("id" = String, Path, description = "The member's id")), responses(
    (status = 201, description = "The code", body = ActivationCode),
    (status = 403, description = "forbidden", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "not_found", body = ProblemBody, content_type = "application/problem+json"),
))]
#[post("/v1/members/{id}/activation")]
pub async fn issue_code(app: web::Data<App>, caller: Caller, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id: MemberId = ids::path(&id)?;
    let code = blocking::run(&app, move |app| members::issue_code(app, caller.member, id)).await?;
    Ok(HttpResponse::Created().json(ActivationCode { code }))
}

/// Forget another member's TOTP, so that it is set up anew.
#[utoipa::path(tag = "members", security(("token" = [])), params(("id" = String, Path, description = "The member's id")), responses(
    (status = 204, description = "Forgotten"),
    (status = 403, description = "forbidden", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "not_found", body = ProblemBody, content_type = "application/problem+json"),
))]
#[delete("/v1/members/{id}/totp")]
pub async fn reset_totp(app: web::Data<App>, caller: Caller, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id: MemberId = ids::path(&id)?;
    blocking::run(&app, move |app| members::reset_totp(app, caller.member, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Appoint a member.
#[utoipa::path(operation_id = "create_appointment", tag = "members", security(("token" = [])), params(("id" = String, Path, description = "The member's id")), request_body = NewAppointment, responses(
    (status = 201, description = "Appointed", body = AppointmentView),
    (status = 400, description = "appointment_dates, unit_unknown", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "forbidden", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "not_found", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "appointment_overlap, roles_conflict", body = ProblemBody, content_type = "application/problem+json"),
))]
#[post("/v1/members/{id}/appointments")]
pub async fn appoint(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
    body: Json<NewAppointment>,
) -> Result<HttpResponse, Problem> {
    let id: MemberId = ids::path(&id)?;
    let NewAppointment {
        role,
        unit,
        starts_ms,
        ends_ms,
    } = body.0;
    let row = blocking::run(&app, move |app| {
        appointments::create_by(app, caller.member, id, role, unit, starts_ms, ends_ms)
    })
    .await?;
    Ok(HttpResponse::Created().json(AppointmentView::from(&row)))
}

/// End an appointment.
#[utoipa::path(operation_id = "end_appointment", tag = "members", security(("token" = [])), params(("id" = String, Path, description = "The appointment's id")), request_body = AppointmentEnd, responses(
    (status = 200, description = "It ends", body = AppointmentView),
    (status = 400, description = "appointment_dates", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "forbidden", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "not_found", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "appointment_ended, last_admin", body = ProblemBody, content_type = "application/problem+json"),
))]
#[post("/v1/appointments/{id}/end")]
pub async fn end(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
    body: Json<AppointmentEnd>,
) -> Result<web::Json<AppointmentView>, Problem> {
    let id: AppointmentId = ids::path(&id)?;
    let row = blocking::run(&app, move |app| {
        appointments::end(app, caller.member, id, body.0.ends_ms)
    })
    .await?;
    Ok(web::Json(AppointmentView::from(&row)))
}
