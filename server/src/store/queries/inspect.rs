//! What a verification reads: everything, page by page, and what hangs on nothing.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use sync_protocol::feed::Hash;
use sync_protocol::id::DeviceId;

use super::Conn;
use crate::store::StoreResult;
use crate::store::column::Fixed;
use crate::store::rows::{
    AppointmentRow, DeviceRow, EvidenceRow, GrantRow, OpRow, RecordRow, SightRow, UnitSumRow, VisibilityPlaceRow,
};
use crate::store::schema::{
    appointment, device, fork_evidence, head_signature, held, op, record, record_link, reissue, unit_sum, viewer,
    visibility,
};

/// Most rows that hang on nothing named by one verification; one is enough to know that something is wrong.
const NAMED: i64 = 100;

/// A dot as it stands in two columns.
type DotRow = (Fixed<16>, i64);

/// Devices in the order of their ids, those after `after`; empty bytes come before every id.
pub fn devices_after(conn: &mut Conn, after: &[u8], limit: i64) -> StoreResult<Vec<DeviceRow>> {
    Ok(device::table
        .filter(device::id.gt(after))
        .order(device::id)
        .limit(limit)
        .select(DeviceRow::as_select())
        .load(conn)?)
}

/// Appointments in the order of their ids, those after `after`; empty bytes come before every id.
pub fn appointments_after(conn: &mut Conn, after: &[u8], limit: i64) -> StoreResult<Vec<AppointmentRow>> {
    Ok(appointment::table
        .filter(appointment::id.gt(after))
        .order(appointment::id)
        .limit(limit)
        .select(AppointmentRow::as_select())
        .load(conn)?)
}

/// A device's operations after `seq`, in order.
pub fn ops_after(conn: &mut Conn, device: DeviceId, seq: i64, limit: i64) -> StoreResult<Vec<OpRow>> {
    Ok(op::table
        .filter(op::device.eq(device.0.as_slice()).and(op::seq.gt(seq)))
        .order(op::seq)
        .limit(limit)
        .select(OpRow::as_select())
        .load(conn)?)
}

/// The signatures over a device's heads from `first` to `last`.
pub fn signatures(conn: &mut Conn, device: DeviceId, first: i64, last: i64) -> StoreResult<Vec<(i64, Vec<u8>)>> {
    let of_device = head_signature::device.eq(device.0.as_slice());
    Ok(head_signature::table
        .filter(
            of_device
                .and(head_signature::seq.ge(first))
                .and(head_signature::seq.le(last)),
        )
        .select((head_signature::seq, head_signature::signature))
        .load(conn)?)
}

/// Records in the order of their ids, those after `after`; empty bytes come before every id.
pub fn records_after(conn: &mut Conn, after: &[u8], limit: i64) -> StoreResult<Vec<RecordRow>> {
    Ok(record::table
        .filter(record::id.gt(after))
        .order(record::id)
        .limit(limit)
        .select(RecordRow::as_select())
        .load(conn)?)
}

/// Operations of `state` on records, record by record in the order of the log.
pub fn ops_on(conn: &mut Conn, records: &[&[u8]], state: i32) -> StoreResult<Vec<OpRow>> {
    Ok(op::table
        .filter(op::record.eq_any(records).and(op::state.eq(state)))
        .order((op::record, op::pos, op::device, op::seq))
        .select(OpRow::as_select())
        .load(conn)?)
}

/// Dot and record of every operation of `state`.
pub fn dots_of_state(conn: &mut Conn, state: i32) -> StoreResult<Vec<(Fixed<16>, i64, Option<Fixed<16>>)>> {
    Ok(op::table
        .filter(op::state.eq(state))
        .order((op::device, op::seq))
        .select((op::device, op::seq, op::record))
        .load(conn)?)
}

/// Who views records, and in which unit.
pub fn sight(conn: &mut Conn, records: &[&[u8]]) -> StoreResult<Vec<SightRow>> {
    Ok(viewer::table
        .filter(viewer::record.eq_any(records))
        .select(SightRow::as_select())
        .load(conn)?)
}

/// Visibility changes in the order of unit and place, those after `(unit, pos)`.
pub fn visibility_after(conn: &mut Conn, unit: &str, pos: i64, limit: i64) -> StoreResult<Vec<VisibilityPlaceRow>> {
    let later = visibility::unit
        .gt(unit)
        .or(visibility::unit.eq(unit).and(visibility::pos.gt(pos)));
    Ok(visibility::table
        .filter(visibility::unit.ge(unit).and(later))
        .order((visibility::unit, visibility::pos))
        .limit(limit)
        .select(VisibilityPlaceRow::as_select())
        .load(conn)?)
}

