//! Going on after a fork or a loss: a new device, the common part found, the rest rewritten.

use rusqlite::Connection;
use sync_protocol::id::{DeviceId, Seq};

use super::rewrite::Under;
use super::{Round, Step, api, rewrite};
use crate::api::{Api, ApiError, Continues};
use crate::enrol;
use crate::error::PhoneError;
use crate::phone::Phone;
use crate::store::account::{self, Trouble};
use crate::store::{StoreError, feeds, outbox};
use crate::transport::Transport;

impl Phone {
    /// Each part may be repeated: the new device is kept before the server hears of it, and the old feed is closed
    /// in the same transaction that rewrites its rest.
    pub(super) fn recover_step(&mut self, net: &dyn Transport, round: &mut Round) -> Result<Step, PhoneError> {
        let account = account::load(self.conn())?;
        let api = api(&account, net);
        let old = feeds::current(self.conn())?;
        let lost = account.trouble == Some(Trouble::Lost);
        let taken = account.trouble == Some(Trouble::Taken);
        let common = match account.trouble {
            Some(Trouble::Lost) => old.server_seq,
            // Of another's feed nothing is this phone's.
            Some(Trouble::Taken) => 0,
            _ => self.common_prefix(&api, &old.device)?,
        };
        let next = match feeds::next(self.conn())? {
            Some(next) => next,
            None => {
                let (device, key) = enrol::new_device(self.env())?;
                let head_hash = outbox::head(self.conn(), &old.device)?.hash;
                let continues = lost.then_some(Continues {
                    device: old.device,
                    head_hash,
                });
                self.store_mut()
                    .write(|tx| feeds::insert_next(tx, &device, &key, continues))?;
                feeds::next(self.conn())?.ok_or(StoreError::Damaged("no next device"))?
            }
        };
        enrol::register(&api, &next, &account.member, &account.label)?;
        let rest = outbox::from(self.conn(), &old.device, common + 1, u32::MAX)?;
        let salts = self.salts(rest.len())?;
        self.store_mut().write(|tx| {
            let under = Under {
                old: &old.device,
                next: &next.device,
                common,
                // The server takes no claim on what another member's device might have written.
                reissues: !taken,
            };
            rewrite::rest(tx, &under, &account.sealing_key, &salts)?;
            feeds::succeed(tx, common)?;
            account::clear_trouble(tx)
        })?;
        Ok(round.set_back())
    }

    fn salts(&self, count: usize) -> Result<Vec<[u8; 16]>, PhoneError> {
        let mut salts = vec![[0u8; 16]; count];
        for salt in &mut salts {
            self.env().fill(salt)?;
        }
        Ok(salts)
    }

    /// The last operation that the server has as this phone wrote it. The chain makes equality at one place mean
    /// equality before it, so the place is found by halving.
    fn common_prefix(&self, api: &Api<'_>, device: &DeviceId) -> Result<Seq, PhoneError> {
        let mut common = 0;
        let mut above = outbox::head(self.conn(), device)?.seq + 1;
        while above - common > 1 {
            let middle = common + (above - common) / 2;
            match same_at(api, self.conn(), device, middle)? {
                true => common = middle,
                false => above = middle,
            }
        }
        Ok(common)
    }
}

fn same_at(api: &Api<'_>, conn: &Connection, device: &DeviceId, seq: Seq) -> Result<bool, PhoneError> {
    let theirs = match api.chain(device, seq, seq) {
        Ok(heads) => heads.into_iter().find(|h| h.seq == seq).map(|h| h.hash),
        // A restored server may not know the device any more: it has nothing of it.
        Err(ApiError::Problem(problem)) if problem.status == 404 => None,
        Err(error) => return Err(error.into()),
    };
    Ok(theirs.is_some() && theirs == outbox::chain_at(conn, device, seq)?)
}
