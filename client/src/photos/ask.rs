//! Asking what the server has, so that nothing is sent twice and nothing is dropped too soon.

use sync_protocol::feed::Hash;

use super::{Keep, PhotoState};
use crate::error::PhoneError;
use crate::phone::Phone;
use crate::store::account::{self, Account};
use crate::store::photos;
use crate::sync::{Round, Step, api};
use crate::transport::Transport;

/// How often the server is asked whether its backup contains what it has received, ms.
const ASK_MS: i64 = 3_600_000;
/// Most hashes of one request.
const MOST_ASKED: usize = 1_000;

impl Phone {
    /// What is to be asked next in this sync.
    pub(super) fn photos_to_ask(&self, account: &Account, round: &Round) -> Result<Vec<Hash>, PhoneError> {
        if photos::in_all(self.conn())?.total == 0 {
            return Ok(Vec::new());
        }
        let generation = account.generation.as_deref().unwrap_or_default();
        let now = self.env().now().ms;
        let mut hashes = photos::to_ask(self.conn(), generation, now - ASK_MS, now)?;
        hashes.retain(|sha256| !round.uploads.asked.contains(sha256));
        hashes.truncate(MOST_ASKED);
        Ok(hashes)
    }

    /// Asks what the server has of them.
    pub(crate) fn ask_photos_step(&mut self, net: &dyn Transport, round: &mut Round) -> Result<Step, PhoneError> {
        let account = account::load(self.conn())?;
        let hashes = self.photos_to_ask(&account, round)?;
        let states = api(&account, net).blob_states(&hashes)?;
        round.uploads.asked.extend(&hashes);
        let now = self.env().now().ms;
        let generation = account.generation.unwrap_or_default();
        let received_is_enough = self.sending.keep == Keep::UntilReceived;
        self.store_mut().write(|tx| {
            for sha256 in &hashes {
                let said = states.iter().find(|known| known.sha256 == *sha256);
                match said.and_then(|known| PhotoState::parse(&known.state)) {
                    Some(state) => photos::set_state(tx, sha256, state, Some(&generation), now)?,
                    None => photos::set_asked(tx, sha256, &generation, now)?,
                }
            }
            photos::release(tx, received_is_enough)
        })?;
        Ok(Step::Next)
    }
}
