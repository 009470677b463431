//! A record laid open for somebody who has to decide about it: what it says, which values stand beside each other and on
//! what ground, and how it came to be. Everything passes the same field filter as a pull.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value as Json;
use sync_protocol::catalog::{FieldType, Kind, STATE_FIELD};
use sync_protocol::id::{DeviceId, MemberId, RecordId, Seq};
use sync_protocol::record::{Entry, Record};
use sync_protocol::wire::RecordView;
use utoipa::ToSchema;

use super::SyncError;
use super::desk::{Looker, OpLine, Says, line};
use super::opened::{self, Opened};
use super::view::{Reader, view};
use crate::blobs::right;
use crate::query;
use crate::store::rows::AccessRow;
use crate::store::{Db, StoreError, StoreResult};

/// Most operations that a sheet shows, the latest ones; the record's history has all.
pub const OPS: usize = 100;

/// One of several values that stand beside each other, and the operation that wrote it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Beside {
    /// The register; `state` is the record's state.
    pub field: String,
    /// The value.
    #[schema(value_type = Object)]
    pub value: Json,
    /// The operation's device.
    #[schema(value_type = String, format = Uuid)]
    pub device: DeviceId,
    /// Its number.
    pub seq: Seq,
    /// Its author.
    #[schema(value_type = String, format = Uuid)]
    pub by: MemberId,
    /// First arrival, milliseconds since 1970.
    pub arrival: i64,
    /// When it was written by the phone's clock, milliseconds since 1970.
    pub at: i64,
    /// When it was written, by the best estimate; absent when that cannot be known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub written: Option<i64>,
    /// By how many milliseconds the phone's clock was ahead of that estimate; absent with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ahead: Option<i64>,
    /// What its author had seen of the record.
    #[schema(value_type = std::collections::BTreeMap<String, u64>)]
    pub seen: BTreeMap<DeviceId, Seq>,
    /// The last place that the same device put on the record until then, by the field's name.
    #[schema(value_type = Object)]
    pub place: BTreeMap<String, Json>,
    /// The author's reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A record laid open.
pub struct Sheet {
    /// The record as a pull shows it.
    pub view: RecordView,
    /// The values that stand beside each other.
    pub beside: Vec<Beside>,
    /// Its latest operations, in the order of the log.
    pub history: Vec<OpLine>,
    /// There are earlier ones.
    pub more: bool,
    /// What it discloses of somebody else's sensitive fields: to be written down before it is sent.
    pub reading: Option<AccessRow>,
}

/// Lays a record open. An unreadable one and a missing one answer alike. `db` is one snapshot.
pub fn lay_open(db: &mut Db<'_>, looker: Looker<'_>, record: RecordId, now_ms: i64) -> Result<Sheet, SyncError> {
    let opened = opened::open(db, looker, record)?;
    let desk = query!(db, findings::desk_texts(record))?;
    let reader = Reader {
        member: looker.member,
        roles: &opened.roles,
    };
    let seen = view(db, opened.kind, reader, &opened.row, &desk)?;
    let rows = query!(db, feeds::of_record(record))?;
    let shown = rows.iter().filter(|op| opened.shows(op));
    let lines: Vec<OpLine> = shown
        .map(|op| line(looker, &opened.roles, Some(opened.row.creator), op))
        .collect::<StoreResult<_>>()?;
    let state = Record::unpack(&opened.row.state).map_err(|_| StoreError::Corrupt)?;
    let beside = beside(&opened, &state, &lines);
    let more = lines.len().saturating_sub(OPS);
    let history: Vec<OpLine> = lines.into_iter().skip(more).collect();
    let mut fields: BTreeSet<&str> = seen.sensitive.iter().map(String::as_str).collect();
    fields.extend(history.iter().filter_map(|line| line.says.as_ref()).flat_map(touched));
    Ok(Sheet {
        reading: right::disclosed(&opened, looker.member, &fields, now_ms),
        view: seen.view,
        beside,
        history,
        more: more > 0,
    })
}

/// The fields that an operation touches and the reader reads.
fn touched(says: &Says) -> impl Iterator<Item = &str> {
    let parts = says.set.keys().chain(says.add.keys()).chain(says.remove.keys());
    parts.map(String::as_str)
}

fn beside(opened: &Opened<'_>, state: &Record, lines: &[OpLine]) -> Vec<Beside> {
    let reads = |name: &str| name == STATE_FIELD || opened.kind.field(name).is_some_and(|field| opened.reads(field));
    let contested = state
        .registers()
        .filter(|(name, _)| reads(name) && state.is_contested(name));
    contested
        .flat_map(|(name, entries)| entries.iter().map(move |entry| (name, entry)))
        .filter_map(|(name, entry)| ground(opened.kind, name, entry, lines))
        .collect()
}

/// The operation that wrote a value, if the reader sees it.
fn ground(kind: &Kind, field: &str, entry: &Entry, lines: &[OpLine]) -> Option<Beside> {
    let (device, seq) = (entry.dot.actor, entry.dot.counter);
    let line = lines.iter().find(|line| line.device == device && line.seq == seq)?;
    let says = line.says.as_ref()?;
    let mut place = BTreeMap::new();
    let until = lines.iter().filter(|line| line.device == device && line.seq <= seq);
    for set in until.filter_map(|line| line.says.as_ref()).map(|says| &says.set) {
        let points = set
            .iter()
            .filter(|(name, _)| kind.field(name).is_some_and(|f| f.kind == FieldType::Point));
        place.extend(points.map(|(name, value)| (name.clone(), value.clone())));
    }
    Some(Beside {
        field: field.to_owned(),
        value: entry.value.to_json(),
        device,
        seq,
        by: line.by,
        arrival: line.arrival,
        at: says.at,
        written: line.written,
        ahead: line.written.map(|written| says.at.saturating_sub(written)),
        seen: says.seen.clone(),
        place,
        reason: says.reason.clone(),
    })
}
