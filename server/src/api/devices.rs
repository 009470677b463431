//! A member's devices.

use actix_web::{HttpResponse, delete, get, post, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sync_protocol::id::{DeviceId, MemberId};
use sync_protocol::wire::Head;
use utoipa::{IntoParams, ToSchema};

use super::blocking;
use super::body::Json;
use super::caller::{Caller, PushCaller};
use super::ids;
use super::params::Query;
use super::problem::{Problem, ProblemBody, ProblemCode};
use super::schema;
use crate::accounts::devices::{self, Enrolment, KeyStorage};
use crate::app::App;
use crate::store::rows::DeviceRow;

/// A new device.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDevice {
    /// A random UUID, made by this installation and never restored from a backup.
    #[schema(value_type = String, format = Uuid)]
    id: DeviceId,
    /// The signature suite of the key.
    #[schema(example = "ed25519-sha256")]
    suite: String,
    /// The public key: 32 bytes, unpadded base64url.
    #[schema(pattern = "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$")]
    public_key: String,
    /// What its holder calls it.
    #[schema(example = "旧手机")]
    label: String,
    /// Where it keeps its key.
    key_storage: KeyStorage,
    /// The device whose feed it continues, after a fork or a lost outbox.
    #[serde(default)]
    continues: Option<Continued>,
    /// The new key's signature over `"wuyuan-enrol-v1" || 16 bytes of id || 16 bytes of the member's id`:
    /// 64 bytes, unpadded base64url.
    #[schema(pattern = "^[A-Za-z0-9_-]{85}[AQgw]$")]
    proof: String,
}

/// A feed that is continued.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Continued {
    /// Its device.
    #[schema(value_type = String, format = Uuid)]
    device: DeviceId,
    /// Its head as far as the client knows: SHA-256, 64 lower-case hexadecimal digits.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    head_hash: String,
}

/// A device.
#[derive(Serialize, ToSchema)]
pub struct DeviceView {
    /// Id.
    #[schema(value_type = String, format = Uuid)]
    id: DeviceId,
    /// Its member.
    #[schema(value_type = String, format = Uuid)]
    member: MemberId,
    /// The signature suite of its key.
    suite: String,
    /// Its public key, unpadded base64url.
    public_key: String,
    /// What its holder calls it.
    label: String,
    /// Where it keeps its key.
    key_storage: String,
    /// Enrolled at, ms since 1970-01-01T00:00:00Z.
    enrolled_ms: i64,
    /// Revoked at, ms.
    revoked_ms: Option<i64>,
    /// Why its feed takes no more operations, such as `forked`.
    closed: Option<String>,
    /// Its feed as stored.
    #[schema(value_type = schema::Head)]
    head: Head,
}

impl From<DeviceRow> for DeviceView {
    fn from(row: DeviceRow) -> DeviceView {
        DeviceView {
            id: row.id,
            member: row.member,
            suite: row.suite,
            public_key: URL_SAFE_NO_PAD.encode(row.public_key),
            label: row.label,
            key_storage: row.key_storage,
            enrolled_ms: row.enrolled_ms,
            revoked_ms: row.revoked_ms,
            closed: row.closed_code,
            head: Head {
                seq: u64::try_from(row.head_seq).unwrap_or(0),
                hash: row.head_hash,
            },
        }
    }
}

/// Whose devices.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    /// A member's id; absent: the caller's own. Only system administrators name another.
    #[serde(default)]
    #[param(value_type = String, format = Uuid, required = false)]
    member: Option<MemberId>,
}

/// Enrol a device with its public key. The same id, key and member again answers 200.
#[utoipa::path(operation_id = "enrol_device", tag = "devices", security(("token" = [])), request_body = NewDevice, responses(
    (status = 201, description = "Enrolled", body = DeviceView),
    (status = 200, description = "It was enrolled before", body = DeviceView),
    (status = 400, description = "device_suite_unknown, device_key_invalid, device_proof_wrong", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "device_taken", body = ProblemBody, content_type = "application/problem+json"),
))]
#[post("/v1/devices")]
pub async fn enrol(app: web::Data<App>, caller: PushCaller, body: Json<NewDevice>) -> Result<HttpResponse, Problem> {
    let enrolment = enrolment(body.0)?;
    let (device, new) = blocking::run(&app, move |app| devices::enrol(app, caller.member, enrolment)).await?;
    let mut answer = if new {
        HttpResponse::Created()
    } else {
        HttpResponse::Ok()
    };
    Ok(answer.json(DeviceView::from(device)))
}

fn enrolment(new: NewDevice) -> Result<Enrolment, Problem> {
    let continues = match new.continues {
        None => None,
        Some(continued) => {
            let hash = sync_protocol::wire::parse_hash(&continued.head_hash).ok_or_else(|| {
                Problem::with(
                    ProblemCode::RequestInvalid,
                    "continues.head_hash: 64 lower-case hexadecimal digits",
                )
            })?;
            Some((continued.device, hash))
        }
    };
    Ok(Enrolment {
        id: new.id,
        suite: new.suite,
        public_key: URL_SAFE_NO_PAD
            .decode(new.public_key)
            .map_err(|_| Problem::new(ProblemCode::DeviceKeyInvalid))?,
        label: new.label,
        key_storage: new.key_storage,
        continues,
        proof: URL_SAFE_NO_PAD
            .decode(new.proof)
            .map_err(|_| Problem::new(ProblemCode::DeviceProofWrong))?,
    })
}

/// A member's devices, the oldest first.
#[utoipa::path(operation_id = "list_devices", tag = "devices", security(("token" = [])), params(Owner), responses(
    (status = 200, description = "Devices", body = Vec<DeviceView>),
    (status = 403, description = "forbidden", body = ProblemBody, content_type = "application/problem+json"),
))]
#[get("/v1/devices")]
pub async fn list(
    app: web::Data<App>,
    caller: Caller,
    Query(owner): Query<Owner>,
) -> Result<web::Json<Vec<DeviceView>>, Problem> {
    let owner = owner.member.unwrap_or(caller.member);
    let rows = blocking::run(&app, move |app| devices::list(app, caller.member, owner)).await?;
    Ok(web::Json(rows.into_iter().map(DeviceView::from).collect()))
}

/// Revoke a device, one's own or, as a system administrator, any. What it pushes later is kept without effect.
#[utoipa::path(operation_id = "revoke_device", tag = "devices", security(("token" = [])), params(("id" = String, Path, description = "The device's id")), responses(
    (status = 204, description = "Revoked"),
    (status = 404, description = "not_found", body = ProblemBody, content_type = "application/problem+json"),
))]
#[delete("/v1/devices/{id}")]
pub async fn revoke(app: web::Data<App>, caller: Caller, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id: DeviceId = ids::path(&id)?;
    blocking::run(&app, move |app| devices::revoke(app, caller.member, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
