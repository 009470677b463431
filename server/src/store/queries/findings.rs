//! What people must look at.

use diesel::prelude::*;
use sync_protocol::id::{DeviceId, RecordId};

use super::Conn;
use crate::store::StoreResult;
use crate::store::rows::{DecisionRow, DeskOpRow, FindingFactRow, FindingNowRow, OpRow};
use crate::store::schema::{desk_op, finding, finding_decision, finding_fact, op};

/// The codes of all open findings, sorted.
pub fn open(conn: &mut Conn) -> StoreResult<Vec<String>> {
    Ok(finding::table
        .filter(finding::closed_ms.is_null())
        .order(finding::code)
        .select(finding::code)
        .load(conn)?)
}

/// All open findings.
pub fn open_rows(conn: &mut Conn) -> StoreResult<Vec<FindingNowRow>> {
    Ok(finding::table
        .filter(finding::closed_ms.is_null())
        .order(finding::id)
        .select(FindingNowRow::as_select())
        .load(conn)?)
}

/// Findings by id.
pub fn by_ids(conn: &mut Conn, ids: &[&[u8]]) -> StoreResult<Vec<FindingNowRow>> {
    Ok(finding::table
        .filter(finding::id.eq_any(ids))
        .select(FindingNowRow::as_select())
        .load(conn)?)
}

/// What a rule saw, if one wrote it down.
pub fn fact(conn: &mut Conn, id: &[u8]) -> StoreResult<Option<FindingFactRow>> {
    Ok(finding_fact::table
        .find(id)
        .select(FindingFactRow::as_select())
        .first(conn)
        .optional()?)
}

/// The open findings of a code in units.
pub fn open_in(conn: &mut Conn, units: &[&str], code: &str) -> StoreResult<Vec<FindingNowRow>> {
    Ok(finding::table
        .filter(finding::closed_ms.is_null())
        .filter(finding::unit.eq_any(units).and(finding::code.eq(code)))
        .select(FindingNowRow::as_select())
        .load(conn)?)
}

/// The operations on records that propose, confirm or decide, in the order of the log.
pub fn desk_ops(conn: &mut Conn, records: &[&[u8]]) -> StoreResult<Vec<DeskOpRow>> {
    Ok(desk_op::table
        .filter(desk_op::record.eq_any(records))
        .order((desk_op::record, desk_op::pos))
        .select(DeskOpRow::as_select())
        .load(conn)?)
}

/// One of them.
pub fn desk_op(conn: &mut Conn, record: RecordId, device: DeviceId, seq: i64) -> StoreResult<Option<DeskOpRow>> {
    Ok(desk_op::table
        .find((record.0.as_slice(), device.0.as_slice(), seq))
        .select(DeskOpRow::as_select())
        .first(conn)
        .optional()?)
}

/// All of them, page by page, after a record, device and number.
pub fn desk_ops_after(conn: &mut Conn, after: (&[u8], &[u8], i64), limit: i64) -> StoreResult<Vec<DeskOpRow>> {
    let (record, device, seq) = after;
    let same_record = desk_op::record.eq(record);
    Ok(desk_op::table
        .filter(
            desk_op::record
                .gt(record)
                .or(same_record.and(desk_op::device.gt(device)))
                .or(same_record.and(desk_op::device.eq(device)).and(desk_op::seq.gt(seq))),
        )
        .order((desk_op::record, desk_op::device, desk_op::seq))
        .limit(limit)
        .select(DeskOpRow::as_select())
        .load(conn)?)
}

/// What an operation decided about the findings.
pub fn decisions_of(conn: &mut Conn, findings: &[&[u8]], device: DeviceId, seq: i64) -> StoreResult<Vec<DecisionRow>> {
    Ok(finding_decision::table
        .filter(finding_decision::finding.eq_any(findings))
        .filter(
            finding_decision::device
                .eq(device.0.as_slice())
                .and(finding_decision::seq.eq(seq)),
        )
        .select(DecisionRow::as_select())
        .load(conn)?)
}

/// All decisions, page by page, after a finding, device and number.
pub fn decisions_after(conn: &mut Conn, after: (&[u8], &[u8], i64), limit: i64) -> StoreResult<Vec<DecisionRow>> {
    use finding_decision as t;
    let (finding, device, seq) = after;
    let same_finding = t::finding.eq(finding);
    Ok(t::table
        .filter(
            t::finding
                .gt(finding)
                .or(same_finding.and(t::device.gt(device)))
                .or(same_finding.and(t::device.eq(device)).and(t::seq.gt(seq))),
        )
        .order((t::finding, t::device, t::seq))
        .limit(limit)
        .select(DecisionRow::as_select())
        .load(conn)?)
}

/// The operations themselves.
pub fn desk_texts(conn: &mut Conn, record: RecordId) -> StoreResult<Vec<OpRow>> {
    Ok(desk_op::table
        .inner_join(op::table.on(op::device.eq(desk_op::device).and(op::seq.eq(desk_op::seq))))
        .filter(desk_op::record.eq(record.0.as_slice()))
        .order(desk_op::pos)
        .select(OpRow::as_select())
        .load(conn)?)
}

/// The codes of the findings that an operation decided.
pub fn decided_by(conn: &mut Conn, findings: &[&[u8]], device: DeviceId, seq: i64) -> StoreResult<Vec<String>> {
    Ok(finding_decision::table
        .inner_join(finding::table.on(finding::id.eq(finding_decision::finding)))
        .filter(finding_decision::finding.eq_any(findings))
        .filter(
            finding_decision::device
                .eq(device.0.as_slice())
                .and(finding_decision::seq.eq(seq)),
        )
        .order(finding::code)
        .select(finding::code)
        .load(conn)?)
}

/// Whether a finding of this code about a record is open.
pub fn is_open(conn: &mut Conn, record: RecordId, code: &str) -> StoreResult<bool> {
    let open = finding::table
        .filter(finding::record.eq(record.0.as_slice()).and(finding::code.eq(code)))
        .filter(finding::closed_ms.is_null());
    Ok(diesel::select(diesel::dsl::exists(open)).get_result(conn)?)
}

/// Whether somebody decided on a finding as it stood on `basis`.
pub fn was_decided(conn: &mut Conn, id: &[u8], basis: &[u8]) -> StoreResult<bool> {
    let decided =
        finding_decision::table.filter(finding_decision::finding.eq(id).and(finding_decision::basis.eq(basis)));
    Ok(diesel::select(diesel::dsl::exists(decided)).get_result(conn)?)
}
