//! Uploads: begun, asked after, ended. Receiving their bytes is [`receive`](super::receive)'s part.

use std::sync::Arc;
use std::time::Duration;

use sync_protocol::feed::Hash;
use sync_protocol::id::MemberId;
use tokio::sync::Notify;

use super::BlobError;
use super::announced::Announced;
use super::collect;
use super::compose;
use super::lease::{GIVEN_UP, Receivers};
use super::vault::Vault;
use crate::clock::Clock;
use crate::config::Settings;
use crate::query;
use crate::random;
use crate::store::rows::UploadRow;
use crate::store::{Store, StoreError};

/// States of an upload.
pub const OPEN: i32 = 0;
/// All there: a part is, or a whole was admitted.
pub const WHOLE: i32 = 1;
/// Thrown away.
pub const ENDED: i32 = 2;

const DAY_MS: i64 = 86_400_000;

/// Everything that uploads need. Cloning shares it.
#[derive(Clone)]
pub struct Uploads(pub(super) Arc<Parts>);

pub(super) struct Parts {
    pub store: Store,
    pub vault: Vault,
    pub clock: Arc<dyn Clock>,
    pub receivers: Receivers,
    pub admitted: Notify,
    pub limits: UploadLimits,
}

/// The limits in force.
#[derive(Debug, Clone, Copy)]
pub struct UploadLimits {
    /// Most bytes of a blob.
    pub blob_bytes: u64,
    /// Most bytes of a voice note.
    pub voice_bytes: u64,
    /// Most unfinished uploads of one member.
    pub uploads: u32,
    /// Most bytes of one member that nothing refers to.
    pub unreferred_bytes: u64,
    /// After so many bytes a piece is put down.
    pub piece_bytes: u64,
    /// How long an upload is kept, ms.
    pub life_ms: i64,
    /// After so long a silence a writer is sent away even if nobody else comes.
    pub silence: Duration,
}

/// What a creation asks for.
#[derive(Debug, Clone, Default)]
pub struct Creation {
    /// How many bytes it will have; `None`: said later.
    pub length: Option<u64>,
    /// `Upload-Metadata` as given.
    pub metadata: String,
    /// `Upload-Concat` as given.
    pub concat: Option<String>,
}

/// How an upload stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The last part of its address.
    pub id: [u8; 16],
    /// How many bytes are safe.
    pub reached: u64,
    /// How many there will be.
    pub length: Option<u64>,
    /// `Upload-Metadata` as given.
    pub metadata: String,
    /// `Upload-Concat` as given.
    pub concat: Option<String>,
    /// When it is forgotten, ms.
    pub expires_ms: i64,
}

impl From<&UploadRow> for Standing {
    fn from(row: &UploadRow) -> Standing {
        Standing {
            id: row.id,
            reached: row.reached.unsigned_abs(),
            length: row.length.map(i64::unsigned_abs),
            metadata: row.metadata.clone(),
            concat: row.concat.clone(),
            expires_ms: row.expires_ms,
        }
    }
}

/// Whether an upload only becomes a part of others.
pub(super) fn is_part(row: &UploadRow) -> bool {
    row.concat.as_deref() == Some("partial")
}

/// Whether it is put together of others.
pub(super) fn is_composed(row: &UploadRow) -> bool {
    row.concat.as_deref().is_some_and(|concat| concat != "partial")
}

/// Runs what blocks where it may.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BlobError> + Send + 'static,
) -> Result<T, BlobError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| BlobError::Thread)?
}

impl Uploads {
    /// Puts the parts together.
    pub fn new(store: Store, vault: Vault, clock: Arc<dyn Clock>, settings: &Settings) -> Uploads {
        Uploads(Arc::new(Parts {
            store,
            vault,
            clock,
            receivers: Receivers::default(),
            admitted: Notify::new(),
            limits: UploadLimits {
                blob_bytes: settings.max_blob_bytes,
                voice_bytes: settings.max_voice_bytes,
                uploads: settings.max_uploads,
                unreferred_bytes: settings.max_unreferred_bytes,
                piece_bytes: settings.piece_bytes,
                life_ms: i64::try_from(settings.upload_days).unwrap_or(i64::MAX / DAY_MS) * DAY_MS,
                silence: GIVEN_UP,
            },
        }))
    }

    /// The limits in force.
    pub fn limits(&self) -> UploadLimits {
        self.0.limits
    }

    /// Returns when a blob was admitted by this server since it was last asked.
    pub async fn admission(&self) {
        self.0.admitted.notified().await;
    }

    /// Begins an upload of `member`. One that is composed of others is whole at once.
    pub async fn begin(&self, member: MemberId, asked: Creation) -> Result<Standing, BlobError> {
        let limits = self.0.limits;
        let announced = Announced::read(&asked.metadata)?;
        let part = asked.concat.as_deref() == Some("partial");
        if announced.sha256.is_none() && !part {
            return Err(BlobError::Malformed(
                "Upload-Metadata lacks sha256, the hash of the whole file".to_owned(),
            ));
        }
        match asked.length {
            Some(length) if length > limits.blob_bytes => return Err(BlobError::TooLarge(limits.blob_bytes)),
            Some(0) if !part => return Err(BlobError::MediaRefused),
            _ => {}
        }
        let composed_of = match asked.concat.as_deref() {
            None | Some("partial") => None,
            Some(text) => Some(compose::parts_of(text)?),
        };
        self.has_room(member).await?;
        let now_ms = self.0.clock.now_ms();
        let row = UploadRow {
            id: random::uuid()?.into_bytes(),
            member,
            created_ms: now_ms,
            expires_ms: now_ms.saturating_add(limits.life_ms),
            concat: asked.concat,
            metadata: asked.metadata,
            length: asked.length.map(as_long),
            reached: 0,
            // A part of no bytes is all there.
            state: if part && asked.length == Some(0) { WHOLE } else { OPEN },
            holder: None,
            lease_ms: 0,
        };
        if let Some(ids) = composed_of {
            return compose::compose(&self.0, row, ids).await;
        }
        let parts = Arc::clone(&self.0);
        blocking(move || {
            parts.store.write(|db| {
                if query!(
                    db,
                    uploads::open_count(member, now_ms, now_ms.saturating_add(compose::AFTER_MS))
                )? >= i64::from(limits.uploads)
                {
                    return Err(BlobError::TooMany(limits.uploads));
                }
                query!(db, uploads::insert(&row))?;
                Ok(Standing::from(&row))
            })
        })
        .await
    }

