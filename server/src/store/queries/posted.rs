//! Minutes posted to the two ledgers, added up for the figures.

use diesel::dsl::{max, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use sync_protocol::calendar::date_of;

use super::Conn;
use crate::store::StoreResult;
use crate::store::column::Fixed;
use crate::store::rows::{FactQuery, SumRow};
use crate::store::schema::posting;

/// Narrows a boxed query down.
macro_rules! narrowed {
    ($query:expr, $of:expr) => {{
        let mut query = $query;
        let of: FactQuery<'_> = $of;
        query = query
            .filter(posting::number.gt(of.numbers.0))
            .filter(posting::number.le(of.numbers.1));
        if of.days.0 > i64::MIN {
            query = query.filter(posting::day.ge(date_of(of.days.0).to_string()));
        }
        if of.days.1 < i64::MAX {
            query = query.filter(posting::day.le(date_of(of.days.1).to_string()));
        }
        if let Some(units) = of.units {
            query = query.filter(posting::unit.eq_any(units));
        }
        if let Some((from, to)) = of.at {
            query = query
                .filter(posting::posted_ms.ge(from))
                .filter(posting::posted_ms.lt(to));
        }
        query
    }};
}

/// Volunteers' minutes, by unit and member. The codes of `of` do not matter.
pub fn volunteer(conn: &mut Conn, of: FactQuery<'_>) -> StoreResult<Vec<SumRow>> {
    let alike = posting::table
        .filter(posting::member.is_not_null())
        .group_by((posting::unit, posting::member))
        .select((
            posting::unit,
            posting::member,
            sql::<BigInt>("CAST(COUNT(*) AS BIGINT)"),
            sql::<BigInt>("CAST(SUM(minutes) AS BIGINT)"),
        ))
        .into_boxed();
    let rows: Vec<(String, Option<Fixed<16>>, i64, i64)> = narrowed!(alike, of).load(conn)?;
    let sum = |(unit, who, count, value): (String, Option<Fixed<16>>, i64, i64)| SumRow {
        code: "volunteer ledger".to_owned(),
        dim: String::new(),
        unit,
        who: who.map(|who| who.0),
        count,
        value,
    };
    Ok(rows.into_iter().map(sum).collect())
}

/// What a session of social service has brought: the session, and its minutes as a sum of no sort.
pub fn service(conn: &mut Conn, of: FactQuery<'_>) -> StoreResult<Vec<([u8; 16], SumRow)>> {
    let alike = posting::table
        .filter(posting::subject.is_not_null())
        .group_by((posting::unit, posting::subject, posting::session))
        .select((
            posting::unit,
            posting::subject,
            posting::session,
            sql::<BigInt>("CAST(COUNT(*) AS BIGINT)"),
            sql::<BigInt>("CAST(SUM(minutes) AS BIGINT)"),
        ))
        .into_boxed();
    let rows: Vec<(String, Option<Fixed<16>>, Fixed<16>, i64, i64)> = narrowed!(alike, of).load(conn)?;
    let sum = |(unit, who, session, count, value): (String, Option<Fixed<16>>, Fixed<16>, i64, i64)| {
        let row = SumRow {
            code: "social_service ledger".to_owned(),
            dim: String::new(),
            unit,
            who: who.map(|who| who.0),
            count,
            value,
        };
        (session.0, row)
    };
    Ok(rows.into_iter().map(sum).collect())
}

/// A page of postings in their order: number, session, day, unit, whose account, minutes.
pub fn page(conn: &mut Conn, ledger: &str, of: FactQuery<'_>, limit: i64) -> StoreResult<Vec<PostedRow>> {
    let query = posting::table.filter(posting::ledger.eq(ledger)).into_boxed();
    Ok(narrowed!(query, of)
        .order(posting::number)
        .limit(limit)
        .select((
            posting::number,
            posting::session,
            posting::day,
            posting::unit,
            posting::member,
            posting::subject,
            posting::minutes,
            posting::posted_ms,
        ))
        .load(conn)?)
}

type PostedRow = (
    i64,
    Fixed<16>,
    String,
    String,
    Option<Fixed<16>>,
    Option<Fixed<16>>,
    i64,
    i64,
);

/// The last number.
pub fn last(conn: &mut Conn) -> StoreResult<i64> {
    Ok(posting::table
        .select(max(posting::number))
        .first::<Option<i64>>(conn)?
        .unwrap_or(0))
}
