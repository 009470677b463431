//! Feeds: devices' heads, stored operations, what is held.

use diesel::prelude::*;
use sync_protocol::id::{DeviceId, MemberId, RecordId};

use super::Conn;
use crate::store::StoreResult;
use crate::store::rows::{AppointmentRow, HeldRow, OpPlaceRow, OpRow, OpVerdictRow, ReissueRow};
use crate::store::schema::{appointment, held, op, reissue};

/// The verdicts of a device's operations from `first` to `last`, in order.
pub fn verdicts(conn: &mut Conn, device: DeviceId, first: i64, last: i64) -> StoreResult<Vec<OpVerdictRow>> {
    Ok(op::table
        .filter(
            op::device
                .eq(device.0.as_slice())
                .and(op::seq.ge(first))
                .and(op::seq.le(last)),
        )
        .order(op::seq)
        .select(OpVerdictRow::as_select())
        .load(conn)?)
}

/// The verdicts of the named operations of a device.
pub fn verdicts_of(conn: &mut Conn, device: DeviceId, seqs: &[i64]) -> StoreResult<Vec<OpVerdictRow>> {
    Ok(op::table
        .filter(op::device.eq(device.0.as_slice()).and(op::seq.eq_any(seqs)))
        .order(op::seq)
        .select(OpVerdictRow::as_select())
        .load(conn)?)
}

/// One stored operation.
pub fn op(conn: &mut Conn, device: DeviceId, seq: i64) -> StoreResult<Option<OpRow>> {
    Ok(op::table
        .filter(op::device.eq(device.0.as_slice()).and(op::seq.eq(seq)))
        .select(OpRow::as_select())
        .first(conn)
        .optional()?)
}

/// Operations with one of the numbers, of one of the devices, that name the record or cannot be read.
pub fn among(conn: &mut Conn, record: RecordId, devices: &[&[u8]], seqs: &[i64]) -> StoreResult<Vec<OpPlaceRow>> {
    Ok(op::table
        .filter(op::device.eq_any(devices).and(op::seq.eq_any(seqs)))
        .filter(op::record.eq(record.0.as_slice()).or(op::record.is_null()))
        .select(OpPlaceRow::as_select())
        .load(conn)?)
}

/// Every stored operation that names a record, in the order of the log, those without a place by arrival.
pub fn of_record(conn: &mut Conn, record: RecordId) -> StoreResult<Vec<OpRow>> {
    let mut rows: Vec<OpRow> = op::table
        .filter(op::record.eq(record.0.as_slice()))
        .select(OpRow::as_select())
        .load(conn)?;
    rows.sort_by_key(|r| (r.pos.is_none(), r.pos, r.arrival_ms, r.device, r.seq));
    Ok(rows)
}

/// The places in a unit's log of accepted operations on records of a kind that arrived between two moments, ms, both
/// included.
pub fn accepted_of_kind(
    conn: &mut Conn,
    unit: &str,
    kind: &str,
    (first_ms, last_ms): (i64, i64),
) -> StoreResult<Vec<i64>> {
    Ok(op::table
        .filter(op::unit.eq(unit).and(op::kind.eq(kind)))
        .filter(op::arrival_ms.between(first_ms, last_ms))
        .filter(op::pos.is_not_null())
        .select(op::pos.assume_not_null())
        .load(conn)?)
}

/// Whether an operation of `state` names the record.
pub fn record_has(conn: &mut Conn, record: RecordId, state: i32) -> StoreResult<bool> {
    let rows = op::table.filter(op::record.eq(record.0.as_slice()).and(op::state.eq(state)));
    Ok(diesel::select(diesel::dsl::exists(rows)).get_result(conn)?)
}

/// Most held operations that are looked at to find one that still waits.
const HELD_LOOK: i64 = 64;

/// Numbers of the first operations on the record that the device holds back before `seq`.
pub fn held_before(conn: &mut Conn, device: DeviceId, record: RecordId, seq: i64) -> StoreResult<Vec<i64>> {
    Ok(held::table
        .filter(
            held::device
                .eq(device.0.as_slice())
                .and(held::record.eq(record.0.as_slice()))
                .and(held::seq.lt(seq)),
        )
        .order(held::seq)
        .limit(HELD_LOOK)
        .select(held::seq)
        .load(conn)?)
}

