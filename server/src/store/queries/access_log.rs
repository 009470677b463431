//! Readings of sensitive fields and exports.

use diesel::prelude::*;

use super::Conn;
use crate::store::StoreResult;
use crate::store::rows::AccessRow;
use crate::store::schema::access_log as t;

/// Writes an entry.
pub fn insert(conn: &mut Conn, row: AccessRow) -> StoreResult<()> {
    diesel::insert_into(t::table).values(row).execute(conn)?;
    Ok(())
}

/// Entries after the id `after`, the oldest first.
pub fn page(conn: &mut Conn, after: &[u8; 16], limit: i64) -> StoreResult<Vec<AccessRow>> {
    Ok(t::table
        .filter(t::id.gt(after.as_slice()))
        .order(t::id)
        .limit(limit)
        .select(AccessRow::as_select())
        .load(conn)?)
}
