//! What the figures count.

use diesel::dsl::{max, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::Conn;
use crate::store::StoreResult;
use crate::store::column::Fixed;
use crate::store::rows::{FactQuery, FactRow, SumRow};
use crate::store::schema::fact;

/// The facts told from records, taken back ones included, in their order.
pub fn of_records(conn: &mut Conn, records: &[&[u8]]) -> StoreResult<Vec<FactRow>> {
    Ok(fact::table
        .filter(fact::record.eq_any(records))
        .order(fact::number)
        .select(FactRow::as_select())
        .load(conn)?)
}

/// Narrows a boxed query down.
macro_rules! narrowed {
    ($query:expr, $of:expr) => {{
        let mut query = $query;
        let of: FactQuery<'_> = $of;
        if of.numbers.0 > 0 {
            query = query.filter(fact::number.gt(of.numbers.0));
        }
        query = query.filter(fact::number.le(of.numbers.1));
        if of.days.0 > i64::MIN {
            query = query.filter(fact::day.ge(of.days.0));
        }
        if of.days.1 < i64::MAX {
            query = query.filter(fact::day.le(of.days.1));
        }
        if let Some(codes) = of.codes {
            query = query.filter(fact::code.eq_any(codes));
        }
        if let Some(units) = of.units {
            query = query.filter(fact::unit.eq_any(units));
        }
        if let Some((from, to)) = of.at {
            query = query.filter(fact::at_ms.ge(from)).filter(fact::at_ms.lt(to));
        }
        query
    }};
}

/// Facts that are alike, added up.
pub fn sums(conn: &mut Conn, of: FactQuery<'_>) -> StoreResult<Vec<SumRow>> {
    let alike = fact::table
        .group_by((fact::code, fact::dim, fact::unit, fact::who))
        .select((
            fact::code,
            fact::dim,
            fact::unit,
            fact::who,
            sql::<BigInt>("CAST(SUM(sign) AS BIGINT)"),
            sql::<BigInt>("CAST(SUM(sign * value) AS BIGINT)"),
        ))
        .into_boxed();
    let rows: Vec<(String, String, String, Option<Fixed<16>>, i64, i64)> = narrowed!(alike, of).load(conn)?;
    let sum = |(code, dim, unit, who, count, value): (String, String, String, Option<Fixed<16>>, i64, i64)| SumRow {
        code,
        dim,
        unit,
        who: who.map(|who| who.0),
        count,
        value,
    };
    Ok(rows.into_iter().map(sum).collect())
}

/// A page of facts, in their order.
pub fn page(conn: &mut Conn, of: FactQuery<'_>, limit: i64) -> StoreResult<Vec<FactRow>> {
    let query = fact::table.into_boxed();
    Ok(narrowed!(query, of)
        .order(fact::number)
        .limit(limit)
        .select(FactRow::as_select())
        .load(conn)?)
}

/// Code, number and record of facts, in no order.
pub fn names(conn: &mut Conn, of: FactQuery<'_>) -> StoreResult<Vec<(String, i64, Fixed<16>)>> {
    let query = fact::table.into_boxed();
    Ok(narrowed!(query, of)
        .select((fact::code, fact::number, fact::record))
        .load(conn)?)
}

/// How many facts there are, and the sum of their values: nothing that counts them reads less.
pub fn scan(conn: &mut Conn, of: FactQuery<'_>) -> StoreResult<(i64, i64)> {
    let all = fact::table
        .select((
            sql::<BigInt>("CAST(COUNT(*) AS BIGINT)"),
            sql::<BigInt>("CAST(COALESCE(SUM(sign * value), 0) AS BIGINT)"),
        ))
        .into_boxed();
    Ok(narrowed!(all, of).first(conn)?)
}

/// The last number.
pub fn last(conn: &mut Conn) -> StoreResult<i64> {
    Ok(fact::table
        .select(max(fact::number))
        .first::<Option<i64>>(conn)?
        .unwrap_or(0))
}
