//! Taking a photo in: copied byte for byte, hashed on the way, durable before anything names it.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use rusqlite::Connection;
use sha2::{Digest, Sha256};
use sync_protocol::catalog::{Kind, Policy};
use sync_protocol::feed::Hash;
use sync_protocol::id::{DeviceId, Seq};
use sync_protocol::limits::Limits;
use sync_protocol::value::Instant;

use super::folder::{Folder, discard};
use super::{PhotoState, Source};
use crate::env::NoEntropy;
use crate::error::PhoneError;
use crate::form::Entry;
use crate::lang::Lang;
use crate::phone::Phone;
use crate::store::StoreError;
use crate::store::photos::{self, PhotoRow};

/// Bytes that are copied at once.
const COPIED: usize = 64 << 10;
/// First bytes that say what a file is.
const HEAD: usize = 4 << 10;
/// What a file is that says nothing of itself.
const UNKNOWN: &str = "application/octet-stream";

/// A file to take in.
#[derive(Debug, Clone, Copy)]
pub struct Taking<'a> {
    /// The file.
    pub file: &'a Path,
    /// Where it comes from.
    pub source: Source,
    /// When it was captured; by default when the file was last changed.
    pub captured: Option<Instant>,
    /// What the camera or the recorder says it is: needed only where audio and video share a container.
    pub media: Option<&'a str>,
}

/// Why a file is not taken in. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum PhotoError {
    /// It has no bytes.
    #[error("the file is empty")]
    Empty,
    /// It is larger than the server takes.
    #[error("the file has more than {limit} bytes: the server takes no larger one")]
    TooLarge {
        /// Most bytes of such a file.
        limit: u64,
    },
    /// It cannot be read.
    #[error("the file cannot be read: {0}")]
    Unreadable(io::Error),
    /// The phone.
    #[error(transparent)]
    Phone(#[from] PhoneError),
}

impl From<StoreError> for PhotoError {
    fn from(error: StoreError) -> Self {
        PhotoError::Phone(error.into())
    }
}

impl From<NoEntropy> for PhotoError {
    fn from(error: NoEntropy) -> Self {
        PhotoError::Phone(error.into())
    }
}

impl PhotoError {
    /// The stable code.
    pub fn code(&self) -> &str {
        match self {
            PhotoError::Empty => "photo_empty",
            PhotoError::TooLarge { .. } => "blob_too_large",
            PhotoError::Unreadable(_) => "photo_unreadable",
            PhotoError::Phone(error) => error.code(),
        }
    }

    /// What was wrong and what to do.
    pub fn wording(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            PhotoError::Empty => "文件是空的".into(),
            PhotoError::TooLarge { limit } => format!("文件太大,服务器最多接收 {limit} 字节"),
            PhotoError::Unreadable(error) => format!("文件无法读取:{error}"),
            PhotoError::Phone(error) => error.wording(lang),
        }
    }
}

/// A copy of a file, durable and hashed, that no operation names yet. Dropped without being saved it is gone.
#[derive(Debug)]
pub struct Original {
    row: PhotoRow,
    /// Whether the server takes such files, as far as it has said.
    taken: bool,
    part: PathBuf,
    /// Holds the lock that says that somebody still wants it.
    _lock: File,
}

impl Original {
    /// Its SHA-256.
    pub fn sha256(&self) -> &Hash {
        &self.row.sha256
    }

    /// Its media type, found out from its bytes.
    pub fn media(&self) -> &str {
        &self.row.media
    }

    /// How large it is, bytes.
    pub fn bytes(&self) -> u64 {
        self.row.bytes
    }

    /// Whether the server takes files of this type, as far as this phone has heard.
    pub fn is_taken(&self) -> bool {
        self.taken
    }
}

impl Drop for Original {
    fn drop(&mut self) {
        discard(&self.part);
    }
}

/// An original and the field that is to name it.
#[derive(Debug)]
pub struct Attached {
    /// The field, of type `blob`.
    pub field: String,
    /// The original.
    pub original: Original,
}

/// The entry with the originals named in their fields.
pub(crate) fn named(kind: Option<&Kind>, entry: &Entry, attached: &[Attached]) -> Entry {
    let mut entry = entry.clone();
    for Attached { field, original } in attached {
        let hash = serde_json::Value::String(hex::encode(original.sha256()));
        let is_set = kind
            .and_then(|k| k.field(field))
            .is_some_and(|f| f.policy == Policy::Set);
        if is_set {
            let list = entry.add.entry(field.clone()).or_default();
            if !list.contains(&hash) {
                list.push(hash);
            }
        } else {
            entry.set.insert(field.clone(), hash);
        }
    }
    entry
}

