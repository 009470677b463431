//! Lists of findings for one reader.

use diesel::dsl::{case_when, count_star, exists, not, sum};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer, Nullable};

use super::Conn;
use crate::store::StoreResult;
use crate::store::rows::{
    FindingCountRow, FindingDecisionRow, FindingNowRow, FindingQuery, FindingSawRow, FindingSight, FindingStanding,
};
use crate::store::schema::{
    appointment, device, finding, finding_also, finding_decision, finding_fact, op, record, viewer,
};

type Backend = <Conn as diesel::Connection>::Backend;
type Condition<'q> = Box<dyn BoxableExpression<finding::table, Backend, SqlType = Nullable<Bool>> + 'q>;

/// What a reader sees through one sight.
fn seen<'q>(sight: &FindingSight<'q>, of: &FindingQuery<'q>) -> Vec<Condition<'q>> {
    let (units, member) = (sight.units.clone(), of.member);
    let mut ways: Vec<Condition<'q>> = Vec::new();
    let all_kinds = || [&sight.wide[..], &sight.own[..]].concat();
    let own_kinds = if of.mine { all_kinds() } else { sight.own.clone() };
    let open_to_readers = || not(finding::code.eq_any(of.desk_codes.to_vec())).nullable();
    if !of.mine && !sight.wide.is_empty() {
        let of_kind = exists(
            record::table
                .filter(record::id.nullable().eq(finding::record))
                .filter(record::kind.eq_any(sight.wide.clone())),
        );
        ways.push(Box::new(
            finding::unit.eq_any(units.clone()).and(open_to_readers()).and(of_kind),
        ));
        let beside = exists(
            finding_fact::table
                .inner_join(record::table.on(record::id.nullable().eq(finding_fact::neighbour)))
                .filter(finding_fact::finding.eq(finding::id))
                .filter(record::unit.eq_any(units.clone()))
                .filter(record::kind.eq_any(sight.wide.clone())),
        );
        let elsewhere = finding_also::table
            .filter(finding_also::unit.eq_any(units.clone()))
            .select(finding_also::finding);
        ways.push(Box::new(finding::id.eq_any(elsewhere).and(beside).nullable()));
    }
    if !own_kinds.is_empty() {
        let own = viewer::table
            .inner_join(record::table.on(record::id.eq(viewer::record)))
            .filter(viewer::member.eq(member).and(viewer::unit.eq_any(units.clone())))
            .filter(record::kind.eq_any(own_kinds.clone()))
            .select(viewer::record.nullable());
        ways.push(Box::new(finding::record.eq_any(own).and(open_to_readers())));
        let beside = finding_fact::table
            .inner_join(viewer::table.on(viewer::record.nullable().eq(finding_fact::neighbour)))
            .inner_join(record::table.on(record::id.nullable().eq(finding_fact::neighbour)))
            .filter(viewer::member.eq(member).and(viewer::unit.eq_any(units.clone())))
            .filter(record::kind.eq_any(own_kinds))
            .select(finding_fact::finding);
        ways.push(Box::new(finding::id.eq_any(beside).nullable()));
    }
    if sight.desk && !of.mine {
        let refused = finding::code.eq_any(of.desk_codes.to_vec());
        ways.push(Box::new(finding::unit.eq_any(units.clone()).and(refused)));
        // Of no unit: those who are appointed in the desk's units hold the device.
        let held_here = exists(
            device::table
                .inner_join(appointment::table.on(appointment::member.eq(device::member)))
                .filter(device::id.nullable().eq(finding::device))
                .filter(appointment::unit.eq_any(units)),
        );
        ways.push(Box::new(finding::unit.is_null().and(held_here).nullable()));
    }
    ways
}

