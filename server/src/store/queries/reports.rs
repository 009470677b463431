//! Issued reports, and what figures count besides facts and postings.

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::Conn;
use crate::store::StoreResult;
use crate::store::rows::ReportRow;
use crate::store::schema::{access_log, export_purpose, finding, op, reconciled, report, report_head, unit};

/// The issued report of a month.
pub fn of_month(conn: &mut Conn, month: &str) -> StoreResult<Option<ReportRow>> {
    Ok(report::table
        .find(month)
        .select(ReportRow::as_select())
        .first(conn)
        .optional()?)
}

/// The last report issued for a month before this one.
pub fn before(conn: &mut Conn, month: &str) -> StoreResult<Option<ReportRow>> {
    Ok(report::table
        .filter(report::month.lt(month))
        .order(report::month.desc())
        .select(ReportRow::as_select())
        .first(conn)
        .optional()?)
}

/// Whether a report was issued for a later month.
pub fn later(conn: &mut Conn, month: &str) -> StoreResult<bool> {
    let rows = report::table.filter(report::month.gt(month));
    Ok(diesel::select(diesel::dsl::exists(rows)).get_result(conn)?)
}

/// The issued reports without their texts: month, when, and the hash. The newest first.
pub fn all(conn: &mut Conn) -> StoreResult<Vec<(String, i64, Vec<u8>)>> {
    Ok(report::table
        .order(report::month.desc())
        .select((report::month, report::issued_ms, report::sha256))
        .load(conn)?)
}

/// How far the follower has read each unit's log.
pub fn marks(conn: &mut Conn) -> StoreResult<Vec<(String, i64)>> {
    Ok(reconciled::table
        .order(reconciled::unit)
        .select((reconciled::unit, reconciled::pos))
        .load(conn)?)
}

/// Issues a report, with how far the follower had read each unit's log.
pub fn insert(conn: &mut Conn, row: ReportRow, marks: &[(String, i64)]) -> StoreResult<()> {
    let month = row.month.clone();
    diesel::insert_into(report::table).values(row).execute(conn)?;
    for (code, pos) in marks {
        let head = (
            report_head::month.eq(&month),
            report_head::unit.eq(code),
            report_head::pos.eq(pos),
        );
        diesel::insert_into(report_head::table).values(head).execute(conn)?;
    }
    Ok(())
}

/// Whether how far the units' logs had been read for a report lies within them.
pub fn heads_fit(conn: &mut Conn, month: &str) -> StoreResult<bool> {
    let stray = report_head::table
        .left_join(unit::table.on(unit::code.eq(report_head::unit)))
        .filter(report_head::month.eq(month))
        .filter(
            unit::code
                .nullable()
                .is_null()
                .or(report_head::pos.lt(0))
                .or(report_head::pos.nullable().gt(unit::head.nullable())),
        );
    let strays: i64 = stray.count().get_result(conn)?;
    Ok(strays == 0)
}

/// How many operations arrived from one moment to another and were not accepted, by unit.
pub fn refused(conn: &mut Conn, from_ms: i64, to_ms: i64) -> StoreResult<Vec<(Option<String>, i64)>> {
    Ok(op::table
        .filter(op::state.ne(0))
        .filter(op::arrival_ms.ge(from_ms).and(op::arrival_ms.lt(to_ms)))
        .group_by(op::unit)
        .select((op::unit, count_star()))
        .load(conn)?)
}

/// How many findings were opened from one moment to another, by code and unit.
pub fn findings(conn: &mut Conn, from_ms: i64, to_ms: i64) -> StoreResult<Vec<(String, Option<String>, i64)>> {
    Ok(finding::table
        .filter(finding::opened_ms.ge(from_ms).and(finding::opened_ms.lt(to_ms)))
        .group_by((finding::code, finding::unit))
        .select((finding::code, finding::unit, count_star()))
        .load(conn)?)
}

/// How many entries of the access log there are from one moment to another, by kind and unit.
pub fn readings(conn: &mut Conn, from_ms: i64, to_ms: i64) -> StoreResult<Vec<(String, String, i64)>> {
    Ok(access_log::table
        .filter(access_log::at_ms.ge(from_ms).and(access_log::at_ms.lt(to_ms)))
        .group_by((access_log::kind, access_log::unit))
        .select((access_log::kind, access_log::unit, count_star()))
        .load(conn)?)
}

/// The communities: units of the lowest level.
pub fn communities(conn: &mut Conn) -> StoreResult<Vec<String>> {
    Ok(unit::table
        .filter(unit::level.eq("community"))
        .order(unit::code)
        .select(unit::code)
        .load(conn)?)
}

/// Writes down what for an export is made.
pub fn purpose(conn: &mut Conn, id: &[u8], format: &str, purpose: &str) -> StoreResult<()> {
    let row = (
        export_purpose::id.eq(id),
        export_purpose::format.eq(format),
        export_purpose::purpose.eq(purpose),
    );
    diesel::insert_into(export_purpose::table).values(row).execute(conn)?;
    Ok(())
}

/// Format and purpose of exports, by the ids of their entries in the access log.
pub fn purposes(conn: &mut Conn, ids: &[&[u8]]) -> StoreResult<Vec<(Vec<u8>, String, String)>> {
    Ok(export_purpose::table
        .filter(export_purpose::id.eq_any(ids))
        .load(conn)?)
}
