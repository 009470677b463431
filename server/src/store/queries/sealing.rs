//! What is sealed, what waits to be, and the rows themselves.

use diesel::prelude::*;
use sync_protocol::id::DeviceId;

use super::Conn;
use crate::store::StoreResult;
use crate::store::rows::{
    CatalogRow, JournalRow, OpSealRow, PostingSealRow, SealedRow, SightChangeRow, UnsealedRow, VerdictChangeRow,
};
use crate::store::schema::{
    catalog_version, device, journal, op, posting, sealed, unsealed, verdict_change, visibility,
};

/// Lets numbers of a source wait to be sealed.
pub fn wait(conn: &mut Conn, source: i32, key: &[u8], first: i64, last: i64) -> StoreResult<()> {
    diesel::insert_into(unsealed::table)
        .values((
            unsealed::source.eq(source),
            unsealed::key.eq(key),
            unsealed::first.eq(first),
            unsealed::last.eq(last),
        ))
        .execute(conn)?;
    Ok(())
}

/// What waits of a source, in order.
pub fn waiting(conn: &mut Conn, source: i32, limit: i64) -> StoreResult<Vec<UnsealedRow>> {
    Ok(unsealed::table
        .filter(unsealed::source.eq(source))
        .order((unsealed::key, unsealed::first))
        .limit(limit)
        .select(UnsealedRow::as_select())
        .load(conn)?)
}

/// The operations that wait to be sealed, device by device in order.
pub fn waiting_ops(conn: &mut Conn, source: i32, limit: i64) -> StoreResult<Vec<(OpSealRow, UnsealedRow)>> {
    let theirs = op::device
        .eq(unsealed::key)
        .and(op::seq.ge(unsealed::first))
        .and(op::seq.le(unsealed::last));
    Ok(unsealed::table
        .inner_join(op::table.on(theirs))
        .filter(unsealed::source.eq(source))
        .order((unsealed::key, unsealed::first, op::seq))
        .limit(limit)
        .select((OpSealRow::as_select(), UnsealedRow::as_select()))
        .load(conn)?)
}

/// Operations of a device, in order.
pub fn ops(conn: &mut Conn, device: DeviceId, first: i64, last: i64) -> StoreResult<Vec<OpSealRow>> {
    let numbers = op::seq.ge(first).and(op::seq.le(last));
    Ok(op::table
        .filter(op::device.eq(device.0.as_slice()).and(numbers))
        .order(op::seq)
        .select(OpSealRow::as_select())
        .load(conn)?)
}

/// The changes of verdicts of the operations that wait to be sealed, in order.
pub fn waiting_changes(conn: &mut Conn, source: i32) -> StoreResult<Vec<VerdictChangeRow>> {
    let theirs = verdict_change::device
        .eq(unsealed::key)
        .and(verdict_change::seq.ge(unsealed::first))
        .and(verdict_change::seq.le(unsealed::last));
    Ok(unsealed::table
        .inner_join(verdict_change::table.on(theirs))
        .filter(unsealed::source.eq(source))
        .order((verdict_change::device, verdict_change::seq, verdict_change::number))
        .select(VerdictChangeRow::as_select())
        .load(conn)?)
}

/// The changes of verdicts of a device's operations, in order.
pub fn changes_among(conn: &mut Conn, device: DeviceId, first: i64, last: i64) -> StoreResult<Vec<VerdictChangeRow>> {
    let numbers = verdict_change::seq.ge(first).and(verdict_change::seq.le(last));
    Ok(verdict_change::table
        .filter(verdict_change::device.eq(device.0.as_slice()).and(numbers))
        .order((verdict_change::seq, verdict_change::number))
        .select(VerdictChangeRow::as_select())
        .load(conn)?)
}

/// The changes of one operation's verdict, in order.
pub fn changes_of(conn: &mut Conn, device: DeviceId, seq: i64) -> StoreResult<Vec<VerdictChangeRow>> {
    Ok(verdict_change::table
        .filter(
            verdict_change::device
                .eq(device.0.as_slice())
                .and(verdict_change::seq.eq(seq)),
        )
        .order(verdict_change::number)
        .select(VerdictChangeRow::as_select())
        .load(conn)?)
}

/// Every change of a verdict, operation by operation in order.
pub fn all_changes(conn: &mut Conn) -> StoreResult<Vec<VerdictChangeRow>> {
    Ok(verdict_change::table
        .order((verdict_change::device, verdict_change::seq, verdict_change::number))
        .select(VerdictChangeRow::as_select())
        .load(conn)?)
}

/// Visibility changes of a unit, in order.
pub fn visibility(conn: &mut Conn, unit: &str, first: i64, last: i64) -> StoreResult<Vec<SightChangeRow>> {
    let places = visibility::pos.ge(first).and(visibility::pos.le(last));
    Ok(visibility::table
        .filter(visibility::unit.eq(unit).and(places))
        .order(visibility::pos)
        .select(SightChangeRow::as_select())
        .load(conn)?)
}

/// One entry of the journal.
pub fn journal_entry(conn: &mut Conn, id: &[u8]) -> StoreResult<Option<JournalRow>> {
    Ok(journal::table
        .find(id)
        .select(JournalRow::as_select())
        .first(conn)
        .optional()?)
}

