//! Rows for writing, on SQLite: the writing transaction itself is the lock.

use diesel::prelude::*;

use crate::store::StoreResult;
use crate::store::bulk::Bulk;
use crate::store::rows::{DeviceRow, LogRow, UnitRow};
use crate::store::schema::{device, log, unit};

/// The devices, locked, in the order of their ids.
pub fn devices(conn: &mut SqliteConnection, ids: &[&[u8]]) -> StoreResult<Vec<DeviceRow>> {
    Ok(device::table
        .filter(device::id.eq_any(ids))
        .order(device::id)
        .select(DeviceRow::as_select())
        .load(conn)?)
}

/// The units, locked, in the order of their codes.
pub fn units(conn: &mut SqliteConnection, codes: &[&str]) -> StoreResult<Vec<UnitRow>> {
    Ok(unit::table
        .filter(unit::code.eq_any(codes))
        .order(unit::code)
        .select(UnitRow::as_select())
        .load(conn)?)
}

/// The journal, locked until the transaction ends.
pub fn journal(_: &mut SqliteConnection) -> StoreResult<()> {
    Ok(())
}

/// Whether this transaction is the one that follows the units' logs.
pub fn follow(_: &mut SqliteConnection) -> StoreResult<bool> {
    Ok(true)
}

/// The hours ledger, locked until the transaction ends.
pub fn ledger(_: &mut SqliteConnection) -> StoreResult<()> {
    Ok(())
}

/// References to blobs, locked until the transaction ends.
pub fn references(_: &mut SqliteConnection) -> StoreResult<()> {
    Ok(())
}

/// The newest log, locked until the transaction ends.
pub fn newest_log(conn: &mut SqliteConnection) -> StoreResult<Option<LogRow>> {
    Ok(log::table
        .order(log::number.desc())
        .select(LogRow::as_select())
        .first(conn)
        .optional()?)
}

/// Writes rows.
pub fn write(conn: &mut SqliteConnection, bulk: &Bulk<'_>) -> StoreResult<()> {
    bulk.run_sqlite(conn)
}
