//! One operation: a save of one record by one device, read strictly from the bytes that the phone wrote.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::clock::{Clock, OpDot, clock_of};
use crate::decision::Decides;
use crate::feed::Hash;
use crate::id::{AppointmentId, DeviceId, MemberId, RecordId, Seq, UnitCode};
use crate::json::{self, Json, strict_map, strict_optional_text, strict_text};
use crate::limits;
use crate::value::{Instant, MAX_INTEGER};
use crate::verdict::Code;

/// An operation as read. Values of fields are not yet typed: that takes the catalogue (`shape::check`).
#[derive(Debug, Clone, PartialEq)]
pub struct Op {
    /// Its number in the device's feed.
    pub seq: Seq,
    /// The server's generation when it was written.
    pub generation: String,
    /// The catalogue version under which it was written.
    pub cat: u32,
    /// Its author.
    pub by: MemberId,
    /// The appointment in which he wrote it.
    pub appointment: AppointmentId,
    /// The phone's wall clock. Testimony, never order.
    pub at: Instant,
    /// The phone's boot, and milliseconds since it.
    pub boot: String,
    /// Milliseconds since the boot.
    pub uptime_ms: i64,
    /// The record.
    pub record: RecordId,
    /// The record's kind.
    pub kind: String,
    /// The record's unit.
    pub unit: UnitCode,
    /// The record's clock as shown when the form was opened.
    pub seen: Clock,
    /// Registers written.
    pub set: BTreeMap<String, Json>,
    /// Set elements added.
    pub add: BTreeMap<String, Vec<Json>>,
    /// Set elements removed.
    pub remove: BTreeMap<String, Vec<Json>>,
    /// The transition taken.
    pub act: Option<Act>,
    /// The operation that this one issues again.
    pub reissues: Option<OpName>,
    /// The digest of the hour-relevant values that it approves (`hours::digest`).
    pub approves: Option<Hash>,
    /// It only proposes: it has no effect until another member confirms it.
    pub proposes: bool,
    /// The proposal that it confirms.
    pub confirms: Option<OpName>,
    /// The findings that it decides.
    pub decides: Option<Decides>,
    /// Why, in the author's words.
    pub reason: Option<String>,
}

/// A transition of the workflow, taken by an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// The transition's name in the catalogue.
    #[serde(deserialize_with = "strict_text")]
    pub name: String,
}

/// Names one operation of a feed and its text: what is issued again, or confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpName {
    /// Its device.
    pub device: DeviceId,
    /// Its number.
    pub seq: Seq,
    /// The SHA-256 of its bytes.
    #[serde(with = "crate::wire::hex32")]
    pub hash: Hash,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    seq: u64,
    #[serde(deserialize_with = "strict_text")]
    salt: String,
    #[serde(rename = "gen", deserialize_with = "strict_text")]
    generation: String,
    cat: u32,
    by: MemberId,
    #[serde(rename = "as")]
    appointment: AppointmentId,
    #[serde(deserialize_with = "strict_text")]
    at: String,
    #[serde(deserialize_with = "strict_text")]
    boot: String,
    uptime_ms: i64,
    record: RecordId,
    #[serde(deserialize_with = "strict_text")]
    kind: String,
    unit: UnitCode,
    #[serde(default, deserialize_with = "strict_map")]
    seen: BTreeMap<String, u64>,
    #[serde(default, deserialize_with = "strict_map")]
    set: BTreeMap<String, Json>,
    #[serde(default, deserialize_with = "strict_map")]
    add: BTreeMap<String, Vec<Json>>,
    #[serde(default, deserialize_with = "strict_map")]
    remove: BTreeMap<String, Vec<Json>>,
    #[serde(default)]
    act: Option<Act>,
    #[serde(default)]
    reissues: Option<OpName>,
    #[serde(default, with = "crate::wire::hex32::optional")]
    approves: Option<Hash>,
    #[serde(default)]
    proposes: bool,
    #[serde(default)]
    confirms: Option<OpName>,
    #[serde(default)]
    decides: Option<Decides>,
    #[serde(default, deserialize_with = "strict_optional_text")]
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StubText {
    seq: u64,
    #[serde(with = "crate::wire::hex32")]
    withheld: Hash,
}

/// What a text in a push's `ops` is.
#[derive(Debug, Clone, PartialEq)]
pub enum Parsed {
    /// An operation that can be read.
    Op(Box<Op>),
    /// `{"seq": n, "withheld": "<sha256>"}`: the bytes are over the limit and travel as a blob.
    Withheld(Hash),
    /// Not an operation of this protocol; stored all the same.
    Unreadable(Code),
}