/// One version of the catalogue.
pub fn catalog_version(conn: &mut Conn, version: i64) -> StoreResult<Option<CatalogRow>> {
    Ok(catalog_version::table
        .find(version)
        .select(CatalogRow::as_select())
        .first(conn)
        .optional()?)
}

/// Postings by number, in order.
pub fn postings(conn: &mut Conn, first: i64, last: i64, limit: i64) -> StoreResult<Vec<PostingSealRow>> {
    Ok(posting::table
        .filter(posting::number.ge(first).and(posting::number.le(last)))
        .order(posting::number)
        .limit(limit)
        .select(PostingSealRow::as_select())
        .load(conn)?)
}

/// The run of a key in which `number` is, or the last one before it.
pub fn run_at(conn: &mut Conn, source: i32, key: &[u8], number: i64) -> StoreResult<Option<SealedRow>> {
    Ok(sealed::table
        .filter(
            sealed::source
                .eq(source)
                .and(sealed::key.eq(key))
                .and(sealed::first.le(number)),
        )
        .order(sealed::first.desc())
        .select(SealedRow::as_select())
        .first(conn)
        .optional()?)
}

/// Runs of a log from the leaf `leaf` on, in order.
pub fn runs_from(conn: &mut Conn, log: i64, leaf: i64, limit: i64) -> StoreResult<Vec<SealedRow>> {
    Ok(sealed::table
        .filter(sealed::log.eq(log).and(sealed::leaf.ge(leaf)))
        .order(sealed::leaf)
        .limit(limit)
        .select(SealedRow::as_select())
        .load(conn)?)
}

/// Everything of a key that is sealed, in order.
pub fn runs_of(conn: &mut Conn, source: i32, key: &[u8]) -> StoreResult<Vec<SealedRow>> {
    Ok(sealed::table
        .filter(sealed::source.eq(source).and(sealed::key.eq(key)))
        .order(sealed::first)
        .select(SealedRow::as_select())
        .load(conn)?)
}

/// Everything of a key that waits, in order.
pub fn waiting_of(conn: &mut Conn, source: i32, key: &[u8]) -> StoreResult<Vec<UnsealedRow>> {
    Ok(unsealed::table
        .filter(unsealed::source.eq(source).and(unsealed::key.eq(key)))
        .order(unsealed::first)
        .select(UnsealedRow::as_select())
        .load(conn)?)
}

/// Runs of logs that are not among `numbers`. One is enough to know.
pub fn stray_runs(conn: &mut Conn, numbers: &[i64]) -> StoreResult<Vec<SealedRow>> {
    Ok(sealed::table
        .filter(sealed::log.ne_all(numbers))
        .select(SealedRow::as_select())
        .limit(1)
        .load(conn)?)
}

/// What waits, after a key, in order.
pub fn waiting_after(conn: &mut Conn, after: &UnsealedRow, limit: i64) -> StoreResult<Vec<UnsealedRow>> {
    let same_key = unsealed::source.eq(after.source).and(unsealed::key.eq(&after.key));
    let later = unsealed::source.gt(after.source).or(unsealed::source
        .eq(after.source)
        .and(unsealed::key.gt(&after.key))
        .or(same_key.and(unsealed::first.gt(after.first))));
    Ok(unsealed::table
        .filter(later)
        .order((unsealed::source, unsealed::key, unsealed::first))
        .limit(limit)
        .select(UnsealedRow::as_select())
        .load(conn)?)
}

/// How much waits: numbers, not rows.
pub fn backlog(conn: &mut Conn, limit: i64) -> StoreResult<i64> {
    let rows = waiting_after(
        conn,
        &UnsealedRow {
            source: 0,
            key: Vec::new(),
            first: 0,
            last: 0,
        },
        limit,
    )?;
    Ok(rows.iter().map(|row| row.last - row.first + 1).sum())
}

/// Lets everything wait that there was before there was a log: heads of feeds, visibility changes, the journal, versions
/// of the catalogue. For rows of a backup of then.
pub fn wait_for_all(conn: &mut Conn, sources: [i32; 4]) -> StoreResult<()> {
    let [ops, changes_of_sight, entries, versions] = sources;
    let heads: Vec<(Vec<u8>, i64)> = device::table
        .filter(device::head_seq.gt(0))
        .select((device::id, device::head_seq))
        .load(conn)?;
    for (id, head) in heads {
        wait(conn, ops, &id, 1, head)?;
    }
    let places: Vec<(String, i64)> = visibility::table
        .select((visibility::unit, visibility::pos))
        .load(conn)?;
    for (unit, pos) in places {
        wait(conn, changes_of_sight, unit.as_bytes(), pos, pos)?;
    }
    for id in journal::table.select(journal::id).load::<Vec<u8>>(conn)? {
        wait(conn, entries, &id, 1, 1)?;
    }
    for version in catalog_version::table
        .select(catalog_version::version)
        .load::<i64>(conn)?
    {
        wait(conn, versions, &[], version, version)?;
    }
    Ok(())
}
