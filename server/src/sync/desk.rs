//! What people at the desk need of operations: a record's history, what is held or quarantined, and letting a
//! held operation go. Everything passes the same field filter as a pull.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sync_protocol::catalog::{Catalog, Kind};
use sync_protocol::decision::Decides;
use sync_protocol::feed::Hash;
use sync_protocol::id::{DeviceId, MemberId, RecordId, Seq, UnitCode};
use sync_protocol::op::{self, OpName, Parsed};
use sync_protocol::role::Role;
use sync_protocol::verdict::{Code, Fate};
use sync_protocol::wire::{Head, hex32};
use utoipa::ToSchema;

use super::SyncError;
use super::opened;
use super::rights::{is_desk, reads_field};
use super::rows::{ACCEPTED, HELD, QUARANTINED};
use crate::accounts::scope::Scope;
use crate::query;
use crate::store::rows::OpRow;
use crate::store::{Db, StoreError, StoreResult};

/// About how many lines one answer lists.
pub const PAGE: i64 = 200;

/// One operation, as much of it as the reader may see.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct OpLine {
    /// Its device.
    #[schema(value_type = String, format = Uuid)]
    pub device: DeviceId,
    /// Its number in the device's feed.
    pub seq: Seq,
    /// SHA-256 of its bytes, hexadecimal.
    #[serde(with = "hex32")]
    #[schema(value_type = String)]
    pub hash: Hash,
    /// Its author.
    #[schema(value_type = String, format = Uuid)]
    pub by: MemberId,
    /// First arrival, milliseconds since 1970.
    pub arrival: i64,
    /// When it was written, by the best estimate; absent when that cannot be known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub written: Option<i64>,
    /// What became of it: `accepted`, `held` or `quarantined`.
    #[schema(value_type = String)]
    pub fate: Fate,
    /// Why it was not accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub code: Option<Code>,
    /// Its place in the unit's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pos: Option<i64>,
    /// The record that it names; absent when it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub record: Option<RecordId>,
    /// The kind that it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What it says, fields left out that the reader may not read; absent when it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub says: Option<Says>,
}

/// The readable part of an operation.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Says {
    /// The phone's wall clock, milliseconds since 1970.
    pub at: i64,
    /// What its author had seen.
    #[schema(value_type = std::collections::BTreeMap<String, u64>)]
    pub seen: BTreeMap<DeviceId, Seq>,
    /// Registers written.
    #[schema(value_type = Object)]
    pub set: serde_json::Map<String, serde_json::Value>,
    /// Set elements added.
    #[schema(value_type = Object)]
    pub add: serde_json::Map<String, serde_json::Value>,
    /// Set elements removed.
    #[schema(value_type = Object)]
    pub remove: serde_json::Map<String, serde_json::Value>,
    /// Fields that it touches and the reader may not read.
    pub hidden: usize,
    /// The transition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<String>,
    /// It only proposes.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub proposes: bool,
    /// The proposal that it confirms: device, number and hash.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub confirms: Option<OpName>,
    /// The digest of the hours that it approves, hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none", with = "hex32::optional")]
    #[schema(value_type = Option<String>)]
    pub approves: Option<Hash>,
    /// What it decides: the conclusion, and each finding with the basis on which it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub decides: Option<Decides>,
    /// The author's reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Who looks, and by what rules.
#[derive(Clone, Copy)]
pub struct Looker<'l> {
    /// The catalogue in force.
    pub catalog: &'l Catalog,
    /// The member.
    pub member: MemberId,
    /// His roles, unit by unit.
    pub scope: &'l Scope,
}

/// A record's operations, in the order of the log. An unreadable record and a missing one answer alike.
pub fn history(db: &mut Db<'_>, looker: Looker<'_>, record: RecordId) -> Result<Vec<OpLine>, SyncError> {
    let opened = opened::open(db, looker, record)?;
    let rows = query!(db, feeds::of_record(record))?;
    let shown = rows.iter().filter(|op| opened.shows(op));
    Ok(shown
        .map(|op| line(looker, &opened.roles, Some(opened.row.creator), op))
        .collect::<StoreResult<_>>()?)
}

/// What is held or quarantined in the units where the looker sits at the desk, the newest first, before a time.
pub fn refused(db: &mut Db<'_>, looker: Looker<'_>, fate: Fate, before_ms: i64) -> Result<Vec<OpLine>, SyncError> {
    let state = match fate {
        Fate::Held => HELD,
        Fate::Quarantined => QUARANTINED,
        Fate::Accepted => return Err(SyncError::Malformed("held or quarantined".to_owned())),
    };
    let desks = looker.scope.iter().filter(|(_, roles)| sits_at_desk(roles));
    let units: Vec<String> = desks.map(|(unit, _)| unit.as_str().to_owned()).collect();
    if units.is_empty() {
        return Err(SyncError::Forbidden);
    }
    let mut rows = query!(db, feeds::refused(&units, state, before_ms, PAGE))?;
    if rows.len() as i64 == PAGE
        && let Some(last) = rows.last().map(|row| row.arrival_ms)
    {
        // One push arrives at one moment: the page ends between moments, or the next would begin behind some.
        rows.retain(|row| row.arrival_ms != last);
        rows.extend(query!(db, feeds::refused_at(&units, state, last))?);
    }
    let nobody = BTreeSet::new();
    let show = |op: &OpRow| {
        let roles = op
            .unit
            .as_ref()
            .and_then(|u| u.parse().ok())
            .and_then(|u: UnitCode| looker.scope.get(&u));
        line(looker, roles.unwrap_or(&nobody), None, op)
    };
    Ok(rows.iter().map(show).collect::<StoreResult<_>>()?)
}

