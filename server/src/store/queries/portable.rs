//! Rows of any table, page by page in the order of its key.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Bool, Text, Untyped};

use super::Conn;
use crate::store::StoreResult;
use crate::store::portable::{PortableRow, Table, Value};

type Backend = <Conn as diesel::Connection>::Backend;

/// `SELECT … FROM table WHERE (key…) > (…) ORDER BY key… LIMIT n`.
struct Page<'q> {
    table: &'static Table,
    after: Option<&'q [Value]>,
    limit: usize,
}

impl QueryId for Page<'_> {
    type QueryId = ();
    // The text is the key of the statement cache.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Page<'_> {
    type SqlType = Untyped;
}

impl RunQueryDsl<Conn> for Page<'_> {}

impl QueryFragment<Backend> for Page<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        let names: Vec<&str> = self.table.columns.iter().map(|c| c.name).collect();
        let keys = names[..self.table.keys].join(", ");
        out.push_sql(&format!("SELECT {} FROM {}", names.join(", "), self.table.name));
        if let Some(after) = self.after {
            out.push_sql(&format!(" WHERE ({keys}) > ("));
            for (i, value) in after.iter().enumerate() {
                if i > 0 {
                    out.push_sql(", ");
                }
                match value {
                    Value::Bytes(bytes) => out.push_bind_param::<Binary, _>(bytes)?,
                    Value::Text(text) => out.push_bind_param::<Text, _>(text)?,
                    Value::Long(n) => out.push_bind_param::<BigInt, _>(n)?,
                    Value::Bool(b) => out.push_bind_param::<Bool, _>(b)?,
                    // No key is null.
                    Value::Null => out.push_sql("NULL"),
                }
            }
            out.push_sql(")");
        }
        out.push_sql(&format!(" ORDER BY {keys} LIMIT {}", self.limit));
        Ok(())
    }
}

/// The first rows, at most `limit`, whose key is greater than `after`, in the order of the key.
pub fn page(
    conn: &mut Conn,
    table: &'static Table,
    after: Option<&[Value]>,
    limit: usize,
) -> StoreResult<Vec<PortableRow>> {
    let rows: Vec<PortableRow> = Page { table, after, limit }.load(conn)?;
    rows.into_iter().map(|row| table.settle(row)).collect()
}
