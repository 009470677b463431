//! The sync loop: a state machine that never sleeps.
//!
//! [`Phone::next_action`] looks at what is kept and says what to do next; [`Phone::sync_once`] does one action after
//! another, each one request, until nothing is left to do or somebody must wait or act. Between any two requests the
//! phone may lose power: everything that an answer brought was kept in one transaction, and everything else is
//! asked again.

mod answer;
mod backoff;
mod earlier;
mod exchange;
mod log;
mod pull;
mod recover;
mod refusal;
mod rewrite;
mod size;

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::catalog::Catalog;
use sync_protocol::feed::Hash;
use sync_protocol::id::{DeviceId, Seq};

use crate::api::{Api, ApiError, Problem};
use crate::enrol;
use crate::error::PhoneError;
use crate::phone::Phone;
use crate::photos::{Progress, Uploads};
use crate::store::account::{self, Account};
use crate::store::{cache, feeds, outbox, receipts};
use crate::transport::{Transport, TransportError};

pub use crate::store::account::Trouble;
pub use backoff::Backoff;

/// How long config and directory are good, ms.
const FRESH_MS: i64 = 12 * 3_600_000;
/// How often a sync may be thrown back, by a gap, a restore, cursors that do not hold or a new device, before it ends for
/// now. One that a sound server throws back at all is thrown back once or twice.
const MOST_SETBACKS: u32 = 3;

/// How a sync ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Everything is delivered and everything is pulled.
    UpToDate,
    /// Not now: try again after a while, see [`Backoff`].
    Wait {
        /// Why.
        code: String,
        /// At least so many seconds, if the server said.
        seconds: Option<u64>,
    },
    /// Somebody must sign in; everything recorded is kept.
    SignIn(Trouble),
    /// The same again would be refused again: somebody must look at it.
    Stopped {
        /// Why.
        code: String,
        /// The server's words.
        detail: String,
    },
}

/// What a sync does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Somebody must sign in.
    SignIn(Trouble),
    /// Trade the refresh token for an access token.
    Refresh,
    /// Tell the server of this device.
    Register,
    /// Fetch limits, generation and the key of receipts.
    Config,
    /// Fetch the catalogue.
    Catalog,
    /// Go on under a new device, after a fork or a loss.
    Recover,
    /// Ask what became of an earlier device's operations.
    AskEarlier(DeviceId),
    /// Push again what a restored server lost of an earlier device.
    PushEarlier(DeviceId),
    /// Push what is pending and pull what is new.
    Exchange,
    /// Fetch units and members.
    Directory,
    /// Look whether the server's transparency log only grew.
    Log,
    /// Ask what the server has of photos.
    AskPhotos,
    /// Send the next of a photo: begin its upload, ask how far it is, or send a piece.
    Upload(Hash),
    /// End the upload of a photo that has been given up.
    EndUpload(Hash),
    /// Nothing is left.
    Done,
}

/// What has happened in this sync.
#[derive(Debug, Default)]
pub struct Round {
    exchanged: bool,
    refreshed: bool,
    registered: bool,
    config_wanted: bool,
    key_asked: bool,
    catalog_asked: bool,
    directory_asked: bool,
    log_asked: bool,
    setbacks: u32,
    /// Up to which number of a device the server was asked what became of its operations.
    asked: BTreeMap<DeviceId, Seq>,
    earlier_left: BTreeSet<DeviceId>,
    pub(crate) uploads: Uploads,
}

impl Round {
    /// The server was restored: it is asked anew what became of everything.
    fn doubt(&mut self) {
        self.asked.clear();
        self.earlier_left.clear();
        self.uploads.asked.clear();
    }

    /// The sync was thrown back to an earlier point. Each time it may get on from there, so a server that throws it
    /// back for ever is known only by how often it does.
    fn set_back(&mut self) -> Step {
        self.setbacks += 1;
        match self.setbacks > MOST_SETBACKS {
            true => no_progress(),
            false => Step::Next,
        }
    }
}

/// What a request led to.
pub(crate) enum Step {
    /// Go on.
    Next,
    /// The sync ends here.
    End(Outcome),
}

impl Phone {
    /// Syncs until everything is done or somebody must wait or act. An error is of the phone itself; whatever the
    /// network and the server do is an outcome.
    pub fn sync_once(&mut self, net: &dyn Transport) -> Result<Outcome, PhoneError> {
        self.sync_watched(net, &mut |_| {})
    }

    /// The same; `watch` hears how far each photo is.
    pub fn sync_watched(
        &mut self,
        net: &dyn Transport,
        watch: &mut dyn FnMut(&Progress),
    ) -> Result<Outcome, PhoneError> {
        let mut round = Round::default();
        loop {
            let step = self.step(net, &mut round)?;
            if let Some(progress) = round.uploads.progress.take() {
                watch(&progress);
            }
            if let Step::End(outcome) = step {
                self.tidy()?;
                return Ok(outcome);
            }
        }
    }

