//! Who has a part in a session's hours: nobody of them decides what they wait for.

use std::collections::BTreeSet;

use sync_protocol::catalog::Catalog;
use sync_protocol::id::{MemberId, RecordId};
use sync_protocol::record::Record;
use sync_protocol::value::Value;

use super::facts::field;
use super::gather::steps;
use crate::query;
use crate::store::rows::RecordRow;
use crate::store::{Db, StoreError, StoreResult};

/// Whose hours a session's are, who entered it, observes or has attested it, and who approved it last. Of what an observer
/// states: he, and everybody who has a part in the session. Nobody where the record is neither.
pub fn parties(db: &mut Db<'_>, catalog: &Catalog, about: RecordId) -> StoreResult<BTreeSet<MemberId>> {
    let Some(row) = query!(db, records::by_ids(&[about.0.as_slice()]))?.pop() else {
        return Ok(BTreeSet::new());
    };
    let Some(kind) = catalog.kinds().get(&row.kind) else {
        return Ok(BTreeSet::new());
    };
    let mut parties = BTreeSet::new();
    if kind.ledger.is_some() {
        of_session(db, &row, &mut parties)?;
    } else if kind.attests.is_some() {
        parties.insert(row.creator);
        let sessions = query!(db, ledger::sessions_of(about))?;
        let ids: Vec<&[u8]> = sessions.iter().map(|id| id.0.as_slice()).collect();
        for session in query!(db, records::by_ids(&ids))? {
            of_session(db, &session, &mut parties)?;
        }
    }
    Ok(parties)
}

fn of_session(db: &mut Db<'_>, row: &RecordRow, parties: &mut BTreeSet<MemberId>) -> StoreResult<()> {
    let record = Record::unpack(&row.state).map_err(|_| StoreError::Corrupt)?;
    let steps = steps(row, &query!(db, feeds::of_record(row.id))?)?;
    let approval = steps.iter().rfind(|step| step.approves.is_some());
    parties.insert(row.creator);
    parties.extend(approval.map(|step| step.member));
    parties.extend(named(&record));
    let attestations = query!(db, ledger::attestations_of(row.id))?;
    let ids: Vec<&[u8]> = attestations.iter().map(|id| id.0.as_slice()).collect();
    parties.extend(query!(db, records::by_ids(&ids))?.iter().map(|row| row.creator));
    Ok(())
}

/// Whom a session names: whose hours it says they are, and who observes.
pub fn named(session: &Record) -> BTreeSet<MemberId> {
    let values = session.values(field::VOLUNTEER).iter().map(|entry| &entry.value);
    let elements = session.elements(field::OBSERVERS).map(|(value, _)| value);
    let ids = values.chain(elements).filter_map(|value| match value {
        Value::Id(id) => Some(MemberId(*id)),
        _ => None,
    });
    ids.collect()
}
