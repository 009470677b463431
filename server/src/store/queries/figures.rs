//! What deadlines and figures are told from, and the dense orders.

use diesel::prelude::*;

use super::Conn;
use crate::store::StoreResult;
use crate::store::rows::WayRow;
use crate::store::schema::{dense, op};

/// The accepted operations on records, in the order of the log.
pub fn ways(conn: &mut Conn, records: &[&[u8]], state: i32) -> StoreResult<Vec<WayRow>> {
    Ok(op::table
        .filter(op::record.eq_any(records).and(op::state.eq(state)))
        .order((op::record, op::pos))
        .select(WayRow::as_select())
        .load(conn)?)
}

/// The last number that was taken of a dense order; 0 before the first.
pub fn number_of(conn: &mut Conn, name: &str) -> StoreResult<i64> {
    let number = dense::table.find(name).select(dense::number).first(conn).optional()?;
    Ok(number.unwrap_or(0))
}

/// Takes `count` numbers of a dense order; answers the last of them. The order is locked to the end of the
/// transaction, so nobody sees a number before all lower ones.
pub fn take(conn: &mut Conn, name: &str, count: i64) -> StoreResult<i64> {
    Ok(diesel::insert_into(dense::table)
        .values((dense::name.eq(name), dense::number.eq(count)))
        .on_conflict(dense::name)
        .do_update()
        .set(dense::number.eq(dense::number + count))
        .returning(dense::number)
        .get_result(conn)?)
}
