//! Reading the journal and the access log: auditors alone.

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

/// Access-log entries after the id `after`, the oldest first.
pub fn access_log(app: &App, caller: MemberId, after: &[u8; 16], limit: i64) -> Result<Vec<AccessRow>, AccountError> {
    let now_ms = app.now_ms();
    app.store.read(|db| {
        standing::require(db, caller, &[Role::Auditor], now_ms)?;
        Ok(query!(db, access_log::page(after, limit.clamp(1, PAGE)))?)
    })
}