    /// Refuses whoever has filled the store with what no record refers to.
    async fn has_room(&self, member: MemberId) -> Result<(), BlobError> {
        let parts = Arc::clone(&self.0);
        let (lying, coming) = blocking(move || {
            parts.store.read(|db| {
                let lying = query!(db, blobs::unreferred_bytes(member))?;
                Ok::<_, BlobError>((lying, query!(db, uploads::open_bytes(member))?))
            })
        })
        .await?;
        let bytes: u64 = lying.iter().chain(&coming).map(|bytes| bytes.unsigned_abs()).sum();
        let most = self.0.limits.unreferred_bytes;
        (bytes < most).then_some(()).ok_or(BlobError::TooMuch(most))
    }

    /// How an upload stands. Whoever has stopped sending to it without a word is sent away first, so that all that came
    /// is counted.
    pub async fn look(&self, member: MemberId, id: [u8; 16]) -> Result<Standing, BlobError> {
        self.0.receivers.send_away(&id).await;
        let parts = Arc::clone(&self.0);
        blocking(move || parts.own(member, &id).map(|row| Standing::from(&row))).await
    }

    /// Ends an upload and removes what came of it. A blob that was admitted from it stays.
    pub async fn end(&self, member: MemberId, id: [u8; 16]) -> Result<(), BlobError> {
        let own = Arc::clone(&self.0);
        let row = blocking(move || own.own(member, &id)).await?;
        // Nobody writes to one that is whole, and nobody can be in the way.
        let holder = match row.state {
            WHOLE => None,
            _ => Some(self.0.take(member, id).await?),
        };
        let parts = Arc::clone(&self.0);
        let objects = blocking(move || {
            parts.store.write(|db| {
                let pieces = query!(db, uploads::pieces(&id))?;
                query!(db, uploads::remove_pieces(&id))?;
                query!(db, uploads::end(&id))?;
                Ok::<_, BlobError>(pieces.into_iter().map(|piece| piece.object).collect())
            })
        })
        .await;
        if let (Err(_), Some(holder)) = (&objects, holder) {
            self.0.release(id, holder).await;
        }
        self.0.remove(objects?).await;
        Ok(())
    }

    /// Which of `hashes` the member has delivered, and whether a verified backup contains each.
    pub fn delivered(&self, member: MemberId, hashes: &[Hash]) -> Result<Vec<(Hash, bool)>, StoreError> {
        delivered(&self.0.store, member, hashes)
    }

    /// Sends everybody away, with what came of their bytes put down: the server stops.
    pub fn stop(&self) {
        self.0.receivers.stop();
    }
}

/// Which of `hashes` the member has delivered, and whether a verified backup contains each.
pub fn delivered(store: &Store, member: MemberId, hashes: &[Hash]) -> Result<Vec<(Hash, bool)>, StoreError> {
    let hashes: Vec<&[u8]> = hashes.iter().map(|hash| hash.as_slice()).collect();
    store.read(|db| {
        let rows = query!(db, blobs::delivered(member, &hashes))?;
        Ok(rows.into_iter().map(|(hash, durable)| (hash.0, durable)).collect())
    })
}

/// A count of bytes as it is stored. Limits are far below the most.
pub(super) fn as_long(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

impl Parts {
    /// An upload of the member that has not ended. Blocks.
    pub fn own(&self, member: MemberId, id: &[u8; 16]) -> Result<UploadRow, BlobError> {
        let row = self
            .store
            .read(|db| query!(db, uploads::by_id(id)))?
            .filter(|row| row.member == member)
            .ok_or(BlobError::NotFound)?;
        if row.state == ENDED || row.expires_ms <= self.clock.now_ms() {
            return Err(BlobError::Gone);
        }
        Ok(row)
    }

    /// Removes objects of a request that came to nothing, if no row names them. A transaction whose answer was lost may
    /// have been committed all the same: the upload's row is written first, which waits for one that is still under way.
    pub async fn give_up(self: &Arc<Self>, id: [u8; 16], holder: [u8; 16], objects: Vec<String>) {
        if objects.is_empty() {
            return;
        }
        let parts = Arc::clone(self);
        let unnamed = blocking(move || {
            parts.store.write(|db| {
                query!(db, uploads::release(&id, &holder))?;
                Ok(collect::unnamed(db, objects)?)
            })
        })
        .await;
        match unnamed {
            Ok(unnamed) => self.remove(unnamed).await,
            Err(error) => tracing::warn!(%error, "objects stay behind until they are collected"),
        }
    }

    /// Removes objects that no row names any more. What cannot be removed now is found later by the collector, which
    /// lists the store.
    pub async fn remove(&self, objects: Vec<String>) {
        for object in objects {
            if let Err(error) = self.vault.remove(&object).await {
                tracing::warn!(%error, object, "an object stays behind until it is collected");
            }
        }
    }
}