/// Reads one text and gives the hash with which it enters the chain: of its bytes, or the hash that a stub
/// names, for then the chain is over the bytes that the phone keeps.
pub fn read(text: &str) -> (Parsed, Hash) {
    if text.len() < 160
        && let Ok(stub) = serde_json::from_str::<StubText>(text)
        && (1..=MAX_INTEGER as u64).contains(&stub.seq)
    {
        return (Parsed::Withheld(stub.withheld), stub.withheld);
    }
    let hash = crate::feed::body_hash(text.as_bytes());
    if text.len() > limits::OP_BYTES {
        return (Parsed::Unreadable(Code::TooLarge), hash);
    }
    match parse(text) {
        Ok(op) => (Parsed::Op(Box::new(op)), hash),
        Err(code) => (Parsed::Unreadable(code), hash),
    }
}

fn parse(text: &str) -> Result<Op, Code> {
    let text: Text = serde_json::from_str(text).map_err(|e| why(&e))?;
    let limit = MAX_INTEGER as u64;
    let plausible = (1..=limit).contains(&text.seq)
        && (0..=MAX_INTEGER).contains(&text.uptime_ms)
        && (16..=64).contains(&text.salt.len())
        && text.boot.len() <= 64
        && text.generation.len() <= 64
        && text.seen.len() <= limits::SEEN_DEVICES
        && !(text.proposes && text.confirms.is_some())
        && text.decides.as_ref().is_none_or(Decides::is_plausible);
    let at = Instant::parse(&text.at);
    let (true, Some(at)) = (plausible, at) else {
        return Err(Code::Malformed);
    };
    if text
        .reason
        .as_ref()
        .is_some_and(|r| r.chars().count() > limits::REASON_CHARS)
    {
        return Err(Code::Malformed);
    }
    let mut seen = Vec::with_capacity(text.seen.len());
    for (device, seq) in &text.seen {
        let device: DeviceId = device.parse().map_err(|_| Code::Malformed)?;
        if !(1..=limit).contains(seq) {
            return Err(Code::Malformed);
        }
        seen.push((device, *seq));
    }
    Ok(Op {
        seq: text.seq,
        generation: text.generation,
        cat: text.cat,
        by: text.by,
        appointment: text.appointment,
        at,
        boot: text.boot,
        uptime_ms: text.uptime_ms,
        record: text.record,
        kind: text.kind,
        unit: text.unit,
        seen: clock_of(seen),
        set: text.set,
        add: text.add,
        remove: text.remove,
        act: text.act,
        reissues: text.reissues,
        approves: text.approves,
        proposes: text.proposes,
        confirms: text.confirms,
        decides: text.decides,
        reason: text.reason,
    })
}

/// serde reports every refusal as text; the beginnings below are its own and ours, held by the tests. Only beginnings
/// are looked at: what follows may quote the operation.
fn why(error: &serde_json::Error) -> Code {
    let text = error.to_string();
    let starts = |beginning: &str| text.starts_with(beginning);
    if starts(json::DUPLICATE) || starts("duplicate field") {
        Code::DuplicateKey
    } else if starts(json::NUL) || starts("lone leading surrogate") || starts("unexpected end of hex escape") {
        Code::BadText
    } else if starts("unknown field") {
        Code::UnknownMember
    } else {
        Code::Malformed
    }
}

impl Op {
    /// The dot of this operation on `device`.
    pub fn dot(&self, device: DeviceId) -> OpDot {
        OpDot::new(device, self.seq)
    }

    /// Every field that it touches, each once, in order.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        let mut names: Vec<&str> = self
            .set
            .keys()
            .chain(self.add.keys())
            .chain(self.remove.keys())
            .map(String::as_str)
            .collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter()
    }
}

