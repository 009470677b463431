//! The findings that the write path itself makes: what a person must look at.

use sha2::{Digest, Sha256};
use sync_protocol::catalog::{Catalog, Kind, Policy, STATE_FIELD};
use sync_protocol::id::{DeviceId, RecordId, Seq};
use sync_protocol::record::Record;
use sync_protocol::verdict::{Fate, Verdict};

use super::rows::{FindingRow, Place};
use crate::query;
use crate::store::rows::{FindingNowRow, RecordRow};
use crate::store::{Db, StoreError, StoreResult};

/// Concurrent values of a field under `review` differ.
pub(super) const CONTESTED: &str = "contested_field";
/// A transition or edit was made by somebody who had not seen the present state.
pub(super) const STALE: &str = "stale_transition";
/// The phone's clock was off, or the time of writing cannot be known.
pub(super) const CLOCK: &str = "clock_off";
/// A proposal waits for another member to confirm it.
pub(super) const AWAITS: &str = "awaits_confirmation";
/// A feed has two histories.
pub(super) const FORKED: &str = "forked_feed";
/// A client could not reach the count and sum it was told.
pub(super) const DIVERGED: &str = "diverged";
/// An operation was not accepted.
pub(super) const REFUSED: &str = "quarantined_op";
/// An operation waits.
pub(super) const WAITS: &str = "held_op";

/// What a finding is about; its id follows from it, so that the same cause is the same finding.
#[derive(Debug, Clone, Default)]
pub(crate) struct About {
    /// The unit.
    pub unit: Option<String>,
    /// The record.
    pub record: Option<RecordId>,
    /// The other record, of a finding about two.
    pub neighbour: Option<RecordId>,
    /// The device.
    pub device: Option<DeviceId>,
    /// The number of its operation.
    pub seq: Option<Seq>,
}

/// The id of the finding `code` about a record.
pub(crate) fn record_finding_id(code: &str, record: RecordId) -> [u8; 16] {
    let about = About {
        record: Some(record),
        ..About::default()
    };
    id(code, &about)
}

/// The id of the finding `code` about something.
pub(crate) fn id(code: &str, about: &About) -> [u8; 16] {
    let mut hash = Sha256::new()
        .chain_update(b"wuyuan-finding-v1")
        .chain_update(code.as_bytes());
    hash.update([0]);
    hash.update(about.record.map_or([0; 16], |id| id.0));
    hash.update(about.device.map_or([0; 16], |id| id.0));
    hash.update(about.seq.unwrap_or(0).to_be_bytes());
    if let Some(neighbour) = about.neighbour {
        hash.update(neighbour.0);
    }
    // A record is in one unit for ever; for what is about no record the unit is part of the cause.
    if about.record.is_none() {
        hash.update(about.unit.as_deref().unwrap_or_default());
    }
    let digest: [u8; 32] = hash.finalize().into();
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    id
}

/// The finding `code` about something, open or closed.
pub(super) fn finding(code: &'static str, about: About, opened_ms: i64, closed_ms: Option<i64>) -> FindingRow {
    FindingRow {
        id: id(code, &about),
        code: code.into(),
        unit: about.unit,
        record: about.record,
        device: about.device,
        seq: about.seq,
        opened_ms,
        closed_ms,
        known: false,
        decided: false,
    }
}

/// The finding that an operation was not accepted, if it was not.
pub(super) fn refused(op: (DeviceId, Seq), place: Option<&Place>, verdict: Verdict, at_ms: i64) -> Option<FindingRow> {
    let code = match verdict.fate() {
        Fate::Accepted => return None,
        Fate::Held => WAITS,
        Fate::Quarantined => REFUSED,
    };
    Some(of_op(code, op, place, at_ms))
}

/// A finding about an operation, whatever is known of its place.
pub(super) fn of_op(
    code: &'static str,
    (device, seq): (DeviceId, Seq),
    place: Option<&Place>,
    at_ms: i64,
) -> FindingRow {
    let about = About {
        unit: place.map(|place| place.unit.clone()),
        record: place.map(|place| place.record),
        device: Some(device),
        seq: Some(seq),
        neighbour: None,
    };
    finding(code, about, at_ms, None)
}

