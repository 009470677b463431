//! The transparency log: checkpoints, tiles (C2SP tlog-tiles), proofs.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use actix_web::web::{self, Path};
use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use sync_protocol::id::{DeviceId, Seq};
use sync_protocol::log;
use tlog_tiles::Tile;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::blocking;
use super::caller::Caller;
use super::params::Query;
use super::problem::{Problem, ProblemBody, ProblemCode};
use super::sync::scope_of;
use crate::app::App;
use crate::log::edge::{HEIGHT, WIDTH};
use crate::log::read::{self, LogError, Wanted};
use crate::sync::desk::Looker;

/// What is full never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Leaves are for auditors, so no shared cache keeps them.
const FOR_EVER_PRIVATE: &str = "private, max-age=31536000, immutable";

/// What grows is asked for anew.
const ASK: &str = "no-cache";

impl From<LogError> for Problem {
    fn from(error: LogError) -> Problem {
        match error {
            LogError::NotFound => Problem::new(ProblemCode::NotFound),
            LogError::NotSealed => Problem::new(ProblemCode::NotSealed),
            LogError::Forbidden => Problem::new(ProblemCode::Forbidden),
            LogError::Sync(error) => error.into(),
            LogError::Store(error) => error.into(),
        }
    }
}

/// Which of the server's logs.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// Its number in `GET /v1/log/origins`; absent: the one that grows.
    #[serde(default)]
    #[param(value_type = u64, required = false)]
    log: Option<u64>,
}

/// That a log only grew.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a shape, never a value")]
struct ConsistencyProof {
    /// The log's origin.
    origin: String,
    /// The earlier size.
    from: u64,
    /// The later size.
    to: u64,
    /// The proof (RFC 9162 section 2.1.4), each hash 64 hexadecimal digits.
    proof: Vec<String>,
}

/// That a leaf is in a log.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a shape, never a value")]
struct InclusionProof {
    /// The log's origin.
    origin: String,
    /// The leaf's number, from 0.
    index: u64,
    /// The tree's size.
    size: u64,
    /// The leaf's hash, 64 hexadecimal digits.
    leaf_hash: String,
    /// The leaf's bytes, hexadecimal; absent where they are not the caller's to read.
    leaf: Option<String>,
    /// The proof (RFC 9162 section 2.1.3), each hash 64 hexadecimal digits.
    proof: Vec<String>,
    /// The signed checkpoint of that size.
    checkpoint: String,
}

/// A log of this server.
#[derive(ToSchema)]
#[expect(dead_code, reason = "a shape, never a value")]
struct LogOrigin {
    /// Its number, from 1.
    log: u64,
    /// Its key (C2SP signed-note), whose name is the origin.
    vkey: String,
    /// Its first leaf, hexadecimal.
    opening: String,
    /// That the first leaf is in it.
    proof: Vec<String>,
    /// Its last signed checkpoint.
    checkpoint: String,
}

/// All logs of this server.
#[derive(Serialize, ToSchema)]
#[expect(dead_code, reason = "a shape, never a value")]
struct LogOrigins {
    /// The oldest first; the last one grows.
    #[serde(skip)]
    origins: Vec<LogOrigin>,
}

/// The newest signed checkpoint (C2SP tlog-checkpoint).
#[utoipa::path(operation_id = "log_checkpoint", tag = "log", params(Which), responses(
    (status = 200, description = "A signed note", body = String, content_type = "text/plain"),
    (status = 404, description = "not_found", body = ProblemBody, content_type = "application/problem+json"),
))]
#[get("/v1/log/checkpoint")]
pub async fn checkpoint(app: web::Data<App>, Query(which): Query<Which>) -> Result<HttpResponse, Problem> {
    let note = blocking::run(&app, move |app| read::checkpoint(app, which.log)).await?;
    let answer = HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, ASK))
        .content_type("text/plain; charset=utf-8")
        .body(note);
    Ok(answer)
}

