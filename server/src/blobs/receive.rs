//! Receiving the bytes of an upload. What came is put down, whatever ends the request.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use sync_protocol::id::MemberId;

use super::BlobError;
use super::admit;
use super::digest::{Checksum, Whole};
use super::lease::{Present, RENEW};
use super::uploads::{OPEN, Parts, Standing, Uploads, WHOLE, as_long, blocking, is_composed, is_part};
use super::vault::Writing;
use crate::query;
use crate::store::rows::{PieceRow, UploadRow, UploadStep};

/// Most pieces of one upload: far more than the worst network makes of the largest photo.
pub(super) const MOST_PIECES: i64 = 1_024;

/// What a request brings.
pub struct Arriving<S> {
    /// Where its bytes begin.
    pub offset: u64,
    /// `Upload-Length`, of an upload whose length was not known.
    pub length: Option<u64>,
    /// `Content-Length`.
    pub announced: Option<u64>,
    /// What the bytes must hash to.
    pub checksum: Option<Checksum>,
    /// The bytes; an error is a connection that broke.
    pub body: S,
}

/// Why no more bytes are taken.
enum End {
    Complete,
    Cut,
    SentAway,
}

impl Uploads {
    /// Takes bytes for an upload of `member`. With the last one the blob is admitted.
    pub async fn append<S, E>(
        &self,
        member: MemberId,
        id: [u8; 16],
        mut arriving: Arriving<S>,
    ) -> Result<Standing, BlobError>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
    {
        let parts = &self.0;
        let own = Arc::clone(parts);
        let row = blocking(move || own.own(member, &id)).await?;
        if is_composed(&row) {
            return Err(BlobError::Composed);
        }
        if row.state == WHOLE {
            return whole_already(&row, &arriving);
        }
        // Whoever writes now is not disturbed by a request that cannot be carried out anyway.
        if arriving.offset != row.reached.unsigned_abs() {
            return Err(BlobError::OffsetWrong(row.reached.unsigned_abs()));
        }
        let holder = parts.take(member, id).await?;
        let present = parts.receivers.enter(id);
        let mut receiving = Receiving {
            parts,
            present: &present,
            id,
            holder,
            written: Vec::new(),
            whole: None,
        };
        let received = receiving.run(member, &mut arriving).await;
        if received.is_err() {
            receiving.forget().await;
        }
        parts.release(id, holder).await;
        if matches!(received, Err(BlobError::TooManyPieces)) {
            drop(present);
            self.end(member, id).await?;
        }
        received
    }
}

/// A request to an upload that is whole: harmless if it brings nothing, as a repeated last request does.
fn whole_already<S>(row: &UploadRow, arriving: &Arriving<S>) -> Result<Standing, BlobError> {
    let standing = Standing::from(row);
    if arriving.offset != standing.reached {
        return Err(BlobError::OffsetWrong(standing.reached));
    }
    match arriving.announced {
        Some(0) => Ok(standing),
        _ => Err(BlobError::TooLarge(standing.reached)),
    }
}

struct Receiving<'r> {
    parts: &'r Arc<Parts>,
    present: &'r Present<'r>,
    id: [u8; 16],
    holder: [u8; 16],
    /// Pieces that are safe in the store and that no row names yet.
    written: Vec<PieceRow>,
    /// The whole's digest, as long as all of it comes in this one request.
    whole: Option<Box<Whole>>,
}

