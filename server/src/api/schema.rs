//! The shapes of `sync_protocol::wire` for `openapi.yaml`. The protocol crate stays free of documentation
//! tools; a test holds these shapes to what the wire types really write.

use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::ToSchema;

/// A sync: push what is pending, pull what is new. Either part may be left out.
#[derive(serde::Deserialize, ToSchema)]
#[schema(as = SyncRequest)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "a shape, never a value")]
pub struct SyncRequest {
    /// The device that speaks.
    #[schema(format = Uuid)]
    pub device: String,
    /// Operations to push.
    pub push: Option<Push>,
    /// Numbers of operations that the client believes held: it learns what became of them.
    pub held: Option<Vec<u64>>,
    /// Units to pull; absent: push only.
    pub pull: Option<Pull>,
}

/// The next part of the device's feed.
#[derive(serde::Deserialize, ToSchema)]
#[schema(as = Push)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "a shape, never a value")]
pub struct Push {
    /// The head on which the first operation builds.
    pub base: Head,
    /// The operations, as the phone wrote them. Each is stored and judged; none makes the request fail.
    pub ops: Vec<Value>,
    /// The device's signature over the head after the last operation, base64url without padding.
    #[schema(pattern = "^[A-Za-z0-9_-]{85}[AQgw]$")]
    pub sig: String,
    /// The phone's boot at sending.
    #[schema(max_length = 64)]
    pub boot: String,
    /// Milliseconds since that boot at sending.
    #[schema(maximum = 9_007_199_254_740_991_i64)]
    pub uptime_ms: u64,
    /// The phone's wall clock at sending, milliseconds since 1970.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    pub sent_at: i64,
    /// Receipts that the server gave for some of these operations before it was restored: each is then judged as
    /// of its first arrival. At most as many as operations; one that does not verify is passed over.
    pub receipts: Option<Vec<EarlierReceipt>>,
}

/// A receipt as the phone kept it.
#[derive(serde::Deserialize, ToSchema)]
#[schema(as = EarlierReceipt)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "a shape, never a value")]
pub struct EarlierReceipt {
    /// The text that was signed.
    pub text: String,
    /// Which of the server's keys signed it.
    pub key: String,
    /// The signature, base64url without padding.
    #[schema(pattern = "^[A-Za-z0-9_-]{85}[AQgw]$")]
    pub sig: String,
}

/// A place in a feed.
#[derive(serde::Deserialize, ToSchema)]
#[schema(as = Head)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "a shape, never a value")]
pub struct Head {
    /// The number of the last operation; 0 before the first.
    pub seq: u64,
    /// The chain's hash after it, 64 lower-case hexadecimal digits.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub hash: String,
}

/// Every limit of this server.
#[derive(ToSchema)]
#[schema(as = Limits)]
#[expect(dead_code, reason = "a shape, never a value")]
pub struct Limits {
    /// Most bytes of a request body as it travels.
    pub body_bytes: u64,
    /// Most bytes of a request body after inflation.
    pub inflated_bytes: u64,
    /// Most operations in one push, and most numbers in `held`.
    pub push_ops: u32,
    /// Most bytes of one operation's text.
    pub op_bytes: u32,
    /// Most records in one answer.
    pub page_records: u32,
    /// About how many bytes of records one answer carries.
    pub page_bytes: u64,
    /// Most units that one request may name.
    pub units: u32,
    /// Most bytes of a photo or document.
    pub blob_bytes: u64,
    /// Most bytes of a voice note.
    pub voice_bytes: u64,
}

/// What to pull.
#[derive(serde::Deserialize, ToSchema)]
#[schema(as = Pull)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "a shape, never a value")]
pub struct Pull {
    /// The cursor of each unit that the client holds, by unit code. Opaque.
    pub cursors: Option<BTreeMap<String, String>>,
    /// Units whose tally the client could not reach although it pulled them anew several times.
    pub diverged: Option<Vec<String>>,
    /// Most records that the client wants in this answer.
    pub max_records: Option<u32>,
}

