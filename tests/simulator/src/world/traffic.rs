//! Syncs, and requests that arrive when nobody waits for them any more.

use std::collections::BTreeMap;

use wuyuan_client::{Outcome, PhoneError, StoreError};

use super::{World, way};
use crate::action::Fault;
use crate::oracle::{Violation, broken};

/// How a sync ended, as far as a simulation goes on from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// The phone has nothing left to do.
    Quiet,
    /// The phone's holder has signed in again.
    SignedIn,
    /// Later.
    Later,
    /// The phone is revoked.
    Revoked,
}

impl World {
    pub(super) fn sync(
        &mut self,
        who: usize,
        server: usize,
        faults: &[(u8, Fault)],
        power: Option<u32>,
    ) -> Result<(), Violation> {
        let count = self.handsets.len();
        self.handsets[who % count].body.power(power);
        let ended = self.sync_through(who, server, faults.iter().copied().collect());
        self.handsets[who % count].body.power(None);
        ended.map(|_| ())
    }

    /// Syncs; whoever must sign in for it does.
    pub(super) fn sync_through(
        &mut self,
        who: usize,
        server: usize,
        faults: BTreeMap<u8, Fault>,
    ) -> Result<Ended, Violation> {
        let count = self.handsets.len();
        let handset = &mut self.handsets[who % count];
        sync_one(&self.network, handset, server, faults)
    }

    pub(super) fn round(&mut self) -> Result<(), Violation> {
        for who in 0..self.handsets.len() {
            self.sync_through(who, who, BTreeMap::new())?;
        }
        for which in 0..self.strangers.len() {
            self.stranger_syncs(which, which, BTreeMap::new(), None)?;
        }
        Ok(())
    }

    /// A delayed request arrives, long after its phone has gone on.
    pub(super) fn arrive(&mut self, which: usize) {
        let delayed = {
            let mut delayed = self.network.delayed.borrow_mut();
            if delayed.is_empty() {
                return;
            }
            let at = which % delayed.len();
            delayed.remove(at)
        };
        self.network.deliver(which, delayed.member, &delayed.request, false);
    }
}

/// See [`World::sync_through`].
pub(super) fn sync_one(
    network: &crate::network::Network,
    handset: &mut crate::handset::Handset,
    server: usize,
    faults: BTreeMap<u8, Fault>,
) -> Result<Ended, Violation> {
    let through = way(network, handset, server, faults);
    let full = handset.is_full();
    let fits = |error: &PhoneError| matches!(error, PhoneError::Store(StoreError::Full)) && full;
    match handset.with(|phone| phone.sync_once(&through)) {
        Some(Ok(Outcome::UpToDate)) => Ok(Ended::Quiet),
        Some(Ok(Outcome::Wait { .. })) => Ok(Ended::Later),
        None => {
            network.count("power lost while syncing");
            Ok(Ended::Later)
        }
        Some(Ok(Outcome::Stopped { code, .. })) if code == "device_revoked" => Ok(Ended::Revoked),
        Some(Ok(Outcome::Stopped { code, detail })) => Err(broken(
            "a phone can always go on",
            format!("{}: {code}: {detail}", handset.member.number),
        )),
        Some(Err(error)) if fits(&error) => {
            network.count("storage full while syncing");
            Ok(Ended::Later)
        }
        Some(Err(error)) => Err(broken("a phone can always go on", error.to_string())),
        Some(Ok(Outcome::SignIn(trouble))) => match handset.sign_in(&through) {
            None | Some(Ok(())) => {
                network.count(trouble.code());
                Ok(Ended::SignedIn)
            }
            // The network has its faults here as well.
            Some(Err(PhoneError::Api(_))) => Ok(Ended::Later),
            Some(Err(error)) if fits(&error) => Ok(Ended::Later),
            Some(Err(error)) => Err(broken("a phone can always sign in", error.to_string())),
        },
    }
}
