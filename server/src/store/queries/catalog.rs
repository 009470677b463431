//! The catalogue's versions.

use diesel::prelude::*;

use super::{Conn, sealing};
use crate::log::source;
use crate::store::StoreResult;
use crate::store::rows::CatalogRow;
use crate::store::schema::catalog_version as t;

/// The newest catalogue that was served from this database.
pub fn newest(conn: &mut Conn) -> StoreResult<Option<CatalogRow>> {
    Ok(t::table
        .order(t::version.desc())
        .select(CatalogRow::as_select())
        .first(conn)
        .optional()?)
}

/// Every catalogue that was served from this database, the oldest first.
pub fn all(conn: &mut Conn) -> StoreResult<Vec<CatalogRow>> {
    Ok(t::table.order(t::version).select(CatalogRow::as_select()).load(conn)?)
}

/// Keeps a catalogue, which then waits to be sealed. Nothing happens if its version is there.
pub fn insert(conn: &mut Conn, row: CatalogRow) -> StoreResult<()> {
    let version = row.version;
    let inserted = diesel::insert_into(t::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn)?;
    if inserted == 1 {
        sealing::wait(conn, source::CATALOG, &[], version, version)?;
    }
    Ok(())
}
