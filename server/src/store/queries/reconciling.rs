//! What the rules need of operations, and the findings that they keep.

use diesel::dsl::min;
use diesel::prelude::*;
use sync_protocol::id::{DeviceId, RecordId};

use super::Conn;
use crate::store::StoreResult;
use crate::store::column::Fixed;
use crate::store::rows::{DecisionRow, FoundRow, ToldRow};
use crate::store::schema::{blob_ref, finding, finding_decision, finding_fact, op};

/// Who wrote some operations of a device, and when they came.
pub fn told(conn: &mut Conn, device: DeviceId, seqs: &[i64]) -> StoreResult<Vec<ToldRow>> {
    Ok(op::table
        .filter(op::device.eq(device.0.as_slice()).and(op::seq.eq_any(seqs)))
        .select(ToldRow::as_select())
        .load(conn)?)
}

/// When the first accepted operation on each of the records arrived, ms.
pub fn entered(conn: &mut Conn, records: &[&[u8]]) -> StoreResult<Vec<(RecordId, i64)>> {
    let rows: Vec<(Option<Fixed<16>>, Option<i64>)> = op::table
        .filter(op::record.eq_any(records).and(op::pos.is_not_null()))
        .group_by(op::record)
        .select((op::record, min(op::arrival_ms)))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|(record, ms)| Some((record?.into(), ms?)))
        .collect())
}

/// Findings of some rules about the records.
pub fn findings_about(conn: &mut Conn, records: &[&[u8]], codes: &[&str]) -> StoreResult<Vec<FoundRow>> {
    Ok(finding::table
        .left_join(finding_fact::table.on(finding_fact::finding.eq(finding::id)))
        .filter(finding::record.eq_any(records).and(finding::code.eq_any(codes)))
        .select(FoundRow::as_select())
        .load(conn)?)
}

/// Findings of some rules of which one of the records is the neighbour.
pub fn findings_beside(conn: &mut Conn, records: &[&[u8]], codes: &[&str]) -> StoreResult<Vec<FoundRow>> {
    Ok(finding::table
        .left_join(finding_fact::table.on(finding_fact::finding.eq(finding::id)))
        .filter(finding_fact::neighbour.eq_any(records).and(finding::code.eq_any(codes)))
        .select(FoundRow::as_select())
        .load(conn)?)
}

/// The decisions about findings.
pub fn decided(conn: &mut Conn, findings: &[&[u8]]) -> StoreResult<Vec<DecisionRow>> {
    Ok(finding_decision::table
        .filter(finding_decision::finding.eq_any(findings))
        .select(DecisionRow::as_select())
        .load(conn)?)
}

/// The records that refer to a blob, whatever became of the operations.
pub fn referring(conn: &mut Conn, sha256: &[u8]) -> StoreResult<Vec<RecordId>> {
    let rows: Vec<Fixed<16>> = blob_ref::table
        .filter(blob_ref::sha256.eq(sha256))
        .select(blob_ref::record)
        .load(conn)?;
    Ok(rows.into_iter().map(RecordId::from).collect())
}

/// All open findings of some rules.
pub fn open_of(conn: &mut Conn, codes: &[&str]) -> StoreResult<Vec<FoundRow>> {
    Ok(finding::table
        .left_join(finding_fact::table.on(finding_fact::finding.eq(finding::id)))
        .filter(finding::closed_ms.is_null().and(finding::code.eq_any(codes)))
        .order(finding::id)
        .select(FoundRow::as_select())
        .load(conn)?)
}

/// The codes of all findings that there ever were.
pub fn codes(conn: &mut Conn) -> StoreResult<Vec<String>> {
    Ok(finding::table
        .select(finding::code)
        .distinct()
        .order(finding::code)
        .load(conn)?)
}
