//! Admitting a whole: its hash must be the announced one and its bytes something that is taken.

use std::sync::Arc;

use futures_util::StreamExt;
use sync_protocol::id::MemberId;

use super::BlobError;
use super::announced::Announced;
use super::digest::{Found, Whole};
use super::media;
use super::uploads::{Parts, WHOLE, as_long, blocking};
use super::vault::VaultError;
use crate::query;
use crate::reconcile::step::look_at_file;
use crate::store::column::Fixed;
use crate::store::rows::{BlobRow, CollectionRow, PieceRow, UploadRow, UploadStep};
use crate::store::{Db, StoreError};

/// Who delivers what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Delivery {
    /// The member.
    pub member: MemberId,
    /// The upload.
    pub id: [u8; 16],
    /// Who holds its lease.
    pub holder: [u8; 16],
    /// How many bytes it has.
    pub reached: u64,
}

/// Where the bytes are.
pub(super) enum Source {
    /// In the upload's own pieces.
    Own {
        /// The digest of everything, if all of it came in one request.
        whole: Option<Box<Whole>>,
        /// Pieces that no row names yet.
        written: Vec<PieceRow>,
    },
    /// In pieces of other uploads, which keep them.
    Others(Vec<PieceRow>),
}

/// A whole as it lies in the store.
struct Gathered {
    found: Found,
    object: String,
    /// Objects of the upload that are of no use once the blob is admitted, or refused.
    spent: Vec<String>,
    /// Objects that this request has made: of no use if nothing comes of it.
    made: Vec<String>,
}

/// Hashes the whole and admits it, all or nothing. What is refused is thrown away.
pub(super) async fn admit(
    parts: &Arc<Parts>,
    row: &UploadRow,
    delivery: Delivery,
    source: Source,
) -> Result<(), BlobError> {
    let first = match &source {
        Source::Own { written, .. } => written.first().map_or(as_long(delivery.reached), |piece| piece.start),
        Source::Others(_) => 0,
    };
    let gathered = match gather(parts, delivery.id, source).await {
        // A piece is lost, or a part ended meanwhile. Nothing will ever come of this upload.
        Err(BlobError::Gone) => {
            throw_away(parts, delivery).await?;
            return Err(BlobError::Gone);
        }
        gathered => gathered?,
    };
    let announced = Announced::read(&row.metadata)?;
    let media = match judge(parts, &announced, &gathered.found, delivery.reached) {
        Ok(media) => media,
        Err(refused) => {
            let ended = throw_away(parts, delivery).await;
            let mut objects = gathered.made;
            if ended.is_ok() {
                objects.extend(gathered.spent);
                objects.sort_unstable();
                objects.dedup();
            }
            parts.remove(objects).await;
            ended?;
            return Err(refused);
        }
    };
    let kept = keep(parts, &announced, delivery, first, &gathered, media).await;
    match kept {
        Ok(true) => {
            let spent = gathered.spent.into_iter().filter(|object| *object != gathered.object);
            parts.remove(spent.collect()).await;
        }
        // The server has these bytes: one object is enough.
        Ok(false) => {
            let mut objects = gathered.spent;
            objects.extend(gathered.made);
            objects.sort_unstable();
            objects.dedup();
            parts.remove(objects).await;
        }
        Err(error) => {
            parts.give_up(delivery.id, delivery.holder, gathered.made).await;
            return Err(error);
        }
    }
    parts.admitted.notify_one();
    Ok(())
}

/// Ends the upload of which nothing can come, if its lease is still the holder's.
async fn throw_away(parts: &Arc<Parts>, delivery: Delivery) -> Result<(), BlobError> {
    let own = Arc::clone(parts);
    blocking(move || {
        own.store.write(|db| {
            if !query!(db, uploads::release(&delivery.id, &delivery.holder))? {
                return Err(BlobError::Locked);
            }
            query!(db, uploads::remove_pieces(&delivery.id))?;
            query!(db, uploads::end(&delivery.id))?;
            Ok(())
        })
    })
    .await
}

/// Puts the whole into one object, unless it is in one already, and hashes it.
async fn gather(parts: &Arc<Parts>, id: [u8; 16], source: Source) -> Result<Gathered, BlobError> {
    let (pieces, made, spent) = match source {
        Source::Own { whole, written } => {
            if let (Some(whole), [piece]) = (whole, written.as_slice()) {
                return Ok(Gathered {
                    found: whole.finish(),
                    object: piece.object.clone(),
                    spent: Vec::new(),
                    made: vec![piece.object.clone()],
                });
            }
            let own = Arc::clone(parts);
            let loaded = blocking(move || Ok(own.store.read(|db| query!(db, uploads::pieces(&id)))?)).await;
            let made: Vec<String> = written.iter().map(|piece| piece.object.clone()).collect();
            let mut pieces = match loaded {
                Ok(pieces) => pieces,
                Err(error) => {
                    parts.remove(made).await;
                    return Err(error);
                }
            };
            pieces.extend(written);
            let spent = pieces.iter().map(|piece| piece.object.clone()).collect();
            (pieces, made, spent)
        }
        Source::Others(pieces) => (pieces, Vec::new(), Vec::new()),
    };
    match join(parts, &pieces).await {
        Ok((found, object)) => {
            let mut made = made;
            made.push(object.clone());
            Ok(Gathered {
                found,
                object,
                spent,
                made,
            })
        }
        Err(error) => {
            parts.remove(made).await;
            Err(error)
        }
    }
}

