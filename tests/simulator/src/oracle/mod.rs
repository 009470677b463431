//! The oracle: an independent, deliberately naive model of what the server must have made of the operations that it
//! stored, and of what each reader may hold of it.
//!
//! It shares the catalogue with the server and nothing else: no merge, no cursor, no scope. It works a record out
//! anew from the texts of its operations whenever it is asked, and a reader's sight by looking at every record.

mod desk;
pub mod log;
mod page;
pub mod reader;
pub mod record;
mod writer;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use sync_protocol::catalog::{Catalog, Kind};
use sync_protocol::id::{DeviceId, MemberId, Seq};
use wuyuan_client::transport::Request;
use wuyuan_server::app::App;

use self::desk::Screens;
use self::log::{Dot, Fate, Log, Stored};
use self::page::Pages;
pub use self::page::same_record;
use self::reader::Records;
use self::record::{Rules, Worked, work_out};
use crate::body::Mark;
use crate::cast::Book;

/// A promise that was broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{rule}: {detail}")]
pub struct Violation {
    /// Which promise.
    pub rule: &'static str,
    /// How.
    pub detail: String,
}

/// A broken promise.
pub fn broken(rule: &'static str, detail: impl Into<String>) -> Violation {
    Violation {
        rule,
        detail: detail.into(),
    }
}

/// An operation as a phone was told of it: device, number, hash.
type Told = (String, u64, String);

/// What was answered in one history of the server.
#[derive(Debug, Clone, Default)]
pub struct Said {
    verdicts: BTreeMap<Told, String>,
    acknowledged: BTreeSet<Told>,
}

/// See the module.
pub struct Oracle {
    catalog: Catalog,
    log: Log,
    pages: Pages,
    /// What was answered of each operation in the present history.
    verdicts: BTreeMap<Told, String>,
    /// Operations whose verdict reached their phone in the present history.
    acknowledged: BTreeSet<Told>,
    /// Held operations that the desk let go although what they had seen is not there.
    let_go: BTreeSet<Dot>,
    /// What each save's author was shown: the last operation of each device on the record.
    sights: BTreeMap<Mark, BTreeMap<String, u64>>,
    screens: Screens,
}

impl Oracle {
    /// Knows nothing yet.
    pub fn new(catalog: Catalog) -> Oracle {
        Oracle {
            catalog,
            log: Log::default(),
            pages: Pages::default(),
            verdicts: BTreeMap::new(),
            acknowledged: BTreeSet::new(),
            let_go: BTreeSet::new(),
            sights: BTreeMap::new(),
            screens: Screens::new(),
        }
    }

    /// The desk's screen shows that values of a record differ: a finding and what it stands on. One basis stands for one
    /// state of things.
    pub fn screen(
        &mut self,
        book: &Book,
        kind: &Kind,
        unit: &str,
        record: &str,
        (finding, basis): (&str, &str),
    ) -> Result<(), Violation> {
        let rule = "the desk is shown what is contested";
        let records = self.unit(book, unit, None);
        let worked = records
            .get(record)
            .ok_or_else(|| broken(rule, format!("{record} is not there")))?;
        let contested = desk::contested(kind, worked);
        if contested.is_empty() {
            return Err(broken(rule, format!("nothing of {record} is")));
        }
        let key = (finding.to_owned(), basis.to_owned());
        let before = self.screens.insert(key, contested.clone());
        match before.is_none_or(|before| before == contested) {
            true => Ok(()),
            false => Err(broken(rule, format!("{basis} stood for something else of {record}"))),
        }
    }

    /// A form that showed `seen` is saved.
    pub fn shown(&mut self, mark: Mark, seen: &BTreeMap<DeviceId, Seq>) {
        let seen = seen.iter().map(|(device, seq)| (device.to_string(), *seq));
        self.sights.insert(mark, seen.collect());
    }

    /// The desk lets a held operation go.
    pub fn let_go(&mut self, dot: Dot) {
        self.let_go.insert(dot);
    }

    /// What was said up to now, for a backup.
    pub fn said(&self) -> Said {
        Said {
            verdicts: self.verdicts.clone(),
            acknowledged: self.acknowledged.clone(),
        }
    }

    /// The server goes on from an earlier state: what it said since is said no more.
    pub fn go_back(&mut self, said: &Said) {
        self.log = Log::default();
        self.pages = Pages::default();
        self.verdicts = said.verdicts.clone();
        self.acknowledged = said.acknowledged.clone();
    }