/// The codes of the findings that the write path makes and closes. Their basis is always [`basis`], of the record as it
/// is: they stand on nothing that could lag behind.
pub(crate) const OF_THE_WRITE_PATH: [&str; 8] = [CONTESTED, STALE, CLOCK, AWAITS, FORKED, DIVERGED, REFUSED, WAITS];

/// The codes that tell of what was refused, or of a device: only the desk sees their findings.
pub(crate) const OF_THE_DESK: [&str; 4] = [FORKED, DIVERGED, REFUSED, WAITS];

/// What a finding of the write path stands on, as a digest: the desk names it in a decision, and a decision on another
/// basis is stale.
///
/// - `contested_field`: the operations whose values stand beside each other in fields under review and in the state,
/// - `stale_transition`: the same for every register,
/// - others on a record: nothing that moves,
/// - without a record: when it was opened.
pub(crate) fn basis(code: &str, id: &[u8; 16], opened_ms: i64, record: Option<(&Kind, &Record)>) -> [u8; 32] {
    let mut hash = fixed(code, id);
    let Some((kind, record)) = record else {
        return hash.chain_update(opened_ms.to_be_bytes()).finalize().into();
    };
    let counts = |name: &str| match code {
        CONTESTED => under_review(kind, name),
        _ => code == STALE,
    };
    let contested = record
        .registers()
        .filter(|(name, _)| counts(name) && record.is_contested(name));
    for (name, entries) in contested {
        hash.update(name.as_bytes());
        hash.update([0]);
        for entry in entries {
            hash.update(entry.dot.actor.0);
            hash.update(entry.dot.counter.to_be_bytes());
        }
    }
    hash.finalize().into()
}

/// What a basis begins with, which never moves.
fn fixed(code: &str, id: &[u8; 16]) -> Sha256 {
    Sha256::new()
        .chain_update(b"wuyuan-basis-v1")
        .chain_update(code.as_bytes())
        .chain_update([0])
        .chain_update(id)
}

/// What an open finding stands on now: a decision on it names this. Read from one snapshot.
pub fn stands_on(db: &mut Db<'_>, catalog: &Catalog, row: &FindingNowRow) -> StoreResult<[u8; 32]> {
    let fact = match OF_THE_WRITE_PATH.contains(&row.code.as_str()) {
        true => None,
        false => query!(db, findings::fact(&row.id))?.map(|fact| fact.basis),
    };
    let record = match row.record {
        Some(record) => query!(db, records::by_ids(&[record.0.as_slice()]))?.pop(),
        None => None,
    };
    basis_of(catalog, row, fact, record.as_ref())
}

/// The same, where at hand are what the rule wrote down and the record's row.
pub(crate) fn basis_of(
    catalog: &Catalog,
    row: &FindingNowRow,
    fact: Option<[u8; 32]>,
    record: Option<&RecordRow>,
) -> StoreResult<[u8; 32]> {
    if !OF_THE_WRITE_PATH.contains(&row.code.as_str())
        && let Some(basis) = fact
    {
        return Ok(basis);
    }
    if row.record.is_none() {
        return Ok(basis(&row.code, &row.id, row.opened_ms, None));
    }
    let Some(record) = record else {
        // A record that only a refused operation names.
        return Ok(fixed(&row.code, &row.id).finalize().into());
    };
    let kind = catalog.kinds().get(&record.kind).ok_or(StoreError::Corrupt)?;
    let state = Record::unpack(&record.state).map_err(|_| StoreError::Corrupt)?;
    Ok(basis(&row.code, &row.id, row.opened_ms, Some((kind, &state))))
}

/// Whether people decide between concurrent values of a register.
pub(super) fn under_review(kind: &Kind, name: &str) -> bool {
    name == STATE_FIELD || kind.field(name).is_some_and(|f| f.policy == Policy::Review)
}

/// Whether concurrent values of a field under review, or of the state, differ.
pub(super) fn is_contested(kind: &Kind, record: &Record) -> bool {
    record
        .registers()
        .any(|(name, _)| under_review(kind, name) && record.is_contested(name))
}
