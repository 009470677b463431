//! What a batch will write, collected while it judges and written at its end in a few statements.

mod findings;

pub(super) use findings::opened;

use std::borrow::Cow;
use std::collections::BTreeMap;

use sync_protocol::feed::Hash;
use sync_protocol::id::{DeviceId, MemberId, RecordId, Seq};
use sync_protocol::verdict::{Fate, Verdict};

use crate::log::source;
use crate::query;
use crate::store::bulk::{Bulk, Column, Verb};
use crate::store::rows::{AccessRow, UnsealedRow, VerdictChangeRow};
use crate::store::{Db, StoreResult};

/// A new operation.
#[derive(Debug)]
pub(super) struct NewOp {
    pub device: DeviceId,
    pub seq: Seq,
    pub hash: Hash,
    pub chain: Hash,
    pub arrival_ms: i64,
    pub written_ms: Option<i64>,
    pub member: MemberId,
    pub place: Option<Place>,
    pub outcome: Outcome,
    pub body: Box<str>,
}

/// The record, kind and unit that an operation names.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub record: RecordId,
    pub kind: String,
    pub unit: String,
}

/// What an operation came to.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub verdict: Verdict,
    pub pos: Option<i64>,
    pub effect: Option<String>,
}

impl Outcome {
    pub fn refused(verdict: Verdict) -> Outcome {
        Outcome {
            verdict,
            pos: None,
            effect: None,
        }
    }
}

/// A formerly held operation and what it came to.
#[derive(Debug)]
pub(super) struct Revised {
    pub device: DeviceId,
    pub seq: Seq,
    pub outcome: Outcome,
    pub record: Option<RecordId>,
}

/// A finding's identity and whether it is open after the batch.
#[derive(Debug, Clone)]
pub(super) struct FindingRow {
    pub id: [u8; 16],
    pub code: Cow<'static, str>,
    pub unit: Option<String>,
    pub record: Option<RecordId>,
    pub device: Option<DeviceId>,
    pub seq: Option<Seq>,
    pub opened_ms: i64,
    pub closed_ms: Option<i64>,
    /// It was there before the batch: only its closing is written, and when it was opened stays.
    pub known: bool,
    /// People decided it; else what closed it is that its cause is gone.
    pub decided: bool,
}

/// A finding that people decided, and what it stood on when they did.
#[derive(Debug)]
pub(super) struct DecisionRow {
    pub finding: [u8; 16],
    pub device: DeviceId,
    pub seq: Seq,
    pub basis: [u8; 32],
    pub conclusion: &'static str,
    pub at_ms: i64,
}

/// An accepted operation that proposes, confirms or decides.
#[derive(Debug)]
pub(super) struct DeskOp {
    pub record: RecordId,
    pub device: DeviceId,
    pub seq: Seq,
    pub pos: i64,
    /// The proposal that it carries out.
    pub confirms: Option<(DeviceId, Seq)>,
}

/// What a held operation names and waits for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waiting {
    pub record: Option<RecordId>,
    pub wait_record: Option<RecordId>,
}

/// Rows that one push, or a whole batch, adds and takes away.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub ops: Vec<NewOp>,
    pub revised: Vec<Revised>,
    pub signatures: Vec<(DeviceId, Seq, [u8; 64])>,
    pub evidence: Vec<(DeviceId, Seq, Hash, i64, Box<str>)>,
    /// What waits now and for what (the record that it names, the record that it waits for); `None`: no more.
    pub held: BTreeMap<(DeviceId, Seq), Option<Waiting>>,
    /// How verdicts of formerly held operations changed.
    pub changes: Vec<VerdictChangeRow>,
    pub reissues: Vec<(DeviceId, Seq, Hash, DeviceId, Seq)>,
    pub visibility: Vec<(String, i64, MemberId, RecordId, bool)>,
    pub blobs: Vec<(Hash, RecordId)>,
    /// By id: the last word on a finding counts.
    pub findings: BTreeMap<[u8; 16], FindingRow>,
    pub decisions: Vec<DecisionRow>,
    pub desk_ops: Vec<DeskOp>,
    pub readings: Vec<AccessRow>,
}

/// The stored number of a fate.
pub(super) fn state_of(fate: Fate) -> i32 {
    match fate {
        Fate::Accepted => ACCEPTED,
        Fate::Held => HELD,
        Fate::Quarantined => QUARANTINED,
    }
}

/// `op.state` of an accepted operation.
pub(crate) const ACCEPTED: i32 = 0;
/// `op.state` of a held operation.
pub(crate) const HELD: i32 = 1;
/// `op.state` of a quarantined operation.
pub(crate) const QUARANTINED: i32 = 2;

fn bytes<'a, T>(rows: &'a [T], get: impl Fn(&'a T) -> &'a [u8]) -> Column<'a> {
    Column::Bytes(rows.iter().map(|row| Some(get(row))).collect())
}