/// Puts the originals in their places and notes that the operation refers to them. The transaction that `conn` is in
/// writes the operation: the bytes are durable before it.
pub(crate) fn place(
    conn: &Connection,
    folder: &Folder,
    attached: &[Attached],
    device: &DeviceId,
    seq: Seq,
) -> Result<(), StoreError> {
    for Attached { original, .. } in attached {
        folder.place(&original.part, original.sha256())?;
        photos::keep(conn, &original.row)?;
        photos::refer(conn, original.sha256(), device, seq)?;
    }
    Ok(())
}

/// Takes them back after the transaction failed, but for those that earlier operations name.
pub(crate) fn take_back(conn: &Connection, folder: &Folder, attached: &[Attached]) -> Result<(), StoreError> {
    for Attached { original, .. } in attached {
        if photos::is_sealed(conn, original.sha256())?.is_none() {
            folder.take_back(&original.part, original.sha256())?;
        }
    }
    Ok(())
}

impl Phone {
    /// Copies a file byte for byte and hashes it. Attach it to a save with [`Phone::save_with`].
    pub fn take_in(&self, taking: &Taking<'_>) -> Result<Original, PhotoError> {
        let mut source = File::open(taking.file).map_err(PhotoError::Unreadable)?;
        let metadata = source.metadata().map_err(PhotoError::Unreadable)?;
        let now = self.env().now();
        let modified = || {
            let since = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
            Some(Instant {
                ms: i64::try_from(since.as_millis()).ok()?,
                offset_s: now.offset_s,
            })
        };
        let captured = taking.captured.or_else(modified);
        let config = self.config()?;
        let limits = config.as_ref().map(|c| c.limits).unwrap_or_default();
        let mut head = Vec::new();
        (&mut source)
            .take(HEAD as u64)
            .read_to_end(&mut head)
            .map_err(PhotoError::Unreadable)?;
        if head.is_empty() {
            return Err(PhotoError::Empty);
        }
        let media = media(&head, taking.media);
        let limit = limit(&limits, &media);
        if metadata.len() > limit {
            return Err(PhotoError::TooLarge { limit });
        }
        let mut name = [0; 16];
        self.env().fill(&mut name)?;
        let (part, lock) = self.folder().part(&name)?;
        let media_taken = config.map(|c| c.blob_media).unwrap_or_default();
        let mut original = Original {
            row: PhotoRow {
                sha256: Hash::default(),
                bytes: 0,
                source: taking.source.code().to_owned(),
                captured: captured.map(|c| c.render()),
                hashed: String::new(),
                state: PhotoState::Absent,
                kept: true,
                upload: None,
                sent: 0,
                trouble: None,
                media: String::new(),
            },
            taken: media_taken.is_empty() || media_taken.contains(&media),
            part,
            _lock: lock,
        };
        let (sha256, bytes) = copy(&head, &mut source, &mut original._lock, limit)?;
        original.row.sha256 = sha256;
        original.row.bytes = bytes;
        original.row.hashed = self.env().now().render();
        original.row.media = media;
        Ok(original)
    }
}

fn copy(head: &[u8], rest: &mut File, to: &mut File, limit: u64) -> Result<(Hash, u64), PhotoError> {
    let mut hasher = Sha256::new();
    let mut bytes = 0;
    let mut buffer = vec![0; COPIED];
    buffer[..head.len()].copy_from_slice(head);
    let mut read = head.len();
    while read > 0 {
        let piece = &buffer[..read];
        hasher.update(piece);
        bytes += read as u64;
        // It may be growing under our hands.
        if bytes > limit {
            return Err(PhotoError::TooLarge { limit });
        }
        to.write_all(piece).map_err(StoreError::from)?;
        read = loop {
            match rest.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read.map_err(PhotoError::Unreadable)?,
            }
        };
    }
    to.sync_all().map_err(StoreError::from)?;
    Ok((Hash::from(hasher.finalize()), bytes))
}

/// What the bytes are. The recorder's word opens a container that audio and video share.
fn media(head: &[u8], claimed: Option<&str>) -> String {
    let found = infer::get(head).map(|kind| kind.mime_type());
    let shared = |found: &str| match found {
        "video/webm" | "video/mp4" | "video/3gpp" => claimed.filter(|claimed| claimed.starts_with("audio/")),
        _ => None,
    };
    match found {
        Some(found) => shared(found).unwrap_or(found).to_owned(),
        None => claimed.unwrap_or(UNKNOWN).to_owned(),
    }
}

fn limit(limits: &Limits, media: &str) -> u64 {
    match media.starts_with("audio/") {
        true => limits.voice_bytes,
        false => limits.blob_bytes,
    }
}
