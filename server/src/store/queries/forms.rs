//! What an evaluation form is drafted from.

use diesel::prelude::*;
use sync_protocol::id::RecordId;

use super::Conn;
use crate::store::StoreResult;
use crate::store::rows::StandingRow;
use crate::store::schema::{posting, record_link};

/// Everything posted to the ledger of social service for sessions of an arrangement, by number, reversals too.
pub fn posted(conn: &mut Conn, order: RecordId) -> StoreResult<Vec<StandingRow>> {
    Ok(posting::table
        .inner_join(record_link::table.on(record_link::source.eq(posting::session)))
        .filter(record_link::target.eq(order.0.as_slice()))
        .filter(posting::ledger.eq("social_service"))
        .order(posting::number)
        .select(StandingRow::as_select())
        .load(conn)?)
}
