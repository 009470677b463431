//! The journal of accounts, appointments and devices.

use diesel::prelude::*;

use super::{Conn, sealing};
use crate::log::source;
use crate::store::StoreResult;
use crate::store::column::Fixed;
use crate::store::rows::JournalRow;
use crate::store::schema::journal as t;

/// Writes an entry, which then waits to be sealed.
pub fn insert(conn: &mut Conn, row: JournalRow) -> StoreResult<()> {
    let id = row.id;
    diesel::insert_into(t::table).values(row).execute(conn)?;
    sealing::wait(conn, source::JOURNAL, &id, 1, 1)
}

/// Entries after the id `after`, the oldest first.
pub fn page(conn: &mut Conn, after: &[u8; 16], limit: i64) -> StoreResult<Vec<JournalRow>> {
    Ok(t::table
        .filter(t::id.gt(after.as_slice()))
        .order(t::id)
        .limit(limit)
        .select(JournalRow::as_select())
        .load(conn)?)
}

/// The entries of one event, the oldest first.
pub fn of_event(conn: &mut Conn, event: &str) -> StoreResult<Vec<JournalRow>> {
    Ok(t::table
        .filter(t::event.eq(event))
        .order(t::id)
        .select(JournalRow::as_select())
        .load(conn)?)
}

/// The last id, under the journal's lock.
pub fn last_id(conn: &mut Conn) -> StoreResult<Option<Fixed<16>>> {
    Ok(t::table.order(t::id.desc()).select(t::id).first(conn).optional()?)
}