/// Which of the devices hold anything back.
pub fn devices_with_held(conn: &mut Conn, devices: &[&[u8]]) -> StoreResult<Vec<Vec<u8>>> {
    Ok(held::table
        .filter(held::device.eq_any(devices))
        .select(held::device)
        .distinct()
        .load(conn)?)
}

/// Whether anything at all is held.
pub fn any_held(conn: &mut Conn) -> StoreResult<bool> {
    Ok(diesel::select(diesel::dsl::exists(held::table.select(held::seq))).get_result(conn)?)
}

/// What waits for one of the records, or follows an operation that did.
pub fn waiting_for(conn: &mut Conn, records: &[&[u8]]) -> StoreResult<Vec<HeldRow>> {
    Ok(held::table
        .filter(held::wait_record.eq_any(records).or(held::record.eq_any(records)))
        .order((held::device, held::seq))
        .select(HeldRow::as_select())
        .load(conn)?)
}

/// Everything that is held.
pub fn all_held(conn: &mut Conn) -> StoreResult<Vec<HeldRow>> {
    Ok(held::table
        .order((held::device, held::seq))
        .select(HeldRow::as_select())
        .load(conn)?)
}

/// The granted re-issues of a device's operation.
pub fn reissues_of(conn: &mut Conn, device: DeviceId, seq: i64) -> StoreResult<Vec<ReissueRow>> {
    Ok(reissue::table
        .filter(reissue::device.eq(device.0.as_slice()).and(reissue::seq.eq(seq)))
        .select(ReissueRow::as_select())
        .load(conn)?)
}

/// The granted re-issues of devices' operations.
pub fn reissued(conn: &mut Conn, devices: &[&[u8]]) -> StoreResult<Vec<ReissueRow>> {
    Ok(reissue::table
        .filter(reissue::device.eq_any(devices))
        .select(ReissueRow::as_select())
        .load(conn)?)
}

/// The appointments of members.
pub fn appointments(conn: &mut Conn, members: &[&[u8]]) -> StoreResult<Vec<AppointmentRow>> {
    Ok(appointment::table
        .filter(appointment::member.eq_any(members))
        .select(AppointmentRow::as_select())
        .load(conn)?)
}

/// Operations of a state in some units, the newest first: the desk's list.
pub fn refused(conn: &mut Conn, units: &[String], state: i32, before_ms: i64, limit: i64) -> StoreResult<Vec<OpRow>> {
    Ok(op::table
        .filter(
            op::unit
                .eq_any(units)
                .and(op::state.eq(state))
                .and(op::arrival_ms.lt(before_ms)),
        )
        .order((op::arrival_ms.desc(), op::device, op::seq))
        .limit(limit)
        .select(OpRow::as_select())
        .load(conn)?)
}

/// The same, of one moment: as much as one transaction may have taken.
pub fn refused_at(conn: &mut Conn, units: &[String], state: i32, at_ms: i64) -> StoreResult<Vec<OpRow>> {
    Ok(op::table
        .filter(
            op::unit
                .eq_any(units)
                .and(op::state.eq(state))
                .and(op::arrival_ms.eq(at_ms)),
        )
        .order((op::device, op::seq))
        .select(OpRow::as_select())
        .load(conn)?)
}

/// Who wrote an operation and when: the author, the estimated time of writing, the arrival.
pub fn provenance(conn: &mut Conn, device: DeviceId, seq: i64) -> StoreResult<Option<(MemberId, i64)>> {
    let row: Option<(Vec<u8>, Option<i64>, i64)> = op::table
        .filter(op::device.eq(device.0.as_slice()).and(op::seq.eq(seq)))
        .select((op::member, op::written_ms, op::arrival_ms))
        .first(conn)
        .optional()?;
    Ok(
        row.and_then(|(member, written, arrival)| {
            Some((MemberId(member.try_into().ok()?), written.unwrap_or(arrival)))
        }),
    )
}