/// Whether the looker may let this held operation go: he sits at the desk of its unit.
pub fn may_release(db: &mut Db<'_>, looker: Looker<'_>, device: DeviceId, seq: Seq) -> Result<(), SyncError> {
    let row = query!(db, feeds::op(device, seq as i64))?.ok_or(SyncError::NotFound)?;
    let unit = row
        .unit
        .as_ref()
        .and_then(|u| u.parse::<UnitCode>().ok())
        .ok_or(SyncError::NotFound)?;
    if !looker.scope.get(&unit).is_some_and(sits_at_desk) {
        return Err(SyncError::NotFound);
    }
    if row.state == HELD {
        Ok(())
    } else {
        Err(SyncError::NotHeld)
    }
}

/// The stored chain of one's own device, for finding where two histories part.
pub fn chain(db: &mut Db<'_>, member: MemberId, device: DeviceId, from: Seq, to: Seq) -> Result<Vec<Head>, SyncError> {
    let row = query!(db, devices::by_id(device))?.ok_or(SyncError::DeviceUnknown)?;
    if row.member != member {
        return Err(SyncError::DeviceNotYours);
    }
    let last = to.min(from.saturating_add(PAGE as u64 - 1)).min(i64::MAX as u64);
    let rows = query!(
        db,
        feeds::verdicts(device, from.min(i64::MAX as u64) as i64, last as i64)
    )?;
    Ok(rows
        .iter()
        .map(|row| Head {
            seq: row.seq as u64,
            hash: row.chain,
        })
        .collect())
}

fn sits_at_desk(roles: &BTreeSet<Role>) -> bool {
    roles.iter().any(|role| is_desk(*role))
}

/// One operation for a reader who holds `roles` in its unit. `creator`: of the record, where there is one.
pub(crate) fn line(
    looker: Looker<'_>,
    roles: &BTreeSet<Role>,
    creator: Option<MemberId>,
    row: &OpRow,
) -> StoreResult<OpLine> {
    let fate = match row.state {
        ACCEPTED => Fate::Accepted,
        HELD => Fate::Held,
        QUARANTINED => Fate::Quarantined,
        _ => return Err(StoreError::Corrupt),
    };
    let kind = row.kind.as_ref().and_then(|code| looker.catalog.kinds().get(code));
    let reads = |kind: &Kind, name: &str| {
        // A record that does not exist yet has no creator; its would-be creator reads his own words.
        let creator = creator.unwrap_or(row.member);
        kind.field(name)
            .is_some_and(|field| reads_field(kind, field, roles, looker.member, creator))
    };
    Ok(OpLine {
        device: row.device,
        seq: row.seq as u64,
        hash: row.hash,
        by: row.member,
        arrival: row.arrival_ms,
        written: row.written_ms,
        fate,
        code: row
            .code
            .as_deref()
            .map(|c| Code::parse(c).ok_or(StoreError::Corrupt))
            .transpose()?,
        pos: row.pos,
        record: row.record.map(|id| RecordId(id.0)),
        kind: row.kind.clone(),
        says: kind.and_then(|kind| says(row, |name| reads(kind, name))),
    })
}

fn says(row: &OpRow, reads: impl Fn(&str) -> bool) -> Option<Says> {
    let text = std::str::from_utf8(&row.body).ok()?;
    let (Parsed::Op(op), _) = op::read(text) else {
        return None;
    };
    let mut body: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).ok()?;
    let mut hidden = 0;
    let mut part = |name: &str| {
        let mut fields = match body.remove(name) {
            Some(serde_json::Value::Object(fields)) => fields,
            _ => serde_json::Map::new(),
        };
        let before = fields.len();
        fields.retain(|field, _| reads(field));
        hidden += before - fields.len();
        fields
    };
    let (set, add, remove) = (part("set"), part("add"), part("remove"));
    Some(Says {
        at: op.at.ms,
        seen: op.seen.iter().map(|dot| (*dot.actor, dot.counter)).collect(),
        set,
        add,
        remove,
        hidden,
        act: op.act.map(|act| act.name),
        proposes: op.proposes,
        confirms: op.confirms,
        approves: op.approves,
        decides: op.decides,
        reason: op.reason,
    })
}
