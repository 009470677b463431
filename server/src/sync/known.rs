//! What a draft knows beside its records: findings and other operations, those of this very batch included, which are
//! not in the store yet.

use sync_protocol::feed::Hash;
use sync_protocol::id::{DeviceId, MemberId, RecordId, Seq};
use sync_protocol::op::{self, Op, Parsed};
use sync_protocol::verdict::Fate;

use super::batch::Draft;
use super::effect::Effect;
use super::findings::AWAITS;
use super::rows::{ACCEPTED, FindingRow, HELD, NewOp, Outcome};
use crate::query;
use crate::store::rows::{FindingNowRow, OpRow};
use crate::store::{Db, StoreError, StoreResult};

/// Another operation, as it stands in the middle of a batch.
#[derive(Debug)]
pub(super) struct OtherOp {
    pub hash: Hash,
    pub member: MemberId,
    pub record: Option<RecordId>,
    pub fate: Fate,
    pub effect: Effect,
    /// What it says, if it can be read.
    pub op: Option<Box<Op>>,
}

impl OtherOp {
    fn new(
        hash: Hash,
        member: MemberId,
        record: Option<RecordId>,
        (fate, effect): (Fate, Option<&str>),
        text: &str,
    ) -> StoreResult<OtherOp> {
        let op = match op::read(text).0 {
            Parsed::Op(op) => Some(op),
            Parsed::Withheld(_) | Parsed::Unreadable(_) => None,
        };
        let effect = Effect::from_text(effect)?;
        Ok(OtherOp {
            hash,
            member,
            record,
            fate,
            effect,
            op,
        })
    }

    fn fresh(row: &NewOp) -> StoreResult<OtherOp> {
        let record = row.place.as_ref().map(|place| place.record);
        let outcome = (row.outcome.verdict.fate(), row.outcome.effect.as_deref());
        OtherOp::new(row.hash, row.member, record, outcome, &row.body)
    }

    fn stored(row: &OpRow, revised: Option<&Outcome>) -> StoreResult<OtherOp> {
        let text = std::str::from_utf8(&row.body).map_err(|_| StoreError::Corrupt)?;
        let record = row.record.map(RecordId::from);
        let outcome = match revised {
            Some(outcome) => (outcome.verdict.fate(), outcome.effect.as_deref()),
            None => (fate(row.state), row.effect.as_deref()),
        };
        OtherOp::new(row.hash, row.member, record, outcome, text)
    }
}

fn fate(state: i32) -> Fate {
    match state {
        ACCEPTED => Fate::Accepted,
        HELD => Fate::Held,
        _ => Fate::Quarantined,
    }
}

impl From<FindingNowRow> for FindingRow {
    fn from(row: FindingNowRow) -> FindingRow {
        FindingRow {
            id: row.id,
            code: row.code.into(),
            unit: row.unit,
            record: row.record.map(RecordId::from),
            device: row.device.map(DeviceId::from),
            seq: row.seq.map(|seq| seq as Seq),
            opened_ms: row.opened_ms,
            closed_ms: row.closed_ms,
            known: true,
            decided: false,
        }
    }
}

impl Draft<'_> {
    /// An operation by its place in a feed.
    pub fn op(&self, db: &mut Db<'_>, device: DeviceId, seq: Seq) -> StoreResult<Option<OtherOp>> {
        let rows = [&self.rows, &self.loaded.rows];
        let fresh = rows.iter().flat_map(|rows| &rows.ops);
        if let Some(row) = fresh.into_iter().find(|row| row.device == device && row.seq == seq) {
            return OtherOp::fresh(row).map(Some);
        }
        let Some(row) = query!(db, feeds::op(device, seq as i64))? else {
            return Ok(None);
        };
        let revised = rows.iter().flat_map(|rows| &rows.revised);
        let revised = revised.into_iter().find(|r| r.device == device && r.seq == seq);
        OtherOp::stored(&row, revised.map(|r| &r.outcome)).map(Some)
    }

    /// A finding by its id.
    pub fn finding(&self, db: &mut Db<'_>, id: &[u8; 16]) -> StoreResult<Option<FindingRow>> {
        if let Some(row) = self.finding_of_batch(id) {
            return Ok(Some(row.clone()));
        }
        let stored = query!(db, findings::by_ids(&[id.as_slice()]))?.pop();
        Ok(stored.map(FindingRow::from))
    }

    /// The finding, if this batch opened or closed it.
    pub fn finding_of_batch(&self, id: &[u8; 16]) -> Option<&FindingRow> {
        let rows = self.rows.findings.get(id);
        rows.or_else(|| self.loaded.rows.findings.get(id))
    }

    /// The proposals on a record that wait for another member.
    pub fn awaiting(&self, record: &RecordId) -> Vec<FindingRow> {
        let ours = [&self.rows.findings, &self.loaded.rows.findings];
        let of_batch = ours.into_iter().flat_map(|findings| findings.values());
        let stored = self.loaded.awaiting.get(record).into_iter().flatten();
        let open = |row: &&FindingRow| {
            let now = self.finding_of_batch(&row.id).unwrap_or(row);
            now.code == AWAITS && now.record.as_ref() == Some(record) && now.closed_ms.is_none()
        };
        let mut rows: Vec<FindingRow> = of_batch.chain(stored).filter(open).cloned().collect();
        rows.sort_unstable_by_key(|row| row.id);
        rows.dedup_by_key(|row| row.id);
        rows
    }

    /// Closes a finding. One that this batch opened is written as a whole.
    pub fn close(&mut self, row: FindingRow, at_ms: i64, decided: bool) {
        let row = self.finding_of_batch(&row.id).cloned().unwrap_or(row);
        let closed = FindingRow {
            closed_ms: Some(at_ms),
            decided,
            ..row
        };
        self.rows.findings.insert(closed.id, closed);
    }
}
