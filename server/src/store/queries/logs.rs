//! The transparency logs: heads, tiles, bundles of leaves, checkpoints.

use diesel::prelude::*;

use super::Conn;
use crate::store::StoreResult;
use crate::store::rows::LogRow;
use crate::store::schema::{log, log_checkpoint, log_entries, log_tile};

/// The log that grows.
pub fn newest(conn: &mut Conn) -> StoreResult<Option<LogRow>> {
    Ok(log::table
        .order(log::number.desc())
        .select(LogRow::as_select())
        .first(conn)
        .optional()?)
}

/// The log `number`.
pub fn numbered(conn: &mut Conn, number: i64) -> StoreResult<Option<LogRow>> {
    Ok(log::table
        .find(number)
        .select(LogRow::as_select())
        .first(conn)
        .optional()?)
}

/// Every log, the oldest first.
pub fn all(conn: &mut Conn) -> StoreResult<Vec<LogRow>> {
    Ok(log::table.order(log::number).select(LogRow::as_select()).load(conn)?)
}

/// Opens a log.
pub fn insert(conn: &mut Conn, row: &LogRow) -> StoreResult<()> {
    diesel::insert_into(log::table)
        .values((
            log::number.eq(row.number),
            log::origin.eq(&row.origin),
            log::opened_ms.eq(row.opened_ms),
            log::size.eq(row.size),
            log::root.eq(row.root.as_slice()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Moves a log's head.
pub fn grow(conn: &mut Conn, number: i64, size: i64, root: &[u8; 32]) -> StoreResult<()> {
    diesel::update(log::table.find(number))
        .set((log::size.eq(size), log::root.eq(root.as_slice())))
        .execute(conn)?;
    Ok(())
}

/// The hashes of a tile.
pub fn tile(conn: &mut Conn, log: i64, level: i64, position: i64) -> StoreResult<Option<Vec<u8>>> {
    Ok(log_tile::table
        .find((log, level, position))
        .select(log_tile::hashes)
        .first(conn)
        .optional()?)
}

/// A bundle of leaves.
pub fn entries(conn: &mut Conn, log: i64, position: i64) -> StoreResult<Option<Vec<u8>>> {
    Ok(log_entries::table
        .find((log, position))
        .select(log_entries::entries)
        .first(conn)
        .optional()?)
}

/// Keeps a checkpoint.
pub fn insert_checkpoint(conn: &mut Conn, log: i64, size: i64, note: &str) -> StoreResult<()> {
    diesel::insert_into(log_checkpoint::table)
        .values((
            log_checkpoint::log.eq(log),
            log_checkpoint::size.eq(size),
            log_checkpoint::note.eq(note),
        ))
        .execute(conn)?;
    Ok(())
}

/// The last checkpoint of a log.
pub fn last_checkpoint(conn: &mut Conn, log: i64) -> StoreResult<Option<(i64, String)>> {
    Ok(log_checkpoint::table
        .filter(log_checkpoint::log.eq(log))
        .order(log_checkpoint::size.desc())
        .select((log_checkpoint::size, log_checkpoint::note))
        .first(conn)
        .optional()?)
}

/// The checkpoint of a size.
pub fn checkpoint(conn: &mut Conn, log: i64, size: i64) -> StoreResult<Option<String>> {
    Ok(log_checkpoint::table
        .find((log, size))
        .select(log_checkpoint::note)
        .first(conn)
        .optional()?)
}

/// Checkpoints of a log after the one of `size`, in order.
pub fn checkpoints_after(conn: &mut Conn, log: i64, size: i64, limit: i64) -> StoreResult<Vec<(i64, String)>> {
    Ok(log_checkpoint::table
        .filter(log_checkpoint::log.eq(log).and(log_checkpoint::size.gt(size)))
        .order(log_checkpoint::size)
        .limit(limit)
        .select((log_checkpoint::size, log_checkpoint::note))
        .load(conn)?)
}

/// Which tiles are stored of a level: their positions after `position`, in order.
pub fn tiles_after(
    conn: &mut Conn,
    log: i64,
    level: i64,
    position: i64,
    limit: i64,
) -> StoreResult<Vec<(i64, Vec<u8>)>> {
    let of_level = log_tile::log.eq(log).and(log_tile::level.eq(level));
    Ok(log_tile::table
        .filter(of_level.and(log_tile::position.gt(position)))
        .order(log_tile::position)
        .limit(limit)
        .select((log_tile::position, log_tile::hashes))
        .load(conn)?)
}

/// What is stored of logs outside the trees that there are: tiles of levels above `levels`, and whatever belongs to no
/// log. One of each is enough to know.
pub fn strays(conn: &mut Conn, numbers: &[i64]) -> StoreResult<Vec<i64>> {
    let mut found: Vec<i64> = log_tile::table
        .filter(log_tile::log.ne_all(numbers))
        .select(log_tile::log)
        .limit(1)
        .load(conn)?;
    found.extend(
        log_entries::table
            .filter(log_entries::log.ne_all(numbers))
            .select(log_entries::log)
            .limit(1)
            .load::<i64>(conn)?,
    );
    found.extend(
        log_checkpoint::table
            .filter(log_checkpoint::log.ne_all(numbers))
            .select(log_checkpoint::log)
            .limit(1)
            .load::<i64>(conn)?,
    );
    Ok(found)
}

/// Positions of bundles of a log from `position` on, in order.
pub fn bundles_from(conn: &mut Conn, log: i64, position: i64, limit: i64) -> StoreResult<Vec<(i64, Vec<u8>)>> {
    Ok(log_entries::table
        .filter(log_entries::log.eq(log).and(log_entries::position.ge(position)))
        .order(log_entries::position)
        .limit(limit)
        .select((log_entries::position, log_entries::entries))
        .load(conn)?)
}

/// The levels of a log of which tiles are stored.
pub fn levels(conn: &mut Conn, log: i64) -> StoreResult<Vec<i64>> {
    Ok(log_tile::table
        .filter(log_tile::log.eq(log))
        .select(log_tile::level)
        .distinct()
        .order(log_tile::level)
        .load(conn)?)
}
