//! CSV files of units and members.

use actix_web::{post, web};

use super::blocking;
use super::body::Csv;
use super::caller::Caller;
use super::problem::{Problem, ProblemBody};
use crate::accounts::import::{self, ImportedMembers, ImportedUnits};
use crate::app::App;

/// Import units: `code,name,level,parent`. All or nothing; the problem's `rows` name each wrong cell.
#[utoipa::path(operation_id = "import_units", tag = "imports", security(("token" = [])), request_body(content = String, content_type = "text/csv"), responses(
    (status = 200, description = "Imported", body = ImportedUnits),
    (status = 403, description = "forbidden", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "import_refused", body = ProblemBody, content_type = "application/problem+json"),
))]
#[post("/v1/imports/units")]
pub async fn units(app: web::Data<App>, caller: Caller, body: Csv) -> Result<web::Json<ImportedUnits>, Problem> {
    blocking::run(&app, move |app| import::units_by(app, caller.member, &body.0))
        .await
        .map(web::Json)
}

/// Import members and appointments: `number,name,role,unit,starts,ends`, days as YYYY-MM-DD, both included.
/// All or nothing; the problem's `rows` name each wrong cell. New members' activation codes are in the answer.
#[utoipa::path(operation_id = "import_members", tag = "imports", security(("token" = [])), request_body(content = String, content_type = "text/csv"), responses(
    (status = 200, description = "Imported", body = ImportedMembers),
    (status = 403, description = "forbidden", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "import_refused", body = ProblemBody, content_type = "application/problem+json"),
))]
#[post("/v1/imports/members")]
pub async fn members(app: web::Data<App>, caller: Caller, body: Csv) -> Result<web::Json<ImportedMembers>, Problem> {
    blocking::run(&app, move |app| import::members_by(app, caller.member, &body.0))
        .await
        .map(web::Json)
}