/// The answer to a sync.
#[derive(ToSchema)]
#[schema(as = SyncAnswer)]
#[expect(dead_code, reason = "a shape, never a value")]
pub struct SyncAnswer {
    /// The server's history. Another one than last time: the server was restored.
    pub generation: String,
    /// The server's clock, milliseconds since 1970.
    pub server_time: i64,
    /// The newest catalogue version.
    pub catalog: u32,
    /// The device's feed as stored.
    pub feed: FeedState,
    /// The verdict of each pushed operation, in order.
    pub verdicts: Option<Vec<VerdictLine>>,
    /// The present verdict of each operation named in `held`.
    pub resolved: Option<Vec<VerdictLine>>,
    /// The server's signature over `verdicts` and `resolved`.
    pub receipt: Option<Receipt>,
    /// SHA-256 of blobs that the pushed operations refer to and the server does not have.
    pub want: Option<Vec<String>>,
    /// The pulled units.
    pub units: Option<Vec<UnitPage>>,
    /// Units of the request that are not, or no longer, in the caller's scope.
    pub ended: Option<Vec<String>>,
    /// There is more to pull: ask again with the new cursors.
    pub more: bool,
}

/// A device's feed as the server has it.
#[derive(ToSchema)]
#[schema(as = FeedState)]
#[expect(dead_code, reason = "a shape, never a value")]
pub struct FeedState {
    /// The last stored operation.
    pub head: Head,
    /// The last operation that the last verified backup contains.
    pub durable_seq: u64,
    /// The feed takes no more operations: enrol a new device.
    pub closed: bool,
}

/// What became of one operation.
#[derive(ToSchema)]
#[schema(as = VerdictLine)]
#[expect(dead_code, reason = "a shape, never a value")]
pub struct VerdictLine {
    /// Its number.
    pub seq: u64,
    /// The SHA-256 of its bytes.
    pub hash: String,
    /// `accepted`, `held` or `quarantined`.
    pub fate: String,
    /// Why it was not accepted.
    pub code: Option<String>,
    /// When the server first had it, milliseconds since 1970.
    pub arrival: i64,
    /// The server had it before this push.
    pub repeat: Option<bool>,
}

/// The server's signature over verdicts.
#[derive(ToSchema)]
#[schema(as = Receipt)]
#[expect(dead_code, reason = "a shape, never a value")]
pub struct Receipt {
    /// Which of the server's keys, as in `GET /v1/config`.
    pub key: String,
    /// The signature, base64url without padding.
    pub sig: String,
}

/// A page of one unit.
#[derive(ToSchema)]
#[schema(as = UnitPage)]
#[expect(dead_code, reason = "a shape, never a value")]
pub struct UnitPage {
    /// The unit.
    pub unit: String,
    /// Drop what is held of this unit before taking `changes`; pending operations stay.
    pub restart: Option<bool>,
    /// Records (`put`) and disappearances (`gone`), to be taken in order.
    pub changes: Option<Vec<UnitChange>>,
    /// The cursor to send next time; absent: the one sent still holds.
    pub cursor: Option<String>,
    /// With everything up to here taken, exactly this should be held.
    pub tally: Option<Tally>,
}

/// One change in a unit's page.
#[derive(ToSchema)]
#[schema(as = UnitChange)]
#[expect(dead_code, reason = "a shape, never a value")]
#[schema(rename_all = "snake_case")]
pub enum UnitChange {
    /// The record is now this.
    Put(RecordView),
    /// The record with this id is no longer for this reader.
    Gone(String),
}

/// Number and additive sum of a set of (record, pos).
#[derive(ToSchema)]
#[schema(as = Tally)]
#[expect(dead_code, reason = "a shape, never a value")]
pub struct Tally {
    /// How many records.
    pub count: u64,
    /// The sum, 32 hexadecimal digits.
    pub sum: String,
}

