//! What travels on `POST /v1/sync`. The same types serve the server, the Rust client and, through
//! `openapi.yaml`, every other client.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::feed::Hash;
use crate::id::{DeviceId, MemberId, Pos, RecordId, Seq, UnitCode};
use crate::sum::Tally;
use crate::verdict::{Code, Fate, Verdict};

/// Thirty-two bytes as 64 lower-case hexadecimal digits. For `#[serde(with)]`.
pub mod hex32 {
    use serde::de::{self, Deserialize, Deserializer};
    use serde::{Serialize, Serializer};

    /// Writes.
    pub fn serialize<S: Serializer>(hash: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        hex::encode(hash).serialize(serializer)
    }

    /// Reads.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        super::parse_hash(&text).ok_or_else(|| de::Error::custom("64 lower-case hexadecimal digits expected"))
    }

    /// The same where there may be none.
    pub mod optional {
        use serde::de::{Deserialize, Deserializer};
        use serde::{Serialize, Serializer};

        /// Writes.
        pub fn serialize<S: Serializer>(hash: &Option<[u8; 32]>, serializer: S) -> Result<S::Ok, S::Error> {
            hash.map(hex::encode).serialize(serializer)
        }

        /// Reads.
        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<[u8; 32]>, D::Error> {
            #[derive(serde::Deserialize)]
            struct Inner(#[serde(with = "super")] [u8; 32]);
            Ok(Option::<Inner>::deserialize(deserializer)?.map(|inner| inner.0))
        }
    }
}

/// Sixty-four bytes as unpadded base64url (RFC 4648 section 5). For `#[serde(with)]`.
pub mod signature {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde::de::{self, Deserialize, Deserializer};
    use serde::{Serialize, Serializer};

    /// Writes.
    pub fn serialize<S: Serializer>(signature: &[u8; 64], serializer: S) -> Result<S::Ok, S::Error> {
        URL_SAFE_NO_PAD.encode(signature).serialize(serializer)
    }

    /// Reads.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 64], D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let bytes = URL_SAFE_NO_PAD.decode(text.as_bytes()).map_err(de::Error::custom)?;
        <[u8; 64]>::try_from(bytes).map_err(|_| de::Error::custom("a signature has 64 bytes"))
    }
}

/// Reads a SHA-256 in its one spelling.
pub fn parse_hash(text: &str) -> Option<Hash> {
    if text.len() != 64 || text.bytes().any(|b| b.is_ascii_uppercase()) {
        return None;
    }
    let mut hash = [0u8; 32];
    hex::decode_to_slice(text, &mut hash).ok()?;
    Some(hash)
}

/// A sync: push what is pending, pull what is new. Either part may be left out.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SyncRequest<'a> {
    /// The device that speaks.
    pub device: DeviceId,
    /// Operations to push.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub push: Option<Push<'a>>,
    /// Numbers of operations that the client believes held: it learns what became of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<Seq>,
    /// Units to pull; absent: push only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull: Option<Pull>,
}

/// The next part of the device's feed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Push<'a> {
    /// The head on which the first operation builds.
    pub base: Head,
    /// The operations, as the phone wrote them.
    #[serde(borrow)]
    pub ops: Vec<&'a RawValue>,
    /// The device's signature over the head after the last operation.
    #[serde(with = "signature")]
    pub sig: [u8; 64],
    /// The phone's boot at sending.
    pub boot: String,
    /// Milliseconds since that boot at sending.
    pub uptime_ms: u64,
    /// The phone's wall clock at sending, milliseconds since 1970-01-01T00:00:00Z.
    pub sent_at: i64,
    /// Receipts that the server gave for some of these operations before it was restored: each is then judged as
    /// of its first arrival. At most as many as operations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receipts: Vec<EarlierReceipt>,
}

/// A receipt as the phone kept it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlierReceipt {
    /// What was signed: `receipt::text` of that answer's verdicts.
    pub text: String,
    /// Which of the server's keys signed it.
    pub key: String,
    /// The signature.
    #[serde(with = "signature")]
    pub sig: [u8; 64],
}

/// A place in a feed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The number of the last operation; 0 before the first.
    pub seq: Seq,
    /// The chain's hash after it.
    #[serde(with = "hex32")]
    pub hash: Hash,
}

/// What to pull.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pull {
    /// The cursor of each unit that the client holds. Opaque; units of the scope that are left out start anew.
    #[serde(default)]
    pub cursors: BTreeMap<UnitCode, String>,
    /// Units whose tally the client could not reach although it pulled them anew several times: people look.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diverged: Vec<UnitCode>,
    /// Most records that the client wants in this answer; the server may send fewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_records: Option<u32>,
}

/// The answer to a sync.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SyncAnswer {
    /// The server's history. Another one than last time: the server was restored.
    pub generation: String,
    /// The server's clock, milliseconds since 1970-01-01T00:00:00Z.
    pub server_time: i64,
    /// The newest catalogue version.
    pub catalog: u32,
    /// The device's feed as stored.
    pub feed: FeedState,
    /// The verdict of each pushed operation, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verdicts: Vec<VerdictLine>,
    /// The present verdict of each operation named in `held`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resolved: Vec<VerdictLine>,
    /// The server's signature over `verdicts` and `resolved`; absent when both are empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
    /// Blobs that the pushed operations refer to and the server does not have.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "hashes")]
    pub want: Vec<Hash>,
    /// The pulled units.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<UnitPage>,
    /// Units of the request that are not, or no longer, in the caller's scope.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ended: Vec<UnitCode>,
    /// There is more to pull: ask again with the new cursors.
    #[serde(default)]
    pub more: bool,
}

