//! The server's transparency log: whether it only ever grows.
//!
//! What is not believed changes nothing but the warning: records are synced as before, the remembered checkpoint stays,
//! and what the server had said is kept as evidence.

use sync_protocol::log::{Checkpoint, Distrust, Origins, VerifierKey, check_consistency, follow};

use super::{Round, Step, api};
use crate::api::{Api, ApiError, Config};
use crate::error::PhoneError;
use crate::phone::Phone;
use crate::store::log::{self, Head, Restore};
use crate::store::{account, cache};
use crate::transport::Transport;

/// How often the log is looked at, ms, while the server's history stays the same.
const EVERY_MS: i64 = 10 * 60_000;

/// What became of a look.
enum Look {
    /// It is believed, and is this now.
    Believed(Box<Believed>),
    /// It is not.
    Refused(Distrust, String),
}

/// What is believed now.
struct Believed {
    key: VerifierKey,
    checkpoint: Checkpoint,
    note: String,
    /// The restore that led here.
    restore: Option<Restore>,
}

impl Look {
    fn believed(key: VerifierKey, checkpoint: Checkpoint, note: String, restore: Option<Restore>) -> Look {
        Look::Believed(Box::new(Believed {
            key,
            checkpoint,
            note,
            restore,
        }))
    }
}

impl Phone {
    /// Whether the log is to be looked at in this sync.
    pub(super) fn is_log_due(&self, round: &Round) -> Result<bool, PhoneError> {
        if round.log_asked {
            return Ok(false);
        }
        let Some(head) = log::head(self.conn())? else {
            return Ok(self.announced_log()?.is_some());
        };
        let generation = account::load(self.conn())?.generation;
        let restored = generation.is_some_and(|generation| !head.checkpoint.origin.ends_with(&generation));
        let waited_ms = self.env().now().ms.saturating_sub(head.checked_ms);
        // A clock that was set back makes it due, too.
        Ok(restored || !(0..EVERY_MS).contains(&waited_ms))
    }

    /// The key that the server announces.
    fn announced_log(&self) -> Result<Option<VerifierKey>, PhoneError> {
        let Some(cached) = cache::load(self.conn(), cache::CONFIG)? else {
            return Ok(None);
        };
        let config: Config = serde_json::from_str(&cached.body).map_err(|_| PhoneError::Foreign("config"))?;
        Ok(config.log_vkey.as_deref().and_then(VerifierKey::parse))
    }

    /// Looks at the log. Whatever the network does, the sync goes on.
    pub(super) fn log_step(&mut self, net: &dyn Transport, round: &mut Round) -> Result<Step, PhoneError> {
        round.log_asked = true;
        let account = account::load(self.conn())?;
        let api = api(&account, net);
        let looked = match log::head(self.conn())? {
            None => self.first_look(&api),
            Some(head) => self.look(&api, &head),
        };
        let now_ms = self.env().now().ms;
        match looked {
            Ok(Some(Look::Believed(now))) => self.store_mut().write(|tx| {
                log::believe(tx, &now.key, &now.checkpoint, &now.note, now_ms)?;
                match &now.restore {
                    Some(restore) => log::keep_restore(tx, restore),
                    None => Ok(()),
                }
            })?,
            Ok(Some(Look::Refused(why, evidence))) => {
                self.store_mut().write(|tx| log::warn(tx, why, &evidence, now_ms))?;
            }
            Ok(None) => self.store_mut().write(|tx| log::checked(tx, now_ms))?,
            // It is asked again at the next sync.
            Err(PhoneError::Api(ApiError::Problem(problem))) if problem.status == 401 => {
                return Err(PhoneError::Api(ApiError::Problem(problem)));
            }
            Err(PhoneError::Api(_)) => {}
            Err(error) => return Err(error),
        }
        Ok(Step::Next)
    }

    /// The first checkpoint is believed if the announced key signed it.
    fn first_look(&self, api: &Api<'_>) -> Result<Option<Look>, PhoneError> {
        let Some(key) = self.announced_log()? else {
            return Ok(None);
        };
        let note = api.checkpoint()?;
        // One of another history: the config is of before a restore, and is asked anew with it.
        Ok(key
            .open(&note)
            .ok()
            .map(|checkpoint| Look::believed(key, checkpoint, note, None)))
    }

    fn look(&self, api: &Api<'_>, head: &Head) -> Result<Option<Look>, PhoneError> {
        let known = &head.checkpoint;
        let note = match api.checkpoint() {
            Err(ApiError::Problem(problem)) if problem.status == 404 => {
                return Ok(Some(Look::Refused(Distrust::Gone, problem.to_string())));
            }
            other => other?,
        };
        let origin = note.lines().next().unwrap_or_default();
        if origin != known.origin {
            return self.look_at_successor(api, head).map(Some);
        }
        let now = match head.key.open(&note) {
            Ok(now) => now,
            Err(error) => return Ok(Some(Look::Refused(error.into(), note))),
        };
        if now.size < known.size {
            return Ok(Some(Look::Refused(Distrust::Shrunken, note)));
        }
        if now.size == known.size {
            let same = now.root == known.root;
            return Ok((!same).then_some(Look::Refused(Distrust::Inconsistent, note)));
        }
        Ok(Some(
            match grew(api, None, (known.size, &known.root), (now.size, &now.root))? {
                Ok(()) => Look::believed(head.key.clone(), now, note, None),
                Err(why) => Look::Refused(why, note),
            },
        ))
    }

    /// Another log: it must name the remembered one, and that one must have ended where this phone can believe it.
    fn look_at_successor(&self, api: &Api<'_>, head: &Head) -> Result<Look, PhoneError> {
        let origins = api.origins()?;
        let said = evidence(&origins);
        let next = match follow(&head.key, &origins) {
            Ok(next) => next,
            Err(why) => return Ok(Look::Refused(why, said)),
        };
        let known = &head.checkpoint;
        let end = (next.end.size, &next.end.root);
        // What the restore lost cannot be compared any more; what was seen before that can.
        let seen = log::seen_up_to(self.conn(), &known.origin, next.end.size)?;
        let fits = match &seen {
            Some((size, root)) => grew(api, Some(next.ended), (*size, root), end)?,
            None => Ok(()),
        };
        Ok(match fits {
            Ok(()) => {
                let restore = Restore {
                    origin: next.head.origin.clone(),
                    before: known.origin.clone(),
                    size: next.end.size,
                    seen: known.size,
                    at_ms: self.env().now().ms,
                };
                Look::believed(next.key, next.head, next.note, Some(restore))
            }
            Err(why) => Look::Refused(why, said),
        })
    }
}

type Tree<'t> = (u64, &'t [u8; 32]);

/// Whether a log grew from one tree to another, by the server's proof.
fn grew(api: &Api<'_>, log: Option<u64>, from: Tree<'_>, to: Tree<'_>) -> Result<Result<(), Distrust>, PhoneError> {
    let proof = if from.0 == to.0 {
        Vec::new()
    } else {
        match api.consistency(log, from.0, to.0) {
            Ok(answer) => answer.proof,
            // It has no such past.
            Err(ApiError::Problem(problem)) if problem.status == 404 => return Ok(Err(Distrust::Inconsistent)),
            Err(error) => return Err(error.into()),
        }
    };
    let right = check_consistency(&proof, from.0, from.1, to.0, to.1);
    Ok(if right { Ok(()) } else { Err(Distrust::Inconsistent) })
}

fn evidence(origins: &Origins) -> String {
    serde_json::to_string(origins).unwrap_or_default()
}