    /// The stored operations.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Reads what has come into the database, and judges it.
    pub fn look(&mut self, app: &App, book: &Book) -> Result<(), Violation> {
        let fresh = self
            .log
            .refresh(app)
            .map_err(|e| broken("the database can be read", e.to_string()))?;
        for dot in &fresh {
            let op = self.log.get(&dot.0, dot.1).expect("it was just read");
            if let Some(why) = writer::overtakes(op, &self.log) {
                return Err(broken("what follows something held waits with it", why));
            }
            let sight = op.mark().and_then(|mark| self.sights.get(&mark));
            if let Some(why) = sight.and_then(|sight| writer::saw_else(op, sight, &self.log)) {
                return Err(broken("an operation saw what its author was shown", why));
            }
            if op.fate == Fate::Accepted {
                self.may_be_accepted(op, book)?;
            }
        }
        if !fresh.is_empty() {
            self.nothing_is_doubled()?;
        }
        self.nothing_acknowledged_is_lost()
    }

    fn may_be_accepted(&self, op: &Stored, book: &Book) -> Result<(), Violation> {
        let rule = "an accepted operation was its author's to make";
        let said = op
            .said
            .as_ref()
            .ok_or_else(|| broken(rule, format!("{:?} says nothing", op.dot)))?;
        let before = self.accepted_on(&said.unit, &said.record, op.pos.map(|pos| pos.saturating_sub(1)));
        let records = self.unit(book, &said.unit, op.pos.map(|pos| pos.saturating_sub(1)));
        let told = |why: String| broken(rule, format!("{:?}: {why}", op.dot));
        writer::allowed(
            &self.catalog,
            book,
            op,
            said,
            records.get(&said.record),
            &before,
            &self.log,
        )
        .map_err(told)?;
        self.may_be_of_the_desk(op, said, book, records.get(&said.record))
            .map_err(told)?;
        match writer::unseen(said, &self.log) {
            Some(why) if !self.let_go.contains(&op.dot) => Err(told(why)),
            _ => Ok(()),
        }
    }

    /// What two persons do, and what is decided.
    fn may_be_of_the_desk(
        &self,
        op: &Stored,
        said: &log::Said,
        book: &Book,
        old: Option<&Worked>,
    ) -> Result<(), String> {
        let (Some(old), Some(role)) = (old, record::role_of(book, &said.appointment)) else {
            return match said.proposes || said.confirms.is_some() {
                true => Err("it proposes or confirms, and no record was there".into()),
                false => Ok(()),
            };
        };
        let now = self.unit(book, &said.unit, op.pos);
        desk::allowed(&desk::Case {
            kind: self.catalog.kinds().get(&said.kind).ok_or("there is no such kind")?,
            op,
            said,
            role,
            old,
            now: now.get(&said.record),
            log: &self.log,
            screens: &self.screens,
        })
    }

    fn nothing_is_doubled(&self) -> Result<(), Violation> {
        let mut seen: BTreeMap<Mark, &Dot> = BTreeMap::new();
        for op in self.log.ops().filter(|op| op.fate == Fate::Accepted) {
            let Some(mark) = op.mark() else { continue };
            if let Some(other) = seen.insert(mark, &op.dot) {
                let detail = format!("{other:?} and {:?} are one save and both were accepted", op.dot);
                return Err(broken("nothing is doubled", detail));
            }
        }
        Ok(())
    }

    fn nothing_acknowledged_is_lost(&self) -> Result<(), Violation> {
        for (device, seq, hash) in &self.acknowledged {
            let stored = self.log.get(device, *seq);
            if stored.is_none_or(|op| op.hash != *hash) {
                let detail = format!("{device} {seq} was acknowledged and is not stored as it was");
                return Err(broken("nothing acknowledged is lost", detail));
            }
        }
        Ok(())
    }

    /// Hears an answer of the server to `request`, whether or not it reaches the phone. Call [`Oracle::look`] first.
    pub fn hear(
        &mut self,
        book: &Book,
        member: MemberId,
        now_ms: i64,
        request: &Request,
        body: &[u8],
        reaches: bool,
    ) -> Result<(), Violation> {
        let (Some(sent), Ok(answer)) = (&request.body, serde_json::from_slice(body)) else {
            return Ok(());
        };
        verdicts_name_what_was_sent(sent, &answer)?;
        let Ok(sent) = serde_json::from_slice(sent) else {
            return Ok(());
        };
        self.hear_verdicts(&sent, &answer, reaches)?;
        let mut pages = std::mem::take(&mut self.pages);
        let heard = pages.hear(self, book, member, now_ms, &sent, &answer);
        self.pages = pages;
        heard
    }

