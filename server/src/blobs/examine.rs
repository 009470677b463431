//! Examination in the background: EXIF and likeness of what was admitted.
//!
//! The row says whether a blob was examined, so nothing is lost when the server stops in between, and a second
//! examination finds the same. Several servers on one database may both look at a blob: that costs time and harms
//! nothing, and they begin at different places of the list so that it is rare.

use std::time::Duration;

use sync_protocol::feed::Hash;

use super::decode;
use super::exif;
use super::pictures::{PictureError, Pictures};
use super::vault::VaultError;
use crate::app::App;
use crate::query;
use crate::random;
use crate::reconcile::step::look_at_file;
use crate::store::rows::BlobRow;
use crate::store::{Store, StoreError};

/// How often it is looked for what another server left, or what an earlier look could not read.
const SWEEP: Duration = Duration::from_secs(300);

/// Most blobs of one look into the database.
const LOOK: i64 = 64;

/// What was found out of a blob.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Findings {
    /// The perceptual hash.
    pub likeness: Option<Vec<u8>>,
    /// EXIF and size.
    pub exif: exif::Found,
}

/// Why nothing was written down; the blob is looked at again later.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Picture(#[from] PictureError),
    #[error("the server is stopping")]
    Stopping,
}

/// Examines what waits, then what is admitted, for as long as it is polled.
pub async fn run(app: &App) {
    loop {
        if let Err(error) = everything(&app.store, &app.pictures).await {
            tracing::warn!(%error, "photos wait to be examined");
        }
        // A notice that comes while something is examined is kept.
        let _ = tokio::time::timeout(SWEEP, app.uploads.admission()).await;
    }
}

/// Examines every blob that was not.
async fn everything(store: &Store, pictures: &Pictures) -> Result<(), Failed> {
    // From anywhere on to the end, then from the beginning.
    let mut from = random::bytes::<32>().unwrap_or_default();
    let mut wrapped = false;
    loop {
        let waiting = waiting(store, from).await?;
        for hash in &waiting {
            one(store, pictures, *hash).await?;
        }
        match waiting.last() {
            Some(last) if waiting.len() as i64 == LOOK => from = *last,
            _ if wrapped => return Ok(()),
            _ => (from, wrapped) = ([0; 32], true),
        }
    }
}

async fn waiting(store: &Store, from: Hash) -> Result<Vec<Hash>, Failed> {
    let store = store.clone();
    blocking(move || store.read(|db| query!(db, blob_readers::unexamined(&from, LOOK)))).await
}

/// Examines a blob, unless another server has meanwhile.
async fn one(store: &Store, pictures: &Pictures, hash: Hash) -> Result<(), Failed> {
    let own = store.clone();
    let row = blocking(move || own.read(|db| query!(db, blob_readers::blobs(&[hash.as_slice()])))).await?;
    let Some(blob) = row.into_iter().find(|blob| !blob.examined) else {
        return Ok(());
    };
    let findings = match examine(pictures, &blob).await {
        Ok(findings) => findings,
        // Its bytes are lost: there is nothing to find, and `wuyuan verify` says so.
        Err(PictureError::Vault(VaultError::Missing)) => Findings::default(),
        Err(error) => return Err(error.into()),
    };
    let exif = (!findings.exif.is_empty()).then(|| serde_json::to_string(&findings.exif));
    let exif = exif.transpose().map_err(|_| StoreError::Internal)?;
    let store = store.clone();
    let likeness = findings.likeness;
    blocking(move || {
        store.write(|db| {
            query!(db, blob_readers::examined(hash, likeness.as_deref(), exif.as_deref()))?;
            look_at_file(db, &hash)
        })
    })
    .await
}

/// Looks at the bytes. What cannot be decoded is found to have no likeness.
async fn examine(pictures: &Pictures, blob: &BlobRow) -> Result<Findings, PictureError> {
    if !blob.media.starts_with("image/") {
        return Ok(Findings::default());
    }
    let place = pictures.place().await?;
    let bytes = pictures.bytes(blob).await?;
    let (most_pixels, decodes) = (pictures.most_pixels(), decode::is_decoded(&blob.media));
    let found = pictures.work(blob, place, move || {
        let mut exif = exif::find(&bytes);
        let mut likeness = None;
        if decodes {
            match decode::for_likeness(&bytes, most_pixels) {
                Ok(small) => {
                    (exif.width, exif.height) = (Some(small.width), Some(small.height));
                    likeness = Some(small.likeness());
                }
                Err(why) => tracing::info!(%why, "a photo has no likeness"),
            }
        }
        Ok(Findings { likeness, exif })
    });
    Ok(found.await.unwrap_or_default())
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, Failed> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|_| Failed::Stopping)?;
    Ok(done?)
}
