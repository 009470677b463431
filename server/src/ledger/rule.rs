//! Since when hours are judged by the present rule. What an earlier version posted by a laxer one stays, and verification
//! does not hold it against this one. The journal, which is sealed, says where the border lies.

use serde_json::{Value, json};

use crate::accounts::AccountError;
use crate::accounts::journal::{self, Event};
use crate::query;
use crate::store::{Db, Store, StoreResult};

/// Counts up with every change of what hours must stand on.
///
/// 1: what is attested, approved and pledged. 2: observers are drawn.
const RULE: u64 = 2;

/// The server's own note of the moment, so that the ledger need not look through the journal.
const FACT: &str = "hours_rule_2_ms";

/// Where the present rule begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun {
    /// When, ms: sessions of which something had arrived before are not asked for what only this rule asks for.
    pub at_ms: i64,
    /// The first posting that it judges.
    pub first_posting: i64,
}

/// Writes down that the present rule begins, unless that is written.
///
/// # Errors
/// When the store fails.
pub fn begin(store: &Store, now_ms: i64) -> Result<(), AccountError> {
    store.write(|db| {
        if query!(db, meta::get(FACT))?.is_some() {
            return Ok(());
        }
        journal::lock(db)?;
        // Another server may have been first.
        let at_ms = match begun(db)? {
            Some(begun) => begun.at_ms,
            None => {
                let first = query!(db, ledger::last())?.saturating_add(1);
                let detail = json!({ "rule": RULE, "first_posting": first });
                journal::write(db, now_ms, None, Event::HoursRuleBegun, "", detail)?;
                now_ms
            }
        };
        Ok(query!(db, meta::put_if_absent(FACT, &at_ms.to_string()))?)
    })
}

/// Since when the present rule asks, ms; 0 before a server with this rule has begun it.
pub fn since_ms(db: &mut Db<'_>) -> StoreResult<i64> {
    let noted = query!(db, meta::get(FACT))?;
    Ok(noted.and_then(|text| text.parse().ok()).unwrap_or(0))
}

/// What the journal says; none in a database that no server with this rule has served. Of several entries, of which all but
/// the first are somebody's who would move the border, the one that judges most counts.
pub fn begun(db: &mut Db<'_>) -> StoreResult<Option<Begun>> {
    let entries = query!(db, journal::of_event(Event::HoursRuleBegun.code()))?;
    let all: Vec<Begun> = entries
        .iter()
        .filter_map(|entry| {
            let detail: Value = serde_json::from_str(&entry.detail).ok()?;
            let first_posting = (detail["rule"] == RULE).then(|| detail["first_posting"].as_i64())??;
            Some(Begun {
                at_ms: entry.at_ms,
                first_posting,
            })
        })
        .collect();
    let least = |of: fn(&Begun) -> i64| all.iter().map(of).min();
    Ok(least(|b| b.at_ms)
        .zip(least(|b| b.first_posting))
        .map(|(at_ms, first_posting)| Begun { at_ms, first_posting }))
}
