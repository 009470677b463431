//! Following a log over restores: each new log's first leaf names the one before, and where it ended.

use super::{Checkpoint, Leaf, NoteError, Opening, Origin, Origins, Previous, VerifierKey, check_inclusion, leaf_hash};

/// Why what the server says of its logs is not believed. The codes are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    /// A checkpoint is signed by another key than before, or not at all.
    #[error("the log is signed by another key than before, or not at all")]
    OtherKey,
    /// The log has fewer leaves than before.
    #[error("the log has fewer entries than before")]
    Shrunken,
    /// The log does not begin with what it was before.
    #[error("the log's past is another one than before")]
    Inconsistent,
    /// There is another log, which does not name the one before, or not as it was.
    #[error("another log took the place of the one before and does not name it")]
    Unnamed,
    /// There is no log where there was one.
    #[error("the log is not there any more")]
    Gone,
}

impl Distrust {
    /// All of them.
    pub const ALL: [Distrust; 5] = [
        Distrust::OtherKey,
        Distrust::Shrunken,
        Distrust::Inconsistent,
        Distrust::Unnamed,
        Distrust::Gone,
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Distrust::OtherKey => "log_other_key",
            Distrust::Shrunken => "log_shrunken",
            Distrust::Inconsistent => "log_inconsistent",
            Distrust::Unnamed => "log_unnamed",
            Distrust::Gone => "log_gone",
        }
    }

    /// For people.
    pub fn zh(self) -> &'static str {
        match self {
            Distrust::OtherKey => "服务器封存记录的签名与以前不符",
            Distrust::Shrunken => "服务器的封存记录比以前少了",
            Distrust::Inconsistent => "服务器的封存记录与以前不一致",
            Distrust::Unnamed => "服务器换了封存记录,但没有说明原来的记录",
            Distrust::Gone => "服务器的封存记录不见了",
        }
    }
}

impl From<NoteError> for Distrust {
    fn from(error: NoteError) -> Distrust {
        match error {
            NoteError::OtherOrigin => Distrust::Unnamed,
            NoteError::Malformed | NoteError::Unsigned => Distrust::OtherKey,
        }
    }
}

/// The log that goes on, as reached from a remembered one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Successor {
    /// Its key.
    pub key: VerifierKey,
    /// Its last checkpoint.
    pub head: Checkpoint,
    /// The same as it was signed.
    pub note: String,
    /// The number of the remembered log on the server.
    pub ended: u64,
    /// Where the remembered log ended.
    pub end: Previous,
}

struct Opened {
    number: u64,
    key: VerifierKey,
    head: Checkpoint,
    note: String,
    opening: Opening,
}

fn open(pinned: &VerifierKey, origin: &Origin) -> Result<Opened, Distrust> {
    let key = VerifierKey::parse(&origin.vkey).ok_or(Distrust::OtherKey)?;
    if key.key() != pinned.key() {
        return Err(Distrust::OtherKey);
    }
    let head = key.open(&origin.checkpoint)?;
    let leaf = hex::decode(&origin.opening).map_err(|_| Distrust::Unnamed)?;
    if !check_inclusion(&origin.proof, 0, head.size, &leaf_hash(&leaf), &head.root) {
        return Err(Distrust::Inconsistent);
    }
    match Leaf::decode(&leaf) {
        Some(Leaf::Opening(opening)) if opening.origin == head.origin => Ok(Opened {
            number: origin.log,
            key,
            head,
            note: origin.checkpoint.clone(),
            opening,
        }),
        _ => Err(Distrust::Unnamed),
    }
}

/// Walks from the last log back to that of `pinned`: every log must be signed by the same key, begin with a leaf that names
/// the one before, and that one must have ended just there.
///
/// Whether the remembered checkpoint fits where its log ended is the caller's to check: by [`Successor::end`].
///
/// # Errors
/// Why they are not believed.
pub fn follow(pinned: &VerifierKey, origins: &Origins) -> Result<Successor, Distrust> {
    let mut logs = origins.origins.iter().rev();
    let last = open(pinned, logs.next().ok_or(Distrust::Gone)?)?;
    let mut before = last.opening.before.clone();
    for origin in logs {
        let end = before.ok_or(Distrust::Unnamed)?;
        let log = open(pinned, origin)?;
        if (&log.head.origin, log.head.size, log.head.root) != (&end.origin, end.size, end.root) {
            return Err(Distrust::Unnamed);
        }
        if log.head.origin == pinned.origin() {
            return Ok(Successor {
                key: last.key,
                head: last.head,
                note: last.note,
                ended: log.number,
                end,
            });
        }
        before = log.opening.before;
    }
    Err(Distrust::Unnamed)
}
