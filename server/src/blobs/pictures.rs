//! Thumbnails, and the few places in which pictures are decoded.
//!
//! A thumbnail is made when somebody asks for it and remembered in memory, as much as fits into [`REMEMBERED`]. It is
//! not stored: the phone that asked keeps it for a year, one takes a fraction of a second to make again, and an object
//! in the store would have to be counted, collected and left out of backups.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use lru::LruCache;
use sync_protocol::feed::Hash;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::decode::{self, Small, Undecodable};
use super::vault::{Vault, VaultError};
use crate::config::Settings;
use crate::store::rows::BlobRow;

/// The sides of thumbnails.
pub const SIDES: [u32; 4] = [160, 320, 640, 1_280];

/// How many bytes of thumbnails are remembered: some thousands of those that lists show.
const REMEMBERED: usize = 64 << 20;

/// What one that is remembered takes beside its bytes.
const FRAME: usize = 256;

/// Longest wait for a place to decode in.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why there is no thumbnail now.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// Too many pictures are waiting.
    #[error("too many pictures are waiting to be decoded")]
    Busy,
    /// The blob's bytes.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// Makes thumbnails. Cloning shares what is remembered and the places.
#[derive(Clone)]
pub struct Pictures(Arc<Parts>);

struct Parts {
    vault: Vault,
    most_pixels: u64,
    places: Arc<Semaphore>,
    made: Mutex<Made>,
}

/// What was made; nothing where a picture cannot be decoded.
struct Made {
    thumbnails: LruCache<(Hash, u32), Option<Bytes>>,
    bytes: usize,
}

impl Pictures {
    /// Of the blobs in `vault`, in as many places as the settings say.
    pub fn new(vault: Vault, settings: &Settings) -> Pictures {
        Pictures(Arc::new(Parts {
            vault,
            most_pixels: settings.max_pixels,
            places: Arc::new(Semaphore::new(settings.parallel_pictures)),
            made: Mutex::new(Made {
                thumbnails: LruCache::unbounded(),
                bytes: 0,
            }),
        }))
    }

    /// The smallest of the [`SIDES`] that is at least `size`, or the largest.
    pub fn side(size: u32) -> u32 {
        let largest = SIDES[SIDES.len() - 1];
        SIDES.into_iter().find(|side| *side >= size).unwrap_or(largest)
    }

    /// A JPEG of the blob that fits into a square of `side`. `None`: none can be made of it.
    pub async fn thumbnail(&self, blob: &BlobRow, side: u32) -> Result<Option<Bytes>, PictureError> {
        if !decode::is_decoded(&blob.media) {
            return Ok(None);
        }
        let key = (blob.sha256, side);
        if let Some(made) = self.0.remembered(&key) {
            return Ok(made);
        }
        let place = tokio::time::timeout(PATIENCE, self.place())
            .await
            .map_err(|_| PictureError::Busy)??;
        // Whoever asked for the same before may have made it meanwhile.
        if let Some(made) = self.0.remembered(&key) {
            return Ok(made);
        }
        let bytes = self.bytes(blob).await?;
        let most_pixels = self.0.most_pixels;
        let thumbnail = self
            .work(blob, place, move || Small::decode(&bytes, side, most_pixels)?.jpeg())
            .await
            .map(Bytes::from);
        self.0.remember(key, thumbnail.clone());
        Ok(thumbnail)
    }

    /// Waits for a place to decode in, the longest waiting first.
    pub(super) fn place(&self) -> impl Future<Output = Result<OwnedSemaphorePermit, PictureError>> + use<> {
        let places = Arc::clone(&self.0.places);
        async move { places.acquire_owned().await.map_err(|_| PictureError::Busy) }
    }

    /// A blob's bytes.
    pub(super) async fn bytes(&self, blob: &BlobRow) -> Result<Vec<u8>, VaultError> {
        let mut stream = self.0.vault.read(&blob.object, None).await?;
        let mut bytes = Vec::with_capacity(usize::try_from(blob.bytes).unwrap_or(0));
        while let Some(part) = stream.next().await {
            bytes.extend_from_slice(&part?);
        }
        Ok(bytes)
    }

    /// Does what takes long in a place, on a thread that may block. `None`: the picture does not allow it.
    pub(super) async fn work<T: Send + 'static>(
        &self,
        blob: &BlobRow,
        place: OwnedSemaphorePermit,
        work: impl FnOnce() -> Result<T, Undecodable> + Send + 'static,
    ) -> Option<T> {
        // The place goes with the work, which goes on when nobody waits for it any more.
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        })
        .await;
        let why: &dyn std::fmt::Display = match &done {
            Ok(Ok(_)) => return done.ok().and_then(Result::ok),
            Ok(Err(error)) => error,
            // A decoder that panics is at fault, and the picture one that it cannot show.
            Err(panic) => panic,
        };
        tracing::info!(sha256 = hex::encode(blob.sha256), %why, "a picture cannot be decoded");
        None
    }

    /// Most pixels of a picture that is decoded.
    pub(super) fn most_pixels(&self) -> u64 {
        self.0.most_pixels
    }
}

impl Parts {
    fn remembered(&self, key: &(Hash, u32)) -> Option<Option<Bytes>> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.thumbnails.get(key).cloned()
    }

    fn remember(&self, key: (Hash, u32), thumbnail: Option<Bytes>) {
        let weight = |thumbnail: &Option<Bytes>| FRAME + thumbnail.as_ref().map_or(0, Bytes::len);
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.bytes += weight(&thumbnail);
        if let Some(before) = made.thumbnails.put(key, thumbnail) {
            made.bytes -= weight(&before);
        }
        while made.bytes > REMEMBERED {
            let Some((_, oldest)) = made.thumbnails.pop_lru() else {
                break;
            };
            made.bytes -= weight(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn a_size_is_rounded_up() {
        for (size, side) in [
            (0, 160),
            (160, 160),
            (161, 320),
            (641, 1_280),
            (1_281, 1_280),
            (u32::MAX, 1_280),
        ] {
            assert_eq!(Pictures::side(size), side);
        }
    }

    #[test]
    fn what_is_remembered_has_a_bound() {
        let test = testing::app(&[]);
        let parts = &test.app.pictures.0;
        let large = Bytes::from(vec![0; 1 << 20]);
        let key = |n: u8| ([n; 32], 320);
        for n in 0..200 {
            parts.remember(key(n), Some(large.clone()));
            parts.remember(key(n), Some(large.clone()));
        }
        let held = |n: u8| parts.remembered(&key(n)).is_some();
        assert!(held(199) && held(199 - 62) && !held(199 - 64) && !held(0));
        assert!(parts.made.lock().unwrap().bytes <= REMEMBERED);
    }
}
