//! Findings that a batch opened, closed or decided, and the operations of the desk.

use super::{DecisionRow, DeskOp, FindingRow, Rows, bytes, long, maybe_bytes, text, write};
use crate::store::bulk::{Bulk, Column, Verb};
use crate::store::{Db, StoreResult};

/// Writes whole findings.
pub(in crate::sync) fn opened<'r>(verb: Verb, rows: &'r [&FindingRow]) -> Bulk<'r> {
    let columns = vec![
        ("id", bytes(rows, |r| &r.id)),
        ("code", text(rows, |r| Some(&r.code))),
        ("unit", text(rows, |r| r.unit.as_deref())),
        (
            "record",
            maybe_bytes(rows, |r| r.record.as_ref().map(|id| id.0.as_slice())),
        ),
        (
            "device",
            maybe_bytes(rows, |r| r.device.as_ref().map(|id| id.0.as_slice())),
        ),
        ("seq", long(rows, |r| r.seq.map(|s| s as i64))),
        ("opened_ms", long(rows, |r| Some(r.opened_ms))),
        ("closed_ms", long(rows, |r| r.closed_ms)),
    ];
    Bulk::new(verb, "finding", 1, columns)
}

impl Rows {
    pub(super) fn write_findings(&self, db: &mut Db<'_>) -> StoreResult<()> {
        // What opens again on a record keeps the moment of its first opening. Without a record that moment is all that a
        // finding stands on, and a decision on an earlier opening must not hold for a later one.
        let (on_records, others): (Vec<&FindingRow>, Vec<&FindingRow>) = self
            .findings
            .values()
            .partition(|row| row.known || row.record.is_some());
        let fresh: Vec<&FindingRow> = on_records.iter().filter(|row| !row.known).copied().collect();
        write(db, &opened(Verb::InsertMissing, &fresh))?;
        write(db, &opened(Verb::Upsert, &others))?;
        let closed = vec![
            ("id", bytes(&on_records, |r| &r.id)),
            ("closed_ms", long(&on_records, |r| r.closed_ms)),
        ];
        write(db, &Bulk::new(Verb::Update, "finding", 1, closed))?;
        self.write_decisions(db)?;
        let all: Vec<&FindingRow> = self.findings.values().collect();
        let why = |row: &&FindingRow| row.closed_ms.map(|_| if row.decided { "decided" } else { "gone" });
        let facts = vec![
            ("finding", bytes(&all, |r| &r.id)),
            ("closed_why", Column::Text(all.iter().map(why).collect())),
        ];
        write(db, &Bulk::new(Verb::Update, "finding_fact", 1, facts))
    }

    /// Decisions and what they stood on, also of findings that no rule has written a fact of.
    fn write_decisions(&self, db: &mut Db<'_>) -> StoreResult<()> {
        let rows: &[DecisionRow] = &self.decisions;
        let moved = vec![
            ("finding", bytes(rows, |r| &r.finding)),
            ("basis", bytes(rows, |r| &r.basis)),
            ("updated_ms", long(rows, |r| Some(r.at_ms))),
        ];
        write(db, &Bulk::new(Verb::Update, "finding_fact", 1, moved))?;
        let facts = vec![
            ("finding", bytes(rows, |r| &r.finding)),
            ("basis", bytes(rows, |r| &r.basis)),
            ("detail", text(rows, |_| Some("{}"))),
            ("updated_ms", long(rows, |r| Some(r.at_ms))),
        ];
        write(db, &Bulk::new(Verb::InsertMissing, "finding_fact", 1, facts))?;
        let decisions = vec![
            ("finding", bytes(rows, |r| &r.finding)),
            ("device", bytes(rows, |r| &r.device.0)),
            ("seq", long(rows, |r| Some(r.seq as i64))),
            ("basis", bytes(rows, |r| &r.basis)),
            ("conclusion", text(rows, |r| Some(r.conclusion))),
            ("at_ms", long(rows, |r| Some(r.at_ms))),
        ];
        write(db, &Bulk::new(Verb::Insert, "finding_decision", 3, decisions))?;
        let rows: &[DeskOp] = &self.desk_ops;
        let confirmed = |row: &DeskOp| row.confirms.map(|(_, seq)| seq as i64);
        let ops = vec![
            ("record", bytes(rows, |r| &r.record.0)),
            ("device", bytes(rows, |r| &r.device.0)),
            ("seq", long(rows, |r| Some(r.seq as i64))),
            ("pos", long(rows, |r| Some(r.pos))),
            (
                "confirms_device",
                maybe_bytes(rows, |r| r.confirms.as_ref().map(|(device, _)| device.0.as_slice())),
            ),
            ("confirms_seq", long(rows, confirmed)),
        ];
        write(db, &Bulk::new(Verb::Insert, "desk_op", 3, ops))
    }
}
