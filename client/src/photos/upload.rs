//! Sending originals, one after another, one request a step.
//!
//! Where an upload is, is kept before its first byte leaves; how far it is, the server is asked after any trouble and any
//! restart. So whatever is lost, at most one request is sent twice.

use sync_protocol::feed::Hash;

use super::folder::Unsound;
use super::{Keep, PhotoState, PhotoTrouble, Progress};
use crate::api::{ApiError, NewUpload, Problem, Reached};
use crate::error::PhoneError;
use crate::phone::Phone;
use crate::store::account::{self, Account};
use crate::store::feeds;
use crate::store::photos::{self, PhotoRow};
use crate::sync::{Action, Outcome, Round, Step, api};
use crate::transport::Transport;

/// The code of a server that makes nothing of what it is sent.
const NO_PROGRESS: &str = "no_progress";

impl Phone {
    /// What photos have to do next in this sync.
    pub(crate) fn photo_action(&self, account: &Account, round: &Round) -> Result<Option<Action>, PhoneError> {
        if !self.photos_to_ask(account, round)?.is_empty() {
            return Ok(Some(Action::AskPhotos));
        }
        if let Some(row) = photos::to_end(self.conn())?.first() {
            return Ok(Some(Action::EndUpload(row.sha256)));
        }
        let may_go = |row: &PhotoRow| row.upload.is_some() || !round.uploads.none_new;
        let mut rows = photos::to_send(self.conn())?.into_iter();
        let next = rows.find(|row| may_go(row) && !round.uploads.is_left(&row.sha256));
        Ok(next.map(|row| Action::Upload(row.sha256)))
    }

    /// The next request for a photo.
    pub(crate) fn upload_step(
        &mut self,
        net: &dyn Transport,
        round: &mut Round,
        sha256: &Hash,
    ) -> Result<Step, PhoneError> {
        let account = account::load(self.conn())?;
        // Another process may have been faster.
        let Some(row) = photos::get(self.conn(), sha256)? else {
            return Ok(Step::Next);
        };
        let sent = match (&row.upload, round.uploads.at) {
            (None, _) => self.begin_upload(net, round, &account, &row),
            (Some(address), Some((of, offset))) if of == *sha256 => {
                self.send_piece(net, round, &account, &row, address, offset)
            }
            (Some(address), _) => self.find_offset(net, round, &account, &row, address),
        };
        match sent {
            Err(PhoneError::Api(ApiError::Problem(problem))) => self.photo_refused(round, &account, &row, *problem),
            // Whether it arrived is unknown: this sync ends, and the next one asks.
            Err(error) => Err(error),
            Ok(()) => Ok(Step::Next),
        }
    }

    fn begin_upload(
        &mut self,
        net: &dyn Transport,
        round: &mut Round,
        account: &Account,
        row: &PhotoRow,
    ) -> Result<(), PhoneError> {
        let sound = self.folder().read(&account.sealing_key, &row.sha256, row.bytes, 0, 1);
        if let Err(unsound) = sound {
            return self.give_up(&row.sha256, unsound);
        }
        let device = feeds::current(self.conn())?.device;
        let (address, offset) = api(account, net).begin_upload(&NewUpload {
            sha256: &row.sha256,
            bytes: row.bytes,
            media: &row.media,
            captured: row.captured.as_deref(),
            hashed: &row.hashed,
            source: &row.source,
            device: &device,
        })?;
        self.store_mut()
            .write(|tx| photos::set_upload(tx, &row.sha256, &address, offset))?;
        match offset {
            0 => round.uploads.at = Some((row.sha256, 0)),
            _ => self.reach(round, row, Reached { offset, length: None })?,
        }
        Ok(())
    }

    fn find_offset(
        &mut self,
        net: &dyn Transport,
        round: &mut Round,
        account: &Account,
        row: &PhotoRow,
        address: &str,
    ) -> Result<(), PhoneError> {
        let reached = api(account, net).upload_reached(address)?;
        if reached.length.is_some_and(|length| length != row.bytes) {
            // A server of before may have given the address to another.
            return self.begin_anew(round, row, NO_PROGRESS);
        }
        self.reach(round, row, reached)
    }

    fn send_piece(
        &mut self,
        net: &dyn Transport,
        round: &mut Round,
        account: &Account,
        row: &PhotoRow,
        address: &str,
        offset: u64,
    ) -> Result<(), PhoneError> {
        let most = self.sending.piece_bytes;
        let piece = self
            .folder()
            .read(&account.sealing_key, &row.sha256, row.bytes, offset, most);
        let piece = match piece {
            Ok(piece) => piece,
            Err(unsound) => return self.give_up(&row.sha256, unsound),
        };
        let end = offset + piece.len() as u64;
        let reached = api(account, net).send_piece(address, offset, piece)?;
        if reached.offset <= offset || reached.offset > end {
            round.uploads.set_back(&row.sha256, NO_PROGRESS);
            return Ok(());
        }
        self.reach(round, row, reached)
    }

