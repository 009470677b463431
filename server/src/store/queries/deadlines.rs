//! Deadlines that records have set going.

use diesel::dsl::count_star;
use diesel::prelude::*;
use sync_protocol::id::MemberId;

use super::Conn;
use crate::store::StoreResult;
use crate::store::rows::{DeadlineQuery, DeadlineRow, Standing};
use crate::store::schema::{deadline, viewer};

type Backend = <Conn as diesel::Connection>::Backend;
type Boxed<'q> = deadline::BoxedQuery<'q, Backend>;

/// The deadlines of records.
pub fn of_records(conn: &mut Conn, records: &[&[u8]]) -> StoreResult<Vec<DeadlineRow>> {
    Ok(deadline::table
        .filter(deadline::record.eq_any(records))
        .select(DeadlineRow::as_select())
        .load(conn)?)
}

fn wanted<'q>(mut query: Boxed<'q>, wanted: DeadlineQuery<'q>) -> Boxed<'q> {
    let met_late = deadline::met_day.assume_not_null().gt(deadline::due_day);
    match wanted.standing {
        Some((Standing::Open, today)) => {
            query = query.filter(deadline::met_day.is_null().and(deadline::due_day.ge(today)));
        }
        Some((Standing::Met, _)) => {
            let in_time = deadline::met_day.assume_not_null().le(deadline::due_day);
            query = query.filter(deadline::met_day.is_not_null().and(in_time));
        }
        Some((Standing::Missed, today)) => {
            let over = deadline::met_day.is_null().and(deadline::due_day.lt(today));
            query = query.filter(over.or(deadline::met_day.is_not_null().and(met_late)));
        }
        None => {}
    }
    if let Some(day) = wanted.from_day {
        query = query.filter(deadline::due_day.ge(day));
    }
    if let Some(day) = wanted.to_day {
        query = query.filter(deadline::due_day.le(day));
    }
    if let Some((day, record, code)) = wanted.after {
        let same_record = deadline::record.eq(record).and(deadline::code.gt(code));
        let same_day = deadline::record.gt(record).or(same_record);
        // The first condition says the same again, for the index.
        query = query
            .filter(deadline::due_day.ge(day))
            .filter(deadline::due_day.gt(day).or(same_day));
    }
    query
}

/// A page of the units' deadlines of these codes, the first due first.
pub fn page(
    conn: &mut Conn,
    units: &[&str],
    codes: &[&str],
    of: DeadlineQuery<'_>,
    limit: i64,
) -> StoreResult<Vec<DeadlineRow>> {
    let query = deadline::table
        .filter(deadline::unit.eq_any(units).and(deadline::code.eq_any(codes)))
        .into_boxed();
    Ok(wanted(query, of)
        .order((deadline::due_day, deadline::record, deadline::code))
        .limit(limit)
        .select(DeadlineRow::as_select())
        .load(conn)?)
}

/// The same of what `member` created or is assigned to.
pub fn own_page(
    conn: &mut Conn,
    member: MemberId,
    units: &[&str],
    codes: &[&str],
    of: DeadlineQuery<'_>,
    limit: i64,
) -> StoreResult<Vec<DeadlineRow>> {
    let own = viewer::table.filter(viewer::member.eq(member.0.as_slice()).and(viewer::unit.eq_any(units)));
    let query = deadline::table
        .filter(deadline::record.eq_any(own.select(viewer::record)))
        .filter(deadline::unit.eq_any(units).and(deadline::code.eq_any(codes)))
        .into_boxed();
    Ok(wanted(query, of)
        .order((deadline::due_day, deadline::record, deadline::code))
        .limit(limit)
        .select(DeadlineRow::as_select())
        .load(conn)?)
}

/// How many of the units' deadlines of these codes are not met, by code and due day.
pub fn open(conn: &mut Conn, units: &[&str], codes: &[&str]) -> StoreResult<Vec<(String, i64, i64)>> {
    Ok(deadline::table
        .filter(deadline::unit.eq_any(units).and(deadline::code.eq_any(codes)))
        .filter(deadline::met_day.is_null())
        .group_by((deadline::code, deadline::due_day))
        .select((deadline::code, deadline::due_day, count_star()))
        .load(conn)?)
}

/// The same of what `member` created or is assigned to.
pub fn own_open(
    conn: &mut Conn,
    member: MemberId,
    units: &[&str],
    codes: &[&str],
) -> StoreResult<Vec<(String, i64, i64)>> {
    let own = viewer::table.filter(viewer::member.eq(member.0.as_slice()).and(viewer::unit.eq_any(units)));
    Ok(deadline::table
        .filter(deadline::record.eq_any(own.select(viewer::record)))
        .filter(deadline::unit.eq_any(units).and(deadline::code.eq_any(codes)))
        .filter(deadline::met_day.is_null())
        .group_by((deadline::code, deadline::due_day))
        .select((deadline::code, deadline::due_day, count_star()))
        .load(conn)?)
}