/// The findings asked about, whatever page. `None`: there are none, for the reader has no sight.
fn wanted<'q>(of: &FindingQuery<'q>) -> Option<Condition<'q>> {
    let ways = of.sights.iter().flat_map(|sight| seen(sight, of));
    let any = ways.reduce(|one, other| Box::new(one.or(other)))?;
    let mut all: Vec<Condition<'q>> = vec![any];
    match of.standing {
        None => {}
        Some(FindingStanding::Open) => all.push(Box::new(finding::closed_ms.is_null().nullable())),
        Some(standing) => {
            all.push(Box::new(finding::closed_ms.is_not_null().nullable()));
            if standing == FindingStanding::Decided {
                let decided = finding_decision::table.filter(finding_decision::finding.eq(finding::id));
                all.push(Box::new(exists(decided).nullable()));
            }
        }
    }
    if let Some(id) = of.id {
        all.push(Box::new(finding::id.eq(id).nullable()));
    }
    if let Some(codes) = of.codes {
        all.push(Box::new(finding::code.eq_any(codes.to_vec()).nullable()));
    }
    if let Some(record) = of.record {
        let beside = finding_fact::table
            .filter(finding_fact::neighbour.eq(record))
            .select(finding_fact::finding);
        all.push(Box::new(finding::record.eq(record).or(finding::id.eq_any(beside))));
    }
    if let Some(kind) = of.kind {
        let of_kind = record::table
            .filter(record::id.nullable().eq(finding::record))
            .filter(record::kind.eq(kind));
        all.push(Box::new(exists(of_kind).nullable()));
    }
    if let Some(before) = of.opened_before_ms {
        all.push(Box::new(finding::opened_ms.lt(before).nullable()));
    }
    all.into_iter().reduce(|one, other| Box::new(one.and(other)))
}

/// A page: open ones the oldest first, closed ones the latest first.
pub fn page(conn: &mut Conn, of: &FindingQuery<'_>, limit: i64) -> StoreResult<Vec<FindingNowRow>> {
    let Some(wanted) = wanted(of) else {
        return Ok(Vec::new());
    };
    let mut query = finding::table.filter(wanted).into_boxed();
    query = match (of.standing, of.after) {
        (None | Some(FindingStanding::Open), after) => {
            if let Some((at, id)) = after {
                let same = finding::opened_ms.eq(at).and(finding::id.gt(id));
                query = query.filter(finding::opened_ms.gt(at).or(same));
            }
            query.order((finding::opened_ms, finding::id))
        }
        (_, after) => {
            if let Some((at, id)) = after {
                let same = finding::closed_ms.eq(at).and(finding::id.lt(id));
                query = query.filter(finding::closed_ms.lt(at).or(same));
            }
            query.order((finding::closed_ms.desc(), finding::id.desc()))
        }
    };
    Ok(query.limit(limit).select(FindingNowRow::as_select()).load(conn)?)
}

/// How many there are by code and unit: all of them, and those opened before each of three moments, ms.
pub fn counts(conn: &mut Conn, of: &FindingQuery<'_>, before_ms: [i64; 3]) -> StoreResult<Vec<FindingCountRow>> {
    let Some(wanted) = wanted(of) else {
        return Ok(Vec::new());
    };
    let older = |at: i64| {
        let one = 1.into_sql::<Integer>();
        sum(case_when(finding::opened_ms.lt(at), one).otherwise(0.into_sql::<Integer>()))
    };
    let [first, second, third] = before_ms;
    Ok(finding::table
        .filter(wanted)
        .group_by((finding::code, finding::unit))
        .select((
            finding::code,
            finding::unit,
            count_star(),
            older(first),
            older(second),
            older(third),
        ))
        .load(conn)?)
}

/// What the rules saw that made the findings.
pub fn saw(conn: &mut Conn, ids: &[&[u8]]) -> StoreResult<Vec<FindingSawRow>> {
    Ok(finding_fact::table
        .filter(finding_fact::finding.eq_any(ids))
        .select(FindingSawRow::as_select())
        .load(conn)?)
}

/// What was decided about a finding, the latest first, and who wrote the operation.
pub fn decisions(conn: &mut Conn, id: &[u8], limit: i64) -> StoreResult<Vec<FindingDecisionRow>> {
    Ok(finding_decision::table
        .inner_join(
            op::table.on(op::device
                .eq(finding_decision::device)
                .and(op::seq.eq(finding_decision::seq))),
        )
        .filter(finding_decision::finding.eq(id))
        .order((
            finding_decision::at_ms.desc(),
            finding_decision::device,
            finding_decision::seq.desc(),
        ))
        .limit(limit)
        .select(FindingDecisionRow::as_select())
        .load(conn)?)
}
