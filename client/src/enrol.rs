//! Signing in and out, and making the device known to the server.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use sync_protocol::feed;
use sync_protocol::id::{DeviceId, MemberId};

use crate::api::{Activation, Api, ApiError, Enrolment, Session, SignIn};
use crate::env::{Env, NoEntropy, uuid_v4};
use crate::error::PhoneError;
use crate::phone::Phone;
use crate::store::account::{self, Trouble};
use crate::store::feeds::Feed;
use crate::store::{Store, counts, feeds, photos, remove_files};
use crate::sync::Outcome;
use crate::transport::Transport;

/// Where the device's key is kept.
const KEY_STORAGE: &str = "software";

/// How the member shows who he is.
pub enum Credentials<'a> {
    /// By his password, administrators with a one-time code.
    Password {
        /// The password.
        password: &'a str,
        /// The one-time code.
        totp: Option<&'a str>,
    },
    /// For the first time, by an activation code; the password is set.
    Activation {
        /// The code.
        code: &'a str,
        /// The password from now on.
        password: &'a str,
    },
}

/// A new phone.
pub struct NewPhone<'a> {
    /// The file to make.
    pub path: &'a Path,
    /// The server's address.
    pub server: &'a str,
    /// The member's number.
    pub number: &'a str,
    /// What the member calls this phone.
    pub label: &'a str,
}

impl Phone {
    /// Signs in, makes the file with a new device and key, and tells the server of it. When the connection breaks
    /// after the sign-in the phone exists, and its next sync goes on from there.
    pub fn enrol(
        new: &NewPhone<'_>,
        credentials: &Credentials<'_>,
        env: Box<dyn Env>,
        net: &dyn Transport,
    ) -> Result<(Phone, Outcome), PhoneError> {
        // Found before the activation code is spent; an interrupted creation left nothing and is cleared away.
        match Store::open(new.path) {
            Ok(store) if account::load(store.read()).is_ok() => return Err(crate::store::StoreError::Exists.into()),
            Ok(_) | Err(crate::store::StoreError::Absent) => remove_files(new.path)?,
            Err(error) => return Err(error.into()),
        }
        let session = authenticate(net, new.number, credentials)?;
        let (device, key) = new_device(env.as_ref())?;
        let mut sealing_key = [0u8; 32];
        env.fill(&mut sealing_key)?;
        let mut store = Store::create(new.path)?;
        store.write(|tx| {
            account::insert(tx, new.server, new.label, &session, &sealing_key)?;
            feeds::insert_current(tx, &device, &key)
        })?;
        drop(store);
        let mut phone = Phone::open(new.path, env)?;
        let outcome = phone.sync_once(net)?;
        Ok((phone, outcome))
    }

    /// Signs in again: after the sign-in has run out, and before a forked feed goes on under a new device.
    pub fn sign_in(&mut self, credentials: &Credentials<'_>, net: &dyn Transport) -> Result<(), PhoneError> {
        let account = account::load(self.conn())?;
        let session = authenticate(net, &account.number, credentials)?;
        if session.member.id != account.member {
            return Err(PhoneError::OtherMember);
        }
        self.store_mut().write(|tx| {
            account::set_session(tx, &session)?;
            account::set_signed_in_since(tx)
        })?;
        Ok(())
    }

    /// Delivers what is pending, signs out and removes the file with the photos. Refuses while something is
    /// undelivered, saves or photos, unless it is told to lose it.
    pub fn sign_out(mut self, net: &dyn Transport, lose_undelivered: bool) -> Result<(), PhoneError> {
        let synced = self.sync_once(net);
        let counts = counts::counts(self.conn())?;
        let undelivered = counts.waiting + counts.sent + photos::undelivered(self.conn())?;
        if undelivered > 0 && !lose_undelivered {
            return match synced {
                Err(error) => Err(error),
                Ok(_) => Err(PhoneError::Undelivered(undelivered)),
            };
        }
        let account = account::load(self.conn())?;
        if let Some(access) = account.access_token {
            let told = Api::new(net, Some(access)).sign_out();
            // Tokens that the server has dropped already need no dropping.
            if let Err(error) = told
                && !lose_undelivered
                && error.problem().is_none_or(|p| p.status != 401)
            {
                return Err(error.into());
            }
        }
        let path = self.path().to_owned();
        let folder = self.folder().clone();
        drop(self);
        folder.remove()?;
        remove_files(&path)?;
        Ok(())
    }

    /// Asks the server something with the holder's sign-in, and once more with a new one where it has run out.
    pub(crate) fn asking<T>(
        &mut self,
        net: &dyn Transport,
        ask: impl Fn(&Phone) -> Result<T, PhoneError>,
    ) -> Result<T, PhoneError> {
        match ask(self) {
            Err(PhoneError::Api(ApiError::Problem(problem))) if problem.status == 401 => {
                if self.refresh(net)? {
                    return ask(self);
                }
                Err(PhoneError::Api(ApiError::Problem(problem)))
            }
            asked => asked,
        }
    }

    /// Trades the refresh token for a new sign-in. A refusal means: sign in again.
    pub(crate) fn refresh(&mut self, net: &dyn Transport) -> Result<bool, PhoneError> {
        let Some(token) = account::load(self.conn())?.refresh_token else {
            return Ok(false);
        };
        match Api::new(net, None).refresh(&token) {
            Ok(session) => {
                self.store_mut().write(|tx| account::set_session(tx, &session))?;
                Ok(true)
            }
            Err(ApiError::Problem(problem)) if matches!(problem.status, 400 | 401 | 403) => {
                self.store_mut().write(|tx| account::set_trouble(tx, Trouble::SignIn))?;
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn authenticate(net: &dyn Transport, number: &str, credentials: &Credentials<'_>) -> Result<Session, ApiError> {
    let api = Api::new(net, None);
    match *credentials {
        Credentials::Password { password, totp } => api.sign_in(&SignIn { number, password, totp }),
        Credentials::Activation { code, password } => api.activate(&Activation { number, code, password }),
    }
}

/// A random device with its key.
pub(crate) fn new_device(env: &dyn Env) -> Result<(DeviceId, SigningKey), NoEntropy> {
    let mut seed = [0u8; 32];
    env.fill(&mut seed)?;
    Ok((uuid_v4(env)?.into(), SigningKey::from_bytes(&seed)))
}

/// Tells the server of a device. Repeating it with the same key changes nothing.
pub(crate) fn register(api: &Api<'_>, feed: &Feed, member: &MemberId, label: &str) -> Result<(), PhoneError> {
    let Some(key) = &feed.key else {
        return Err(crate::store::StoreError::Damaged("a device without key").into());
    };
    let proof = key.sign(&feed::enrolment_message(&feed.device, member)).to_bytes();
    api.enrol(&Enrolment {
        id: feed.device,
        suite: feed::SUITE,
        public_key: URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes()),
        label,
        key_storage: KEY_STORAGE,
        continues: feed.continues,
        proof: URL_SAFE_NO_PAD.encode(proof),
    })?;
    Ok(())
}
