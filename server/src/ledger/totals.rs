//! Sums of the ledger: what is confirmed, and apart from it what is claimed and waits, with the reasons.

use std::collections::BTreeMap;

use sync_protocol::catalog::Ledger;
use uuid::Uuid;

use super::drill;
use crate::query;
use crate::store::hours::{HoursFilter, HoursKey, HoursOf, HoursSum};
use crate::store::rows::AccessRow;
use crate::store::{Db, StoreResult};
use crate::sync::desk::Looker;
use crate::sync::sealed;

/// Most lines of one answer.
pub const LINES: usize = 5_000;

/// More than there are units.
const UNITS: i64 = 100_000;

/// Sums by something in one ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Total {
    /// Minutes of all postings, reversals included.
    pub confirmed_minutes: i64,
    /// How many postings.
    pub postings: i64,
    /// Minutes that are claimed and not posted.
    pub pending_minutes: i64,
    /// How many claims.
    pub claims: i64,
    /// How many claims wait for what, by the reason's code. One claim may wait for several things.
    pub reasons: BTreeMap<String, i64>,
}

/// The totals as of a place in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// The number of the last posting that the reader may see: how long the ledger is else, is not told.
    pub position: i64,
    /// By what and in which ledger, each with its total.
    pub lines: BTreeMap<(HoursOf, String), Total>,
    /// There are more lines than one answer holds.
    pub more: bool,
}

/// The entries of the access log for sums of single persons in the ledger of social service: one for each unit, with how many
/// postings and claims are in them. `db` is the snapshot of the sums.
pub fn readings(db: &mut Db<'_>, looker: Looker<'_>, filter: &HoursFilter, now_ms: i64) -> StoreResult<Vec<AccessRow>> {
    let service = Ledger::SocialService.code();
    if filter.ledger.as_deref().is_some_and(|ledger| ledger != service) {
        return Ok(Vec::new());
    }
    let of_service = HoursFilter {
        ledger: Some(service.to_owned()),
        ..filter.clone()
    };
    let mut units: BTreeMap<String, i64> = BTreeMap::new();
    let confirmed = query!(db, hours::confirmed(&of_service, HoursKey::Unit, UNITS))?;
    let pending = query!(db, hours::pending(&of_service, HoursKey::Unit, UNITS))?;
    for sum in confirmed.into_iter().chain(pending) {
        if let HoursOf::Word(unit) = sum.of {
            *units.entry(unit).or_default() += sum.entries;
        }
    }
    let kinds = looker.catalog.kinds().values();
    let kind = kinds
        .filter(|kind| kind.ledger == Some(Ledger::SocialService))
        .map(|kind| kind.kind.as_str());
    let kind = kind.collect::<Vec<_>>().join(",");
    let entry = |(unit, records)| AccessRow {
        id: *Uuid::now_v7().as_bytes(),
        at_ms: now_ms,
        member: looker.member,
        device: None,
        unit,
        kind: kind.clone(),
        fields: drill::FIELD.to_owned(),
        records,
    };
    Ok(units.into_iter().map(entry).collect())
}

/// Sums what the filter lets through. Sealed persons have no line of their own, unless one is asked for. `db` is one snapshot.
pub fn totals(db: &mut Db<'_>, filter: &HoursFilter, key: HoursKey) -> StoreResult<Totals> {
    let limit = LINES as i64 + 1;
    let confirmed = query!(db, hours::confirmed(filter, key, limit))?;
    let pending = query!(db, hours::pending(filter, key, limit))?;
    let more = confirmed.len() > LINES || pending.len() > LINES;
    let mut lines: BTreeMap<(HoursOf, String), Total> = BTreeMap::new();
    for HoursSum {
        of,
        ledger,
        minutes,
        entries,
        ..
    } in confirmed
    {
        let line = lines.entry((of, ledger)).or_default();
        line.confirmed_minutes += minutes;
        line.postings += entries;
    }
    for HoursSum {
        of,
        ledger,
        minutes,
        entries,
        reasons,
    } in pending
    {
        let line = lines.entry((of, ledger)).or_default();
        line.pending_minutes += minutes;
        line.claims += entries;
        for reason in reasons.split(',') {
            *line.reasons.entry(reason.to_owned()).or_default() += entries;
        }
    }
    if key == HoursKey::Person && filter.subject.is_none() {
        let persons = lines.keys().filter_map(|(of, _)| match of {
            HoursOf::Person(id) => <[u8; 16]>::try_from(id.as_slice()).ok(),
            HoursOf::Unsettled | HoursOf::Word(_) => None,
        });
        let sealed = sealed::among(db, persons)?;
        lines.retain(|(of, _), _| !matches!(of, HoursOf::Person(id) if sealed.iter().any(|one| one.as_slice() == id)));
    }
    Ok(Totals {
        position: query!(db, hours::last(&filter.seen()))?,
        lines,
        more,
    })
}