/// A bundle of up to 256 leaves (C2SP tlog-tiles), for auditors.
#[utoipa::path(path = "/v1/log/tile/entries/{index}", operation_id = "log_entries", tag = "log", security(("token" = [])),
    params(
        ("index" = String, Path, description = "The bundle's number in groups of three digits, all but the last with an x before: `x001/234`; a part of one with `.p/` and how many leaves"),
        Which,
    ),
    responses(
        (status = 200, description = "The leaves, each with its length before it (2 bytes, big-endian)", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 403, description = "forbidden", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "not_found", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[get("/v1/log/tile/entries/{index:.*}")]
pub async fn entries(
    app: web::Data<App>,
    caller: Caller,
    index: Path<String>,
    Query(which): Query<Which>,
) -> Result<HttpResponse, Problem> {
    let (position, width) = place("0", &index)?;
    let member = caller.member;
    let work = move |app: &App| read::entries(app, member, which.log, position, width);
    let bytes = blocking::run(&app, work).await?;
    Ok(binary(bytes, width, FOR_EVER_PRIVATE))
}

/// A tile of up to 256 hashes (C2SP tlog-tiles).
#[utoipa::path(path = "/v1/log/tile/{level}/{index}", operation_id = "log_tile", tag = "log",
    params(
        ("level" = String, Path, description = "0 to 7: hashes of leaves, of 256 leaves each, …"),
        ("index" = String, Path, description = "The tile's number in groups of three digits, all but the last with an x before: `x001/234`; a part of one with `.p/` and how many hashes"),
        Which,
    ),
    responses(
        (status = 200, description = "The hashes, 32 bytes each", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 404, description = "not_found", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[get("/v1/log/tile/{level}/{index:.*}")]
pub async fn tile(
    app: web::Data<App>,
    at: Path<(String, String)>,
    Query(which): Query<Which>,
) -> Result<HttpResponse, Problem> {
    let (level, index) = at.into_inner();
    let (position, width) = place(&level, &index)?;
    let level: u8 = level.parse().map_err(|_| Problem::new(ProblemCode::NotFound))?;
    let work = move |app: &App| read::tile(app, which.log, level, position, width);
    let bytes = blocking::run(&app, work).await?;
    Ok(binary(bytes, width, FOR_EVER))
}

/// The number of a tile and, of a part of one, its width; paths have one spelling.
fn place(level: &str, index: &str) -> Result<(u64, Option<u64>), Problem> {
    let missing = || Problem::new(ProblemCode::NotFound);
    // The library panics at a part of no width.
    if index
        .rsplit_once(".p/")
        .is_some_and(|(_, width)| width.parse() == Ok(0u32))
    {
        return Err(missing());
    }
    let read = Tile::from_path(&format!("tile/{HEIGHT}/{level}/{index}")).map_err(|_| missing())?;
    if read.is_data() || read.level() > 63 / HEIGHT {
        return Err(missing());
    }
    let width = u64::from(read.width());
    Ok((read.level_index(), (width < WIDTH).then_some(width)))
}

fn binary(bytes: Vec<u8>, width: Option<u64>, full: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, if width.is_none() { full } else { ASK }))
        .insert_header((CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")))
        .body(bytes)
}

/// Every log of this server: after a restore a new one goes on, whose first leaf names the one before.
#[utoipa::path(operation_id = "log_origins", tag = "log", security(("token" = [])), responses(
    (status = 200, description = "The logs, the oldest first; the last one grows", body = LogOrigins),
))]
#[get("/v1/log/origins")]
pub async fn origins(app: web::Data<App>, _caller: Caller) -> Result<web::Json<log::Origins>, Problem> {
    Ok(web::Json(blocking::run(&app, read::origins).await?))
}

/// Between which sizes.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Between {
    /// The earlier size.
    from: u64,
    /// The later size; absent: the newest checkpoint's.
    #[serde(default)]
    #[param(value_type = u64, required = false)]
    to: Option<u64>,
    /// The log's number; absent: the one that grows.
    #[serde(default)]
    #[param(value_type = u64, required = false)]
    log: Option<u64>,
}

