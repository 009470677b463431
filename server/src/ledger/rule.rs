//! From which posting on hours are judged by the present rule. What an earlier version posted by a laxer one stays, and
//! verification does not hold it against this one. The journal, which is sealed, says where the border lies.

use serde_json::{Value, json};

use crate::accounts::AccountError;
use crate::accounts::journal::{self, Event};
use crate::query;
use crate::store::{Db, Store, StoreResult};

/// Counts up with every change of what hours must stand on.
///
/// 1: what is attested, approved and pledged. 2: observers are drawn.
const RULE: u64 = 2;

/// Writes down that the present rule begins, unless that is written.
///
/// # Errors
/// When the store fails.
pub fn begin(store: &Store, now_ms: i64) -> Result<(), AccountError> {
    store.write(|db| {
        if first_posting(db)?.is_some() {
            return Ok(());
        }
        journal::lock(db)?;
        // Another server may have been first.
        if first_posting(db)?.is_some() {
            return Ok(());
        }
        let first = query!(db, ledger::last())? + 1;
        let detail = json!({ "rule": RULE, "first_posting": first });
        journal::write(db, now_ms, None, Event::HoursRuleBegun, "", detail)
    })
}

/// The number of the first posting under the present rule; none in a database that no server with this rule has served.
pub fn first_posting(db: &mut Db<'_>) -> StoreResult<Option<i64>> {
    let entries = query!(db, journal::of_event(Event::HoursRuleBegun.code()))?;
    Ok(entries.iter().find_map(|entry| {
        let detail: Value = serde_json::from_str(&entry.detail).ok()?;
        (detail["rule"] == RULE).then(|| detail["first_posting"].as_i64())?
    }))
}
