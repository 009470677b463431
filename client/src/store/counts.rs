//! How the operations of the outbox stand.

use rusqlite::Connection;

use super::StoreError;

/// How many operations stand how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Written, and not yet in any push.
    pub waiting: u64,
    /// Sent, and not yet answered.
    pub sent: u64,
    /// Accepted.
    pub accepted: u64,
    /// Held by the server until something else arrives.
    pub held: u64,
    /// Kept apart with a reason.
    pub quarantined: u64,
    /// Delivered and receipted, then lost by the server, when this phone no longer had the bytes.
    pub lost: u64,
}

/// Counts them, those that another took the place of left out.
pub fn counts(conn: &Connection) -> Result<Counts, StoreError> {
    let counts = conn.query_row(
        "SELECT COALESCE(SUM(fate IS NULL AND NOT gone), 0), COALESCE(SUM(fate IS NULL AND gone), 0), \
         COALESCE(SUM(fate = 0), 0), COALESCE(SUM(fate = 1), 0), COALESCE(SUM(fate = 2), 0), COALESCE(SUM(lost), 0) \
         FROM (SELECT CASE WHEN seq > common_seq THEN 9 ELSE fate END AS fate, seq > common_seq AS lost, \
         sent OR seq <= COALESCE(common_seq, 0) AS gone FROM outbox JOIN feed USING (device) \
         WHERE rewritten_seq IS NULL)",
        [],
        |row| {
            Ok(Counts {
                waiting: row.get(0)?,
                sent: row.get(1)?,
                accepted: row.get(2)?,
                held: row.get(3)?,
                quarantined: row.get(4)?,
                lost: row.get(5)?,
            })
        },
    )?;
    Ok(counts)
}
