//! Merged records, who sees them, and the pages that readers pull.

use diesel::prelude::*;
use sync_protocol::id::{MemberId, RecordId};

use super::Conn;
use crate::store::StoreResult;
use crate::store::rows::{LinkRow, RecordRow, UnitSumRow, ViewerRow, VisibilityRow};
use crate::store::schema::{record, record_link, unit, unit_sum, viewer, visibility};

/// Records by id.
pub fn by_ids(conn: &mut Conn, ids: &[&[u8]]) -> StoreResult<Vec<RecordRow>> {
    Ok(record::table
        .filter(record::id.eq_any(ids))
        .select(RecordRow::as_select())
        .load(conn)?)
}

/// The viewers of records.
pub fn viewers(conn: &mut Conn, records: &[&[u8]]) -> StoreResult<Vec<ViewerRow>> {
    Ok(viewer::table
        .filter(viewer::record.eq_any(records))
        .select(ViewerRow::as_select())
        .load(conn)?)
}

/// The records whose viewers depend on `target`.
pub fn dependents(conn: &mut Conn, target: RecordId) -> StoreResult<Vec<RecordRow>> {
    Ok(record_link::table
        .inner_join(record::table.on(record::id.eq(record_link::source)))
        .filter(record_link::target.eq(target.0.as_slice()))
        .select(RecordRow::as_select())
        .load(conn)?)
}

/// The sums of units.
pub fn sums(conn: &mut Conn, units: &[&str]) -> StoreResult<Vec<UnitSumRow>> {
    Ok(unit_sum::table
        .filter(unit_sum::unit.eq_any(units))
        .select(UnitSumRow::as_select())
        .load(conn)?)
}

/// The heads of those of the units that have one.
pub fn heads(conn: &mut Conn, units: &[&str]) -> StoreResult<Vec<(String, i64)>> {
    Ok(unit::table
        .filter(unit::code.eq_any(units).and(unit::head.gt(0)))
        .select((unit::code, unit::head))
        .load(conn)?)
}

/// Records of a unit after `pos`, for those who read whole kinds of it.
pub fn page(conn: &mut Conn, unit: &str, kinds: &[&str], pos: i64, limit: i64) -> StoreResult<Vec<RecordRow>> {
    Ok(record::table
        .filter(
            record::unit
                .eq(unit)
                .and(record::pos.gt(pos))
                .and(record::kind.eq_any(kinds)),
        )
        .order(record::pos)
        .limit(limit)
        .select(RecordRow::as_select())
        .load(conn)?)
}

/// Records of a unit after `pos` that `member` created or is assigned to.
pub fn own_page(
    conn: &mut Conn,
    member: MemberId,
    unit: &str,
    kinds: &[&str],
    pos: i64,
    limit: i64,
) -> StoreResult<Vec<RecordRow>> {
    Ok(viewer::table
        .inner_join(record::table.on(record::id.eq(viewer::record)))
        .filter(viewer::member.eq(member.0.as_slice()).and(viewer::unit.eq(unit)))
        .filter(record::pos.gt(pos).and(record::kind.eq_any(kinds)))
        .order(record::pos)
        .limit(limit)
        .select(RecordRow::as_select())
        .load(conn)?)
}

/// Id and place of every record of a unit that `member` created or is assigned to.
pub fn own_places(conn: &mut Conn, member: MemberId, unit: &str, kinds: &[&str]) -> StoreResult<Vec<(Vec<u8>, i64)>> {
    Ok(viewer::table
        .inner_join(record::table.on(record::id.eq(viewer::record)))
        .filter(viewer::member.eq(member.0.as_slice()).and(viewer::unit.eq(unit)))
        .filter(record::kind.eq_any(kinds))
        .select((record::id, record::pos))
        .load(conn)?)
}

/// Changes after `pos` of what `member` may see in a unit.
pub fn visibility_page(
    conn: &mut Conn,
    member: MemberId,
    unit: &str,
    pos: i64,
    limit: i64,
) -> StoreResult<Vec<VisibilityRow>> {
    Ok(visibility::table
        .filter(
            visibility::member
                .eq(member.0.as_slice())
                .and(visibility::unit.eq(unit))
                .and(visibility::pos.gt(pos)),
        )
        .order(visibility::pos)
        .limit(limit)
        .select(VisibilityRow::as_select())
        .load(conn)?)
}

/// Whether `member` created the record or is assigned to it.
pub fn is_viewer(conn: &mut Conn, member: MemberId, record: RecordId) -> StoreResult<bool> {
    let rows = viewer::table.filter(
        viewer::member
            .eq(member.0.as_slice())
            .and(viewer::record.eq(record.0.as_slice())),
    );
    Ok(diesel::select(diesel::dsl::exists(rows)).get_result(conn)?)
}

/// The links of records whose targets decide who may see them.
pub fn links(conn: &mut Conn, sources: &[&[u8]]) -> StoreResult<Vec<(RecordId, RecordId)>> {
    let rows: Vec<LinkRow> = record_link::table
        .filter(record_link::source.eq_any(sources))
        .select(LinkRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.source, row.target)).collect())
}
