//! Checkpoints (C2SP tlog-checkpoint) as signed notes (C2SP signed-note), read and checked.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::feed::Hash;

/// The signed note's number of Ed25519.
const ED25519: u8 = 1;

/// What a signature line begins with.
const SIGNATURE: &str = "\u{2014} ";

/// Most bytes of a note that is read.
const MOST: usize = 64 << 10;

/// Why a note is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It, or the key, is not of the form.
    #[error("the checkpoint is malformed")]
    Malformed,
    /// It is of another log than the key.
    #[error("the checkpoint is of another log")]
    OtherOrigin,
    /// The key did not sign it.
    #[error("the checkpoint is not signed by the log's key")]
    Unsigned,
}

/// A head of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log.
    pub origin: String,
    /// How many leaves it has.
    pub size: u64,
    /// Its root.
    pub root: Hash,
    /// When it was signed, ms since 1970-01-01T00:00:00Z, as a line `at 1795305600000` says.
    pub at_ms: Option<i64>,
    /// The size of the checkpoint that was signed before it, as a line `after 1234` says: none can be left out unseen.
    pub after: Option<u64>,
}

impl Checkpoint {
    /// The text that is signed.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root));
        if let Some(at_ms) = self.at_ms {
            text.push_str(&format!("at {at_ms}\n"));
        }
        if let Some(after) = self.after {
            text.push_str(&format!("after {after}\n"));
        }
        text
    }

    /// Reads a text; lines after the third that it does not know are passed over.
    pub fn read(text: &str) -> Option<Checkpoint> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let number: u64 = size.parse().ok()?;
        let hash: Hash = STANDARD.decode(root).ok()?.try_into().ok()?;
        let (mut at_ms, mut after) = (None, None);
        for line in lines {
            if line.is_empty() {
                return None;
            }
            at_ms = at_ms.or(line.strip_prefix("at ").and_then(|ms| ms.parse().ok()));
            after = after.or(line.strip_prefix("after ").and_then(|size| size.parse().ok()));
        }
        let one_spelling = number.to_string() == size && !origin.is_empty();
        one_spelling.then(|| Checkpoint {
            origin: origin.to_owned(),
            size: number,
            root: hash,
            at_ms,
            after,
        })
    }
}

impl Checkpoint {
    /// Reads the text of a signed note, whoever signed it: for notes that were checked when they were stored.
    pub fn of_note(note: &str) -> Option<Checkpoint> {
        let (text, _) = note.rsplit_once("\n\n")?;
        Checkpoint::read(&format!("{text}\n"))
    }
}

/// A log's key with the log's name: `<origin>+<key id>+<base64 of 1 and the key>` (C2SP signed-note).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

impl VerifierKey {
    /// The key of the log `origin`.
    pub fn new(origin: &str, key: VerifyingKey) -> VerifierKey {
        VerifierKey {
            name: origin.to_owned(),
            id: key_id(origin, &key),
            key,
        }
    }

    /// Reads one.
    pub fn parse(text: &str) -> Option<VerifierKey> {
        let (name, rest) = text.split_once('+')?;
        let (id, key) = rest.split_once('+')?;
        let bytes = STANDARD.decode(key).ok()?;
        let (algorithm, key) = bytes.split_first()?;
        if *algorithm != ED25519 {
            return None;
        }
        let key = VerifyingKey::from_bytes(key.try_into().ok()?).ok()?;
        let read = VerifierKey::new(name, key);
        let is_name = !name.is_empty() && !name.chars().any(char::is_whitespace);
        (is_name && hex::encode(read.id) == id).then_some(read)
    }

    /// As it is published.
    pub fn text(&self) -> String {
        let key = [&[ED25519], self.key.as_bytes().as_slice()].concat();
        format!("{}+{}+{}", self.name, hex::encode(self.id), STANDARD.encode(key))
    }

    /// The log.
    pub fn origin(&self) -> &str {
        &self.name
    }

    /// The key itself, the same for all logs of a server.
    pub fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// Reads a checkpoint if this key signed it for its log. Signatures of others, as of witnesses, may stand beside.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn open(&self, note: &str) -> Result<Checkpoint, NoteError> {
        if note.len() > MOST {
            return Err(NoteError::Malformed);
        }
        let (text, signatures) = note.rsplit_once("\n\n").ok_or(NoteError::Malformed)?;
        let text = format!("{text}\n");
        let signatures = signatures.strip_suffix('\n').ok_or(NoteError::Malformed)?;
        let mut own = Err(NoteError::Unsigned);
        for line in signatures.split('\n') {
            let (name, signature) = line
                .strip_prefix(SIGNATURE)
                .and_then(|line| line.split_once(' '))
                .ok_or(NoteError::Malformed)?;
            let bytes = STANDARD.decode(signature).map_err(|_| NoteError::Malformed)?;
            let (id, signature) = bytes.split_at_checked(4).ok_or(NoteError::Malformed)?;
            if name != self.name || id != self.id {
                continue;
            }
            let signature = Signature::from_slice(signature).map_err(|_| NoteError::Malformed)?;
            let signed = self.key.verify_strict(text.as_bytes(), &signature);
            own = signed.map_err(|_| NoteError::Unsigned);
            if own.is_err() {
                break;
            }
        }
        let read = Checkpoint::read(&text).ok_or(NoteError::Malformed)?;
        if read.origin != self.name {
            return Err(NoteError::OtherOrigin);
        }
        own.map(|()| read)
    }
}

/// The first 4 bytes of SHA-256 over the name, a line feed, 1 and the key.
fn key_id(name: &str, key: &VerifyingKey) -> [u8; 4] {
    let hash: Hash = Sha256::new()
        .chain_update(name.as_bytes())
        .chain_update([b'\n', ED25519])
        .chain_update(key.as_bytes())
        .finalize()
        .into();
    [hash[0], hash[1], hash[2], hash[3]]
}