    /// What is to be done next, given what has happened in this sync.
    pub fn next_action(&self, round: &Round) -> Result<Action, PhoneError> {
        let account = account::load(self.conn())?;
        match account.trouble {
            Some(Trouble::SignIn) => return Ok(Action::SignIn(Trouble::SignIn)),
            Some(Trouble::Forked) if !account.signed_in_since => return Ok(Action::SignIn(Trouble::Forked)),
            _ => {}
        }
        if account.access_token.is_none() {
            return Ok(match account.refresh_token {
                Some(_) => Action::Refresh,
                None => Action::SignIn(account.trouble.unwrap_or(Trouble::SignIn)),
            });
        }
        if account.trouble.is_some() {
            return Ok(Action::Recover);
        }
        if !feeds::current(self.conn())?.registered {
            return Ok(Action::Register);
        }
        if round.config_wanted || !self.is_fresh(cache::CONFIG)? {
            return Ok(Action::Config);
        }
        let Some(catalog) = self.catalog() else {
            return Ok(Action::Catalog);
        };
        if let Some(action) = self.earlier_action(round)? {
            return Ok(action);
        }
        if !round.exchanged {
            return Ok(Action::Exchange);
        }
        if account.catalog > catalog.version() && !round.catalog_asked {
            return Ok(Action::Catalog);
        }
        if !account.push_only && !round.directory_asked && !self.is_fresh(cache::DIRECTORY)? {
            return Ok(Action::Directory);
        }
        if !account.push_only && self.is_log_due(round)? {
            return Ok(Action::Log);
        }
        let Some(action) = self.photo_action(&account, round)? else {
            return Ok(Action::Done);
        };
        // What was recorded while photos are on their way does not wait for them.
        let feed = feeds::current(self.conn())?;
        match outbox::first_pending(self.conn(), &feed.device, feed.server_seq)? {
            Some(_) => Ok(Action::Exchange),
            None => Ok(action),
        }
    }

    /// Kept, and heard recently by this phone's clock; a clock that was set back makes it stale.
    fn is_fresh(&self, name: &str) -> Result<bool, PhoneError> {
        let now = self.env().now().ms;
        let cached = cache::load(self.conn(), name)?;
        Ok(cached.is_some_and(|c| (0..FRESH_MS).contains(&now.saturating_sub(c.at_ms))))
    }

    fn step(&mut self, net: &dyn Transport, round: &mut Round) -> Result<Step, PhoneError> {
        let action = self.next_action(round)?;
        let done = match action {
            Action::SignIn(trouble) => return Ok(Step::End(Outcome::SignIn(trouble))),
            Action::Done => return Ok(Step::End(round.uploads.outcome.take().unwrap_or(Outcome::UpToDate))),
            Action::Refresh => self.refresh_step(net, round),
            Action::Register => self.register_step(net, round),
            Action::Config => self.config_step(net, round),
            Action::Catalog => self.catalog_step(net, round),
            Action::Directory => self.directory_step(net, round),
            Action::Recover => self.recover_step(net, round),
            Action::AskEarlier(device) => self.ask_earlier_step(net, round, &device),
            Action::PushEarlier(device) => self.push_earlier_step(net, round, &device),
            Action::Exchange => self.exchange_step(net, round),
            Action::Log => self.log_step(net, round),
            Action::AskPhotos => self.ask_photos_step(net, round),
            Action::Upload(sha256) => self.upload_step(net, round, &sha256),
            Action::EndUpload(sha256) => self.end_upload_step(net, &sha256),
        };
        match done {
            Err(PhoneError::Api(error)) => self.judge(net, round, error),
            other => other,
        }
    }

    /// What an error of the network or the server means for the sync.
    fn judge(&mut self, net: &dyn Transport, round: &mut Round, error: ApiError) -> Result<Step, PhoneError> {
        let wait = |seconds| {
            Step::End(Outcome::Wait {
                code: error.code().to_owned(),
                seconds,
            })
        };
        let stopped = |detail: String| {
            Step::End(Outcome::Stopped {
                code: error.code().to_owned(),
                detail,
            })
        };
        Ok(match &error {
            ApiError::Problem(problem) if problem.status == 401 => return self.unauthorised(net, round),
            ApiError::Problem(problem) if is_passing(problem) => wait(problem.retry_after),
            ApiError::Problem(problem) => stopped(problem.detail.clone()),
            ApiError::Transport(TransportError::Impossible(text)) => stopped(text.clone()),
            // A captive portal answers for the server until somebody signs in to the network.
            ApiError::Transport(_) | ApiError::Foreign(_) => wait(None),
            ApiError::Unwritable => stopped(error.to_string()),
        })
    }

