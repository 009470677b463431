//! Errors as a client sees them: RFC 9457 problem details with a stable code.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;

macro_rules! problems {
    ($($name:ident = $code:literal, $status:literal, $zh:literal, $en:literal, $todo:literal;)*) => {
        /// Every way in which a request can fail.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[allow(missing_docs, reason = "the table below says what each means")]
        pub enum ProblemCode { $($name,)* }

        impl ProblemCode {
            /// All of them.
            pub const ALL: &[ProblemCode] = &[$(ProblemCode::$name,)*];

            /// The stable code.
            pub fn code(self) -> &'static str {
                match self { $(ProblemCode::$name => $code,)* }
            }

            /// The HTTP status.
            pub fn status(self) -> u16 {
                match self { $(ProblemCode::$name => $status,)* }
            }

            /// What happened, in simplified Chinese.
            pub fn zh(self) -> &'static str {
                match self { $(ProblemCode::$name => $zh,)* }
            }

            /// What happened, in English.
            pub fn en(self) -> &'static str {
                match self { $(ProblemCode::$name => $en,)* }
            }

            /// What to do about it, for whoever writes a client.
            pub fn todo(self) -> &'static str {
                match self { $(ProblemCode::$name => $todo,)* }
            }
        }
    };
}

problems! {
    // The request itself.
    RequestInvalid = "request_invalid", 400, "请求内容有误", "The request is malformed", "Correct what `detail` names; the same request fails again.";
    RouteUnknown = "route_unknown", 404, "没有这个地址", "There is nothing at this address", "See openapi.yaml.";
    MethodWrong = "method_wrong", 405, "不支持这种请求方式", "This address does not take that method", "See openapi.yaml.";
    NotFound = "not_found", 404, "没有找到", "Not found", "It does not exist or is not for this caller; both answer alike.";
    BodyTooLarge = "body_too_large", 413, "内容太大", "The body is too large", "Send less at once; `limit` says how many bytes may travel.";
    InflateLimit = "inflate_limit", 413, "解压后内容太大", "The body is too large once inflated", "Send less at once; `limit` says how many bytes it may inflate to.";
    EncodingUnsupported = "encoding_unsupported", 415, "不支持的压缩方式", "This content encoding is not supported", "Use zstd, gzip or identity.";
    MediaUnsupported = "media_unsupported", 415, "不支持的内容类型", "This media type is not supported", "Use the media type that openapi.yaml names.";
    TooManyRequests = "too_many_requests", 429, "操作太频繁,请稍后再试", "Too many requests", "Wait as long as Retry-After says.";
    Busy = "busy", 503, "服务繁忙,请稍后再试", "The server is busy", "Wait as long as Retry-After says, then send the same again.";
    Unavailable = "unavailable", 503, "服务暂时不可用,请稍后再试", "The server is not available at the moment", "Wait as long as Retry-After says, then send the same again.";
    Internal = "internal", 500, "服务器出错了,请联系管理员", "The server failed", "Report it with the request id.";

    // Who asks.
    TokenMissing = "token_missing", 401, "请先登录", "An access token is required", "Send `Authorization: Bearer TOKEN`.";
    TokenInvalid = "token_invalid", 401, "登录无效,请重新登录", "The access token is not valid", "Sign in again.";
    TokenExpired = "token_expired", 401, "登录已过期", "The access token has expired", "Refresh it.";
    PushOnly = "push_only", 403, "聘任已结束,只能上传未提交的记录", "The appointment has ended; only pending records may be delivered", "Push what is pending.";
    TotpEnrolment = "totp_enrolment", 403, "请先设置动态验证码", "Set up the one-time codes first", "POST /v1/auth/totp, then sign in again with a code.";
    Forbidden = "forbidden", 403, "您没有这项权限", "The caller's roles do not allow this", "Ask an administrator for an appointment.";

    // Signing in.
    SignInRefused = "sign_in_refused", 401, "编号或密码不正确", "The number or the password is wrong", "Try again; after several failures the account is locked for a while.";
    SignInLocked = "sign_in_locked", 429, "尝试次数过多,请稍后再试", "Too many failed attempts", "Wait as long as Retry-After says.";
    NoAppointment = "no_appointment", 403, "您目前没有聘任", "There is no appointment in force", "Ask an administrator for an appointment.";
    TotpRequired = "totp_required", 401, "请输入动态验证码", "A one-time code is required", "Send `totp` with the code that the authenticator shows.";
    TotpWrong = "totp_wrong", 401, "动态验证码不正确或已使用", "The one-time code is wrong or was used", "Wait for the next code.";
    TotpExists = "totp_exists", 409, "动态验证码已设置", "One-time codes are set up already", "A system administrator can reset them.";
    TotpAbsent = "totp_absent", 409, "尚未开始设置动态验证码", "No one-time codes are being set up", "POST /v1/auth/totp first.";
    ActivationRefused = "activation_refused", 401, "编号或激活码不正确,或激活码已过期", "The number or the activation code is wrong, or the code has expired", "Ask an administrator for a new code.";
    PasswordWeak = "password_weak", 400, "密码太简单", "The password is too weak", "Use 10 to 128 characters that do not contain the number.";
    RefreshRefused = "refresh_refused", 401, "登录已失效,请重新登录", "The refresh token is not valid", "Sign in again.";
    RefreshReused = "refresh_reused", 401, "登录凭证被重复使用,已全部注销,请重新登录", "The refresh token was used before; the whole sign-in is revoked", "Sign in again, and change the password if this was not you.";

    // Syncing.
    TooManyOps = "too_many_ops", 413, "一次提交的记录太多", "Too many operations in one push", "Push fewer at once; `limit` says how many.";
    TooManyUnits = "too_many_units", 413, "一次请求的单位太多", "Too many units in one request", "Name fewer at once; `limit` says how many.";
    BadSignature = "bad_signature", 400, "签名不符", "The signature does not fit the chain that the push claims", "Sign the head after the last operation, computed from `base`; see docs/PROTOCOL.md.";
    Gap = "gap", 409, "中间缺少记录,请从指定序号开始补传", "Operations are missing before these", "Push again from `expected_seq` on.";
    Forked = "forked", 409, "这台手机的记录与服务器不一致(可能恢复过备份),请重新登记设备", "The feed has another history on the server", "Enrol a new device and re-issue what lies above the common prefix; see docs/PROTOCOL.md.";
    FeedClosed = "feed_closed", 409, "这台设备已停止接收记录,请重新登记设备", "The feed was closed after a fork", "Enrol a new device and re-issue what lies above the common prefix.";
    CursorForged = "cursor_forged", 400, "同步位置无效,将重新下载", "A cursor was not made by this server", "Drop the cursors and start the units anew; pending operations stay.";
    NotHeld = "not_held", 409, "这条记录不在等待中", "The operation is not held", "Its verdict is final; nothing needs to be done.";
    FormOtherPerson = "form_other_person", 409, "该安排下的时长有他人的入账,请先更正安排或入账", "Hours under the arrangement were posted to another person than it names", "Put right who serves, or correct the sessions; two persons do either.";
    NotSealed = "not_sealed", 409, "尚未封存,请稍后再查", "It is stored and not sealed yet", "Ask again in a few seconds.";

    // Photos and other blobs.
    TusVersion = "tus_version", 412, "不支持的上传协议版本", "This version of the upload protocol is not supported", "Send `Tus-Resumable: 1.0.0`.";
    UploadGone = "upload_gone", 410, "这次上传已结束或已过期", "The upload has ended, expired or was thrown away", "Begin a new one.";
    UploadOffsetWrong = "upload_offset_wrong", 409, "续传位置不符", "The upload is not at that offset", "Ask HEAD and go on from `Upload-Offset`.";
    UploadLocked = "upload_locked", 423, "这次上传正在进行中", "Another request is writing to the upload", "Wait as long as Retry-After says, then ask HEAD.";
    UploadChecksumWrong = "upload_checksum_wrong", 460, "这一段数据校验不符,请重传", "These bytes do not have the checksum that came with them", "They were thrown away; send them again.";
    TooManyUploads = "too_many_uploads", 429, "未完成的上传太多", "Too many unfinished uploads", "Finish or end others first; `limit` says how many may be open.";
    TooManyUnreferred = "too_many_unreferred", 429, "未关联记录的文件太多,请先上传记录", "Too many bytes that no record refers to", "Push the records that refer to them first; `limit` says how many bytes may lie here without.";
    BlobTooLarge = "blob_too_large", 413, "文件太大", "The file is too large", "`limit` says how many bytes it may have.";
    BlobHashWrong = "blob_hash_wrong", 422, "文件与登记的哈希值不符,请重传", "The bytes do not have the hash that was announced", "They were thrown away. Hash the original again and send it anew.";
    BlobMediaRefused = "blob_media_refused", 415, "只接收照片、短语音和PDF文件", "Only photos, short voice notes and PDF documents are taken", "GET /v1/config lists the media types; sending it again is of no use.";
    RangeWrong = "range_wrong", 416, "请求的范围超出文件", "The range lies outside the file", "`Content-Range` says how many bytes there are.";
    ThumbnailImpossible = "thumbnail_impossible", 422, "无法生成缩略图", "No thumbnail can be made of it", "Show a sign for the file instead; the original can be read.";
    StorageFull = "storage_full", 507, "服务器存储空间不足,照片仍在手机上", "The server has no space left", "Wait, longer each time, then go on; keep the original.";

    // The draw of observers.
    DrawNotRequest = "draw_not_request", 422, "这条记录不是抽取申请", "The record does not ask for a draw", "Push a record of the kind observer_draw first and name it.";
    DrawNotOpen = "draw_not_open", 409, "当前状态下不能抽取", "Observers are not drawn in this state", "Look at the request and at the arrangement; a request that was not drawn in time is set aside and made anew.";
    DrawReasonMissing = "draw_reason_missing", 422, "请写明回避或重新抽取的理由", "The reason is missing", "Make a new request with `exclusion_note`, and with `redraw_reason` where it is drawn anew.";
    DrawCheckpointUnknown = "draw_checkpoint_unknown", 422, "抽取申请所指的公示检查点不存在", "The checkpoint is not one of this server's log", "Take the newest checkpoint and make a new request.";
    DrawCheckpointAge = "draw_checkpoint_age", 409, "抽取申请所指的公示检查点已过时", "The checkpoint is not the newest", "Take the newest checkpoint and make a new request.";
    DrawExists = "draw_exists", 409, "这项安排已抽取过见证志愿者", "Observers were drawn for this arrangement", "Replace an observer by a substitute, or let a prosecutor set that draw aside with a reason.";
    DrawPoolSmall = "draw_pool_small", 409, "可抽取的志愿者不足两人", "Fewer than two volunteers could be drawn", "Appoint volunteers in the area, or look at the exclusions.";
    DrawExclusionsMany = "draw_exclusions_many", 409, "回避人数过多,须由检察官提出抽取", "Too many volunteers are left out", "A supervisor may leave out two, or a quarter of those who could be drawn; let a prosecutor make the request.";

    // Evaluation forms.
    FormNotIssued = "form_not_issued", 409, "评价表尚未出具", "The form was not issued", "Issue it first; where values differ, decide between them.";

    // Devices.
    DeviceUnknown = "device_unknown", 404, "设备未登记", "The device is not enrolled", "Enrol it: POST /v1/devices with the same id and key.";
    DeviceNotYours = "device_not_yours", 403, "这台设备登记在别人名下", "The device belongs to another member", "Enrol a device of one's own.";
    DeviceRevoked = "device_revoked", 403, "这台设备已停用", "The device was revoked", "It may push what it holds, and reads nothing.";
    DeviceTaken = "device_taken", 409, "设备编号已被占用", "The device id is taken", "Make another random id.";
    DeviceKeyInvalid = "device_key_invalid", 400, "设备密钥无效", "The device's key is not valid", "Send 32 bytes of an Ed25519 public key as base64url.";
    DeviceProofWrong = "device_proof_wrong", 400, "设备密钥证明无效", "The proof of the device's key is wrong", "Sign the enrolment message of docs/PROTOCOL.md with the new key.";
    DeviceSuiteUnknown = "device_suite_unknown", 400, "不支持的签名算法", "The signature suite is not supported", "Use ed25519-sha256.";

    // Figures.
    MonthNotOver = "month_not_over", 409, "当月尚未结束,不能出具报表", "The month is not over", "Issue its report when it is; GET shows it as of now.";
    ReportOrder = "report_order", 409, "已出具之后月份的报表", "The report of a later month was issued", "What is late stands in later reports; this month's can no longer be issued.";
    ExportTooLarge = "export_too_large", 413, "导出内容太多", "The export has too many rows", "Name a kind, a unit or a shorter time.";

    // Administration.
    NumberTaken = "number_taken", 409, "编号已被使用", "The member number is taken", "Choose another number.";
    RolesConflict = "roles_conflict", 409, "系统管理、安全管理、审计岗位不能与其他岗位兼任", "System administration, security administration and auditing are held apart from every other role", "Use a separate account.";
    AppointmentOverlap = "appointment_overlap", 409, "与已有聘任重复", "The same appointment exists for part of that time", "End the other one first.";
    AppointmentDates = "appointment_dates", 400, "起止时间有误", "The start and the end do not fit", "The end comes after the start, and not before now when an appointment is ended.";
    AppointmentEnded = "appointment_ended", 409, "聘任已经结束", "The appointment has ended", "Nothing needs to be done.";
    UnitUnknown = "unit_unknown", 400, "没有这个单位", "There is no such unit", "Import the unit first.";
    LastAdmin = "last_admin", 409, "不能停用最后一名系统管理员", "The last system administrator stays", "Appoint another one first.";
    ImportRefused = "import_refused", 422, "导入文件有错误,未导入任何内容", "The file has errors; nothing was imported", "Correct the rows that `rows` names and import the whole file again.";
}