    fn hear_verdicts(
        &mut self,
        sent: &serde_json::Value,
        answer: &serde_json::Value,
        reaches: bool,
    ) -> Result<(), Violation> {
        let rule = "verdicts are stable";
        let device = sent["device"].as_str().unwrap_or_default();
        let lines = ["verdicts", "resolved"].map(|name| answer[name].as_array().into_iter().flatten());
        for line in lines.into_iter().flatten() {
            let seq = line["seq"].as_u64().unwrap_or_default();
            let hash = line["hash"].as_str().unwrap_or_default();
            let word = match line["fate"].as_str() {
                Some("accepted") => "accepted",
                _ => line["code"].as_str().unwrap_or("no code"),
            };
            let told = (device.to_owned(), seq, hash.to_owned());
            let held = line["fate"] == "held";
            if let Some(before) = self.verdicts.get(&told)
                && before != word
                && !before.starts_with("held:")
            {
                return Err(broken(rule, format!("{device} {seq} was {before} and is {word}")));
            }
            let stored = self.log.get(device, seq);
            if stored.is_none_or(|op| op.hash != hash || (op.verdict != word && !held)) {
                let stored = stored.map(|op| op.verdict.as_str());
                return Err(broken(
                    rule,
                    format!("{device} {seq} is said {word} and stored {stored:?}"),
                ));
            }
            self.verdicts.insert(
                told.clone(),
                if held { format!("held:{word}") } else { word.to_owned() },
            );
            if reaches {
                self.acknowledged.insert(told);
            }
        }
        Ok(())
    }

    /// Every record of a unit, as of a place in its log or as it is.
    pub fn unit(&self, book: &Book, unit: &str, up_to: Option<u64>) -> Records {
        let mut by_record: BTreeMap<&str, Vec<&Stored>> = BTreeMap::new();
        for op in self.log.ops().filter(|op| op.fate == Fate::Accepted) {
            let Some(said) = op.said.as_ref().filter(|said| said.unit == unit) else {
                continue;
            };
            if op.pos.is_some_and(|pos| up_to.is_none_or(|most| pos <= most)) {
                by_record.entry(&said.record).or_default().push(op);
            }
        }
        let rules = Rules {
            catalog: &self.catalog,
            book,
        };
        let mut records = Records::new();
        for (id, mut ops) in by_record {
            ops.sort_by_key(|op| op.pos);
            let worked = work_out(rules, &ops, self.creator(ops[0]));
            records.insert(id.to_owned(), worked.expect("an accepted operation can be read"));
        }
        records
    }

    fn accepted_on(&self, unit: &str, record: &str, up_to: Option<u64>) -> Vec<&Stored> {
        let on = |op: &&Stored| {
            op.said
                .as_ref()
                .is_some_and(|said| said.unit == unit && said.record == record)
                && op.fate == Fate::Accepted
                && op.pos.is_some_and(|pos| up_to.is_none_or(|most| pos <= most))
        };
        self.log.ops().filter(on).collect()
    }

    /// Whose record it is that `first` created: its author's, or that of the quarantined operation on the same
    /// record for which it stands.
    fn creator(&self, first: &Stored) -> MemberId {
        let stands_for = first.said.as_ref().and_then(|said| {
            let named = said.reissues.as_ref()?;
            let original = self.log.get(&named.device, named.seq)?;
            let theirs = original.said.as_ref()?;
            let same = original.hash == named.hash && original.fate == Fate::Quarantined;
            (same && theirs.record == said.record && theirs.kind == said.kind).then_some(original.member)
        });
        stands_for.unwrap_or(first.member)
    }

    /// What `member` should hold of `unit` at `now_ms`, as of a place in its log or as it is.
    pub fn sight(&self, book: &Book, member: MemberId, unit: &str, up_to: Option<u64>, now_ms: i64) -> Records {
        reader::sight(&self.catalog, book, &self.unit(book, unit, up_to), member, now_ms)
    }
}

/// Each verdict of a push bears the hash of the operation that was sent in its place: a server that holds another one
/// there says that the feed is forked.
fn verdicts_name_what_was_sent(sent: &[u8], answer: &serde_json::Value) -> Result<(), Violation> {
    #[derive(Deserialize)]
    struct Sent<'s> {
        #[serde(borrow)]
        push: Option<Pushed<'s>>,
    }
    #[derive(Deserialize)]
    struct Pushed<'s> {
        #[serde(borrow)]
        ops: Vec<&'s RawValue>,
    }
    let Ok(Sent { push: Some(push) }) = serde_json::from_slice::<Sent<'_>>(sent) else {
        return Ok(());
    };
    for (op, line) in push.ops.iter().zip(answer["verdicts"].as_array().into_iter().flatten()) {
        let hash = hex::encode(Sha256::digest(op.get().as_bytes()));
        // A stub bears the hash that it names.
        if line["hash"] != hash && !op.get().contains("\"withheld\"") {
            return Err(broken("a verdict names what was sent", line.to_string()));
        }
    }
    Ok(())
}