/// Every unit's sums.
pub fn sums(conn: &mut Conn) -> StoreResult<Vec<UnitSumRow>> {
    Ok(unit_sum::table
        .order((unit_sum::unit, unit_sum::kind))
        .select(UnitSumRow::as_select())
        .load(conn)?)
}

/// The granted re-issues of a device, in order.
pub fn grants(conn: &mut Conn, device: DeviceId) -> StoreResult<Vec<GrantRow>> {
    Ok(reissue::table
        .filter(reissue::device.eq(device.0.as_slice()))
        .order((reissue::seq, reissue::hash))
        .select(GrantRow::as_select())
        .load(conn)?)
}

/// The devices whose operations were issued again.
pub fn reissued_devices(conn: &mut Conn) -> StoreResult<Vec<Fixed<16>>> {
    Ok(reissue::table
        .select(reissue::device)
        .distinct()
        .order(reissue::device)
        .load(conn)?)
}

/// The re-issue granted of the operation of this number and hash.
pub fn grant(conn: &mut Conn, device: DeviceId, seq: i64, hash: &Hash) -> StoreResult<Option<GrantRow>> {
    Ok(reissue::table
        .find((device.0.as_slice(), seq, hash.as_slice()))
        .select(GrantRow::as_select())
        .first(conn)
        .optional()?)
}

/// The evidence against a device after `(seq, hash)`, in order.
pub fn evidence_after(
    conn: &mut Conn,
    device: DeviceId,
    seq: i64,
    hash: &[u8],
    limit: i64,
) -> StoreResult<Vec<EvidenceRow>> {
    let later = fork_evidence::seq
        .gt(seq)
        .or(fork_evidence::seq.eq(seq).and(fork_evidence::hash.gt(hash)));
    Ok(fork_evidence::table
        .filter(fork_evidence::device.eq(device.0.as_slice()).and(later))
        .order((fork_evidence::seq, fork_evidence::hash))
        .limit(limit)
        .select(EvidenceRow::as_select())
        .load(conn)?)
}

/// Operations and evidence of devices that do not exist.
pub fn ops_without_device(conn: &mut Conn) -> StoreResult<Vec<DotRow>> {
    let mut found: Vec<DotRow> = op::table
        .filter(not(exists(device::table.filter(device::id.eq(op::device)))))
        .select((op::device, op::seq))
        .limit(NAMED)
        .load(conn)?;
    found.extend(
        fork_evidence::table
            .filter(not(exists(device::table.filter(device::id.eq(fork_evidence::device)))))
            .select((fork_evidence::device, fork_evidence::seq))
            .limit(NAMED)
            .load::<DotRow>(conn)?,
    );
    Ok(found)
}

/// Signatures over heads that no stored operation reached.
pub fn signatures_without_op(conn: &mut Conn) -> StoreResult<Vec<DotRow>> {
    let reached = op::table.filter(
        op::device
            .eq(head_signature::device)
            .and(op::seq.eq(head_signature::seq)),
    );
    Ok(head_signature::table
        .filter(not(exists(reached)))
        .select((head_signature::device, head_signature::seq))
        .limit(NAMED)
        .load(conn)?)
}

/// Operations of `state` whose record is not stored.
pub fn ops_without_record(conn: &mut Conn, state: i32) -> StoreResult<Vec<DotRow>> {
    let theirs = record::table.filter(op::record.eq(record::id.nullable()));
    Ok(op::table
        .filter(op::state.eq(state).and(not(exists(theirs))))
        .select((op::device, op::seq))
        .limit(NAMED)
        .load(conn)?)
}

/// Records named by viewers or by links from them that are not stored.
pub fn sight_without_record(conn: &mut Conn) -> StoreResult<Vec<Fixed<16>>> {
    let mut found: Vec<Fixed<16>> = viewer::table
        .filter(not(exists(record::table.filter(record::id.eq(viewer::record)))))
        .select(viewer::record)
        .limit(NAMED)
        .load(conn)?;
    found.extend(
        record_link::table
            .filter(not(exists(record::table.filter(record::id.eq(record_link::source)))))
            .select(record_link::source)
            .limit(NAMED)
            .load::<Fixed<16>>(conn)?,
    );
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// What is kept as held.
pub fn held_dots(conn: &mut Conn) -> StoreResult<Vec<(Fixed<16>, i64, Option<Fixed<16>>)>> {
    Ok(held::table
        .order((held::device, held::seq))
        .select((held::device, held::seq, held::record))
        .load(conn)?)
}