/// An error on its way to a client.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Which.
    pub code: ProblemCode,
    /// What was wrong this time; no secret, no database's words.
    pub detail: String,
    /// For 429 and 503: when to come back, ms. Jitter is added on sending.
    pub retry_after_ms: Option<u64>,
    /// Headers that go with it.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Further members of the problem object.
    pub more: serde_json::Map<String, serde_json::Value>,
}

impl Problem {
    /// A problem that its title explains.
    pub fn new(code: ProblemCode) -> Problem {
        Problem {
            code,
            detail: String::new(),
            retry_after_ms: None,
            headers: Vec::new(),
            more: serde_json::Map::new(),
        }
    }

    /// A problem that needs a word more.
    pub fn with(code: ProblemCode, detail: impl Into<String>) -> Problem {
        Problem {
            detail: detail.into(),
            ..Problem::new(code)
        }
    }

    /// Says when to come back, ms.
    pub fn retry_after(self, ms: u64) -> Problem {
        Problem {
            retry_after_ms: Some(ms),
            ..self
        }
    }

    /// Adds a header to the answer.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Problem {
        self.headers.push((name, value));
        self
    }

    /// Adds a member to the problem object, such as the limit that was passed.
    pub fn member(mut self, name: &str, value: impl Into<serde_json::Value>) -> Problem {
        self.more.insert(name.to_owned(), value.into());
        self
    }

    /// The status as actix knows it.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The body for a client that reads `chinese` or English.
    pub fn body(&self, request_id: &str, chinese: bool) -> ProblemBody {
        let title = if chinese { self.code.zh() } else { self.code.en() };
        ProblemBody {
            kind: format!("urn:wuyuan:problem:{}", self.code.code()),
            title: title.to_owned(),
            status: self.code.status(),
            code: self.code.code().to_owned(),
            detail: if self.detail.is_empty() {
                self.code.todo().to_owned()
            } else {
                self.detail.clone()
            },
            request_id: request_id.to_owned(),
            more: self.more.clone(),
        }
    }
}