    /// The access token has run out: refresh it once in a sync.
    fn unauthorised(&mut self, net: &dyn Transport, round: &mut Round) -> Result<Step, PhoneError> {
        if !round.refreshed {
            return match self.refresh_step(net, round) {
                Err(PhoneError::Api(error)) => {
                    let seconds = error.problem().and_then(|p| p.retry_after);
                    Ok(Step::End(Outcome::Wait {
                        code: error.code().to_owned(),
                        seconds,
                    }))
                }
                other => other,
            };
        }
        self.store_mut().write(|tx| account::set_trouble(tx, Trouble::SignIn))?;
        Ok(Step::Next)
    }

    fn refresh_step(&mut self, net: &dyn Transport, round: &mut Round) -> Result<Step, PhoneError> {
        round.refreshed = true;
        if !self.refresh(net)? {
            self.store_mut().write(|tx| account::set_trouble(tx, Trouble::SignIn))?;
        }
        Ok(Step::Next)
    }

    fn register_step(&mut self, net: &dyn Transport, round: &mut Round) -> Result<Step, PhoneError> {
        if round.registered {
            let detail = "the server took the device and does not know it".to_owned();
            return Ok(Step::End(Outcome::Stopped {
                code: "device_unknown".to_owned(),
                detail,
            }));
        }
        let account = account::load(self.conn())?;
        let feed = feeds::current(self.conn())?;
        match enrol::register(&api(&account, net), &feed, &account.member, &account.label) {
            Err(PhoneError::Api(ApiError::Problem(problem))) if problem.code == "device_taken" => {
                self.store_mut().write(|tx| account::set_trouble(tx, Trouble::Taken))?;
                return Ok(Step::Next);
            }
            registered => registered?,
        }
        round.registered = true;
        self.store_mut().write(|tx| feeds::set_registered(tx, true))?;
        Ok(Step::Next)
    }

    fn config_step(&mut self, net: &dyn Transport, round: &mut Round) -> Result<Step, PhoneError> {
        let account = account::load(self.conn())?;
        let config = api(&account, net).config()?;
        let text = serde_json::to_string(&config).map_err(|_| PhoneError::Foreign("config"))?;
        let now = self.env().now().ms;
        self.store_mut().write(|tx| {
            for announced in &config.receipt_keys {
                if let Some(key) = announced.key() {
                    receipts::keep_key(tx, &announced.id, &key)?;
                }
            }
            account::set_first_generation(tx, &config.generation)?;
            account::set_catalog(tx, config.catalog)?;
            cache::store(tx, cache::CONFIG, &text, None, now)
        })?;
        round.config_wanted = false;
        Ok(Step::Next)
    }

    fn catalog_step(&mut self, net: &dyn Transport, round: &mut Round) -> Result<Step, PhoneError> {
        round.catalog_asked = true;
        let account = account::load(self.conn())?;
        let tag = cache::load(self.conn(), cache::CATALOG)?.and_then(|c| c.etag);
        let now = self.env().now().ms;
        match api(&account, net).catalog(tag)? {
            None => self.store_mut().write(|tx| cache::confirm(tx, cache::CATALOG, now))?,
            Some(tagged) => {
                let catalog = Catalog::from_json(&tagged.body)?;
                self.store_mut()
                    .write(|tx| cache::store(tx, cache::CATALOG, &tagged.body, tagged.etag.as_deref(), now))?;
                self.set_catalog(catalog);
            }
        }
        Ok(Step::Next)
    }

    fn directory_step(&mut self, net: &dyn Transport, round: &mut Round) -> Result<Step, PhoneError> {
        round.directory_asked = true;
        let account = account::load(self.conn())?;
        let tag = cache::load(self.conn(), cache::DIRECTORY)?.and_then(|c| c.etag);
        let now = self.env().now().ms;
        match api(&account, net).directory(tag)? {
            None => self.store_mut().write(|tx| cache::confirm(tx, cache::DIRECTORY, now))?,
            Some(tagged) => {
                serde_json::from_str::<crate::api::Directory>(&tagged.body)
                    .map_err(|_| PhoneError::Foreign("directory"))?;
                self.store_mut()
                    .write(|tx| cache::store(tx, cache::DIRECTORY, &tagged.body, tagged.etag.as_deref(), now))?;
            }
        }
        Ok(Step::Next)
    }
}

/// The server answers and nothing comes of it: the same at once would come to the same.
fn no_progress() -> Step {
    Step::End(Outcome::Wait {
        code: "no_progress".to_owned(),
        seconds: None,
    })
}

pub(crate) fn api<'t>(account: &Account, net: &'t dyn Transport) -> Api<'t> {
    Api::new(net, account.access_token.clone())
}

/// The same request may succeed later.
fn is_passing(problem: &Problem) -> bool {
    problem.status == 429 || problem.status >= 500
}
