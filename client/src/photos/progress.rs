//! What has happened to photos in one sync.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::feed::Hash;

use crate::sync::Outcome;

/// How often one photo may be thrown back in a sync, by an upload that is gone, an offset that does not fit or a hash
/// that the server finds wrong, before it is left for the next. A sound server does it once.
const MOST_SETBACKS: u32 = 2;

/// How far an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Which photo.
    pub sha256: Hash,
    /// Bytes that the server has.
    pub sent: u64,
    /// Bytes in all.
    pub bytes: u64,
}

/// What has happened to photos in this sync.
#[derive(Debug, Default)]
pub(crate) struct Uploads {
    /// Those of which the server was asked.
    pub asked: BTreeSet<Hash>,
    /// The upload whose offset the server has just said.
    pub at: Option<(Hash, u64)>,
    /// No new upload is begun: too many are open.
    pub none_new: bool,
    /// How far the last one got, for whoever watches.
    pub progress: Option<Progress>,
    /// What is to be said at the end, when photos were left.
    pub outcome: Option<Outcome>,
    left: BTreeSet<Hash>,
    setbacks: BTreeMap<Hash, u32>,
}

impl Uploads {
    /// Whether the photo waits for the next sync.
    pub fn is_left(&self, sha256: &Hash) -> bool {
        self.left.contains(sha256)
    }

    /// Leaves a photo for the next sync. What must be looked at is said before what passes.
    pub fn leave(&mut self, sha256: &Hash, why: Outcome) {
        self.left.insert(*sha256);
        self.say(why);
    }

    /// What is to be said at the end.
    pub fn say(&mut self, why: Outcome) {
        self.outcome = Some(match (self.outcome.take(), why) {
            (Some(Outcome::Wait { code, seconds }), Outcome::Wait { seconds: more, .. }) => Outcome::Wait {
                code,
                seconds: seconds.max(more),
            },
            (Some(stopped @ Outcome::Stopped { .. }), _) => stopped,
            (_, why) => why,
        });
    }

    /// The photo was thrown back: what the server said of its offset holds no more.
    pub fn set_back(&mut self, sha256: &Hash, code: &str) {
        self.at = None;
        let setbacks = self.setbacks.entry(*sha256).or_insert(0);
        *setbacks += 1;
        if *setbacks > MOST_SETBACKS {
            self.leave(
                sha256,
                Outcome::Wait {
                    code: code.to_owned(),
                    seconds: None,
                },
            );
        }
    }
}
