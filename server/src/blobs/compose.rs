//! Concatenation: an upload that is put together of others, so that a client can send several parts at once.

use std::sync::Arc;

use uuid::Uuid;

use super::BlobError;
use super::admit::{Delivery, Source, admit};
use super::lease::LEASE_MS;
use super::receive::MOST_PIECES;
use super::uploads::{Parts, Standing, WHOLE, as_long, blocking, is_part};
use crate::query;
use crate::random;
use crate::store::rows::{PieceRow, UploadRow};

/// Most parts of one upload.
const MOST: usize = 64;

/// How long parts are kept once they have been put together, ms: the answer may have been lost.
pub(super) const AFTER_MS: i64 = 3_600_000;

/// The ids in `final;URL URL …`.
pub(super) fn parts_of(concat: &str) -> Result<Vec<[u8; 16]>, BlobError> {
    let wrong = |why: &str| BlobError::Malformed(format!("Upload-Concat {why}"));
    let urls = concat
        .strip_prefix("final;")
        .ok_or_else(|| wrong("is partial, or final; and addresses of uploads"))?;
    let ids = urls.split_ascii_whitespace().map(|url| {
        let last = url.rsplit('/').next().unwrap_or_default();
        last.parse::<Uuid>()
            .map(Uuid::into_bytes)
            .map_err(|_| wrong("names what is no upload"))
    });
    let ids: Vec<[u8; 16]> = ids.collect::<Result<_, _>>()?;
    match ids.len() {
        1..=MOST => Ok(ids),
        _ => Err(wrong("names no upload, or more than 64")),
    }
}

/// Puts `row` together of the uploads `ids` of the same member, and admits it.
pub(super) async fn compose(parts: &Arc<Parts>, mut row: UploadRow, ids: Vec<[u8; 16]>) -> Result<Standing, BlobError> {
    if row.length.is_some() {
        return Err(BlobError::Malformed(
            "an upload that is put together has no Upload-Length".to_owned(),
        ));
    }
    let holder = random::bytes()?;
    let (own, member) = (Arc::clone(parts), row.member);
    let (begun, pieces) = {
        let ids = ids.clone();
        blocking(move || {
            let mut pieces: Vec<PieceRow> = Vec::new();
            let mut length = 0u64;
            for id in &ids {
                let part = own.own(member, id)?;
                if !is_part(&part) || part.state != WHOLE {
                    return Err(BlobError::Malformed(
                        "Upload-Concat names an upload that is no part, or is not all there".to_owned(),
                    ));
                }
                length += part.reached.unsigned_abs();
                pieces.extend(own.store.read(|db| query!(db, uploads::pieces(id)))?);
            }
            if pieces.len() as i64 > 4 * MOST_PIECES {
                return Err(BlobError::Malformed("Upload-Concat names too many pieces".to_owned()));
            }
            let most = own.limits.blob_bytes;
            if length > most {
                return Err(BlobError::TooLarge(most));
            }
            if length == 0 {
                return Err(BlobError::MediaRefused);
            }
            row.length = Some(as_long(length));
            row.holder = Some(crate::store::column::Fixed(holder));
            row.lease_ms = own.clock.now_ms() + LEASE_MS;
            own.store.write(|db| query!(db, uploads::insert(&row)))?;
            Ok((row, pieces))
        })
        .await?
    };
    let mut standing = Standing::from(&begun);
    standing.reached = begun.length.unwrap_or_default().unsigned_abs();
    let delivery = Delivery {
        member,
        id: begun.id,
        holder,
        reached: standing.reached,
    };
    let admitted = admit(parts, &begun, delivery, Source::Others(pieces)).await;
    parts.release(begun.id, holder).await;
    let own = Arc::clone(parts);
    let now_ms = parts.clock.now_ms();
    let worked = admitted.is_ok();
    blocking(move || {
        own.store.write(|db| {
            if worked {
                let ids: Vec<&[u8]> = ids.iter().map(|id| id.as_slice()).collect();
                query!(db, uploads::shorten(&ids, now_ms + AFTER_MS))?;
            } else {
                // The client has no address of it and will never ask for it again.
                query!(db, uploads::end(&begun.id))?;
            }
            Ok::<_, BlobError>(())
        })
    })
    .await?;
    admitted.map(|()| standing)
}