/// A merged record as one reader may see it.
#[derive(ToSchema)]
#[schema(as = RecordView)]
#[expect(dead_code, reason = "a shape, never a value")]
pub struct RecordView {
    /// Its id.
    #[schema(format = Uuid)]
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Its unit.
    pub unit: String,
    /// The place of its last operation in the unit's log.
    pub pos: u64,
    /// Who created it.
    #[schema(format = Uuid)]
    pub creator: String,
    /// Which operations are in, by device: what an edit of this view names as `seen`.
    pub clock: BTreeMap<String, u64>,
    /// The fields that have a value: an array of values (siblings, the latest first) or `{items}` of a set.
    pub fields: BTreeMap<String, FieldView>,
    /// Proposals that wait for another member, the oldest first.
    #[schema(required = false)]
    pub proposals: Vec<ProposalView>,
    /// What was decided here about findings, the latest first.
    #[schema(required = false)]
    pub decisions: Vec<DecisionView>,
}

/// A proposal that waits for another member to confirm it.
#[derive(serde::Serialize, ToSchema)]
#[schema(as = ProposalView)]
pub struct ProposalView {
    /// Device and number of the operation.
    pub dot: Vec<Value>,
    /// SHA-256 of its bytes, hexadecimal.
    pub hash: String,
    /// Who proposes.
    #[schema(format = Uuid)]
    pub by: String,
    /// When, milliseconds since 1970.
    pub at: i64,
    /// Registers that it would write.
    #[schema(required = false)]
    pub set: BTreeMap<String, Value>,
    /// Elements that it would add.
    #[schema(required = false)]
    pub add: BTreeMap<String, Vec<Value>>,
    /// Elements that it would remove.
    #[schema(required = false)]
    pub remove: BTreeMap<String, Vec<Value>>,
    /// The transition that it would take.
    pub act: Option<String>,
    /// The digest of the hours that it would approve, hexadecimal.
    pub approves: Option<String>,
    /// What it would decide, as in the operation.
    pub decides: Option<Value>,
    /// It touches fields that the reader may not read, so he cannot confirm it.
    #[schema(required = false)]
    pub hidden: bool,
    /// Why.
    pub reason: Option<String>,
}

/// What people decided about findings by an operation on the record.
#[derive(serde::Serialize, ToSchema)]
#[schema(as = DecisionView)]
pub struct DecisionView {
    /// Device and number of the operation.
    pub dot: Vec<Value>,
    /// Who decided.
    #[schema(format = Uuid)]
    pub by: String,
    /// Who proposed it, where that took two.
    #[schema(format = Uuid)]
    pub proposed_by: Option<String>,
    /// When, milliseconds since 1970.
    pub at: i64,
    /// The conclusion's code.
    pub conclusion: String,
    /// The codes of the findings.
    pub findings: Vec<String>,
    /// Why.
    pub reason: Option<String>,
}

/// A field's values.
#[derive(serde::Serialize, ToSchema)]
#[schema(as = FieldView)]
#[expect(dead_code, reason = "a shape, never a value")]
#[serde(untagged)]
pub enum FieldView {
    /// A register: one value, or siblings.
    Register(Vec<ValueView>),
    /// A set.
    Set {
        /// Its elements.
        items: Vec<ItemView>,
    },
}

/// One value of a register.
#[derive(serde::Serialize, ToSchema)]
#[schema(as = ValueView)]
pub struct ValueView {
    /// The value, null included.
    pub value: Value,
    /// Device and number of the operation that wrote it.
    pub dot: Vec<Value>,
    /// Siblings only: who wrote it.
    pub by: Option<String>,
    /// Siblings only: when, milliseconds since 1970.
    pub at: Option<i64>,
}

/// One element of a set.
#[derive(serde::Serialize, ToSchema)]
#[schema(as = ItemView)]
pub struct ItemView {
    /// The element.
    pub value: Value,
    /// Device and number of each operation that added it.
    pub dots: Vec<Vec<Value>>,
}
