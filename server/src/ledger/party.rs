//! Who has a part in a session's hours: nobody of them decides what they wait for.

use std::collections::BTreeSet;

use sync_protocol::catalog::Catalog;
use sync_protocol::id::{MemberId, RecordId};
use sync_protocol::record::Record;
use sync_protocol::value::Value;

use super::facts::{field, id};
use super::gather::steps;
use crate::query;
use crate::store::{Db, StoreError, StoreResult};

/// Whose hours a session's are, who entered it, observes or has attested it, and who approved it last; nobody where the
/// record posts no hours.
pub fn parties(db: &mut Db<'_>, catalog: &Catalog, session: RecordId) -> StoreResult<BTreeSet<MemberId>> {
    let Some(row) = query!(db, records::by_ids(&[session.0.as_slice()]))?.pop() else {
        return Ok(BTreeSet::new());
    };
    if catalog.kinds().get(&row.kind).is_none_or(|kind| kind.ledger.is_none()) {
        return Ok(BTreeSet::new());
    }
    let record = Record::unpack(&row.state).map_err(|_| StoreError::Corrupt)?;
    let steps = steps(&row, &query!(db, feeds::of_record(session))?)?;
    let approval = steps.iter().rfind(|step| step.approves.is_some());
    let mut parties = BTreeSet::from([row.creator]);
    parties.extend(approval.map(|step| step.member));
    parties.extend(id(&record, field::VOLUNTEER).map(MemberId));
    parties.extend(record.elements(field::OBSERVERS).filter_map(|(value, _)| match value {
        Value::Id(id) => Some(MemberId(*id)),
        _ => None,
    }));
    let attestations = query!(db, ledger::attestations_of(session))?;
    let ids: Vec<&[u8]> = attestations.iter().map(|id| id.0.as_slice()).collect();
    parties.extend(query!(db, records::by_ids(&ids))?.iter().map(|row| row.creator));
    Ok(parties)
}
