//! Sums and pages of the hours ledger, as much of it as a reader may see.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Untyped};
use sync_protocol::id::RecordId;

use super::Conn;
use crate::store::StoreResult;
use crate::store::column::Fixed;
use crate::store::hours::{HoursFilter, HoursKey, HoursSum, PersonSum, WordSum};
use crate::store::rows::{ClaimRow, PostingRow};
use crate::store::schema::{claim, posting, record, viewer};

type Backend = <Conn as diesel::Connection>::Backend;

/// What is selected, under which condition, in which order.
struct Asked<'q> {
    select: String,
    filter: &'q HoursFilter,
    after: After<'q>,
    rest: String,
}

/// Where a page begins.
enum After<'q> {
    Start,
    Number(i64),
    Session(&'q [u8]),
}

impl QueryId for Asked<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Asked<'_> {
    type SqlType = Untyped;
}

impl RunQueryDsl<Conn> for Asked<'_> {}

impl QueryFragment<Backend> for Asked<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        // The text differs with every list of units.
        out.unsafe_to_cache_prepared();
        out.push_sql(&self.select);
        out.push_sql(" WHERE ");
        self.filter.condition(&mut out)?;
        match &self.after {
            After::Start => {}
            After::Number(number) => {
                out.push_sql(" AND number > ");
                out.push_bind_param::<BigInt, _>(number)?;
            }
            After::Session(id) => {
                out.push_sql(" AND session > ");
                out.push_bind_param::<Binary, [u8]>(id)?;
            }
        }
        out.push_sql(&self.rest);
        Ok(())
    }
}

/// The sums of what is posted, by key and ledger, at most `limit` of them.
pub fn confirmed(conn: &mut Conn, filter: &HoursFilter, key: HoursKey, limit: i64) -> StoreResult<Vec<HoursSum>> {
    sums(conn, filter, key, limit, ("posting", "", "''"))
}

/// The sums of what is claimed and not posted, by key, ledger and reasons, at most `limit` of them.
pub fn pending(conn: &mut Conn, filter: &HoursFilter, key: HoursKey, limit: i64) -> StoreResult<Vec<HoursSum>> {
    sums(conn, filter, key, limit, ("claim", ", reasons", "reasons"))
}

fn sums(
    conn: &mut Conn,
    filter: &HoursFilter,
    key: HoursKey,
    limit: i64,
    (table, further, reasons): (&str, &str, &str),
) -> StoreResult<Vec<HoursSum>> {
    let by = format!("{}, ledger{further}", key.sql());
    let asked = Asked {
        select: format!(
            "SELECT {} AS key, ledger, {reasons} AS reasons, CAST(SUM(minutes) AS BIGINT) AS minutes, COUNT(*) AS entries \
             FROM {table}",
            key.sql()
        ),
        filter,
        after: After::Start,
        rest: format!(" GROUP BY {by} ORDER BY {by} LIMIT {limit}"),
    };
    Ok(match key {
        HoursKey::Person => asked.load::<PersonSum>(conn)?.into_iter().map(HoursSum::from).collect(),
        _ => asked.load::<WordSum>(conn)?.into_iter().map(HoursSum::from).collect(),
    })
}

#[derive(QueryableByName)]
struct Numbered {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Claimed {
    #[diesel(sql_type = Binary)]
    session: Vec<u8>,
}

/// The number of the last posting that the filter lets through; 0 where there is none.
pub fn last(conn: &mut Conn, filter: &HoursFilter) -> StoreResult<i64> {
    let row: Numbered = Asked {
        select: "SELECT CAST(COALESCE(MAX(number), 0) AS BIGINT) AS number FROM posting".to_owned(),
        filter,
        after: After::Start,
        rest: String::new(),
    }
    .get_result(conn)?;
    Ok(row.number)
}

/// Postings after a number, in order.
pub fn postings(conn: &mut Conn, filter: &HoursFilter, after: i64, limit: i64) -> StoreResult<Vec<PostingRow>> {
    let rows: Vec<Numbered> = Asked {
        select: "SELECT number FROM posting".to_owned(),
        filter,
        after: After::Number(after),
        rest: format!(" ORDER BY number LIMIT {limit}"),
    }
    .load(conn)?;
    let numbers: Vec<i64> = rows.into_iter().map(|row| row.number).collect();
    Ok(posting::table
        .filter(posting::number.eq_any(&numbers))
        .order(posting::number)
        .select(PostingRow::as_select())
        .load(conn)?)
}

/// Claims of sessions after an id, in the order of their ids; empty bytes come before every id.
pub fn claims(conn: &mut Conn, filter: &HoursFilter, after: &[u8], limit: i64) -> StoreResult<Vec<ClaimRow>> {
    let rows: Vec<Claimed> = Asked {
        select: "SELECT session FROM claim".to_owned(),
        filter,
        after: After::Session(after),
        rest: format!(" ORDER BY session LIMIT {limit}"),
    }
    .load(conn)?;
    let sessions: Vec<&[u8]> = rows.iter().map(|row| row.session.as_slice()).collect();
    Ok(claim::table
        .filter(claim::session.eq_any(&sessions))
        .order(claim::session)
        .select(ClaimRow::as_select())
        .load(conn)?)
}

/// The numbers of the reversals of entries, beside those of the entries.
pub fn reversals(conn: &mut Conn, entries: &[i64]) -> StoreResult<Vec<(i64, i64)>> {
    let rows: Vec<(Option<i64>, i64)> = posting::table
        .filter(posting::reverses.eq_any(entries))
        .select((posting::reverses, posting::number))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(entry, by)| Some((entry?, by))).collect())
}

/// Records of a kind that a member created or is assigned to, each with its unit.
pub fn viewed(conn: &mut Conn, member: &[u8], kind: &str) -> StoreResult<Vec<(RecordId, String)>> {
    let rows: Vec<(Fixed<16>, String)> = viewer::table
        .inner_join(record::table.on(record::id.eq(viewer::record)))
        .filter(viewer::member.eq(member).and(record::kind.eq(kind)))
        .order(record::id)
        .select((record::id, record::unit))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, unit)| (RecordId::from(id), unit)).collect())
}
