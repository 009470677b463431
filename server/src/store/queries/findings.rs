//! What people must look at.

use diesel::prelude::*;

use super::Conn;
use crate::store::StoreResult;
use crate::store::schema::finding;

/// The codes of all open findings, sorted.
pub fn open(conn: &mut Conn) -> StoreResult<Vec<String>> {
    Ok(finding::table
        .filter(finding::closed_ms.is_null())
        .order(finding::code)
        .select(finding::code)
        .load(conn)?)
}
