//! What the figures count.

use diesel::prelude::*;

use super::Conn;
use crate::store::StoreResult;
use crate::store::rows::FactRow;
use crate::store::schema::fact;

/// The facts told from records, taken back ones included, in their order.
pub fn of_records(conn: &mut Conn, records: &[&[u8]]) -> StoreResult<Vec<FactRow>> {
    Ok(fact::table
        .filter(fact::record.eq_any(records))
        .order(fact::number)
        .select(FactRow::as_select())
        .load(conn)?)
}