/// What a client writes into its outbox. `to_text` gives the bytes that are hashed, kept and sent.
#[derive(Debug, Clone, Serialize)]
pub struct OpDraft {
    /// Its number in the device's feed.
    pub seq: Seq,
    /// 128 random bits in hexadecimal: a leaf of the log must not let anybody guess the text.
    pub salt: String,
    /// The server's generation as last heard.
    #[serde(rename = "gen")]
    pub generation: String,
    /// The catalogue version of the form.
    pub cat: u32,
    /// The author.
    pub by: MemberId,
    /// His appointment.
    #[serde(rename = "as")]
    pub appointment: AppointmentId,
    /// The wall clock, RFC 3339 with offset.
    pub at: String,
    /// The boot.
    pub boot: String,
    /// Milliseconds since the boot.
    pub uptime_ms: u64,
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: String,
    /// Its unit.
    pub unit: UnitCode,
    /// The record's clock as shown.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub seen: BTreeMap<DeviceId, Seq>,
    /// Changed registers.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, serde_json::Value>,
    /// Added elements.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub add: BTreeMap<String, Vec<serde_json::Value>>,
    /// Removed elements.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub remove: BTreeMap<String, Vec<serde_json::Value>>,
    /// The transition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<Act>,
    /// What it issues again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reissues: Option<OpName>,
    /// The digest of the hour-relevant values that it approves.
    #[serde(skip_serializing_if = "Option::is_none", with = "crate::wire::hex32::optional")]
    pub approves: Option<Hash>,
    /// It only proposes.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub proposes: bool,
    /// The proposal that it confirms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirms: Option<OpName>,
    /// The findings that it decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decides: Option<Decides>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl OpDraft {
    /// The JSON text, written once and never again.
    pub fn to_text(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}

/// The stub that stands in a push for an operation over the limit.
pub fn stub(seq: Seq, hash: &Hash) -> String {
    format!("{{\"seq\":{seq},\"withheld\":\"{}\"}}", hex::encode(hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"seq":17,"salt":"00112233445566778899aabbccddeeff","gen":"g","cat":1,"by":"01970000-0000-7000-8000-000000000001","as":"01970000-0000-7000-8000-000000000002","at":"2026-11-22T08:00:00.123+08:00","boot":"b","uptime_ms":5,"record":"01970000-0000-7000-8000-000000000003","kind":"subject","unit":"350111001026","seen":{"01970000-0000-7000-8000-000000000004":12},"set":{"note":null}}"#;

    fn code(text: &str) -> Option<Code> {
        match read(text).0 {
            Parsed::Unreadable(code) => Some(code),
            Parsed::Op(_) | Parsed::Withheld(_) => None,
        }
    }

    #[test]
    fn a_good_text_is_read() {
        assert_eq!(code(GOOD), None);
    }

    #[test]
    fn each_fault_has_its_code() {
        let cases = [
            ("5".to_owned(), Code::Malformed),
            (GOOD.replace("\"seq\":17,", ""), Code::Malformed),
            (GOOD.replace("\"seq\":17,", "\"seq\":0,"), Code::Malformed),
            (
                GOOD.replace("\"seq\":17,", "\"seq\":9007199254740993,"),
                Code::Malformed,
            ),
            (GOOD.replace("2026-11-22T08", "yesterday"), Code::Malformed),
            (
                GOOD.replace("\"seq\":17,", "\"seq\":17,\"seq\":17,"),
                Code::DuplicateKey,
            ),
            (
                GOOD.replace("\"note\":null", "\"note\":null,\"note\":1"),
                Code::DuplicateKey,
            ),
            (
                GOOD.replace("\"note\":null", "\"p\":{\"a\":1,\"a\":2}"),
                Code::DuplicateKey,
            ),
            (
                GOOD.replace(":12}", ":12,\"01970000-0000-7000-8000-000000000004\":13}"),
                Code::DuplicateKey,
            ),
            (GOOD.replace("\"note\":null", r#""note":"\ud800""#), Code::BadText),
            (GOOD.replace("\"note\":null", r#""note":"\udc00""#), Code::BadText),
            (GOOD.replace("\"note\":null", r#""note":"\u0000""#), Code::BadText),
            (GOOD.replace("\"note\":null", r#""no\u0000te":1"#), Code::BadText),
            (
                GOOD.replace("\"kind\":\"subject\"", r#""kind":"sub\u0000ject""#),
                Code::BadText,
            ),
            (
                GOOD.replace("\"seq\":17,", "\"seq\":17,\"extra\":1,"),
                Code::UnknownMember,
            ),
            // Words of the text itself that look like the reader's own.
            (
                GOOD.replace("\"seq\":17,", "\"seq\":17,\"lone surrogate\":1,"),
                Code::UnknownMember,
            ),
            (GOOD.replace("\"seq\":17,", "\"seq\":\"hex escape\","), Code::Malformed),
            (
                GOOD.replace(
                    "\"note\":null",
                    &format!("\"note\":\"{}\"", "a".repeat(limits::OP_BYTES)),
                ),
                Code::TooLarge,
            ),
            (
                GOOD.replace(
                    "\"note\":null",
                    &format!("\"note\":{}1{}", "[".repeat(200), "]".repeat(200)),
                ),
                Code::Malformed,
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(code(&text), Some(expected), "{}", &text[..text.len().min(400)]);
        }
    }

    #[test]
    fn a_stub_enters_the_chain_with_the_hash_it_names() {
        let hash = crate::feed::body_hash(b"large");
        assert_eq!(read(&stub(3, &hash)), (Parsed::Withheld(hash), hash));
    }
}
