//! Rows for writing, on PostgreSQL: row locks, taken in order, devices before units.

use diesel::prelude::*;

use crate::store::StoreResult;
use crate::store::bulk::Bulk;
use crate::store::rows::{DeviceRow, LogRow, UnitRow};
use crate::store::schema::{device, log, unit};

/// The devices, locked, in the order of their ids.
pub fn devices(conn: &mut PgConnection, ids: &[&[u8]]) -> StoreResult<Vec<DeviceRow>> {
    Ok(device::table
        .filter(device::id.eq_any(ids))
        .order(device::id)
        .select(DeviceRow::as_select())
        .for_update()
        .load(conn)?)
}

/// The units, locked, in the order of their codes.
pub fn units(conn: &mut PgConnection, codes: &[&str]) -> StoreResult<Vec<UnitRow>> {
    Ok(unit::table
        .filter(unit::code.eq_any(codes))
        .order(unit::code)
        .select(UnitRow::as_select())
        .for_update()
        .load(conn)?)
}

/// The advisory lock of the journal ("journal" in ASCII).
const JOURNAL_LOCK: i64 = 0x6a_6f75_726e_616c;

/// The journal, locked until the transaction ends: its ids are then in the order of commits, and a reader
/// who goes on after the last id he saw skips nothing.
pub fn journal(conn: &mut PgConnection) -> StoreResult<()> {
    diesel::sql_query(format!("SELECT pg_advisory_xact_lock({JOURNAL_LOCK})")).execute(conn)?;
    Ok(())
}

/// The advisory lock of whoever follows the units' logs ("follow" in ASCII).
const FOLLOW_LOCK: i64 = 0x666f_6c6c_6f77;

/// Whether this transaction is the one that follows the units' logs: until it ends, no other is.
pub fn follow(conn: &mut PgConnection) -> StoreResult<bool> {
    let lock = diesel::dsl::sql::<diesel::sql_types::Bool>("pg_try_advisory_xact_lock(")
        .bind::<diesel::sql_types::BigInt, _>(FOLLOW_LOCK)
        .sql(")");
    Ok(diesel::select(lock).get_result(conn)?)
}

/// The advisory lock of the hours ledger ("ledger" in ASCII).
const LEDGER_LOCK: i64 = 0x6c65_6467_6572;

/// The hours ledger, locked until the transaction ends: whoever posts next finds the last number committed or undone,
/// so numbers have no gap. Units are locked before it.
pub fn ledger(conn: &mut PgConnection) -> StoreResult<()> {
    diesel::sql_query(format!("SELECT pg_advisory_xact_lock({LEDGER_LOCK})")).execute(conn)?;
    Ok(())
}

/// References to blobs, locked until the transaction ends: those of pushes that are being written are waited for, and
/// others wait, so whoever looks now sees all that there are.
pub fn references(conn: &mut PgConnection) -> StoreResult<()> {
    diesel::sql_query("LOCK TABLE blob_ref IN SHARE ROW EXCLUSIVE MODE").execute(conn)?;
    Ok(())
}

/// The newest log, locked until the transaction ends: one server seals at a time.
pub fn newest_log(conn: &mut PgConnection) -> StoreResult<Option<LogRow>> {
    Ok(log::table
        .order(log::number.desc())
        .limit(1)
        .select(LogRow::as_select())
        .for_update()
        .first(conn)
        .optional()?)
}

/// Writes rows.
pub fn write(conn: &mut PgConnection, bulk: &Bulk<'_>) -> StoreResult<()> {
    bulk.run_postgres(conn)
}
