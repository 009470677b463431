//! Photos, voice notes and documents: originals are kept whole, hashed when they are taken in, and sent apart from the
//! records that name them.
//!
//! An original is copied byte for byte into a folder beside the phone's file and is durable there before the operation
//! that names it. It is sent after the records ([`crate::sync`]), goes on where it stopped, and stays until the server's
//! verified backup contains it: so a server that was restored is healed by the phones.
//!
//! Originals lie open, as they do in the camera's album. Those of a unit that has ended for the phone's holder lie encrypted,
//! as the operations do that must still be kept, and are delivered all the same. Signing out removes them all.

mod ask;
mod folder;
mod progress;
mod sealed;
mod take;
mod upload;

use sync_protocol::feed::Hash;
use sync_protocol::id::RecordId;

use crate::error::PhoneError;
use crate::lang::Lang;
use crate::phone::Phone;
use crate::store::photos::{self as rows, PhotoRow};

pub(crate) use folder::Folder;
pub use progress::Progress;
pub(crate) use progress::Uploads;
pub use take::{Attached, Original, PhotoError, Taking};
pub(crate) use take::{named, place, take_back};

/// Where a photo comes from. Testimony.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Taken for the record.
    Camera,
    /// Chosen from what was there.
    Album,
}

impl Source {
    /// As the server is told.
    pub fn code(self) -> &'static str {
        match self {
            Source::Camera => "camera",
            Source::Album => "album",
        }
    }
}

/// What the server has of a photo, as it last said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhotoState {
    /// Nothing, or a part.
    Absent,
    /// All of it, verified.
    Received,
    /// All of it, and its verified backup as well.
    Durable,
}

impl PhotoState {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            PhotoState::Absent => "absent",
            PhotoState::Received => "received",
            PhotoState::Durable => "durable",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<PhotoState> {
        [PhotoState::Absent, PhotoState::Received, PhotoState::Durable]
            .into_iter()
            .find(|state| state.code() == text)
    }
}

/// Why a photo is not sent until somebody acts. Its original stays, where there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhotoTrouble {
    /// The server does not take files of this kind.
    Refused,
    /// It is larger than the server takes.
    TooLarge,
    /// The original on this phone has changed or cannot be read.
    Damaged,
    /// The original is not on this phone.
    Missing,
}

impl PhotoTrouble {
    const ALL: [PhotoTrouble; 4] = [
        PhotoTrouble::Refused,
        PhotoTrouble::TooLarge,
        PhotoTrouble::Damaged,
        PhotoTrouble::Missing,
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            PhotoTrouble::Refused => "blob_media_refused",
            PhotoTrouble::TooLarge => "blob_too_large",
            PhotoTrouble::Damaged => "photo_damaged",
            PhotoTrouble::Missing => "photo_missing",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<PhotoTrouble> {
        PhotoTrouble::ALL.into_iter().find(|trouble| trouble.code() == text)
    }

    /// What was wrong and what to do.
    pub fn wording(self, lang: Lang) -> &'static str {
        match self {
            PhotoTrouble::Refused => lang.pick(
                "服务器不接收这种文件,原件仍保存在手机上",
                "the server does not take such a file; the original is still on this phone",
            ),
            PhotoTrouble::TooLarge => lang.pick(
                "文件超过服务器的限制,原件仍保存在手机上",
                "it is larger than the server takes; the original is still on this phone",
            ),
            PhotoTrouble::Damaged => lang.pick(
                "手机上的原件已被改动或无法读取,请重新添加这张照片",
                "the original on this phone has changed or cannot be read: add the photo again",
            ),
            PhotoTrouble::Missing => lang.pick(
                "手机上没有原件,请重新添加这张照片",
                "the original is not on this phone: add the photo again",
            ),
        }
    }
}

/// How many photos have arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PhotoCount {
    /// Those that the server has.
    pub delivered: u64,
    /// All.
    pub total: u64,
    /// Those that are not sent until somebody acts.
    pub trouble: u64,
}

impl PhotoCount {
    /// Whether some have not arrived.
    pub fn is_open(&self) -> bool {
        self.delivered < self.total
    }

    /// For people: `2 of 3 photos delivered`.
    pub fn line(&self, lang: Lang) -> String {
        let PhotoCount { delivered, total, .. } = self;
        match (lang, total) {
            (Lang::Zh, _) => format!("照片 {delivered}/{total} 已送达"),
            (Lang::En, 1) => format!("{delivered} of 1 photo delivered"),
            (Lang::En, _) => format!("{delivered} of {total} photos delivered"),
        }
    }
}

/// How long an original stays here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keep {
    /// Until a verified backup of the server contains it: what a restored server has lost is sent again.
    #[default]
    UntilDurable,
    /// Until the server has it: for phones with little room.
    UntilReceived,
}

/// How photos are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sending {
    /// How long originals stay.
    pub keep: Keep,
    /// Most bytes of one request: so much memory one upload takes, and so much a lost answer leaves in doubt.
    pub piece_bytes: usize,
}

impl Default for Sending {
    fn default() -> Self {
        Sending {
            keep: Keep::default(),
            piece_bytes: 512 << 10,
        }
    }
}

/// A photo that this phone took in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// Its SHA-256, by which records name it.
    pub sha256: Hash,
    /// How large it is, bytes.
    pub bytes: u64,
    /// Its media type.
    pub media: String,
    /// When it was captured, RFC 3339.
    pub captured: Option<String>,
    /// When it was hashed here, RFC 3339.
    pub hashed: String,
    /// What the server has of it.
    pub state: PhotoState,
    /// How many of its bytes the server is known to have.
    pub sent: u64,
    /// Why it is not sent.
    pub trouble: Option<PhotoTrouble>,
    /// The original is still on this phone.
    pub kept: bool,
    /// The records whose saves here name it.
    pub records: Vec<RecordId>,
}

impl Phone {
    /// Every photo that this phone took in, in order.
    pub fn photos(&self) -> Result<Vec<Photo>, PhoneError> {
        let rows = rows::all(self.conn())?;
        let photo = |row: PhotoRow| {
            Ok(Photo {
                records: rows::records(self.conn(), &row.sha256)?,
                sha256: row.sha256,
                bytes: row.bytes,
                media: row.media,
                captured: row.captured,
                hashed: row.hashed,
                state: row.state,
                sent: row.sent,
                trouble: row.trouble,
                kept: row.kept,
            })
        };
        rows.into_iter().map(photo).collect()
    }

    /// Has the photos that were given up tried again at the next sync.
    pub fn retry_photos(&mut self) -> Result<(), PhoneError> {
        self.store_mut().write(|tx| rows::clear_troubles(tx))?;
        Ok(())
    }

    /// Sets how photos are sent from now on. It is not kept in the file.
    pub fn set_sending(&mut self, sending: Sending) {
        self.sending = Sending {
            piece_bytes: sending.piece_bytes.max(1),
            ..sending
        };
    }
}