fn maybe_bytes<'a, T>(rows: &'a [T], get: impl Fn(&'a T) -> Option<&'a [u8]>) -> Column<'a> {
    Column::Bytes(rows.iter().map(get).collect())
}

fn text<'a, T>(rows: &'a [T], get: impl Fn(&'a T) -> Option<&'a str>) -> Column<'a> {
    Column::Text(rows.iter().map(get).collect())
}

fn long<'a, T>(rows: &'a [T], get: impl Fn(&'a T) -> Option<i64>) -> Column<'a> {
    Column::Long(rows.iter().map(get).collect())
}

fn int<'a, T>(rows: &'a [T], get: impl Fn(&'a T) -> i32) -> Column<'a> {
    Column::Int(rows.iter().map(|row| Some(get(row))).collect())
}

/// Writes one bulk.
pub(super) fn write(db: &mut Db<'_>, bulk: &Bulk<'_>) -> StoreResult<()> {
    query!(db, locks::write(bulk))
}

impl Rows {
    /// Takes over what `other` collected, after what is here.
    pub fn append(&mut self, mut other: Rows) {
        self.ops.append(&mut other.ops);
        self.revised.append(&mut other.revised);
        self.changes.append(&mut other.changes);
        self.signatures.append(&mut other.signatures);
        self.evidence.append(&mut other.evidence);
        self.held.append(&mut other.held);
        self.reissues.append(&mut other.reissues);
        self.visibility.append(&mut other.visibility);
        self.blobs.append(&mut other.blobs);
        self.findings.append(&mut other.findings);
        self.decisions.append(&mut other.decisions);
        self.desk_ops.append(&mut other.desk_ops);
        self.readings.append(&mut other.readings);
    }

    /// Writes everything.
    pub fn write(&self, db: &mut Db<'_>) -> StoreResult<()> {
        self.write_feeds(db)?;
        self.write_visibility(db)?;
        self.write_findings(db)?;
        self.write_changes(db)?;
        self.let_wait(db)?;
        self.write_rest(db)
    }

    fn write_feeds(&self, db: &mut Db<'_>) -> StoreResult<()> {
        let rows = &self.ops;
        let op = Bulk::new(
            Verb::Insert,
            "op",
            2,
            vec![
                ("device", bytes(rows, |r| &r.device.0)),
                ("seq", long(rows, |r| Some(r.seq as i64))),
                ("hash", bytes(rows, |r| &r.hash)),
                ("chain", bytes(rows, |r| &r.chain)),
                ("arrival_ms", long(rows, |r| Some(r.arrival_ms))),
                ("written_ms", long(rows, |r| r.written_ms)),
                ("member", bytes(rows, |r| &r.member.0)),
                (
                    "record",
                    maybe_bytes(rows, |r| r.place.as_ref().map(|p| p.record.0.as_slice())),
                ),
                ("kind", text(rows, |r| r.place.as_ref().map(|p| p.kind.as_str()))),
                ("unit", text(rows, |r| r.place.as_ref().map(|p| p.unit.as_str()))),
                ("state", int(rows, |r| state_of(r.outcome.verdict.fate()))),
                ("code", text(rows, |r| r.outcome.verdict.code().map(|c| c.as_str()))),
                ("pos", long(rows, |r| r.outcome.pos)),
                ("effect", text(rows, |r| r.outcome.effect.as_deref())),
                ("body", bytes(rows, |r| r.body.as_bytes())),
            ],
        );
        write(db, &op)?;
        let rows = &self.revised;
        let revised = Bulk::new(
            Verb::Update,
            "op",
            2,
            vec![
                ("device", bytes(rows, |r| &r.device.0)),
                ("seq", long(rows, |r| Some(r.seq as i64))),
                ("state", int(rows, |r| state_of(r.outcome.verdict.fate()))),
                ("code", text(rows, |r| r.outcome.verdict.code().map(|c| c.as_str()))),
                ("pos", long(rows, |r| r.outcome.pos)),
                ("effect", text(rows, |r| r.outcome.effect.as_deref())),
            ],
        );
        write(db, &revised)?;
        let rows = &self.signatures;
        let signatures = Bulk::new(
            Verb::Insert,
            "head_signature",
            2,
            vec![
                ("device", bytes(rows, |r| &r.0.0)),
                ("seq", long(rows, |r| Some(r.1 as i64))),
                ("signature", bytes(rows, |r| &r.2)),
            ],
        );
        write(db, &signatures)?;
        let rows = &self.evidence;
        let evidence = Bulk::new(
            Verb::InsertMissing,
            "fork_evidence",
            3,
            vec![
                ("device", bytes(rows, |r| &r.0.0)),
                ("seq", long(rows, |r| Some(r.1 as i64))),
                ("hash", bytes(rows, |r| &r.2)),
                ("arrival_ms", long(rows, |r| Some(r.3))),
                ("body", bytes(rows, |r| r.4.as_bytes())),
            ],
        );
        write(db, &evidence)?;
        let gone: Vec<_> = self
            .held
            .iter()
            .filter(|(_, waiting)| waiting.is_none())
            .map(|(key, _)| *key)
            .collect();
        let keys = vec![
            ("device", bytes(&gone, |r| &r.0.0)),
            ("seq", long(&gone, |r| Some(r.1 as i64))),
        ];
        write(db, &Bulk::new(Verb::Delete, "held", 2, keys))?;
        let rows: Vec<_> = self
            .held
            .iter()
            .filter_map(|(key, waiting)| Some((*key, (*waiting)?)))
            .collect();
        let held = Bulk::new(
            Verb::Upsert,
            "held",
            2,
            vec![
                ("device", bytes(&rows, |r| &r.0.0.0)),
                ("seq", long(&rows, |r| Some(r.0.1 as i64))),
                (
                    "record",
                    maybe_bytes(&rows, |r| r.1.record.as_ref().map(|id| id.0.as_slice())),
                ),
                (
                    "wait_record",
                    maybe_bytes(&rows, |r| r.1.wait_record.as_ref().map(|id| id.0.as_slice())),
                ),
            ],
        );
        write(db, &held)?;
        let rows = &self.reissues;
        let reissues = Bulk::new(
            Verb::Insert,
            "reissue",
            3,
            vec![
                ("device", bytes(rows, |r| &r.0.0)),
                ("seq", long(rows, |r| Some(r.1 as i64))),
                ("hash", bytes(rows, |r| &r.2)),
                ("by_device", bytes(rows, |r| &r.3.0)),
                ("by_seq", long(rows, |r| Some(r.4 as i64))),
            ],
        );
        write(db, &reissues)
    }

    fn write_visibility(&self, db: &mut Db<'_>) -> StoreResult<()> {
        let rows = &self.visibility;
        let visibility = Bulk::new(
            Verb::Insert,
            "visibility",
            2,
            vec![
                ("unit", text(rows, |r| Some(&r.0))),
                ("pos", long(rows, |r| Some(r.1))),
                ("member", bytes(rows, |r| &r.2.0)),
                ("record", bytes(rows, |r| &r.3.0)),
                ("present", Column::Bool(rows.iter().map(|r| Some(r.4)).collect())),
            ],
        );
        write(db, &visibility)
    }

    fn write_changes(&self, db: &mut Db<'_>) -> StoreResult<()> {
        let rows = &self.changes;
        let changes = Bulk::new(
            Verb::Insert,
            "verdict_change",
            3,
            vec![
                ("device", bytes(rows, |r| &r.device.0)),
                ("seq", long(rows, |r| Some(r.seq))),
                ("number", long(rows, |r| Some(r.number))),
                ("at_ms", long(rows, |r| Some(r.at_ms))),
                ("was_state", int(rows, |r| r.was_state)),
                ("was_code", text(rows, |r| r.was_code.as_deref())),
                ("state", int(rows, |r| r.state)),
                ("code", text(rows, |r| r.code.as_deref())),
            ],
        );
        write(db, &changes)
    }

    /// Lets everything that is sealed wait for that: the operations of a push as one range.
    fn let_wait(&self, db: &mut Db<'_>) -> StoreResult<()> {
        let mut rows: Vec<UnsealedRow> = Vec::new();
        for op in &self.ops {
            match rows.last_mut() {
                Some(range) if range.key == op.device.0 && range.last + 1 == op.seq as i64 => range.last += 1,
                _ => rows.push(UnsealedRow {
                    source: source::OPERATIONS,
                    key: op.device.0.to_vec(),
                    first: op.seq as i64,
                    last: op.seq as i64,
                }),
            }
        }
        rows.extend(self.changes.iter().map(|change| UnsealedRow {
            source: source::VERDICTS,
            key: source::verdict_key(change.device, change.seq as u64).to_vec(),
            first: change.number,
            last: change.number,
        }));
        rows.extend(self.visibility.iter().map(|row| UnsealedRow {
            source: source::VISIBILITY,
            key: row.0.as_bytes().to_vec(),
            first: row.1,
            last: row.1,
        }));
        let waiting = Bulk::new(
            Verb::Insert,
            "unsealed",
            3,
            vec![
                ("source", int(&rows, |r| r.source)),
                ("key", bytes(&rows, |r| &r.key)),
                ("first", long(&rows, |r| Some(r.first))),
                ("last", long(&rows, |r| Some(r.last))),
            ],
        );
        write(db, &waiting)
    }

    fn write_rest(&self, db: &mut Db<'_>) -> StoreResult<()> {
        let rows = &self.blobs;
        let blobs = vec![("sha256", bytes(rows, |r| &r.0)), ("record", bytes(rows, |r| &r.1.0))];
        write(db, &Bulk::new(Verb::InsertMissing, "blob_ref", 2, blobs))?;
        for reading in &self.readings {
            query!(db, access_log::insert(reading.clone()))?;
        }
        Ok(())
    }
}
