//! The server's own facts and keys.

use diesel::prelude::*;

use super::Conn;
use crate::store::StoreResult;
use crate::store::schema::{meta, secret};

/// The fact `key`.
pub fn get(conn: &mut Conn, key: &str) -> StoreResult<Option<String>> {
    Ok(meta::table.find(key).select(meta::value).first(conn).optional()?)
}

/// Sets the fact `key` unless it is set; of several servers that try, one wins.
pub fn put_if_absent(conn: &mut Conn, key: &str, value: &str) -> StoreResult<()> {
    diesel::insert_into(meta::table)
        .values((meta::key.eq(key), meta::value.eq(value)))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(())
}

/// Sets the fact `key`.
pub fn put(conn: &mut Conn, key: &str, value: &str) -> StoreResult<()> {
    diesel::insert_into(meta::table)
        .values((meta::key.eq(key), meta::value.eq(value)))
        .on_conflict(meta::key)
        .do_update()
        .set(meta::value.eq(value))
        .execute(conn)?;
    Ok(())
}

/// The key `name`.
pub fn secret(conn: &mut Conn, name: &str) -> StoreResult<Option<Vec<u8>>> {
    Ok(secret::table.find(name).select(secret::value).first(conn).optional()?)
}

/// Sets the key `name` unless it is set.
pub fn put_secret_if_absent(conn: &mut Conn, name: &str, value: &[u8]) -> StoreResult<()> {
    diesel::insert_into(secret::table)
        .values((secret::name.eq(name), secret::value.eq(value)))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(())
}

/// One round trip that proves the database answers.
pub fn ping(conn: &mut Conn) -> StoreResult<()> {
    diesel::select(diesel::dsl::sql::<diesel::sql_types::Integer>("1")).get_result::<i32>(conn)?;
    Ok(())
}
