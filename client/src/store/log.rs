//! What this phone remembers of the server's transparency log.

use rusqlite::{Connection, OptionalExtension, params};
use sync_protocol::feed::Hash;
use sync_protocol::log::{Checkpoint, Distrust, VerifierKey};

use super::StoreError;

/// Most checkpoints that are remembered of one log. Of more the older half is thinned to every second one, so that some
/// stay of every time.
const MOST_SEEN: usize = 256;

/// The checkpoint that was last believed.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub key: VerifierKey,
    pub checkpoint: Checkpoint,
    /// When it was last asked for, ms.
    pub checked_ms: i64,
}

/// Something of the log that was not believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Why.
    pub why: Distrust,
    /// Since when, ms since 1970 by this phone's clock.
    pub since_ms: i64,
    /// What the server had said, for who looks into it.
    pub evidence: String,
}

/// A restore that the server named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restore {
    /// The log that goes on.
    pub origin: String,
    /// The log of before.
    pub before: String,
    /// How many entries the log of before has kept.
    pub size: u64,
    /// How many of its entries this phone had seen sealed.
    pub seen: u64,
    /// When this phone heard of it, ms since 1970 by its clock.
    pub at_ms: i64,
}

impl Restore {
    /// Sealed entries that the restored server does not have any more.
    pub fn lost(&self) -> u64 {
        self.seen.saturating_sub(self.size)
    }
}

/// Reads the head.
pub fn head(conn: &Connection) -> Result<Option<Head>, StoreError> {
    let row: Option<(String, String, i64)> = conn
        .query_row("SELECT vkey, note, checked_ms FROM log_head", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let Some((vkey, note, checked_ms)) = row else {
        return Ok(None);
    };
    let damaged = || StoreError::Damaged("log head");
    let key = VerifierKey::parse(&vkey).ok_or_else(damaged)?;
    let checkpoint = key.open(&note).map_err(|_| damaged())?;
    Ok(Some(Head {
        key,
        checkpoint,
        checked_ms,
    }))
}

/// Believes a checkpoint. A warning stays.
pub fn believe(
    conn: &Connection,
    key: &VerifierKey,
    checkpoint: &Checkpoint,
    note: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO log_head (id, vkey, note, checked_ms) VALUES (1, ?1, ?2, ?3) \
         ON CONFLICT (id) DO UPDATE SET vkey = excluded.vkey, note = excluded.note, checked_ms = excluded.checked_ms",
        params![key.text(), note, now_ms],
    )?;
    conn.execute(
        "INSERT OR IGNORE INTO log_seen (origin, size, root) VALUES (?1, ?2, ?3)",
        params![checkpoint.origin, checkpoint.size, checkpoint.root],
    )?;
    thin(conn, &checkpoint.origin)
}

fn thin(conn: &Connection, origin: &str) -> Result<(), StoreError> {
    let mut statement = conn.prepare_cached("SELECT size FROM log_seen WHERE origin = ?1 ORDER BY size")?;
    let sizes: Vec<u64> = statement
        .query_map([origin], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if sizes.len() > MOST_SEEN {
        for size in sizes[..MOST_SEEN / 2].iter().skip(1).step_by(2) {
            conn.execute(
                "DELETE FROM log_seen WHERE origin = ?1 AND size = ?2",
                params![origin, size],
            )?;
        }
    }
    Ok(())
}

/// Notes that nothing is new.
pub fn checked(conn: &Connection, now_ms: i64) -> Result<(), StoreError> {
    conn.execute("UPDATE log_head SET checked_ms = ?1", [now_ms])?;
    Ok(())
}

/// Warns. The first warning stays, with what it was about.
pub fn warn(conn: &Connection, why: Distrust, evidence: &str, now_ms: i64) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE log_head SET checked_ms = ?3, evidence = CASE WHEN warning IS NULL THEN ?2 ELSE evidence END, \
         warned_ms = COALESCE(warned_ms, ?3), warning = COALESCE(warning, ?1)",
        params![why.code(), evidence, now_ms],
    )?;
    Ok(())
}

/// The warning that stands.
pub fn warning(conn: &Connection) -> Result<Option<Warning>, StoreError> {
    let row: Option<(String, i64, String)> = conn
        .query_row(
            "SELECT warning, warned_ms, evidence FROM log_head WHERE warning IS NOT NULL",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    let Some((code, since_ms, evidence)) = row else {
        return Ok(None);
    };
    let why = Distrust::ALL.into_iter().find(|why| why.code() == code);
    Ok(Some(Warning {
        why: why.ok_or(StoreError::Damaged("log warning"))?,
        since_ms,
        evidence,
    }))
}

/// The newest checkpoint of `origin` that was believed and has at most `size` leaves.
pub fn seen_up_to(conn: &Connection, origin: &str, size: u64) -> Result<Option<(u64, Hash)>, StoreError> {
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    let found = conn
        .query_row(
            "SELECT size, root FROM log_seen WHERE origin = ?1 AND size <= ?2 ORDER BY size DESC LIMIT 1",
            params![origin, size],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    Ok(found)
}

/// Keeps a restore.
pub fn keep_restore(conn: &Connection, restore: &Restore) -> Result<(), StoreError> {
    conn.execute(
        "INSERT OR IGNORE INTO log_restore (origin, before, size, seen, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            restore.origin,
            restore.before,
            restore.size,
            restore.seen,
            restore.at_ms
        ],
    )?;
    Ok(())
}

/// The restores that the server named, the oldest first.
pub fn restores(conn: &Connection) -> Result<Vec<Restore>, StoreError> {
    let mut statement =
        conn.prepare_cached("SELECT origin, before, size, seen, at_ms FROM log_restore ORDER BY at_ms, origin")?;
    let rows = statement.query_map([], |row| {
        Ok(Restore {
            origin: row.get(0)?,
            before: row.get(1)?,
            size: row.get(2)?,
            seen: row.get(3)?,
            at_ms: row.get(4)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
