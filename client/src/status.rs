//! How things stand, honestly: what waits, what was sent, what needs somebody.

use sync_protocol::id::{DeviceId, MemberId, Seq};

use crate::api::Appointment;
use crate::error::PhoneError;
use crate::lang::Lang;
use crate::phone::Phone;
use crate::photos::PhotoCount;
use crate::store::account::{self, Trouble};
use crate::store::{counts, feeds, log, outbox, photos, replica};
use crate::view::{Apart, apart};

pub use crate::store::counts::Counts;
pub use crate::store::log::{Restore, Warning};

/// How things stand on this phone.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    /// The server's address.
    pub server: String,
    /// The member.
    pub member: MemberId,
    /// His number.
    pub number: String,
    /// His name.
    pub name: String,
    /// What he is appointed to.
    pub appointments: Vec<Appointment>,
    /// The device that writes now.
    pub device: DeviceId,
    /// The last operation written by it.
    pub head_seq: Seq,
    /// How many devices this installation was before, each after a fork or a loss.
    pub earlier_devices: usize,
    /// How many operations stand how.
    pub counts: Counts,
    /// How many photos have arrived, of those whose original is still here.
    pub photos: PhotoCount,
    /// Those that were quarantined.
    pub quarantined: Vec<Apart>,
    /// The units held.
    pub units: Vec<UnitStatus>,
    /// Only delivering is possible.
    pub push_only: bool,
    /// What keeps it from syncing.
    pub trouble: Option<Trouble>,
    /// How the server's transparency log stands.
    pub log: LogStatus,
    /// The server's history as last heard.
    pub generation: Option<String>,
    /// By how much the server's clock is ahead of this phone's, ms.
    pub clock_offset_ms: Option<i64>,
    /// When the server last answered, ms since 1970 by this phone's clock.
    pub last_sync_ms: Option<i64>,
}

/// How the server's transparency log stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogStatus {
    /// The log whose head was last believed, and how many entries it had.
    pub head: Option<(String, u64)>,
    /// Why something was not believed. It stays until somebody has looked into it.
    pub warning: Option<Warning>,
    /// Restores that the server named.
    pub restores: Vec<Restore>,
}

/// How a unit stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitStatus {
    /// Its code.
    pub code: String,
    /// How many records of it are held.
    pub records: u64,
    /// It is held completely, as of the last sync.
    pub complete: bool,
    /// It does not fit what the server says, even after pulling it anew.
    pub diverged: bool,
}

impl Status {
    /// How many things need somebody: quarantined saves, saves that the server lost, photos that are not sent, units that
    /// do not fit, a sign-in, a transparency log that is not believed.
    pub fn attention(&self) -> u64 {
        let diverged = self.units.iter().filter(|u| u.diverged).count() as u64;
        let trouble = u64::from(self.trouble.is_some());
        let log = u64::from(self.log.warning.is_some());
        self.counts.quarantined + self.counts.lost + self.photos.trouble + diverged + trouble + log
    }

    /// One line for people: `3 waiting, 2 of 3 photos delivered, 1 needs attention`.
    pub fn line(&self, lang: Lang) -> String {
        let counts = &self.counts;
        let mut parts: Vec<String> = match lang {
            Lang::Zh => [
                (counts.waiting, "条待同步"),
                (counts.sent, "条已发出待确认"),
                (counts.held, "条等待服务器处理"),
                (self.attention(), "条需要处理"),
            ]
            .iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, words)| format!("{n} {words}"))
            .collect(),
            Lang::En => [
                (counts.waiting, "waiting", "waiting"),
                (counts.sent, "sent, not confirmed", "sent, not confirmed"),
                (counts.held, "held by the server", "held by the server"),
                (self.attention(), "needs attention", "need attention"),
            ]
            .iter()
            .filter(|(n, _, _)| *n > 0)
            .map(|(n, one, many)| format!("{n} {}", if *n == 1 { one } else { many }))
            .collect(),
        };
        if self.photos.is_open() {
            parts.push(self.photos.line(lang));
        }
        match (parts.is_empty(), lang) {
            (true, Lang::Zh) => "全部已送达".into(),
            (true, Lang::En) => "everything delivered".into(),
            (false, Lang::Zh) => parts.join(","),
            (false, Lang::En) => parts.join(", "),
        }
    }
}

impl Phone {
    /// How things stand. Needs no server.
    pub fn status(&self) -> Result<Status, PhoneError> {
        let conn = self.conn();
        let account = account::load(conn)?;
        let feed = feeds::current(conn)?;
        let mut records = replica::counts(conn)?;
        let units = replica::units(conn)?.into_iter().map(|unit| UnitStatus {
            records: records.remove(unit.code.as_str()).unwrap_or(0),
            code: unit.code.to_string(),
            complete: unit.finished && !unit.diverged,
            diverged: unit.diverged,
        });
        let quarantined = outbox::quarantined(conn)?;
        let quarantined = quarantined
            .iter()
            .map(|row| apart(row, &account.sealing_key))
            .collect::<Result<_, _>>()?;
        Ok(Status {
            server: account.server,
            member: account.member,
            number: account.number,
            name: account.name,
            appointments: account.appointments,
            device: feed.device,
            head_seq: outbox::head(conn, &feed.device)?.seq,
            earlier_devices: feeds::closed(conn)?.len(),
            counts: counts::counts(conn)?,
            photos: photos::in_all(conn)?,
            quarantined,
            units: units.collect(),
            push_only: account.push_only,
            trouble: account.trouble,
            log: LogStatus {
                head: log::head(conn)?.map(|head| (head.checkpoint.origin, head.checkpoint.size)),
                warning: log::warning(conn)?,
                restores: log::restores(conn)?,
            },
            generation: account.generation,
            clock_offset_ms: account.clock_offset_ms,
            last_sync_ms: account.last_sync_ms,
        })
    }
}