/// Problem details (RFC 9457).
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(title = "Problem")]
pub struct ProblemBody {
    /// A URN that names the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened, for people, in the language of Accept-Language.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: String,
    /// What was wrong this time and what to do.
    pub detail: String,
    /// Name it when reporting the problem.
    pub request_id: String,
    /// Further members, such as `limit`.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub more: serde_json::Map<String, serde_json::Value>,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code.code())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    /// Only the status: the frame around every request writes the body, for it knows the request id.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status())
    }
}

/// The Markdown table of `docs/PROBLEMS.md`.
pub fn documentation() -> String {
    let mut page = String::from(
        "# Problems\n\n\
         Every error is `application/problem+json` (RFC 9457): `type`, `title`, `status`, `code`, `detail`,\n\
         `request_id`, and what the table names beside. `code` is stable; wording may change.\n\n\
         This page is written by `wuyuan problems`; a test fails when it is stale.\n\n\
         | code | status | title | 标题 | what to do |\n|---|---|---|---|---|\n",
    );
    for p in ProblemCode::ALL {
        page.push_str(&format!(
            "| `{}` | {} | {} | {} | {} |\n",
            p.code(),
            p.status(),
            p.en(),
            p.zh(),
            p.todo()
        ));
    }
    page
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_code_is_unique_worded_twice_and_has_an_error_status() {
        let mut seen = HashSet::new();
        for problem in ProblemCode::ALL {
            assert!(seen.insert(problem.code()), "{} twice", problem.code());
            assert!(problem.code().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
            assert!((400..=599).contains(&problem.status()));
            assert!(!problem.zh().is_ascii() && problem.en().is_ascii() && !problem.todo().is_empty());
        }
    }

    #[test]
    fn the_page_of_problems_is_fresh() {
        let page = include_str!("../../../docs/PROBLEMS.md");
        assert!(
            page == documentation(),
            "docs/PROBLEMS.md is stale: run `wuyuan problems > docs/PROBLEMS.md`"
        );
    }
}