mod hashes {
    use serde::de::{self, Deserialize, Deserializer};
    use serde::ser::{SerializeSeq, Serializer};

    pub fn serialize<S: Serializer>(hashes: &[[u8; 32]], serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(hashes.len()))?;
        hashes
            .iter()
            .try_for_each(|hash| list.serialize_element(&hex::encode(hash)))?;
        list.end()
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<[u8; 32]>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        let parse = |text: &String| super::parse_hash(text).ok_or_else(|| de::Error::custom("not a SHA-256"));
        texts.iter().map(parse).collect()
    }
}

/// A device's feed as the server has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedState {
    /// The last stored operation. Above the client's own: the phone was restored or cloned (a fork).
    pub head: Head,
    /// The last operation that the last verified backup contains: bytes up to here need not be kept.
    pub durable_seq: Seq,
    /// The feed takes no more operations: enrol a new device.
    #[serde(default)]
    pub closed: bool,
}

/// What became of one operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerdictLine {
    /// Its number.
    pub seq: Seq,
    /// The SHA-256 of its bytes.
    #[serde(with = "hex32")]
    pub hash: Hash,
    /// Its fate.
    pub fate: Fate,
    /// Why it was not accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// When the server first had it, milliseconds since 1970-01-01T00:00:00Z.
    pub arrival: i64,
    /// The server had it before this push.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repeat: bool,
}

impl VerdictLine {
    /// A line for a fresh verdict.
    pub fn new(seq: Seq, hash: Hash, verdict: Verdict, arrival: i64) -> Self {
        VerdictLine {
            seq,
            hash,
            fate: verdict.fate(),
            code: verdict.code(),
            arrival,
            repeat: false,
        }
    }
}

/// The server's signature over verdicts; the phone keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Which of the server's keys, as in `GET /v1/config`.
    pub key: String,
    /// The signature over `receipt::text`.
    #[serde(with = "signature")]
    pub sig: [u8; 64],
}

/// A page of one unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitPage {
    /// The unit.
    pub unit: UnitCode,
    /// Drop what is held of this unit before taking `changes`: the scope, the catalogue or the server's
    /// history is another. Pending operations stay.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub restart: bool,
    /// Records and disappearances, to be taken in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<UnitChange>,
    /// The cursor to send next time; absent: the one sent still holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// With everything up to here taken, exactly this should be held. Absent: more of this unit is to come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tally: Option<Tally>,
}

/// One change in a unit's page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitChange {
    /// The record is now this.
    Put(RecordView),
    /// The record is no longer for this reader.
    Gone(RecordId),
}

/// A merged record as one reader may see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordView {
    /// Its id.
    pub id: RecordId,
    /// Its kind.
    pub kind: String,
    /// Its unit.
    pub unit: UnitCode,
    /// The place of its last operation in the unit's log.
    pub pos: Pos,
    /// Who created it.
    pub creator: MemberId,
    /// Which operations are in: what an edit of this view names as `seen`.
    pub clock: BTreeMap<DeviceId, Seq>,
    /// The fields that have a value, hidden ones left out.
    pub fields: BTreeMap<String, FieldView>,
    /// Proposals that wait for another member, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proposals: Vec<ProposalView>,
    /// What was decided here about findings, the latest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<DecisionView>,
}

/// A proposal that waits for another member to confirm it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProposalView {
    /// The operation: device and number.
    pub dot: (DeviceId, Seq),
    /// The SHA-256 of its bytes.
    #[serde(with = "hex32")]
    pub hash: Hash,
    /// Who proposes.
    pub by: MemberId,
    /// The best estimate of when it was written, else when it arrived.
    pub at: i64,
    /// Registers that it would write, hidden ones left out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, serde_json::Value>,
    /// Elements that it would add.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub add: BTreeMap<String, Vec<serde_json::Value>>,
    /// Elements that it would remove.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub remove: BTreeMap<String, Vec<serde_json::Value>>,
    /// The transition that it would take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<String>,
    /// The digest of the hours that it would approve.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "hex32::optional")]
    pub approves: Option<Hash>,
    /// What it would decide, as in the operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decides: Option<serde_json::Value>,
    /// It touches fields that the reader may not read, so he cannot confirm it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What people decided about findings by an operation on the record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionView {
    /// The operation: device and number.
    pub dot: (DeviceId, Seq),
    /// Who decided.
    pub by: MemberId,
    /// Who proposed it, where that took two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed_by: Option<MemberId>,
    /// The best estimate of when it was written, else when it arrived.
    pub at: i64,
    /// The conclusion's code.
    pub conclusion: String,
    /// The codes of the findings.
    pub findings: Vec<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A field's values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FieldView {
    /// A register: one value, or siblings, latest in the unit's log first.
    Register(Vec<ValueView>),
    /// A set.
    Set {
        /// Its elements.
        items: Vec<ItemView>,
    },
}

/// One value of a register.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ValueView {
    /// The value, null included.
    pub value: serde_json::Value,
    /// The operation that wrote it: device and number.
    pub dot: (DeviceId, Seq),
    /// Siblings only: who wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<MemberId>,
    /// Siblings only: the best estimate of when it was written, else when it arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<i64>,
}

/// One element of a set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemView {
    /// The element.
    pub value: serde_json::Value,
    /// The operations that added it.
    pub dots: Vec<(DeviceId, Seq)>,
}
