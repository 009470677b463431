//! What the ledger asks people to look at: hours that stand posted beside other values or have lost their ground, and
//! observers who stated the same session twice.

use sha2::{Digest, Sha256};
use sync_protocol::feed::Hash;
use sync_protocol::hours;
use sync_protocol::id::RecordId;

use super::due::Due;
use super::gather::Gathered;
use crate::query;
use crate::store::bulk::{Bulk, Column, Verb};
use crate::store::{Db, StoreResult};
use crate::sync::findings::{self, About};

/// What stands posted is not what stands approved.
pub const STALE: &str = "approval_stale_after_posting";

/// What stands posted would not post now: what it stood on is gone. Nothing is taken back by itself.
pub const GROUND: &str = "ground_gone";

/// An observer has attested a session twice.
pub const TWICE: &str = "attested_twice";

/// A finding as it should be.
struct Flag {
    code: &'static str,
    record: RecordId,
    /// Whether its cause is there.
    is_there: bool,
    /// What it stands on, as JSON: ids and figures, never names.
    saw: serde_json::Value,
}

/// Opens, changes and closes the findings of one session.
pub fn flag(db: &mut Db<'_>, gathered: &Gathered<'_>, due: &Due, now_ms: i64) -> StoreResult<()> {
    let session = gathered.row.id;
    let standing = gathered
        .posted
        .iter()
        .rfind(|row| row.reverses.is_none())
        .map(|row| row.number);
    let digest = hours::digest(gathered.kind, &gathered.record).map(hex::encode);
    let state = super::facts::state_of(&gathered.record);
    let mut flags = vec![Flag {
        code: STALE,
        record: session,
        is_there: due.stale,
        saw: serde_json::json!({ "posting": standing, "now": digest, "state": state }),
    }];
    let gone: Vec<String> = due.gone.iter().map(ToString::to_string).collect();
    flags.push(Flag {
        code: GROUND,
        record: session,
        is_there: !gone.is_empty(),
        saw: serde_json::json!({ "posting": standing, "reasons": gone }),
    });
    flags.extend(gathered.attestations.iter().map(|attestation| Flag {
        code: TWICE,
        record: attestation.record,
        is_there: due.twice.contains(&attestation.record),
        saw: serde_json::json!({ "session": session, "observer": attestation.observer }),
    }));
    for flag in flags {
        set(db, &gathered.row.unit, &flag, now_ms)?;
    }
    Ok(())
}

/// Brings one finding to what it should be. One that people decided on just what it stands on stays closed.
fn set(db: &mut Db<'_>, unit: &str, flag: &Flag, now_ms: i64) -> StoreResult<()> {
    let about = About {
        unit: Some(unit.to_owned()),
        record: Some(flag.record),
        ..About::default()
    };
    let id = findings::id(flag.code, &about);
    let known = query!(db, findings::by_ids(&[id.as_slice()]))?.pop();
    if known.is_none() && !flag.is_there {
        return Ok(());
    }
    let saw = flag.saw.to_string();
    let detail = serde_json::json!({ "figures": flag.saw, "limits": {}, "sides": {} }).to_string();
    let basis: Hash = Sha256::new()
        .chain_update(b"wuyuan-basis-v1")
        .chain_update(flag.code.as_bytes())
        .chain_update([0])
        .chain_update(id)
        .chain_update(saw.as_bytes())
        .finalize()
        .into();
    let is_decided = flag.is_there && query!(db, ledger::is_decided(&id, &basis))?;
    let is_open = flag.is_there && !is_decided;
    let fact = query!(db, findings::fact(&id))?;
    let was_open = known.as_ref().is_some_and(|row| row.closed_ms.is_none());
    let same = fact.is_some_and(|fact| fact.basis == basis) || !flag.is_there;
    if known.is_some() && was_open == is_open && same {
        return Ok(());
    }
    let closed_ms = (!is_open).then_some(now_ms);
    let why = match (is_open, is_decided) {
        (true, _) => None,
        (false, true) => Some("decided"),
        (false, false) => Some("gone"),
    };
    let key = ("id", Column::Bytes(vec![Some(id.as_slice())]));
    let closed = ("closed_ms", Column::Long(vec![closed_ms]));
    // The first opening stays what it was.
    let row = match known {
        Some(_) => Bulk::new(Verb::Update, "finding", 1, vec![key, closed]),
        None => {
            let columns = vec![
                key,
                ("code", Column::Text(vec![Some(flag.code)])),
                ("unit", Column::Text(vec![Some(unit)])),
                ("record", Column::Bytes(vec![Some(flag.record.0.as_slice())])),
                ("opened_ms", Column::Long(vec![Some(now_ms)])),
                closed,
            ];
            Bulk::new(Verb::Insert, "finding", 1, columns)
        }
    };
    query!(db, locks::write(&row))?;
    let columns = vec![
        ("finding", Column::Bytes(vec![Some(id.as_slice())])),
        ("basis", Column::Bytes(vec![Some(basis.as_slice())])),
        ("detail", Column::Text(vec![Some(detail.as_str())])),
        ("updated_ms", Column::Long(vec![Some(now_ms)])),
        ("closed_why", Column::Text(vec![why])),
    ];
    query!(db, locks::write(&Bulk::new(Verb::Upsert, "finding_fact", 1, columns)))
}

#[cfg(test)]
mod tests {
    use sync_protocol::rules::RuleCode;

    use super::*;

    #[test]
    fn what_the_ledger_finds_has_words_for_people() {
        for code in [STALE, GROUND, TWICE] {
            assert!(RuleCode::parse(code).is_some(), "{code}");
        }
    }
}
