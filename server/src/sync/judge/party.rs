//! Nobody decides in his own matter: who has a part in hours does not decide what they wait for.

use std::collections::BTreeSet;

use sync_protocol::catalog::Catalog;
use sync_protocol::id::{MemberId, RecordId};
use sync_protocol::op::{self, Op, Parsed};
use sync_protocol::value::Value;
use sync_protocol::verdict::{Code, Fate};

use super::{Case, Stop};
use crate::ledger::party;
use crate::query;
use crate::store::StoreResult;
use crate::sync::batch::Draft;
use crate::sync::merged::Merged;
use crate::sync::rows::FindingRow;

impl Case<'_, '_, '_, '_> {
    /// Refuses a decision on a finding that keeps hours from being posted where its author, or who proposed it, has a part
    /// in them. What was decided before somebody got his part is the ledger's question: it counts for nothing then.
    pub(super) fn by_others(
        &mut self,
        row: &FindingRow,
        neighbour: Option<[u8; 16]>,
        proposal: Option<&Op>,
    ) -> Result<(), Stop> {
        if !self
            .rules
            .limits
            .blocking()
            .any(|rule| rule.code() == row.code.as_ref())
        {
            return Ok(());
        }
        let about = row.record.into_iter().chain(neighbour.map(RecordId));
        let deciding = BTreeSet::from_iter(proposal.map(|op| op.by).into_iter().chain([self.author.member]));
        for record in about {
            let mut parties = party::parties(self.db, self.rules.catalog, record)?;
            parties.extend(self.of_batch(record)?);
            if !parties.is_disjoint(&deciding) {
                return Err(Code::DecisionByParty.into());
            }
        }
        Ok(())
    }

    /// Who got a part by what this very batch brings.
    fn of_batch(&mut self, about: RecordId) -> StoreResult<BTreeSet<MemberId>> {
        let catalog = self.rules.catalog;
        let mut sessions: BTreeSet<RecordId> = query!(self.db, ledger::sessions_of(about))?.into_iter().collect();
        sessions.extend(
            self.draft
                .record(&about)
                .into_iter()
                .flat_map(|one| attested(catalog, one)),
        );
        sessions.insert(about);
        let mut parties = BTreeSet::new();
        for session in &sessions {
            parties.extend(
                self.draft
                    .record(session)
                    .into_iter()
                    .flat_map(|one| party::named(&one.state)),
            );
        }
        for one in records(self.draft) {
            if attested(catalog, one).any(|session| sessions.contains(&session)) {
                parties.insert(one.creator);
            }
        }
        parties.extend(approvers(self.draft, &sessions));
        Ok(parties)
    }
}

/// The sessions of which a record states what its author saw.
fn attested<'m>(catalog: &Catalog, record: &'m Merged) -> impl Iterator<Item = RecordId> + use<'m> {
    let attests = catalog.kinds().get(&record.kind).and_then(|kind| kind.attests.as_ref());
    let values = attests.map_or(&[][..], |attests| record.state.values(&attests.link));
    values.iter().filter_map(|entry| match &entry.value {
        Value::Id(id) => Some(RecordId(*id)),
        _ => None,
    })
}

/// The records that the batch changes.
fn records<'d>(draft: &'d Draft<'_>) -> impl Iterator<Item = &'d Merged> {
    let working = &draft.loaded.working.records;
    draft.own.records.values().chain(working.values()).map(AsRef::as_ref)
}

/// Who approves one of the sessions in this batch.
fn approvers(draft: &Draft<'_>, sessions: &BTreeSet<RecordId>) -> Vec<MemberId> {
    let ops = draft.rows.ops.iter().chain(&draft.loaded.rows.ops);
    let on_them = ops.filter(|op| {
        let is_there = op.place.as_ref().is_some_and(|place| sessions.contains(&place.record));
        is_there && op.outcome.verdict.fate() == Fate::Accepted
    });
    let approves = |body: &str| match op::read(body).0 {
        Parsed::Op(op) => op.approves.is_some(),
        Parsed::Withheld(_) | Parsed::Unreadable(_) => false,
    };
    on_them.filter(|op| approves(&op.body)).map(|op| op.member).collect()
}
