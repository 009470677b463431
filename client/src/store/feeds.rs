//! The devices that this installation has been.

use ed25519_dalek::SigningKey;
use rusqlite::{Connection, OptionalExtension, Row, params};
use sync_protocol::id::{DeviceId, Seq};

use super::{StoreError, outbox};
use crate::api::Continues;

/// A device of this installation.
#[derive(Clone)]
pub(crate) struct Feed {
    pub device: DeviceId,
    /// A closed feed keeps it too: a restored server may have lost what was written under it.
    pub key: Option<SigningKey>,
    /// The server knows the device.
    pub registered: bool,
    pub continues: Option<Continues>,
    /// The last operation that the server is known to have.
    pub server_seq: Seq,
    /// Of a closed feed: the last operation that the server has as this phone wrote it.
    pub common_seq: Option<Seq>,
}

const COLUMNS: &str = "device, seed, registered, continues, server_seq, common_seq";

fn read(row: &Row<'_>) -> rusqlite::Result<Feed> {
    let seed: Option<[u8; 32]> = row.get(1)?;
    let continues: Option<String> = row.get(3)?;
    Ok(Feed {
        device: DeviceId(row.get(0)?),
        key: seed.map(|seed| SigningKey::from_bytes(&seed)),
        registered: row.get(2)?,
        continues: continues.and_then(|text| serde_json::from_str(&text).ok()),
        server_seq: row.get(4)?,
        common_seq: row.get(5)?,
    })
}

fn by_role(conn: &Connection, role: &str) -> Result<Option<Feed>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM feed WHERE role = ?1");
    Ok(conn.prepare_cached(&sql)?.query_row([role], read).optional()?)
}

/// The one that writes.
pub fn current(conn: &Connection) -> Result<Feed, StoreError> {
    by_role(conn, "current")?.ok_or(StoreError::Damaged("no device"))
}

/// The one that is being enrolled in its place.
pub fn next(conn: &Connection) -> Result<Option<Feed>, StoreError> {
    by_role(conn, "next")
}

/// Those that have been closed, earliest first.
pub fn closed(conn: &Connection) -> Result<Vec<Feed>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM feed WHERE role = 'closed' ORDER BY place");
    let mut statement = conn.prepare_cached(&sql)?;
    let feeds = statement.query_map([], read)?.collect::<Result<_, _>>()?;
    Ok(feeds)
}

/// Adds the installation's first device.
pub fn insert_current(conn: &Connection, device: &DeviceId, key: &SigningKey) -> Result<(), StoreError> {
    insert(conn, device, key, "current", None)
}

/// Adds the device that is to take over.
pub fn insert_next(
    conn: &Connection,
    device: &DeviceId,
    key: &SigningKey,
    continues: Option<Continues>,
) -> Result<(), StoreError> {
    insert(conn, device, key, "next", continues)
}

fn insert(
    conn: &Connection,
    device: &DeviceId,
    key: &SigningKey,
    role: &str,
    continues: Option<Continues>,
) -> Result<(), StoreError> {
    let continues = match continues {
        Some(c) => Some(serde_json::to_string(&c).map_err(|_| StoreError::Damaged("continues"))?),
        None => None,
    };
    conn.execute(
        "INSERT INTO feed (device, role, seed, continues) VALUES (?1, ?2, ?3, ?4)",
        params![device.bytes(), role, key.to_bytes(), continues],
    )?;
    Ok(())
}

/// Closes the current feed after `common` and lets the next one, which the server knows, write.
pub fn succeed(conn: &Connection, common: Seq) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE feed SET role = 'closed', server_seq = ?1, common_seq = ?1 WHERE role = 'current'",
        [common],
    )?;
    conn.execute(
        "UPDATE feed SET role = 'current', registered = 1 WHERE role = 'next'",
        [],
    )?;
    Ok(())
}

/// The server was restored: what it has of the closed feeds must be asked, and what it says of what had waited.
pub fn doubt_closed(conn: &Connection) -> Result<(), StoreError> {
    for feed in closed(conn)? {
        outbox::doubt_released(conn, &feed.device, feed.common_seq.unwrap_or(0))?;
    }
    conn.execute("UPDATE feed SET server_seq = 0 WHERE role = 'closed'", [])?;
    Ok(())
}

/// Whether the server knows the current device.
pub fn set_registered(conn: &Connection, registered: bool) -> Result<(), StoreError> {
    conn.execute("UPDATE feed SET registered = ?1 WHERE role = 'current'", [registered])?;
    Ok(())
}

/// What the server has of the device's feed.
pub fn set_server_seq(conn: &Connection, device: &DeviceId, server_seq: Seq) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE feed SET server_seq = ?2 WHERE device = ?1",
        params![device.bytes(), server_seq],
    )?;
    Ok(())
}

/// What the server's last verified backup has of it.
pub fn set_durable_seq(conn: &Connection, device: &DeviceId, durable_seq: Seq) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE feed SET durable_seq = ?2 WHERE device = ?1",
        params![device.bytes(), durable_seq],
    )?;
    Ok(())
}