/// The proof that the log only grew.
#[utoipa::path(operation_id = "log_consistency", tag = "log", security(("token" = [])), params(Between), responses(
    (status = 200, description = "The proof", body = ConsistencyProof),
    (status = 404, description = "not_found: the log never was of such a size", body = ProblemBody, content_type = "application/problem+json"),
))]
#[get("/v1/log/proof/consistency")]
pub async fn consistency(
    app: web::Data<App>,
    _caller: Caller,
    Query(between): Query<Between>,
) -> Result<web::Json<log::Consistency>, Problem> {
    let Between { from, to, log } = between;
    let proof = blocking::run(&app, move |app| read::consistency(app, log, from, to)).await?;
    Ok(web::Json(proof))
}

/// Which leaf: an operation's (`device` and `seq`), a posting's, or the one of a number.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    /// The operation's device.
    #[serde(default)]
    #[param(value_type = String, format = Uuid, required = false)]
    device: Option<Uuid>,
    /// The operation's number.
    #[serde(default)]
    #[param(value_type = u64, required = false)]
    seq: Option<Seq>,
    /// The posting's number.
    #[serde(default)]
    #[param(value_type = u64, required = false)]
    posting: Option<u64>,
    /// The leaf's number, from 0.
    #[serde(default)]
    #[param(value_type = u64, required = false)]
    leaf: Option<u64>,
    /// The log's number, with `leaf`; absent: the one that grows.
    #[serde(default)]
    #[param(value_type = u64, required = false)]
    log: Option<u64>,
}

/// The proof that something is sealed. An operation's is for who may see it.
#[utoipa::path(operation_id = "log_inclusion", tag = "log", security(("token" = [])), params(Leaf), responses(
    (status = 200, description = "The proof", body = InclusionProof),
    (status = 404, description = "not_found: no such thing, or not for this caller", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "not_sealed", body = ProblemBody, content_type = "application/problem+json"),
))]
#[get("/v1/log/proof/inclusion")]
pub async fn inclusion(
    app: web::Data<App>,
    caller: Caller,
    Query(which): Query<Leaf>,
) -> Result<web::Json<log::Inclusion>, Problem> {
    let wanted = match (which.device, which.seq, which.posting, which.leaf) {
        (Some(device), Some(seq), None, None) => Wanted::Operation(DeviceId(device.into_bytes()), seq),
        (None, None, Some(number), None) => Wanted::Posting(number),
        (None, None, None, Some(index)) => Wanted::Leaf(index),
        _ => {
            let detail = "name an operation by `device` and `seq`, or a `posting`, or a `leaf`";
            return Err(Problem::with(ProblemCode::RequestInvalid, detail));
        }
    };
    let proof = blocking::run(&app, move |app| {
        let now_ms = app.now_ms();
        app.store.read(|db| {
            let scope = scope_of(app, db, caller, now_ms)?;
            let looker = Looker {
                catalog: &app.catalog,
                member: caller.member,
                scope: &scope,
            };
            read::inclusion(db, looker, now_ms, which.log, wanted)
        })
    });
    Ok(web::Json(proof.await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_has_one_spelling_and_no_path_is_a_panic() {
        let read = |level: &str, index: &str| place(level, index).ok();
        assert_eq!(read("0", "000"), Some((0, None)));
        assert_eq!(read("7", "x001/x234/067.p/255"), Some((1_234_067, Some(255))));
        for (level, index) in [
            ("0", ""),
            ("0", "0"),
            ("0", "x000/001"),
            ("0", "001.p/0"),
            ("0", "001.p/00"),
            ("0", "001.p/+0"),
            ("0", "001.p/256"),
            ("0", "001.p/-1"),
            ("8", "000"),
            ("00", "000"),
            ("data", "000"),
            ("0", "x018/x446/x744/x073/x709/x551/616"),
        ] {
            assert_eq!(read(level, index), None, "{level} {index}");
        }
    }
}
