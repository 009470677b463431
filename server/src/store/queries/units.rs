//! The grid.

use diesel::prelude::*;

use super::Conn;
use crate::store::StoreResult;
use crate::store::rows::UnitRow;
use crate::store::schema::unit as t;

/// Every unit, by code.
pub fn all(conn: &mut Conn) -> StoreResult<Vec<UnitRow>> {
    Ok(t::table.order(t::code).select(UnitRow::as_select()).load(conn)?)
}

/// The code of every unit with that of the one above it.
pub fn parents(conn: &mut Conn) -> StoreResult<Vec<(String, Option<String>)>> {
    Ok(t::table.select((t::code, t::parent)).load(conn)?)
}

/// The units with these codes, by code.
pub fn by_codes(conn: &mut Conn, codes: &[&str]) -> StoreResult<Vec<UnitRow>> {
    Ok(t::table
        .filter(t::code.eq_any(codes))
        .order(t::code)
        .select(UnitRow::as_select())
        .load(conn)?)
}

/// Whether there is a unit `code`.
pub fn exists(conn: &mut Conn, code: &str) -> StoreResult<bool> {
    Ok(diesel::select(diesel::dsl::exists(t::table.find(code))).get_result(conn)?)
}

/// Adds a unit.
pub fn insert(conn: &mut Conn, row: UnitRow) -> StoreResult<()> {
    diesel::insert_into(t::table).values(row).execute(conn)?;
    Ok(())
}

/// Gives a unit another name.
pub fn rename(conn: &mut Conn, code: &str, name: &str) -> StoreResult<()> {
    diesel::update(t::table.find(code))
        .set(t::name.eq(name))
        .execute(conn)?;
    Ok(())
}
