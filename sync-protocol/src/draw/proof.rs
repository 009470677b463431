//! A draw with everything that it was made from, and whether it is what follows from that.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};

use super::{Drawn, Exclusion, Request, Roster};
use crate::feed;
use crate::id::{DeviceId, MemberId, RecordId, Seq, UnitCode};
use crate::json::Json;
use crate::op::{self, Op, Parsed};

/// The fields of a request in which people name those who must not be drawn, with the reason for which each stands.
const NAMED: [(&str, Exclusion); 3] = [
    ("excluded_kin", Exclusion::Kin),
    ("excluded_conflict", Exclusion::Conflict),
    ("excluded_household", Exclusion::Household),
];

/// A draw as the server answers it, and as `wuyuan verify-draw` reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The record that asked for it; its id is the draw's.
    pub record: RecordId,
    /// The arrangement to be observed.
    pub order: RecordId,
    /// Which draw for it this is, from 1.
    pub number: u64,
    /// The unit whose volunteers stand on the roster.
    pub pool: UnitCode,
    /// The operation that asked.
    pub request: Asked,
    /// The signed note that it names.
    pub checkpoint: String,
    /// The server's signature.
    #[serde(with = "crate::wire::signature")]
    pub beacon: [u8; 64],
    /// The key of that signature, as `GET /v1/config` names it: base64url without padding.
    pub public_key: String,
    /// The roster's text.
    pub roster: String,
    /// When it was worked out, ms since 1970.
    pub drawn_ms: i64,
    /// What came out.
    pub drawn: Drawn,
}

/// The operation that asked for a draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Its device.
    pub device: DeviceId,
    /// Its number.
    pub seq: Seq,
    /// Its text.
    pub text: String,
    /// When it arrived, ms since 1970.
    pub arrival: i64,
}

/// What can be wrong with a draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The request cannot be read.
    RequestUnreadable,
    /// The request asks for something else: another record, arrangement or checkpoint.
    RequestDiffers,
    /// The roster cannot be read.
    RosterUnreadable,
    /// People's exclusions on the roster are not those of the request.
    ExclusionsDiffer,
    /// The signature is not the key's over this request.
    BeaconInvalid,
    /// Seed or people are not what follows.
    ResultDiffers,
}

impl Fault {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Fault::RequestUnreadable => "draw_request_unreadable",
            Fault::RequestDiffers => "draw_request_differs",
            Fault::RosterUnreadable => "draw_roster_unreadable",
            Fault::ExclusionsDiffer => "draw_exclusions_differ",
            Fault::BeaconInvalid => "draw_beacon_invalid",
            Fault::ResultDiffers => "draw_result_differs",
        }
    }

    /// The words for people, in simplified Chinese and English.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Fault::RequestUnreadable => ("抽取申请无法读取", "the request cannot be read"),
            Fault::RequestDiffers => ("抽取申请与本次抽取不符", "the request asks for something else"),
            Fault::RosterUnreadable => ("名册无法读取", "the roster cannot be read"),
            Fault::ExclusionsDiffer => (
                "名册中的回避人员与申请不符",
                "the exclusions on the roster are not those of the request",
            ),
            Fault::BeaconInvalid => ("服务器签名不符", "the server's signature does not fit"),
            Fault::ResultDiffers => (
                "抽取结果与重新计算的不符",
                "the result is not what follows from the seed and the roster",
            ),
        }
    }
}

impl Proof {
    /// Everything that is wrong with it; nothing: the people follow from roster, request, checkpoint and signature.
    /// Whether `public_key` is the server's, and the checkpoint the log's, is for the caller to compare.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let request = Request {
            order: self.order,
            hash: feed::body_hash(self.request.text.as_bytes()),
            checkpoint: &self.checkpoint,
        };
        let op = match op::read(&self.request.text).0 {
            Parsed::Op(op) => Some(op),
            Parsed::Withheld(_) | Parsed::Unreadable(_) => None,
        };
        match &op {
            None => faults.push(Fault::RequestUnreadable),
            Some(op) if !self.is_asked_by(op) => faults.push(Fault::RequestDiffers),
            Some(_) => {}
        }
        let signature = Signature::from_bytes(&self.beacon);
        let message = request.beacon_message();
        let signed = |key: VerifyingKey| key.verify_strict(&message, &signature).is_ok();
        if !key(&self.public_key).is_some_and(signed) {
            faults.push(Fault::BeaconInvalid);
        }
        match Roster::parse(&self.roster) {
            None => faults.push(Fault::RosterUnreadable),
            Some(roster) => {
                if op.is_some_and(|op| !names_the_same(&op, &roster)) {
                    faults.push(Fault::ExclusionsDiffer);
                }
                if Drawn::work_out(&request, &self.beacon, &roster) != self.drawn {
                    faults.push(Fault::ResultDiffers);
                }
            }
        }
        faults
    }

    fn is_asked_by(&self, op: &Op) -> bool {
        let says = |field: &str, text: &str| matches!(op.set.get(field), Some(Json::Text(said)) if said == text);
        op.seq == self.request.seq
            && op.record == self.record
            && op.kind == "observer_draw"
            && says("order", &self.order.to_string())
            && says("checkpoint", &self.checkpoint)
    }
}

fn key(text: &str) -> Option<VerifyingKey> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    VerifyingKey::from_bytes(&bytes.try_into().ok()?).ok()
}

/// Whom a request names as not to be drawn, with the reasons.
pub fn named(op: &Op) -> BTreeSet<(MemberId, Exclusion)> {
    let of = |(field, why): (&str, Exclusion)| {
        let people = op.add.get(field).into_iter().flatten();
        let people = people.filter_map(|value| match value {
            Json::Text(text) => text.parse().ok(),
            _ => None,
        });
        people.map(move |member| (member, why)).collect::<Vec<_>>()
    };
    NAMED.into_iter().flat_map(of).collect()
}

/// Whether exactly those on the roster bear people's reasons whom the request names. It may name some who do not stand on it.
fn names_the_same(op: &Op, roster: &Roster) -> bool {
    let named = named(op);
    let by_people = |why: &Exclusion| NAMED.iter().any(|(_, reason)| reason == why);
    let listed = roster.candidates();
    let borne: BTreeSet<(MemberId, Exclusion)> = listed
        .iter()
        .flat_map(|c| {
            c.excluded
                .iter()
                .filter(|why| by_people(why))
                .map(|why| (c.member, *why))
        })
        .collect();
    let stands = |member: &MemberId| listed.iter().any(|c| c.member == *member);
    borne == named.into_iter().filter(|(member, _)| stands(member)).collect()
}
