//! Leaves from rows: the same when they are sealed and when they are verified.

use hmac::{Hmac, Mac};
use sha2::Sha256;
use sync_protocol::feed::Hash;
use sync_protocol::log::{self, Content, Decided, Leaf, row_digest};
use sync_protocol::verdict::Fate;

use super::source::verdict_key;
use crate::store::rows::{CatalogRow, JournalRow, OpSealRow, PostingSealRow, SightChangeRow, VerdictChangeRow};
use crate::store::{StoreError, StoreResult};
use crate::sync::{ACCEPTED, HELD, QUARANTINED};

/// Makes leaves' digests under the server's salt key.
pub struct Salted<'k>(pub &'k [u8; 32]);

impl Salted<'_> {
    /// HMAC-SHA-256 under the key, over the kind and the id: a salt for each row, which proves that one and no other.
    pub fn salt(&self, kind: u8, id: &[u8]) -> StoreResult<[u8; 32]> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0).map_err(|_| StoreError::Internal)?;
        mac.update(&[kind]);
        mac.update(id);
        Ok(mac.finalize().into_bytes().into())
    }

    fn digest(&self, kind: u8, id: &[u8], content: &Content) -> StoreResult<Hash> {
        Ok(row_digest(kind, &self.salt(kind, id)?, content))
    }

    fn row(&self, kind: u8, id: Vec<u8>, content: &Content) -> StoreResult<Leaf> {
        let digest = self.digest(kind, &id, content)?;
        Ok(Leaf::Row { kind, id, digest })
    }

    /// The leaf of an operation. `change` is the first one of its verdict, if there was one.
    pub fn operation(&self, row: &OpSealRow, change: Option<&VerdictChangeRow>) -> StoreResult<Leaf> {
        let (state, code) = match change {
            Some(change) => (change.was_state, &change.was_code),
            None => (row.state, &row.code),
        };
        let content = of_operation(row, change.is_some());
        let id = verdict_key(row.device, row.seq as u64);
        Ok(Leaf::Operation {
            device: row.device,
            seq: row.seq as u64,
            hash: row.hash,
            arrival_ms: row.arrival_ms,
            decided: Decided {
                fate: fate(state)?,
                code: code.clone().unwrap_or_default(),
                digest: self.digest(log::OPERATION, &id, &content)?,
            },
        })
    }

    /// The leaf of a later verdict on the operation `row`.
    pub fn verdict(&self, change: &VerdictChangeRow, row: &OpSealRow) -> StoreResult<Leaf> {
        let content = of_verdict(row, change.state == ACCEPTED);
        let key = verdict_key(change.device, change.seq as u64);
        let id = [key.as_slice(), &change.number.to_be_bytes()].concat();
        Ok(Leaf::Verdict {
            device: change.device,
            seq: change.seq as u64,
            number: change.number as u64,
            at_ms: change.at_ms,
            decided: Decided {
                fate: fate(change.state)?,
                code: change.code.clone().unwrap_or_default(),
                digest: self.digest(log::VERDICT, &id, &content)?,
            },
        })
    }

    /// The leaf of a visibility change.
    pub fn visibility(&self, row: &SightChangeRow) -> StoreResult<Leaf> {
        let content = Content::default()
            .bytes(Some(&row.member))
            .bytes(Some(&row.record))
            .long(Some(row.present.into()));
        let id = [row.unit.as_bytes(), &row.pos.to_be_bytes()].concat();
        self.row(log::VISIBILITY, id, &content)
    }

    /// The leaf of a journal entry.
    pub fn journal(&self, row: &JournalRow) -> StoreResult<Leaf> {
        let content = Content::default()
            .long(Some(row.at_ms))
            .bytes(row.actor.as_ref().map(|actor| actor.0.as_slice()))
            .text(Some(&row.event))
            .text(Some(&row.subject))
            .text(Some(&row.detail));
        self.row(log::JOURNAL, row.id.to_vec(), &content)
    }

    /// The leaf of a version of the catalogue.
    pub fn catalog(&self, row: &CatalogRow) -> StoreResult<Leaf> {
        let content = Content::default()
            .bytes(Some(&row.sha256))
            .text(Some(&row.body))
            .long(Some(row.at_ms));
        self.row(log::CATALOG, row.version.to_be_bytes().to_vec(), &content)
    }

    /// The leaf of a posting.
    pub fn posting(&self, row: &PostingSealRow) -> StoreResult<Leaf> {
        let content = of_posting(row);
        self.row(log::POSTING, row.number.to_be_bytes().to_vec(), &content)
    }
}

/// What is sealed of an operation beside its hash and verdict. One that was accepted later had no place and no effect yet.
pub fn of_operation(row: &OpSealRow, accepted_later: bool) -> Content {
    let (pos, effect) = if accepted_later {
        (None, None)
    } else {
        (row.pos, row.effect.as_deref())
    };
    Content::default()
        .long(row.written_ms)
        .bytes(Some(&row.member))
        .bytes(row.record.as_deref())
        .text(row.kind.as_deref())
        .text(row.unit.as_deref())
        .long(pos)
        .text(effect)
}

/// What is sealed of a later verdict on the operation `row`.
pub fn of_verdict(row: &OpSealRow, accepted: bool) -> Content {
    Content::default()
        .long(row.pos.filter(|_| accepted))
        .text(row.effect.as_deref().filter(|_| accepted))
}

/// What is sealed of a posting.
pub fn of_posting(row: &PostingSealRow) -> Content {
    Content::default()
        .bytes(Some(&row.id))
        .text(Some(&row.ledger))
        .bytes(row.member.as_deref())
        .bytes(row.subject.as_deref())
        .bytes(Some(&row.session))
        .long(Some(row.round))
        .long(Some(row.minutes))
        .text(Some(&row.unit))
        .text(Some(&row.kind))
        .text(Some(&row.day))
        .bytes(Some(&row.digest))
        .bytes(Some(&row.approved_device))
        .long(Some(row.approved_seq))
        .long(Some(row.posted_ms))
        .long(row.reverses)
}

fn fate(state: i32) -> StoreResult<Fate> {
    match state {
        ACCEPTED => Ok(Fate::Accepted),
        HELD => Ok(Fate::Held),
        QUARANTINED => Ok(Fate::Quarantined),
        _ => Err(StoreError::Corrupt),
    }
}