    /// Takes what the server has of an upload. All of it means that the hash was verified.
    fn reach(&mut self, round: &mut Round, row: &PhotoRow, reached: Reached) -> Result<(), PhoneError> {
        let sent = reached.offset;
        if sent > row.bytes {
            return self.begin_anew(round, row, NO_PROGRESS);
        }
        let now = self.env().now().ms;
        let received_is_enough = self.sending.keep == Keep::UntilReceived;
        let received = sent == row.bytes;
        self.store_mut().write(|tx| {
            if !received {
                return photos::set_sent(tx, &row.sha256, sent);
            }
            photos::set_state(tx, &row.sha256, PhotoState::Received, None, now)?;
            photos::release(tx, received_is_enough).map(|_| ())
        })?;
        round.uploads.at = (!received).then_some((row.sha256, sent));
        round.uploads.progress = Some(Progress {
            sha256: row.sha256,
            sent,
            bytes: row.bytes,
        });
        Ok(())
    }

    /// The server refused something of a photo. Only what concerns all of them ends the sync.
    fn photo_refused(
        &mut self,
        round: &mut Round,
        account: &Account,
        row: &PhotoRow,
        problem: Problem,
    ) -> Result<Step, PhoneError> {
        let sha256 = &row.sha256;
        round.uploads.at = None;
        let wait = |problem: &Problem| Outcome::Wait {
            code: problem.code.clone(),
            seconds: problem.retry_after,
        };
        match (problem.status, problem.code.as_str()) {
            (_, "blob_hash_wrong") => match self.folder().verify(&account.sealing_key, sha256, row.bytes) {
                Ok(()) => self.begin_anew(round, row, &problem.code)?,
                Err(unsound) => {
                    self.store_mut().write(|tx| photos::forget_upload(tx, sha256))?;
                    self.give_up(sha256, unsound)?;
                }
            },
            (_, "blob_media_refused") => self.given_up(sha256, PhotoTrouble::Refused)?,
            (_, "blob_too_large") => self.given_up(sha256, PhotoTrouble::TooLarge)?,
            (_, "upload_offset_wrong" | "upload_checksum_wrong") => round.uploads.set_back(sha256, &problem.code),
            (423, _) => round.uploads.leave(sha256, wait(&problem)),
            (404 | 410, _) if row.upload.is_some() => self.begin_anew(round, row, &problem.code)?,
            (429, "too_many_uploads") => {
                round.uploads.none_new = true;
                round.uploads.say(wait(&problem));
            }
            // The sign-in, or a server that has no time or no room for any of them.
            (401 | 429 | 500.., _) => return Err(ApiError::Problem(Box::new(problem)).into()),
            _ => {
                let (code, detail) = (problem.code, problem.detail);
                round.uploads.leave(sha256, Outcome::Stopped { code, detail });
            }
        }
        Ok(Step::Next)
    }

    /// Forgets the upload. The server is asked what it has before another begins: the last answer may have been lost.
    fn begin_anew(&mut self, round: &mut Round, row: &PhotoRow, code: &str) -> Result<(), PhoneError> {
        self.store_mut().write(|tx| photos::forget_upload(tx, &row.sha256))?;
        round.uploads.asked.remove(&row.sha256);
        round.uploads.set_back(&row.sha256, code);
        Ok(())
    }

    fn give_up(&mut self, sha256: &Hash, unsound: Unsound) -> Result<(), PhoneError> {
        let trouble = match unsound {
            Unsound::Missing => PhotoTrouble::Missing,
            Unsound::Damaged => PhotoTrouble::Damaged,
        };
        self.store_mut().write(|tx| photos::set_trouble(tx, sha256, trouble))?;
        Ok(())
    }

    /// The server has thrown the upload away.
    fn given_up(&mut self, sha256: &Hash, trouble: PhotoTrouble) -> Result<(), PhoneError> {
        self.store_mut().write(|tx| {
            photos::forget_upload(tx, sha256)?;
            photos::set_trouble(tx, sha256, trouble)
        })?;
        Ok(())
    }

    /// Ends an upload whose original is no longer what it was, so that it does not count against the others.
    pub(crate) fn end_upload_step(&mut self, net: &dyn Transport, sha256: &Hash) -> Result<Step, PhoneError> {
        let account = account::load(self.conn())?;
        if let Some(address) = photos::get(self.conn(), sha256)?.and_then(|row| row.upload) {
            match api(&account, net).end_upload(&address) {
                // One that the server does not know, or does not let go, ends by itself.
                Err(ApiError::Problem(problem)) if problem.status < 429 && problem.status != 401 => {}
                ended => ended?,
            }
            self.store_mut().write(|tx| photos::forget_upload(tx, sha256))?;
        }
        Ok(Step::Next)
    }
}