async fn join(parts: &Arc<Parts>, pieces: &[PieceRow]) -> Result<(Found, String), BlobError> {
    let mut whole = Whole::default();
    let mut writing = parts.vault.begin()?;
    for piece in pieces {
        let mut bytes = match parts.vault.read(&piece.object, None).await {
            Err(VaultError::Missing) => {
                tracing::warn!(object = piece.object, "a piece of an upload is lost");
                return Err(BlobError::Gone);
            }
            bytes => bytes?,
        };
        while let Some(part) = bytes.next().await {
            let part = part?;
            whole.update(&part);
            writing.write(part).await?;
        }
    }
    let written = writing.finish().await?;
    Ok((whole.finish(), written.key))
}

/// What the whole is, if it is what was announced and something that is taken.
fn judge(parts: &Parts, announced: &Announced, found: &Found, reached: u64) -> Result<&'static str, BlobError> {
    if announced.sha256 != Some(found.sha256) || found.bytes != reached {
        return Err(BlobError::HashWrong);
    }
    let media = media::sniff(&found.head, announced.filetype.as_deref()).ok_or(BlobError::MediaRefused)?;
    if media::is_voice(media) && found.bytes > parts.limits.voice_bytes {
        return Err(BlobError::TooLarge(parts.limits.voice_bytes));
    }
    Ok(media)
}

/// Writes the rows in one transaction. Answers whether the blob now has this object.
async fn keep(
    parts: &Arc<Parts>,
    announced: &Announced,
    delivery: Delivery,
    first: i64,
    gathered: &Gathered,
    media: &str,
) -> Result<bool, BlobError> {
    let now_ms = parts.clock.now_ms();
    let sha256 = gathered.found.sha256;
    let blob = BlobRow {
        sha256,
        bytes: as_long(gathered.found.bytes),
        media: media.to_owned(),
        sm3: gathered.found.sm3,
        object: gathered.object.clone(),
        received_ms: now_ms,
        durable: false,
        condemned_ms: None,
        examined: false,
        likeness: None,
        exif: None,
    };
    let collection = CollectionRow {
        sha256,
        member: delivery.member,
        device: announced.device.map(|device| Fixed(device.0)),
        source: announced.source.clone(),
        captured: announced.captured.clone(),
        hashed: announced.hashed.clone(),
        received_ms: now_ms,
    };
    let lost = lost_object(parts, &blob).await?;
    let own = Arc::clone(parts);
    blocking(move || {
        own.store.write(|db| {
            let step = UploadStep {
                id: &delivery.id,
                holder: &delivery.holder,
                from: first,
                to: as_long(delivery.reached),
                state: WHOLE,
                goes_on: false,
            };
            if !query!(db, uploads::advance(step))? {
                return Err(BlobError::Locked);
            }
            query!(db, uploads::remove_pieces(&delivery.id))?;
            let new = place(db, &blob, lost.as_deref())?;
            query!(db, blobs::deliver(&collection))?;
            look_at_file(db, &sha256)?;
            Ok(new)
        })
    })
    .await
}

/// The object of a blob that the database has and the store has lost: whoever delivers it again heals it.
async fn lost_object(parts: &Arc<Parts>, blob: &BlobRow) -> Result<Option<String>, BlobError> {
    let (own, sha256) = (Arc::clone(parts), blob.sha256);
    let Some(known) = blocking(move || Ok(own.store.read(|db| query!(db, blobs::by_hash(&sha256)))?)).await? else {
        return Ok(None);
    };
    match parts.vault.size(&known.object).await {
        Ok(size) if as_long(size) == known.bytes => Ok(None),
        Ok(_) | Err(VaultError::Missing) => Ok(Some(known.object)),
        Err(error) => Err(error.into()),
    }
}

/// Inserts the blob, or finds it there. Answers whether it has the new object.
fn place(db: &mut Db<'_>, blob: &BlobRow, lost: Option<&str>) -> Result<bool, BlobError> {
    if query!(db, blobs::admit(blob))? {
        return Ok(true);
    }
    // It is there, and stays even if it was about to go. If it has just gone, it is new.
    if !query!(db, blobs::arrived_again(&blob.sha256, blob.received_ms))? {
        return match query!(db, blobs::admit(blob))? {
            true => Ok(true),
            false => Err(StoreError::Busy.into()),
        };
    }
    match lost {
        Some(lost) => Ok(query!(db, blobs::replace_object(&blob.sha256, lost, &blob.object))?),
        None => Ok(false),
    }
}
