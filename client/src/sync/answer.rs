//! What an answer changes: verdicts, receipts, the feed's state and the pulled units, in one transaction.

use rusqlite::Connection;
use sync_protocol::id::DeviceId;
use sync_protocol::receipt;
use sync_protocol::wire::{FeedState, SyncAnswer, VerdictLine};

use super::exchange::Plan;
use super::pull;
use crate::error::PhoneError;
use crate::phone::Phone;
use crate::photos::PhotoState;
use crate::store::account::{self, Trouble};
use crate::store::{StoreError, cache, feeds, outbox, photos, receipts, replica};

/// What became of an answer.
pub(super) enum Taken {
    /// Everything in it is kept.
    Done {
        /// There is more to pull.
        more: bool,
        /// Something was pulled.
        moved: bool,
        /// The server was restored since the last answer.
        restored: bool,
        /// A unit whose cursor was sent starts anew.
        restarted: bool,
    },
    /// The server's feed is not this phone's: nothing was taken.
    Forked,
    /// The receipt's key is not known yet: nothing was taken.
    KeyUnknown,
    /// The receipt does not hold: nothing was taken.
    ReceiptWrong,
}

pub(super) enum Signed {
    Nothing,
    Receipt {
        text: String,
        key: String,
        signature: [u8; 64],
    },
    KeyUnknown,
    Wrong,
}

pub(super) fn signed(conn: &Connection, device: &DeviceId, answer: &SyncAnswer) -> Result<Signed, StoreError> {
    let lines = || answer.verdicts.iter().chain(&answer.resolved);
    if lines().next().is_none() {
        return Ok(Signed::Nothing);
    }
    let Some(receipt) = &answer.receipt else {
        return Ok(Signed::Wrong);
    };
    let Some(key) = receipts::key(conn, &receipt.key)? else {
        return Ok(Signed::KeyUnknown);
    };
    Ok(match receipt::verify(&key, device, lines(), &receipt.sig) {
        false => Signed::Wrong,
        true => {
            let text = receipt::text(device, lines());
            Signed::Receipt {
                text,
                key: receipt.key.clone(),
                signature: receipt.sig,
            }
        }
    })
}

pub(super) fn take_verdicts(
    conn: &Connection,
    device: &DeviceId,
    lines: impl Iterator<Item = VerdictLine>,
    signed: &Signed,
) -> Result<(), StoreError> {
    let receipt = match signed {
        Signed::Receipt { text, key, signature } => Some(receipts::keep(conn, text, key, signature)?),
        _ => None,
    };
    for line in lines {
        outbox::set_verdict(conn, device, &line, receipt)?;
    }
    Ok(())
}

/// Whether the server's feed goes beyond this phone's or beside it.
fn is_forked(conn: &Connection, device: &DeviceId, state: &FeedState) -> Result<bool, StoreError> {
    Ok(state.closed || outbox::chain_at(conn, device, state.head.seq)? != Some(state.head.hash))
}

impl Phone {
    /// Takes an answer to `plan` that was given when this phone's clock stood at `heard_at` ms.
    pub(super) fn take(&mut self, answer: SyncAnswer, plan: &Plan, heard_at: i64) -> Result<Taken, PhoneError> {
        let signed = signed(self.conn(), &plan.device, &answer)?;
        match signed {
            Signed::KeyUnknown => return Ok(Taken::KeyUnknown),
            Signed::Wrong => return Ok(Taken::ReceiptWrong),
            Signed::Nothing | Signed::Receipt { .. } => {}
        }
        let device = plan.device;
        self.store_mut().write(|tx| {
            if is_forked(tx, &device, &answer.feed)? {
                account::set_trouble(tx, Trouble::Forked)?;
                return Ok(Taken::Forked);
            }
            let account = account::load(tx)?;
            let feed = feeds::current(tx)?;
            let restored = account
                .generation
                .as_ref()
                .is_some_and(|known| *known != answer.generation);
            let server_seq = answer.feed.head.seq;
            if restored || server_seq < feed.server_seq {
                outbox::reopen_above(tx, &device, server_seq)?;
            }
            if restored {
                cache::expire(tx, cache::CONFIG)?;
                feeds::doubt_closed(tx)?;
                outbox::doubt_released(tx, &device, server_seq)?;
            }
            feeds::set_server_seq(tx, &device, server_seq)?;
            feeds::set_durable_seq(tx, &device, answer.feed.durable_seq)?;
            let lines = answer.verdicts.iter().chain(&answer.resolved).cloned();
            take_verdicts(tx, &device, lines, &signed)?;
            for sha256 in &answer.want {
                photos::set_state(tx, sha256, PhotoState::Absent, Some(&answer.generation), heard_at)?;
            }
            let mut more = answer.more;
            let mut moved = false;
            let mut restarted = false;
            if let Some(sent) = &plan.cursors {
                for page in &answer.units {
                    let taken = pull::take_page(tx, page, sent.get(&page.unit), &answer.generation)?;
                    more |= taken.again;
                    moved |= taken.moved;
                    restarted |= page.restart && sent.contains_key(&page.unit);
                }
            }
            for unit in &answer.ended {
                let row = replica::unit(tx, unit)?;
                replica::save_unit(tx, &replica::UnitRow { ending: true, ..row })?;
                moved = true;
            }
            pull::end_units(tx, account.push_only, &account.sealing_key)?;
            outbox::drop_durable(tx, &device, answer.feed.durable_seq)?;
            let offset = answer.server_time - heard_at;
            account::heard(tx, &answer.generation, answer.catalog, offset, heard_at)?;
            Ok(Taken::Done {
                more,
                moved,
                restored,
                restarted,
            })
        })
    }
}
