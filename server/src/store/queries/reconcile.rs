//! How far the follower has come, and what it is to look at again.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use sync_protocol::id::RecordId;

use super::Conn;
use crate::store::StoreResult;
use crate::store::column::Fixed;
use crate::store::rows::{BehindRow, RecordRow};
use crate::store::schema::{op, reconcile_due, reconciled, record, unit};

/// Those of the units whose log goes on after the follower's mark, with head and mark.
pub fn behind(conn: &mut Conn, units: &[&str]) -> StoreResult<Vec<BehindRow>> {
    let joined = unit::table.left_join(reconciled::table.on(reconciled::unit.eq(unit::code)));
    let goes_on = unit::head.nullable().gt(reconciled::pos.nullable());
    let never = reconciled::pos.nullable().is_null().and(unit::head.gt(0));
    Ok(joined
        .filter(unit::code.eq_any(units))
        .filter(goes_on.or(never))
        .order(unit::code)
        .select(BehindRow::as_select())
        .load(conn)?)
}

/// The codes of units after `after` whose log goes on after the follower's mark.
pub fn behind_after(conn: &mut Conn, after: &str, limit: i64) -> StoreResult<Vec<String>> {
    let joined = unit::table.left_join(reconciled::table.on(reconciled::unit.eq(unit::code)));
    let goes_on = unit::head.nullable().gt(reconciled::pos.nullable());
    let never = reconciled::pos.nullable().is_null().and(unit::head.gt(0));
    Ok(joined
        .filter(unit::code.gt(after))
        .filter(goes_on.or(never))
        .order(unit::code)
        .limit(limit)
        .select(unit::code)
        .load(conn)?)
}

/// Whether records of some kinds that were there at a moment, ms, are still to be looked at: they lie behind the marks.
pub fn unseen(conn: &mut Conn, kinds: &[&str], at_ms: i64) -> StoreResult<bool> {
    let joined = unit::table.left_join(reconciled::table.on(reconciled::unit.eq(unit::code)));
    let goes_on = unit::head.nullable().gt(reconciled::pos.nullable());
    let never = reconciled::pos.nullable().is_null().and(unit::head.gt(0));
    let behind: Vec<BehindRow> = joined
        .filter(goes_on.or(never))
        .select(BehindRow::as_select())
        .load(conn)?;
    for row in behind {
        let arrived = op::record.eq(record::id.nullable()).and(op::arrival_ms.le(at_ms));
        let unseen = record::table
            .filter(record::unit.eq(row.code).and(record::pos.gt(row.pos.unwrap_or(0))))
            .filter(record::kind.eq_any(kinds))
            .filter(exists(op::table.filter(arrived)));
        if select(exists(unseen)).get_result(conn)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a record is to be looked at by a moment, ms.
pub fn is_due(conn: &mut Conn, id: RecordId, by_ms: i64) -> StoreResult<bool> {
    let due = reconcile_due::table.filter(reconcile_due::record.eq(id.0.as_slice()));
    Ok(select(exists(due.filter(reconcile_due::due_ms.le(by_ms)))).get_result(conn)?)
}

/// Records of a unit that changed after `pos`, in the order of the log.
pub fn changed(conn: &mut Conn, unit: &str, pos: i64, limit: i64) -> StoreResult<Vec<RecordRow>> {
    Ok(record::table
        .filter(record::unit.eq(unit).and(record::pos.gt(pos)))
        .order(record::pos)
        .limit(limit)
        .select(RecordRow::as_select())
        .load(conn)?)
}

/// Sets every mark back to the beginning: everything is looked at again.
pub fn begin_anew(conn: &mut Conn) -> StoreResult<()> {
    diesel::update(reconciled::table)
        .set(reconciled::pos.eq(0))
        .execute(conn)?;
    Ok(())
}

/// Records whose time has come, the longest overdue first.
pub fn due(conn: &mut Conn, now_ms: i64, limit: i64) -> StoreResult<Vec<RecordId>> {
    let rows: Vec<Fixed<16>> = reconcile_due::table
        .filter(reconcile_due::due_ms.le(now_ms))
        .order((reconcile_due::due_ms, reconcile_due::record))
        .limit(limit)
        .select(reconcile_due::record)
        .load(conn)?;
    Ok(rows.into_iter().map(RecordId::from).collect())
}

/// When the next record's time comes.
pub fn next_due(conn: &mut Conn) -> StoreResult<Option<i64>> {
    Ok(reconcile_due::table
        .order((reconcile_due::due_ms, reconcile_due::record))
        .select(reconcile_due::due_ms)
        .first(conn)
        .optional()?)
}