impl Receiving<'_> {
    async fn run<S, E>(&mut self, member: MemberId, arriving: &mut Arriving<S>) -> Result<Standing, BlobError>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
    {
        // Read under the lease: nobody else moves it now.
        let row = self.current(member).await?;
        let mut standing = Standing::from(&row);
        if arriving.offset != standing.reached {
            return Err(BlobError::OffsetWrong(standing.reached));
        }
        self.is_handy().await?;
        let most = self.parts.limits.blob_bytes;
        if let Some(length) = arriving.length {
            if standing.length.is_some_and(|known| known != length) || length < standing.reached {
                return Err(BlobError::Malformed("Upload-Length never changes".to_owned()));
            }
            if length > most {
                return Err(BlobError::TooLarge(most));
            }
            if standing.length.is_none() {
                self.set_length(length).await?;
                standing.length = Some(length);
            }
        }
        // The most may have been more when the upload began.
        let room = standing.length.unwrap_or(most).saturating_sub(standing.reached);
        if arriving.announced.is_some_and(|bytes| bytes > room) {
            return Err(BlobError::TooLarge(standing.length.unwrap_or(most)));
        }
        if standing.reached == 0 && !is_part(&row) {
            self.whole = Some(Box::default());
        }
        let end = self.take_in(arriving, &mut standing, room).await?;
        if let (End::Complete, Some(checksum)) = (&end, arriving.checksum.take())
            && !checksum.holds()
        {
            return Err(BlobError::ChecksumWrong);
        }
        let done = standing.length == Some(standing.reached);
        if done && !is_part(&row) {
            let pieces = std::mem::take(&mut self.written);
            let delivery = admit::Delivery {
                member,
                id: self.id,
                holder: self.holder,
                reached: standing.reached,
            };
            let source = admit::Source::Own {
                whole: self.whole.take(),
                written: pieces,
            };
            admit::admit(self.parts, &row, delivery, source).await?;
        } else {
            let state = if done { WHOLE } else { OPEN };
            self.put_down(standing.reached, state, false).await?;
            match end {
                End::Complete => {}
                End::Cut => return Err(BlobError::Cut),
                End::SentAway if self.parts.receivers.stopping() => return Err(BlobError::Stopping),
                End::SentAway => return Err(BlobError::Locked),
            }
        }
        Ok(standing)
    }

    async fn current(&self, member: MemberId) -> Result<UploadRow, BlobError> {
        let (parts, id) = (Arc::clone(self.parts), self.id);
        blocking(move || parts.own(member, &id)).await
    }

    /// Refuses an upload in so many pieces that putting them together would keep the server busy.
    async fn is_handy(&self) -> Result<(), BlobError> {
        let (parts, id) = (Arc::clone(self.parts), self.id);
        blocking(move || {
            let pieces = parts.store.read(|db| query!(db, uploads::piece_count(&id)))?;
            (pieces < MOST_PIECES).then_some(()).ok_or(BlobError::TooManyPieces)
        })
        .await
    }

    async fn set_length(&self, length: u64) -> Result<(), BlobError> {
        let (parts, id, holder) = (Arc::clone(self.parts), self.id, self.holder);
        blocking(move || {
            let set = parts
                .store
                .write(|db| query!(db, uploads::set_length(&id, &holder, as_long(length))))?;
            set.then_some(()).ok_or(BlobError::Locked)
        })
        .await
    }

    /// Writes bytes into the store until they end. `standing.reached` says how far they go.
    async fn take_in<S, E>(
        &mut self,
        arriving: &mut Arriving<S>,
        standing: &mut Standing,
        room: u64,
    ) -> Result<End, BlobError>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
    {
        let began = standing.reached;
        let mut writing: Option<Writing> = None;
        let mut renewed = Instant::now();
        let end = loop {
            let part = tokio::select! {
                part = arriving.body.next() => part,
                () = self.present.leave() => break End::SentAway,
                () = tokio::time::sleep(self.parts.limits.silence) => break End::SentAway,
            };
            let bytes = match part {
                None => break End::Complete,
                Some(Err(_)) => break End::Cut,
                Some(Ok(bytes)) => bytes,
            };
            self.present.heard();
            if standing.reached - began + bytes.len() as u64 > room {
                return Err(BlobError::TooLarge(began + room));
            }
            standing.reached += bytes.len() as u64;
            if let Some(checksum) = &mut arriving.checksum {
                checksum.update(&bytes);
            }
            if let Some(whole) = &mut self.whole {
                whole.update(&bytes);
            }
            let mut open = match writing.take() {
                Some(open) => open,
                None => self.parts.vault.begin()?,
            };
            open.write(bytes).await?;
            if open.bytes() >= self.parts.limits.piece_bytes {
                self.close(open, standing.reached).await?;
                // Bytes whose checksum is still to come may have to go again.
                if arriving.checksum.is_none() && standing.length != Some(standing.reached) {
                    self.put_down(standing.reached, OPEN, true).await?;
                    self.whole = None;
                }
            } else {
                writing = Some(open);
            }
            if renewed.elapsed() > RENEW {
                self.parts.renew(self.id, self.holder).await?;
                renewed = Instant::now();
            }
        };
        if let Some(open) = writing {
            self.close(open, standing.reached).await?;
        }
        Ok(end)
    }

    async fn close(&mut self, open: Writing, end: u64) -> Result<(), BlobError> {
        let written = open.finish().await?;
        self.written.push(PieceRow {
            upload: self.id,
            start: as_long(end - written.bytes),
            bytes: as_long(written.bytes),
            object: written.key,
        });
        Ok(())
    }

    /// Says in the upload's row that the written pieces are there.
    async fn put_down(&mut self, reached: u64, state: i32, goes_on: bool) -> Result<(), BlobError> {
        let (parts, id, holder) = (Arc::clone(self.parts), self.id, self.holder);
        let pieces = self.written.clone();
        if pieces.is_empty() && state == OPEN {
            return Ok(());
        }
        let first = pieces.first().map_or(as_long(reached), |piece| piece.start);
        blocking(move || {
            parts.store.write(|db| {
                let step = UploadStep {
                    id: &id,
                    holder: &holder,
                    from: first,
                    to: as_long(reached),
                    state,
                    goes_on,
                };
                if !query!(db, uploads::advance(step))? {
                    return Err(BlobError::Locked);
                }
                for piece in &pieces {
                    query!(db, uploads::add_piece(piece))?;
                }
                Ok(())
            })
        })
        .await?;
        self.written.clear();
        Ok(())
    }

    /// Removes what was written and is not wanted.
    async fn forget(&mut self) {
        let objects = self.written.drain(..).map(|piece| piece.object).collect();
        self.parts.give_up(self.id, self.holder, objects).await;
    }
}
