//! A session differs from what an issued form froze.

use sync_protocol::feed::Hash;
use sync_protocol::id::RecordId;
use sync_protocol::rules::RuleCode;

use super::super::found::Found;

/// What an issued form froze of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frozen {
    /// The form's record.
    pub form: RecordId,
    /// The digest of the session's hours as the form has them.
    pub digest: Hash,
}

/// The finding that a session has changed since forms froze it: one for each form. `now` is the digest of its hours;
/// nothing while they are contested or it no longer counts.
pub fn changed_after_freeze(session: RecordId, now: Option<Hash>, frozen: &[Frozen]) -> Vec<Found> {
    let changed = frozen.iter().filter(|frozen| now != Some(frozen.digest));
    let found = |frozen: &Frozen| Found {
        record: session,
        neighbour: Some(frozen.form),
        ..Found::about(RuleCode::ChangedAfterFreeze, session)
            .figure("frozen", hex::encode(frozen.digest))
            .figure("now", now.map(hex::encode))
    };
    changed.map(found).collect()
}

#[cfg(test)]
mod tests {
    use super::super::cases::id;
    use super::*;

    #[test]
    fn each_form_that_has_other_hours_is_found() {
        let frozen = [(1, [1; 32]), (2, [2; 32])].map(|(n, digest)| Frozen { form: id(n), digest });
        let forms = |now| {
            changed_after_freeze(id(9), now, &frozen)
                .iter()
                .map(|f| f.neighbour.unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(forms(Some([1; 32])), [id(2)]);
        assert_eq!(forms(None), [id(1), id(2)]);
        assert!(changed_after_freeze(id(9), Some([1; 32]), &frozen[..1]).is_empty());
    }
}
