//! Reading the journal and the access log: auditors alone.

use std::collections::HashMap;

use sync_protocol::id::MemberId;
use sync_protocol::role::Role;

use super::{AccountError, standing};
use crate::app::App;
use crate::query;
use crate::store::rows::{AccessRow, JournalRow};

/// Most entries of one page.
pub const PAGE: i64 = 500;

/// Journal entries after the id `after`, the oldest first.
pub fn journal(app: &App, caller: MemberId, after: &[u8; 16], limit: i64) -> Result<Vec<JournalRow>, AccountError> {
    let now_ms = app.now_ms();
    app.store.read(|db| {
        standing::require(db, caller, &[Role::Auditor], now_ms)?;
        Ok(query!(db, journal::page(after, limit.clamp(1, PAGE)))?)
    })
}

/// Access-log entries after the id `after`, the oldest first; with each export, what it was for.
pub fn access_log(
    app: &App,
    caller: MemberId,
    after: &[u8; 16],
    limit: i64,
) -> Result<Vec<(AccessRow, Option<String>)>, AccountError> {
    let now_ms = app.now_ms();
    app.store.read(|db| {
        standing::require(db, caller, &[Role::Auditor], now_ms)?;
        let rows = query!(db, access_log::page(after, limit.clamp(1, PAGE)))?;
        let ids: Vec<&[u8]> = rows.iter().map(|row| row.id.as_slice()).collect();
        let purposes: HashMap<Vec<u8>, String> = query!(db, reports::purposes(&ids))?
            .into_iter()
            .map(|(id, _, purpose)| (id, purpose))
            .collect();
        let with = |row: AccessRow| {
            let purpose = purposes.get(row.id.as_slice()).cloned();
            (row, purpose)
        };
        Ok(rows.into_iter().map(with).collect())
    })
}
